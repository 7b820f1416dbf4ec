import { duplexPair } from 'node:stream';
import { request as httpsRequest, Agent } from 'node:https';
import { connect as tlsConnect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { RealClock } from '../clock.ts';
import type { NodeProxy } from '../kubelet/types.ts';
import { createAccessControl } from './auth/access-control.ts';
import { ensureBootstrapPolicy } from './auth/bootstrap-policy/index.ts';
import { createCredentials, kubeconfigFor } from './credentials.ts';
import type { ApiMachinery } from './machinery/machinery.ts';
import { createMachinery } from './machinery/testing/machinery-fixture.ts';
import { CONFIG_MAPS, PODS } from './resources.ts';
import { startApiServer, type ApiServer } from './server.ts';

const clock = new RealClock();
const credentials = createCredentials({ name: 'test', now: clock.now() });
const identity = {
  ca: credentials.authority.certificate,
  cert: credentials.administrator.certificate,
  key: credentials.administrator.key,
};
let machinery: ApiMachinery;
let server: ApiServer;

/** A node on which `echo` answers with its arguments and `cat` with its input, and ends with status 3. */
const nodeProxy: NodeProxy = {
  logs: () => {
    const lines = [Buffer.from('one\n'), Buffer.from('two\n')];
    return { read: () => Promise.resolve(lines.shift()), cancel: () => undefined };
  },
  isRunning: () => true,
  exec: (_pod, _container, command, io) => ({
    pid: 7,
    signal: () => undefined,
    resize: () => undefined,
    exit: (async () => {
      if (command[0] === 'echo') await io.stdout.write(command.slice(1).join(' '));
      else
        for (;;) {
          const chunk = await io.stdin?.read();
          if (chunk === undefined) break;
          await io.stdout.write(chunk);
        }
      return { code: command[0] === 'echo' ? 0 : 3 };
    })(),
  }),
  attach: () => {
    throw new Error('container not found ("c")');
  },
  portForward: () => Promise.reject(new Error('nothing there')),
};

beforeAll(async () => {
  machinery = createMachinery(clock, ['default', 'kube-system', 'kube-public']);
  ensureBootstrapPolicy(machinery);
  const access = createAccessControl(machinery, credentials);
  machinery.create(PODS, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'default' },
    spec: {
      nodeName: 'n',
      containers: [
        { name: 'a', image: 'x' },
        { name: 'b', image: 'x' },
      ],
    },
    status: { phase: 'Running' },
  });
  server = await startApiServer({ machinery, access, credentials, port: 0, nodeProxy, clock });
});
afterAll(() => server.close());

interface Answer {
  code: number;
  type: string;
  text: string;
  warnings: string;
  json(): Record<string, unknown>;
}

function call(
  method: string,
  path: string,
  options: { body?: unknown; headers?: Record<string, string>; anonymous?: boolean } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = httpsRequest(
      `${server.url}${path}`,
      {
        method,
        ...(options.anonymous === true ? { ca: identity.ca } : identity),
        headers: { 'content-type': 'application/json', ...options.headers },
        agent: new Agent({ keepAlive: false }),
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve({
            code: response.statusCode ?? 0,
            type: response.headers['content-type'] ?? '',
            warnings: response.headers['warning'] ?? '',
            text,
            json: () => JSON.parse(text) as Record<string, unknown>,
          });
        });
      },
    );
    sent.on('error', reject);
    sent.end(options.body === undefined ? undefined : JSON.stringify(options.body));
  });
}
const CONFIG_MAP_PATH = '/api/v1/namespaces/default/configmaps';

describe('the API server', () => {
  it('knows the administrator, tells strangers so, and shows everyone its health and version', async () => {
    expect((await call('GET', '/api/v1/pods')).code).toBe(200);
    const stranger = await call('GET', '/api/v1/pods', { anonymous: true });
    expect(stranger.code).toBe(403);
    expect(stranger.json()['message']).toMatch(/User "system:anonymous" cannot/);
    const token = await call('GET', '/api', { anonymous: true, headers: { authorization: 'Bearer x' } });
    expect(token.code).toBe(401);
    expect((await call('GET', '/readyz', { anonymous: true })).text).toBe('ok');
    expect((await call('GET', '/version', { anonymous: true })).json()['gitVersion']).toBe('v1.34.4');
  });

  it('describes itself in the aggregated and in the older form', async () => {
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
    const aggregated = await call('GET', '/apis', { headers: { accept } });
    expect(aggregated.type).toContain('v=v2;as=APIGroupDiscoveryList');
    expect(aggregated.text).toContain('"resource":"deployments"');
    const legacy = await call('GET', '/apis/apps/v1');
    expect(legacy.json()).toMatchObject({ kind: 'APIResourceList', groupVersion: 'apps/v1' });
    expect((await call('GET', '/apis/nope/v1')).text).toBe('404 page not found\n');
    expect((await call('GET', '/openapi/v3')).text).toContain('/openapi/v3/api/v1?hash=');
  });

  it('creates, lists page by page, shows as a table, and deletes', async () => {
    for (const name of ['a', 'b', 'c'])
      expect((await call('POST', CONFIG_MAP_PATH, { body: { metadata: { name } } })).code).toBe(201);
    const first = (await call('GET', `${CONFIG_MAP_PATH}?limit=2`)).json() as {
      metadata: { continue: string; remainingItemCount: number };
      items: unknown[];
    };
    expect(first.items).toHaveLength(2);
    expect(first.metadata.remainingItemCount).toBe(1);
    const rest = (await call('GET', `${CONFIG_MAP_PATH}?limit=2&continue=${first.metadata.continue}`)).json();
    expect(rest['items']).toMatchObject([{ metadata: { name: 'c' } }]);
    const table = await call('GET', CONFIG_MAP_PATH, {
      headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' },
    });
    expect(table.json()).toMatchObject({
      kind: 'Table',
      rows: [{ cells: ['a', 0, expect.any(String)] }, {}, {}],
    });
    const gone = await call('DELETE', `${CONFIG_MAP_PATH}/a`);
    expect(gone.json()).toMatchObject({ status: 'Success', details: { name: 'a', kind: 'configmaps' } });
    expect((await call('GET', `${CONFIG_MAP_PATH}/a`)).json()).toMatchObject({
      code: 404,
      message: 'configmaps "a" not found',
    });
  });

  it('deletes what a selector finds and answers with what there was', async () => {
    const labels = { gone: 'soon' };
    for (const name of ['many-a', 'many-b'])
      await call('POST', CONFIG_MAP_PATH, { body: { metadata: { name, labels }, data: { of: name } } });
    const gone = (await call('DELETE', `${CONFIG_MAP_PATH}?labelSelector=gone`)).json();
    expect(gone).toMatchObject({ kind: 'ConfigMapList', items: [{ data: { of: 'many-a' } }, {}] });
    expect((await call('GET', `${CONFIG_MAP_PATH}?labelSelector=gone`)).json()['items']).toEqual([]);
  });

  it('keeps the pods of Jobs that are deleted together and says so', async () => {
    const jobs = '/apis/batch/v1/namespaces/default/jobs';
    const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } };
    await call('POST', jobs, { body: { metadata: { name: 'j' }, spec: { template } } });
    const kept = await call('DELETE', `${jobs}?dryRun=All`);
    expect(kept.warnings).toContain('child pods are preserved by default when jobs are deleted');
    const taken = await call('DELETE', `${jobs}?orphanDependents=false`);
    expect(taken.warnings).toBe('');
    expect((await call('GET', jobs)).json()['items']).toEqual([]);
  });

  it('judges unknown fields as asked', async () => {
    const body = { metadata: { name: 'strict' }, dta: {} };
    const strict = await call('POST', `${CONFIG_MAP_PATH}?fieldValidation=Strict`, { body });
    expect(strict.json()).toMatchObject({
      code: 400,
      message:
        'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "dta"',
    });
    const warned = await call('POST', `${CONFIG_MAP_PATH}?fieldValidation=Warn&dryRun=All`, { body });
    expect(warned.code).toBe(201);
    expect(warned.warnings).toBe('299 - "unknown field \\"dta\\""');
    expect((await call('GET', `${CONFIG_MAP_PATH}/strict`)).code).toBe(404);
  });

  it('streams changes from a version on', async () => {
    const from = machinery.store.revision;
    machinery.create(CONFIG_MAPS, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'watched', namespace: 'default', labels: { on: 'yes' } },
    });
    machinery.mutate(CONFIG_MAPS, 'default', 'watched', (draft) => {
      draft.metadata.labels = {};
    });
    const query = `watch=true&resourceVersion=${from}&timeoutSeconds=1&labelSelector=on`;
    const answer = await call('GET', `${CONFIG_MAP_PATH}?${query}&allowWatchBookmarks=true`);
    const events = answer.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; object: { metadata: { name: string } } });
    expect(events.map((event) => event.type)).toEqual(['ADDED', 'DELETED', 'BOOKMARK']);
  });

  it('refuses a watch from a version that is forgotten', async () => {
    machinery.store.compact();
    const answer = await call('GET', '/api/v1/pods?watch=true&resourceVersion=1');
    expect(answer.json()).toMatchObject({
      type: 'ERROR',
      object: {
        code: 410,
        reason: 'Expired',
        message: expect.stringMatching(/^too old resource version: 1 \(\d+\)$/) as string,
      },
    });
  });

  it('serves logs, and asks which container is meant', async () => {
    expect((await call('GET', '/api/v1/namespaces/default/pods/p/log?container=a')).text).toBe('one\ntwo\n');
    expect((await call('GET', '/api/v1/namespaces/default/pods/p/log')).json()['message']).toBe(
      'a container name must be specified for pod p, choose one of: [a b]',
    );
  });

  it('runs commands over a WebSocket and sends the exit status', async () => {
    const run = (query: string, input: Buffer[]): Promise<{ out: string; status: unknown }> =>
      new Promise((resolve, reject) => {
        const url = `${server.url.replace('https', 'wss')}/api/v1/namespaces/default/pods/p/exec?${query}`;
        const socket = new WebSocket(url, ['v5.channel.k8s.io'], identity);
        let out = '';
        let status: unknown;
        socket.on('open', () => input.forEach((message) => socket.send(message)));
        socket.on('message', (data: Buffer) => {
          if (data[0] === 1) out += data.subarray(1).toString();
          if (data[0] === 3) status = JSON.parse(data.subarray(1).toString());
        });
        socket.on('close', () => resolve({ out, status }));
        socket.on('error', reject);
      });
    expect(await run('container=a&command=echo&command=hi&stdout=true', [])).toEqual({
      out: 'hi',
      status: { metadata: {}, status: 'Success' },
    });
    const input = [Buffer.from('\u0000typed'), Buffer.of(255, 0)];
    expect(await run('container=a&command=cat&stdout=true&stdin=true', input)).toMatchObject({
      out: 'typed',
      status: { reason: 'NonZeroExitCode', details: { causes: [{ reason: 'ExitCode', message: '3' }] } },
    });
    await expect(run('container=zz&command=echo&stdout=true', [])).rejects.toThrow(/400/);
  });

  it('serves the same on a connection from inside the cluster', async () => {
    const [inside, outside] = duplexPair();
    server.acceptConnection(outside);
    const socket = tlsConnect({ socket: inside, ...identity, servername: 'kubernetes.default.svc' });
    socket.write('GET /version HTTP/1.1\r\nHost: kubernetes.default.svc\r\nConnection: close\r\n\r\n');
    let text = '';
    for await (const chunk of socket as AsyncIterable<Buffer>) text += chunk.toString();
    expect(text).toContain('200 OK');
    expect(text).toContain('v1.34.4');
  });

  it('is described by a kubeconfig of its own', () => {
    const text = kubeconfigFor(credentials, server.url);
    expect(text).toContain(`server: ${server.url}`);
    expect(text).toContain('current-context: test');
  });
});

describe('the JSON that it answers', () => {
  it('is ordered, escaped and indented as Go’s is', async () => {
    const body = { data: { b: '<&>', a: '1' }, metadata: { labels: { b: '1', a: '2' }, name: 'order' } };
    await call('POST', CONFIG_MAP_PATH, { body });
    const path = `${CONFIG_MAP_PATH}/order`;
    expect((await call('GET', `${path}?pretty=maybe`)).text).toMatch(
      /^{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"order","namespace":.*"labels":{"a":"2","b":"1"}.*"data":{"a":"1","b":"\\u003c\\u0026\\u003e"}}\n$/,
    );
    expect((await call('GET', `${path}?pretty=1`)).text).toMatch(/^{\n {2}"kind": "ConfigMap",\n.*\n}$/s);
    const curl = { 'user-agent': 'curl/8.5.0' };
    expect((await call('GET', path, { headers: curl })).text).toMatch(/^{\n {2}"kind"/);
    expect((await call('GET', `${path}?pretty=0`, { headers: curl })).text).toMatch(/^{"kind"/);
    await call('DELETE', path);
  });

  it.each([
    ['nonsense', "invalid character '\\u009e' looking for beginning of value"],
    ['a!b', 'illegal base64 data at input byte 1'],
    ['e30', 'server does not recognize this encoded version '],
    ['eyJ2Ig', 'unexpected end of JSON input'],
  ])('says what is wrong with the continue token %s', async (token, why) => {
    expect((await call('GET', `${CONFIG_MAP_PATH}?continue=${token}`)).json()['message']).toBe(
      `invalid continue token: continue key is not valid: ${why}`,
    );
  });
});

describe('kinds whose purpose is not emulated', () => {
  it('are listed, and told to be written by nobody', async () => {
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    expect((await call('GET', path)).json()).toMatchObject({
      kind: 'CustomResourceDefinitionList',
      items: [],
    });
    const refused = await call('POST', path, { body: { metadata: { name: 'a' } } });
    expect(refused.json()).toMatchObject({ code: 405, reason: 'MethodNotAllowed' });
    expect((await call('GET', '/apis/apiextensions.k8s.io/v1')).text).toContain(
      '"kind":"CustomResourceDefinition","verbs":["get","list","watch"]',
    );
  });
});

describe('what is not about one object in JSON', () => {
  it('answers in YAML, and refuses forms that there are not in the server’s words', async () => {
    const path = '/api/v1/namespaces/default';
    const yaml = await call('GET', path, { headers: { accept: 'application/yaml' } });
    expect(yaml.type).toBe('application/yaml');
    expect(yaml.text).toMatch(/^apiVersion: v1\nkind: Namespace\nmetadata:\n {2}creationTimestamp: "/);
    const html = await call('GET', path, { headers: { accept: 'text/html' } });
    expect([html.code, html.json()['message']]).toEqual([
      406,
      '406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, application/vnd.kubernetes.protobuf',
    ]);
    const view = await call('GET', path, {
      headers: { accept: 'application/json;as=Foo;g=meta.k8s.io;v=v1' },
    });
    expect(view.json()['message']).toMatch(
      /^only the following media types are accepted: application\/json, /,
    );
  });

  it('says how it is, check by check, and plainly that there is no such group', async () => {
    expect((await call('GET', '/livez?verbose')).text).toBe(
      '[+]ping ok\n[+]log ok\n[+]etcd ok\nlivez check passed\n',
    );
    expect((await call('GET', '/readyz?verbose&exclude=etcd')).text).toContain('[+]etcd excluded: ok\n');
    for (const path of ['/apis/nope.io/v1/things', '/livez/nope', '/nope']) {
      const { code, text } = await call('GET', path);
      expect([path, code, text]).toEqual([path, 404, '404 page not found\n']);
    }
  });
});

describe('server-side apply through the scale', () => {
  it('takes the number of replicas over only by force', async () => {
    const at = '/apis/apps/v1/namespaces/default/deployments';
    const labels = { app: 'd' };
    await call('POST', `${at}?fieldManager=me`, {
      body: {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'd' },
        spec: {
          replicas: 2,
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'x' }] } },
        },
      },
    });
    const apply = (replicas: number, query = '', kind = 'Scale'): Promise<Answer> =>
      call('PATCH', `${at}/d/scale?fieldManager=hpa${query}`, {
        headers: { 'content-type': 'application/apply-patch+yaml' },
        body: { apiVersion: 'autoscaling/v1', kind, metadata: { name: 'd' }, spec: { replicas } },
      });
    expect((await apply(3)).json()['message']).toBe(
      'Apply failed with 1 conflict: conflict with "me" using autoscaling/v1: .spec.replicas',
    );
    expect((await apply(-1)).json()['message']).toBe(
      'Scale.autoscaling "d" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    );
    expect((await apply(3, '', 'Other')).json()['message']).toBe(
      'invalid object type: autoscaling/v1, Kind=Other',
    );
    expect((await apply(3, '&force=true')).json()).toMatchObject({ kind: 'Scale', spec: { replicas: 3 } });
    const { metadata } = (await call('GET', `${at}/d`)).json() as {
      metadata: { managedFields: { manager: string }[] };
    };
    expect(metadata.managedFields.find(({ manager }) => manager === 'hpa')).toMatchObject({
      operation: 'Apply',
      apiVersion: 'apps/v1',
      subresource: 'scale',
      fieldsV1: { 'f:spec': { 'f:replicas': {} } },
    });
  });
});
