import { request } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RealClock } from '../../clock.ts';
import { ObjectStore } from '../../store/object-store.ts';
import { createCredentials } from '../credentials.ts';
import { createKinds } from '../kinds/index.ts';
import { createApiMachinery } from '../machinery/machinery.ts';
import { loadSchemas } from '../schema/index.ts';
import { startApiServer, type ApiServer } from '../server.ts';

const clock = new RealClock();
const credentials = createCredentials({ name: 'test', now: clock.now() });
let server: ApiServer;

beforeAll(async () => {
  const machinery = createApiMachinery({
    clock,
    store: new ObjectStore(),
    schemas: await loadSchemas(),
    kinds: createKinds({ serviceCidr: '10.96.0.0/16', nodePortRange: [30000, 32767] }),
  });
  const unused = (): never => {
    throw new Error('no node');
  };
  const nodeProxy = { logs: unused, exec: unused, attach: unused, portForward: unused };
  server = await startApiServer({ machinery, credentials, port: 0, nodeProxy, clock });
});
afterAll(() => server.close());

interface Answer {
  code: number;
  body: { message?: string; status?: unknown };
}

/** Asks as the administrator, who may ask to be taken for somebody else. */
function ask(method: string, path: string, options: { body?: object; as?: string } = {}): Promise<Answer> {
  const { certificate: cert, key } = credentials.administrator;
  return new Promise((resolve, reject) => {
    const sent = request(
      `${server.url}${path}`,
      {
        method,
        ca: credentials.authority.certificate,
        cert,
        key,
        agent: false,
        headers: options.as === undefined ? {} : { 'Impersonate-User': options.as },
      },
      (response) => {
        response.setEncoding('utf8');
        let text = '';
        response.on('data', (chunk: string) => (text += chunk));
        response.on('end', () =>
          resolve({ code: response.statusCode ?? 0, body: JSON.parse(text) as Answer['body'] }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(JSON.stringify(options.body));
  });
}

const ACCESS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
const question = { spec: { resourceAttributes: { verb: 'create', resource: 'pods', namespace: 'x' } } };

describe('reviews of oneself', () => {
  it('tell the administrator who that is, and that everything is allowed', async () => {
    const who = await ask('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', { body: {} });
    expect(who.code).toBe(201);
    expect(who.body.status).toEqual({
      userInfo: {
        username: 'kubernetes-admin',
        groups: ['system:masters', 'system:authenticated'],
        extra: {
          'authentication.kubernetes.io/credential-id': [expect.stringMatching(/^X509SHA256=[0-9a-f]{64}$/)],
        },
      },
    });
    expect((await ask('POST', ACCESS, { body: question })).body.status).toEqual({ allowed: true });
  });

  it('say no to somebody without rights, to whom the server says no as well', async () => {
    const as = 'bob';
    expect((await ask('POST', ACCESS, { body: question, as })).body.status).toEqual({ allowed: false });
    expect(await ask('GET', '/api/v1/namespaces/x/pods', { as })).toMatchObject({
      code: 403,
      body: {
        message:
          'pods is forbidden: User "bob" cannot list resource "pods" in API group "" in the namespace "x"',
      },
    });
    expect((await ask('GET', '/apis/apps/v1', { as })).code).toBe(200);
  });

  it('can only be created, and ask for one thing', async () => {
    expect((await ask('GET', ACCESS)).code).toBe(405);
    expect((await ask('POST', ACCESS, { body: { spec: {} } })).code).toBe(422);
  });
});
