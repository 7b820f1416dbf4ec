import { request } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RealClock } from '../../clock.ts';
import { createAccessControl, type AccessControl } from '../auth/access-control.ts';
import { ensureBootstrapPolicy } from '../auth/bootstrap-policy/index.ts';
import { createCredentials } from '../credentials.ts';
import { createMachinery } from '../machinery/testing/machinery-fixture.ts';
import { startApiServer, type ApiServer } from '../server.ts';

const clock = new RealClock();
const credentials = createCredentials({ name: 'test', now: clock.now() });
let access: AccessControl;
let server: ApiServer;

beforeAll(async () => {
  const machinery = createMachinery(clock, ['kube-system', 'kube-public', 'x']);
  ensureBootstrapPolicy(machinery);
  access = createAccessControl(machinery, credentials);
  const unused = (): never => {
    throw new Error('no node');
  };
  const nodeProxy = { logs: unused, isRunning: unused, exec: unused, attach: unused, portForward: unused };
  server = await startApiServer({ machinery, access, credentials, port: 0, nodeProxy, clock });
  await post(`${RBAC}/namespaces/x/roles`, {
    metadata: { name: 'pod-reader' },
    rules: [{ verbs: ['get', 'list'], apiGroups: [''], resources: ['pods', 'pods/log'] }],
  });
  await post(`${RBAC}/namespaces/x/rolebindings`, {
    metadata: { name: 'rb' },
    roleRef: { kind: 'Role', name: 'pod-reader' },
    subjects: [
      { kind: 'User', name: 'alice' },
      { kind: 'ServiceAccount', name: 'app' },
    ],
  });
});
afterAll(async () => {
  access[Symbol.dispose]();
  await server.close();
});

interface Answer {
  code: number;
  body: { message?: string; status?: unknown; details?: unknown; rules?: unknown };
}

interface AskOptions {
  body?: object;
  as?: string;
  headers?: Record<string, string | string[]>;
  anonymous?: boolean;
}

/** Asks as the administrator, who may ask to be taken for somebody else. */
function ask(
  method: string,
  path: string,
  { body, as, headers, anonymous }: AskOptions = {},
): Promise<Answer> {
  const { certificate: cert, key } = credentials.administrator;
  return new Promise((resolve, reject) => {
    const sent = request(
      `${server.url}${path}`,
      {
        method,
        ca: credentials.authority.certificate,
        ...(anonymous === true ? {} : { cert, key }),
        agent: false,
        headers: { ...(as === undefined ? {} : { 'Impersonate-User': as }), ...headers },
      },
      (response) => {
        response.setEncoding('utf8');
        let text = '';
        response.on('data', (chunk: string) => (text += chunk));
        response.on('end', () => {
          const isJson = response.headers['content-type'] === 'application/json';
          resolve({
            code: response.statusCode ?? 0,
            body: isJson ? (JSON.parse(text) as Answer['body']) : { message: text },
          });
        });
      },
    );
    sent.on('error', reject);
    sent.end(JSON.stringify(body));
  });
}

const post = (path: string, body: object, as?: string): Promise<Answer> =>
  ask('POST', path, { body, ...(as === undefined ? {} : { as }) });

const AUTHORIZATION = '/apis/authorization.k8s.io/v1';
const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const SELF = `${AUTHORIZATION}/selfsubjectaccessreviews`;
const mayList = (namespace: string): object => ({
  spec: { resourceAttributes: { verb: 'list', resource: 'pods', namespace } },
});

describe('who somebody is', () => {
  it('is told to the administrator', async () => {
    const who = await post('/apis/authentication.k8s.io/v1/selfsubjectreviews', {});
    expect(who.code).toBe(201);
    expect(who.body.status).toEqual({
      userInfo: {
        username: 'kubernetes-admin',
        groups: ['kubeadm:cluster-admins', 'system:authenticated'],
        extra: {
          'authentication.kubernetes.io/credential-id': [expect.stringMatching(/^X509SHA256=[0-9a-f]{64}$/)],
        },
      },
    });
  });

  it('is what they asked to be taken for, with groups, uid and extras', async () => {
    const who = await ask('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {
      body: {},
      as: 'bob',
      headers: {
        'Impersonate-Group': ['a', 'b'],
        'Impersonate-Uid': '7',
        'Impersonate-Extra-Foo%2fbar': ['x', 'y'],
      },
    });
    expect(who.body.status).toEqual({
      userInfo: {
        username: 'bob',
        uid: '7',
        groups: ['a', 'b', 'system:authenticated'],
        extra: { 'foo/bar': ['x', 'y'] },
      },
    });
  });

  it('is not for everyone to choose', async () => {
    await post(`${RBAC}/clusterroles`, {
      metadata: { name: 'be-bob' },
      rules: [{ verbs: ['impersonate'], apiGroups: [''], resources: ['users'], resourceNames: ['bob'] }],
    });
    await post(`${RBAC}/clusterrolebindings`, {
      metadata: { name: 'be-bob' },
      roleRef: { kind: 'ClusterRole', name: 'be-bob' },
      subjects: [{ kind: 'User', name: 'carol' }],
    });
    // Nobody impersonates twice over the wire: what carol may is asked for her.
    const may = (name: string): Promise<Answer> =>
      post(SELF, { spec: { resourceAttributes: { verb: 'impersonate', resource: 'users', name } } }, 'carol');
    expect((await may('bob')).body.status).toMatchObject({ allowed: true });
    expect((await may('alice')).body.status).toEqual({ allowed: false });
  });
});

describe('what somebody may do', () => {
  it('is everything for the administrator, and says by which binding', async () => {
    expect((await post(SELF, mayList('x'))).body.status).toEqual({
      allowed: true,
      reason:
        'RBAC: allowed by ClusterRoleBinding "kubeadm:cluster-admins" of ClusterRole "cluster-admin" to Group "kubeadm:cluster-admins"',
    });
  });

  it('is what a role in the namespace says, there and nowhere else', async () => {
    expect((await post(SELF, mayList('x'), 'alice')).body.status).toEqual({
      allowed: true,
      reason: 'RBAC: allowed by RoleBinding "rb/x" of Role "pod-reader" to User "alice"',
    });
    expect((await post(SELF, mayList('y'), 'alice')).body.status).toEqual({ allowed: false });
    expect((await ask('GET', '/api/v1/namespaces/x/pods', { as: 'alice' })).code).toBe(200);
    expect(await ask('GET', '/api/v1/namespaces/x/pods', { as: 'bob' })).toMatchObject({
      code: 403,
      body: {
        message:
          'pods is forbidden: User "bob" cannot list resource "pods" in API group "" in the namespace "x"',
        details: { kind: 'pods' },
      },
    });
    expect((await ask('GET', '/api/v1/namespaces/x/pods', { as: 'system:serviceaccount:x:app' })).code).toBe(
      200,
    );
  });

  it.each([
    [
      'GET',
      '/api/v1/namespaces/x/services/web',
      'services "web" is forbidden: User "alice" cannot get resource "services" in API group "" in the namespace "x"',
    ],
    [
      'DELETE',
      '/api/v1/namespaces/x/pods',
      'pods is forbidden: User "alice" cannot deletecollection resource "pods" in API group "" in the namespace "x"',
    ],
    [
      'GET',
      '/api/v1/namespaces/x/pods?watch=1',
      'pods is forbidden: User "alice" cannot watch resource "pods" in API group "" in the namespace "x"',
    ],
    [
      'POST',
      '/api/v1/namespaces/x/pods/p/exec',
      'pods "p" is forbidden: User "alice" cannot create resource "pods/exec" in API group "" in the namespace "x"',
    ],
    [
      'PATCH',
      '/apis/apps/v1/namespaces/x/deployments/web/scale',
      'deployments.apps "web" is forbidden: User "alice" cannot patch resource "deployments/scale" in API group "apps" in the namespace "x"',
    ],
    [
      'GET',
      '/api/v1/nodes',
      'nodes is forbidden: User "alice" cannot list resource "nodes" in API group "" at the cluster scope',
    ],
    [
      'GET',
      '/api/v1/namespaces/x',
      'namespaces "x" is forbidden: User "alice" cannot get resource "namespaces" in API group "" in the namespace "x"',
    ],
    ['GET', '/metrics', 'forbidden: User "alice" cannot get path "/metrics"'],
  ])('%s %s is refused in the words of the API', async (method, path, message) => {
    expect(await ask(method, path, { as: 'alice' })).toMatchObject({ code: 403, body: { message } });
  });

  it('changes with the roles at once', async () => {
    const as = 'dora';
    const secrets = '/api/v1/namespaces/x/secrets';
    expect((await ask('GET', secrets, { as })).code).toBe(403);
    await post(`${RBAC}/namespaces/x/rolebindings`, {
      metadata: { name: 'dora' },
      roleRef: { kind: 'Role', name: 'secret-reader' },
      subjects: [{ kind: 'User', name: as }],
    });
    expect((await ask('GET', secrets, { as })).body.message).toMatch(
      /: RBAC: role\.rbac\.authorization\.k8s\.io "secret-reader" not found$/,
    );
    await post(`${RBAC}/namespaces/x/roles`, {
      metadata: { name: 'secret-reader' },
      rules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['secrets'] }],
    });
    expect((await ask('GET', secrets, { as })).code).toBe(200);
    await ask('DELETE', `${RBAC}/namespaces/x/rolebindings/dora`);
    expect((await ask('GET', secrets, { as })).code).toBe(403);
  });

  it('is next to nothing for whoever has no name', async () => {
    for (const path of ['/livez', '/readyz', '/healthz', '/version'])
      expect((await ask('GET', path, { anonymous: true })).code).toBe(200);
    expect(await ask('GET', '/api', { anonymous: true })).toMatchObject({
      code: 403,
      body: { message: 'forbidden: User "system:anonymous" cannot get path "/api"' },
    });
    const headers = { Authorization: 'Bearer abc' };
    expect((await ask('GET', '/version', { anonymous: true, headers })).code).toBe(401);
  });

  it('can be asked about others, and listed', async () => {
    const other = {
      user: 'alice',
      resourceAttributes: { verb: 'get', resource: 'pods', subresource: 'log', namespace: 'x' },
    };
    expect((await post(`${AUTHORIZATION}/subjectaccessreviews`, { spec: other })).body.status).toMatchObject({
      allowed: true,
    });
    expect((await post(`${AUTHORIZATION}/subjectaccessreviews`, { spec: other }, 'alice')).code).toBe(403);
    const local = `${AUTHORIZATION}/namespaces/x/localsubjectaccessreviews`;
    expect((await post(local, { spec: other })).body.status).toMatchObject({ allowed: true });
    const rules = await post(
      `${AUTHORIZATION}/selfsubjectrulesreviews`,
      { spec: { namespace: 'x' } },
      'alice',
    );
    expect(rules.body.status).toMatchObject({
      incomplete: false,
      resourceRules: [
        { resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'] },
        { resources: ['selfsubjectreviews'] },
        { verbs: ['get', 'list'], apiGroups: [''], resources: ['pods', 'pods/log'] },
      ],
    });
  });

  it.each([
    [
      'selfsubjectaccessreviews',
      { spec: {} },
      'spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified',
    ],
    [
      'subjectaccessreviews',
      mayList('x'),
      'spec.user: Invalid value: "": at least one of user or group must be specified',
    ],
    [
      'selfsubjectaccessreviews',
      { spec: { resourceAttributes: { verb: 'get' }, nonResourceAttributes: { path: '/x' } } },
      'spec.nonResourceAttributes: Invalid value: {"Path":"/x","Verb":""}: cannot be specified in combination with resourceAttributes',
    ],
  ])('%s refuses what is no question', async (plural, body, why) => {
    expect(await post(`${AUTHORIZATION}/${plural}`, body)).toMatchObject({
      code: 422,
      body: { message: `.authorization.k8s.io "" is invalid: ${why}` },
    });
  });

  it('can only be asked', async () => {
    expect((await ask('GET', SELF)).code).toBe(405);
  });
});

describe('giving rights away', () => {
  const as = 'eve';
  beforeAll(async () => {
    await post(`${RBAC}/clusterroles`, {
      metadata: { name: 'role-writer' },
      rules: [
        {
          verbs: ['create', 'update', 'patch', 'get'],
          apiGroups: ['rbac.authorization.k8s.io'],
          resources: ['roles', 'rolebindings'],
        },
      ],
    });
    await post(`${RBAC}/namespaces/x/rolebindings`, {
      metadata: { name: 'eve' },
      roleRef: { kind: 'ClusterRole', name: 'role-writer' },
      subjects: [{ kind: 'User', name: as }],
    });
  });

  it('takes having them', async () => {
    const role = {
      metadata: { name: 'r2' },
      rules: [{ verbs: ['get', 'list'], apiGroups: [''], resources: ['secrets', 'pods'] }],
    };
    expect(await post(`${RBAC}/namespaces/x/roles`, role, as)).toMatchObject({
      code: 403,
      body: {
        message:
          'roles.rbac.authorization.k8s.io "r2" is forbidden: user "eve" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n' +
          '{APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}\n{APIGroups:[""], Resources:["secrets"], Verbs:["get" "list"]}',
      },
    });
    const less = {
      metadata: { name: 'r3' },
      rules: [{ verbs: ['get'], apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles'] }],
    };
    expect((await post(`${RBAC}/namespaces/x/roles`, less, as)).code).toBe(201);
    const bind = (name: string, role: string): Promise<Answer> =>
      post(
        `${RBAC}/namespaces/x/rolebindings`,
        {
          metadata: { name },
          roleRef: { kind: 'Role', name: role },
          subjects: [{ kind: 'User', name: 'zoe' }],
        },
        as,
      );
    expect((await bind('b1', 'r3')).code).toBe(201);
    expect((await bind('b2', 'pod-reader')).code).toBe(403);
    expect(await bind('b3', 'nosuch')).toMatchObject({
      code: 404,
      body: { message: 'rolebindings.rbac.authorization.k8s.io "nosuch" not found' },
    });
  });

  it('leaves the role of a binding as it is', async () => {
    const patched = await ask('PATCH', `${RBAC}/namespaces/x/rolebindings/rb`, {
      body: { roleRef: { name: 'x' } },
      headers: { 'Content-Type': 'application/merge-patch+json' },
    });
    expect(patched.body.message).toBe(
      'RoleBinding.rbac.authorization.k8s.io "rb" is invalid: roleRef: Invalid value: {"APIGroup":"rbac.authorization.k8s.io","Kind":"Role","Name":"x"}: cannot change roleRef',
    );
  });
});
