import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCluster, type Cluster } from '#emulator/index.ts';
import type { ApplyResult } from '#shared/contract.ts';
import { createKubeClient, type KubeClient } from './client.ts';
import { objectYaml } from '../app/object-yaml.ts';
import { isReady } from '../checks/object-values.ts';
import { POD, SERVICE, type KubeObject } from './objects.ts';

const NAMESPACE = 'client-test';
const POD_YAML = `apiVersion: v1
kind: Pod
metadata: { name: tool }
spec:
  containers:
    - name: tool
      image: registry.k8s.io/e2e-test-images/agnhost:2.53
      args: [pause]
`;
const SERVICE_YAML = `apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector: { app: web }
  ports:
    - port: 80
      targetPort: 8080
`;

let cluster: Cluster;
let kube: KubeClient;

beforeAll(async () => {
  cluster = await startCluster();
  kube = createKubeClient(cluster.kubeconfig);
  await kube.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
});

afterAll(async () => {
  await kube.close();
  await cluster.stop();
});

function apply(yaml: string): Promise<ApplyResult> {
  return kube.apply(yaml, { namespace: NAMESPACE });
}

async function until(met: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await met())) await new Promise((resolve) => setTimeout(resolve, 20));
}

test('apply creates, leaves alone, configures, and takes back what is no longer declared', async () => {
  const actions = async (yaml: string): Promise<string[]> =>
    (await apply(yaml)).applied.map(({ action }) => action);
  expect(await actions(SERVICE_YAML)).toEqual(['created']);
  expect(await actions(SERVICE_YAML)).toEqual(['unchanged']);
  const labelled = SERVICE_YAML.replace('  name: web', '  name: web\n  labels: { tier: front }');
  expect(await actions(labelled)).toEqual(['configured']);
  expect(await actions(SERVICE_YAML)).toEqual(['configured']);
  const service = await kube.get({ ...SERVICE, namespace: NAMESPACE, name: 'web' });
  expect(service?.metadata.labels?.['tier']).toBeUndefined();
});

test('what the server refuses stands at its line; other documents are applied', async () => {
  const { applied, problems } = await apply(
    `${SERVICE_YAML.replace('name: web', 'name: other').replace('targetPort', 'targtPort')}---\n${SERVICE_YAML}`,
  );
  expect(problems).toMatchObject([{ line: 9, column: 7, severity: 'error' }]);
  expect(problems[0]?.message).toContain('unknown field "spec.ports[0].targtPort"');
  expect(applied.map(({ ref }) => ref.name)).toEqual(['web']);
  const range = await apply(SERVICE_YAML.replace('port: 80\n', 'port: 80000\n'));
  expect(range.problems).toMatchObject([{ line: 8, column: 13 }]);
  const unknown = await apply(SERVICE_YAML.replace('Service', 'Servise'));
  expect(unknown.problems).toMatchObject([{ line: 2, column: 7 }]);
});

test('a dry run stores nothing', async () => {
  const result = await kube.apply(SERVICE_YAML.replace('name: web', 'name: dry'), {
    namespace: NAMESPACE,
    dryRun: true,
  });
  expect(result.problems).toEqual([]);
  expect(await kube.get({ ...SERVICE, namespace: NAMESPACE, name: 'dry' })).toBeUndefined();
});

test('an object as YAML is short, in order, and can be applied again after the object has moved on', async () => {
  const ref = { ...SERVICE, namespace: NAMESPACE, name: 'web' };
  await apply(SERVICE_YAML);
  const text = objectYaml((await kube.get(ref)) ?? fail());
  expect([...text.matchAll(/^\w+/gm)].map(([key]) => key)).toEqual([
    'apiVersion',
    'kind',
    'metadata',
    'spec',
    'status',
  ]);
  expect(text).not.toMatch(/managedFields|last-applied|resourceVersion|uid|annotations/);
  await kube.patch(ref, { metadata: { labels: { moved: 'on' } } });
  const edited = text.replace(/targetPort: .*/, 'targetPort: 8088');
  expect(await apply(edited)).toMatchObject({ applied: [{ action: 'configured' }], problems: [] });
  expect(await apply(edited)).toMatchObject({ applied: [{ action: 'unchanged' }] });
  await kube.delete(ref);
  expect(await apply(edited)).toMatchObject({ applied: [{ action: 'created' }], problems: [] });
});

function fail(): never {
  throw new Error('it is not there');
}

test('a patch reaches the status, and is refused when the object has changed since', async () => {
  await apply(
    SERVICE_YAML.replace('name: web', 'name: patched').replace('spec:', 'spec:\n  type: LoadBalancer'),
  );
  const ref = { ...SERVICE, namespace: NAMESPACE, name: 'patched' };
  const status = { loadBalancer: { ingress: [{ ip: '172.18.255.200' }] } };
  const before = (await kube.get(ref)) ?? fail();
  const patched = await kube.patch(
    ref,
    { metadata: { labels: { not: 'this' } }, status },
    { subresource: 'status' },
  );
  expect(patched).toMatchObject({ status: { loadBalancer: { ingress: [{ ip: '172.18.255.200' }] } } });
  const { resourceVersion } = before.metadata;
  const late = kube.patch(ref, { metadata: { resourceVersion, labels: { too: 'late' } } });
  await expect(late).rejects.toMatchObject({ code: 409, reason: 'Conflict' });
  await kube.delete(ref);
});

test('a watch hands over what is there, then every change', async () => {
  const seen: string[] = [];
  const watch = kube.watch<KubeObject>(
    { apiVersion: 'v1', kind: 'ConfigMap' },
    { namespace: NAMESPACE, labelSelector: 'watched=yes' },
    {
      snapshot: (items) => seen.push(`snapshot ${String(items.length)}`),
      event: (type, object) => seen.push(`${type} ${object.kind}/${object.metadata.name}`),
      state: (state) => seen.push(state),
    },
  );
  await until(() => seen.includes('connected'));
  const map = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'm', namespace: NAMESPACE, labels: { watched: 'yes' } },
  };
  await kube.create(map);
  await kube.patch({ ...map, namespace: NAMESPACE, name: 'm' }, { data: { a: 'b' } });
  await kube.delete({ ...map, namespace: NAMESPACE, name: 'm' });
  await until(() => seen.length >= 6);
  watch[Symbol.dispose]();
  expect(seen).toEqual([
    'connecting',
    'snapshot 0',
    'connected',
    'ADDED ConfigMap/m',
    'MODIFIED ConfigMap/m',
    'DELETED ConfigMap/m',
  ]);
});

test('exec gives output, errors and the exit code; what is missing is said', async () => {
  await apply(POD_YAML);
  await until(async () => {
    const pod = await kube.get({ ...POD, namespace: NAMESPACE, name: 'tool' });
    return pod !== undefined && isReady(pod);
  });
  expect(
    await kube.exec(NAMESPACE, 'tool', ['sh', '-c', 'cat; echo no >&2; exit 3'], { stdin: 'in\n' }),
  ).toEqual({
    stdout: 'in\n',
    stderr: 'no\n',
    exitCode: 3,
  });
  await expect(kube.exec(NAMESPACE, 'absent', ['true'])).rejects.toThrow('pods "absent" not found');
  await expect(kube.exec(NAMESPACE, 'tool', ['sleep', '60'], { timeoutMs: 200 })).rejects.toThrow(
    'Waited 0.2 s for sleep 60',
  );
});

test('a server that is gone is said to be unreachable', async () => {
  const lost = createKubeClient(cluster.kubeconfig.replace(/127\.0\.0\.1:\d+/, '127.0.0.1:1'));
  await expect(lost.version()).rejects.toMatchObject({ problem: { code: 'kube-unreachable' } });
  await lost.close();
});
