/** Who may do what, by kubectl: roles, tokens, and a pod that asks the API for itself. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { REQUEST } from '../api/certificates/testing/request.ts';
import { conformanceCluster, type ConformanceCluster } from './cluster.ts';
import { availableKubectls, Kubectl } from './kubectl.ts';

const program = availableKubectls().at(-1);
/** A user's key, and her request for a certificate with the groups devs and ops. */
const URSULA = {
  key: `-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIDJfyHbI5JmEy3Xy3u5vPFRCG2nmuWeNjigVVz44MJWKoAoGCCqGSM49
AwEHoUQDQgAE69iJDTuAZ5/gK2btr3j9PBb9W3pygqLBSbYOoUvf1kRnRdtShoKI
w99pYebB+AiumFBmDVQg+bnAs2VRDkOKTQ==
-----END EC PRIVATE KEY-----
`,
  request: REQUEST,
};
const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

describe.skipIf(program === undefined)('access, by kubectl', () => {
  let cluster: ConformanceCluster;
  let kubectl: Kubectl;
  beforeAll(async () => {
    cluster = await conformanceCluster();
    kubectl = new Kubectl(program ?? '', cluster.kubeconfig, 'access');
    await kubectl.ok(['create', 'namespace', 'access']);
    await kubectl.ok(['create', 'serviceaccount', 'viewer']);
    await kubectl.ok(['create', 'role', 'pod-viewer', '--verb=get,list', '--resource=pods,pods/log']);
    await kubectl.ok([
      'create',
      'rolebinding',
      'viewers',
      '--role=pod-viewer',
      '--serviceaccount=access:viewer',
      '--user=alice',
    ]);
  });
  afterAll(() => cluster.stop());

  it('lets a pod see with its token what its role allows, and no more', async () => {
    await kubectl.apply(`
      apiVersion: v1
      kind: Pod
      metadata: {name: client}
      spec:
        serviceAccountName: viewer
        terminationGracePeriodSeconds: 0
        containers: [{name: curl, image: curlimages/curl:8.10.1, command: [sleep, "3600"]}]
    `);
    await kubectl.ok(['wait', '--for=condition=Ready', 'pod/client', '--timeout=20s']);
    const ask = async (path: string): Promise<string> => {
      const curl = `curl -s -w ' %{http_code}' --cacert ${ACCOUNT}/ca.crt -H "Authorization: Bearer $(cat ${ACCOUNT}/token)" https://kubernetes.default.svc${path}`;
      return (await kubectl.shell('client', curl)).stdout;
    };
    expect(await ask('/api/v1/namespaces/access/pods')).toMatch(/"kind": ?"PodList"[^]* 200$/);
    const refusal = await ask('/api/v1/namespaces/access/secrets');
    expect(refusal).toContain(
      String.raw`secrets is forbidden: User \"system:serviceaccount:access:viewer\" cannot list resource \"secrets\" in API group \"\" in the namespace \"access\"`,
    );
    expect(refusal).toMatch(/ 403$/);
    expect((await kubectl.shell('client', `cat ${ACCOUNT}/namespace`)).stdout).toBe('access');
  });

  it('answers "can I?" as it decides', async () => {
    const canI = async (...args: string[]): Promise<string> =>
      (await kubectl.run(['auth', 'can-i', ...args])).stdout;
    expect(await canI('list', 'pods', '--as=alice')).toBe('yes');
    expect(await canI('get', 'pods', '--subresource=log', '--as=alice')).toBe('yes');
    expect(await canI('delete', 'pods', '--as=alice')).toBe('no');
    expect(await canI('list', 'pods', '--as=system:serviceaccount:access:viewer')).toBe('yes');
    expect(await canI('--list', '--as=alice')).toMatch(/^pods\/log +\[] +\[] +\[get list]$/m);
    expect(await canI('*', '*')).toBe('yes');
    expect(await kubectl.refused(['delete', 'pod', 'client', '--as=alice'])).toBe(
      'Error from server (Forbidden): pods "client" is forbidden: User "alice" cannot delete resource "pods" in API group "" in the namespace "access"',
    );
  });

  it('gives a ServiceAccount tokens, short and lasting', async () => {
    const token = await kubectl.ok(['create', 'token', 'viewer', '--duration=20m']);
    expect(token.split('.')).toHaveLength(3);
    expect(await kubectl.refused(['create', 'token', 'viewer', '--duration=1m'])).toMatch(
      /TokenRequest\.authentication\.k8s\.io "" is invalid: spec\.expirationSeconds: Invalid value: 60: may not specify a duration less than 10 minutes$/,
    );
    await kubectl.apply(`
      apiVersion: v1
      kind: Secret
      metadata: {name: lasting, annotations: {kubernetes.io/service-account.name: viewer}}
      type: kubernetes.io/service-account-token
    `);
    await expect
      .poll(() => kubectl.ok(['describe', 'secret', 'lasting']), { timeout: 10_000 })
      .toMatch(/Data\n====\nca\.crt: +\d+ bytes\nnamespace: +6 bytes\ntoken: +ey/);
    expect(await kubectl.ok(['describe', 'serviceaccount', 'viewer'])).toMatch(/^Tokens: +lasting$/m);
  });

  it('signs the certificate of a user once it is approved, and knows the user by it', async () => {
    await kubectl.apply(`
      apiVersion: certificates.k8s.io/v1
      kind: CertificateSigningRequest
      metadata: {name: access-ursula}
      spec:
        request: ${Buffer.from(URSULA.request).toString('base64')}
        signerName: kubernetes.io/kube-apiserver-client
        expirationSeconds: 3600
        usages: [client auth]
    `);
    expect(await kubectl.ok(['get', 'csr', 'access-ursula'])).toMatch(
      /kubernetes\.io\/kube-apiserver-client +kubernetes-admin +60m +Pending$/,
    );
    expect(await kubectl.ok(['certificate', 'approve', 'access-ursula'])).toBe(
      'certificatesigningrequest.certificates.k8s.io/access-ursula approved',
    );
    await expect
      .poll(() => kubectl.ok(['get', 'csr', 'access-ursula']), { timeout: 10_000 })
      .toMatch(/ Approved,Issued$/);
    const certificate = Buffer.from(
      await kubectl.value('csr/access-ursula', '.status.certificate'),
      'base64',
    ).toString();
    const config = parse(cluster.kubeconfig) as { users: { user: Record<string, string> }[] };
    const user = config.users[0]?.user ?? {};
    user['client-certificate-data'] = Buffer.from(certificate).toString('base64');
    user['client-key-data'] = Buffer.from(URSULA.key).toString('base64');
    const ursula = new Kubectl(program ?? '', stringify(config), 'access');
    expect(await ursula.refused(['get', 'pods'])).toBe(
      'Error from server (Forbidden): pods is forbidden: User "ursula" cannot list resource "pods" in API group "" in the namespace "access"',
    );
    await kubectl.ok(['create', 'rolebinding', 'devs', '--role=pod-viewer', '--group=devs']);
    expect(await ursula.ok(['auth', 'can-i', 'list', 'pods'])).toBe('yes');
    await kubectl.ok(['delete', 'csr', 'access-ursula']);
  });

  it('fills in roles that are put together of others', async () => {
    await kubectl.apply(`
      apiVersion: rbac.authorization.k8s.io/v1
      kind: ClusterRole
      metadata: {name: access-widgets, labels: {rbac.authorization.k8s.io/aggregate-to-view: "true"}}
      rules: [{apiGroups: [example.com], resources: [widgets], verbs: [get]}]
    `);
    await expect
      .poll(() => kubectl.ok(['describe', 'clusterrole', 'admin']), { timeout: 10_000 })
      .toMatch(/^ +widgets\.example\.com +\[] +\[] +\[get]$/m);
    await kubectl.ok(['delete', 'clusterrole', 'access-widgets']);
  });
});
