/** What kubectl does through the subresources of pods and Services: debug, drain, and the API's own proxy. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conformanceCluster, type ConformanceCluster } from './cluster.ts';
import { availableKubectls, Kubectl } from './kubectl.ts';
import { WEB } from './manifests.ts';

describe.each(availableKubectls())('%s', (program) => {
  let cluster: ConformanceCluster;
  let kubectl: Kubectl;
  beforeAll(async () => {
    cluster = await conformanceCluster();
    kubectl = new Kubectl(program, cluster.kubeconfig, 'subresources');
    await kubectl.ok(['create', 'namespace', 'subresources']);
    await kubectl.apply(WEB);
    await kubectl.ok(['rollout', 'status', 'deployment/web', '--timeout=20s']);
    await kubectl.ok(['wait', '--for=condition=Ready', 'pod/client', '--timeout=20s']);
  });
  afterAll(() => cluster.stop());

  const debug = ['debug', 'client', '--image=busybox:1.36', '--target=client'];

  it('debugs a pod from a container that it adds', async () => {
    const terminal = kubectl.terminal([...debug, '-it', '-c', 'dbg', '--', 'sh']);
    await terminal.until(/If you don't see a command prompt/);
    terminal.type('hostname; exit\n');
    await terminal.until(/\nclient\r\n/);
    await terminal.ended();
    const status = 'pod client';
    await expect
      .poll(() => kubectl.value(status, '.status.ephemeralContainerStatuses[0].state.terminated.reason'), {
        timeout: 10_000,
      })
      .toBe('Completed');
    expect(await kubectl.value(status, '.spec.ephemeralContainers[0].targetContainerName')).toBe('client');
  });

  it('refuses a container of no use for debugging, and to change one that is there', async () => {
    const unknown = await kubectl.refused(['debug', 'client', '--image=busybox:1.36', '--target=nope']);
    expect(unknown).toContain('spec.ephemeralContainers[1].targetContainerName: Not found: "nope"');
    const change = JSON.stringify({ spec: { ephemeralContainers: [{ name: 'dbg', image: 'nginx:1.27' }] } });
    const through = ['patch', 'pod', 'client', '--subresource=ephemeralcontainers', '-p', change];
    // Older versions of kubectl do not let that be tried.
    expect(await kubectl.refused(through)).toMatch(
      /^error: invalid subresource value|existing ephemeral containers "dbg" may not be changed/,
    );
    expect(await kubectl.refused(['patch', 'pod', 'client', '-p', change])).toContain(
      'pod updates may not change fields other than',
    );
  });

  it('reaches pods and Services through the API', async () => {
    const at = '/api/v1/namespaces/subresources';
    const raw = (path: string): Promise<string> => kubectl.ok(['get', '--raw', `${at}/${path}`]);
    const refused = (path: string): Promise<string> => kubectl.refused(['get', '--raw', `${at}/${path}`]);
    const pod = await kubectl.value('pods -l app=web', '.items[0].metadata.name');
    expect(await raw(`pods/${pod}:8080/proxy/hostname`)).toBe(pod);
    expect(await raw(`pods/${pod}/proxy/echo?msg=a%20b`)).toBe('a b');
    expect(await raw(`pods/${pod}/proxy/header?key=X-Forwarded-Uri`)).toBe(`${at}/pods/${pod}/proxy/header`);
    for (const service of ['web', 'web:80', 'http:web:'])
      expect(await raw(`services/${service}/proxy/hostname`)).toMatch(/^web-/);
    expect(await refused(`pods/${pod}:81/proxy/`)).toMatch(
      /: error trying to reach service: dial tcp 10\.\d+\.\d+\.\d+:81: connect: connection refused\n?$/,
    );
    expect(await refused(`services/https:web:80/proxy/`)).toContain(
      'error trying to reach service: tls: first record does not look like a TLS handshake',
    );
    expect(await refused('services/web:99/proxy/')).toContain('no service port 99 found for service "web"');
    expect(await refused('services/web:x/proxy/')).toContain('no endpoints available for service "web:x"');
    expect(await refused('services/a:b:c:d/proxy/')).toContain('invalid service request "a:b:c:d"');
    expect(await refused('services/none/proxy/')).toContain('services "none" not found');
  });

  it('evicts pods as far as their budget allows', async () => {
    await kubectl.apply(`
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {minAvailable: 2, selector: {matchLabels: {app: web}}}
`);
    await expect.poll(() => kubectl.value('pdb web', '.status.disruptionsAllowed')).toBe('1');
    const pods = (await kubectl.value('pods -l app=web', '.items[*].metadata.name')).split(' ');
    const [first = '', second = ''] = pods;
    const evict = (pod: string, named: string, query = ''): ReturnType<Kubectl['run']> =>
      kubectl.run(
        ['create', '--raw', `/api/v1/namespaces/subresources/pods/${pod}/eviction${query}`, '-f', '-'],
        { stdin: JSON.stringify({ apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: named } }) },
      );
    expect((await evict(first, second)).stderr).toContain(
      'name in URL does not match name in Eviction object',
    );
    expect((await evict(first, first, '?dryRun=All')).exitCode).toBe(0);
    expect(await kubectl.value('pdb web', '.status.disruptedPods')).toBe('');
    // A deployment that cannot grow keeps the budget spent.
    await kubectl.ok(['rollout', 'pause', 'deployment/web']);
    await kubectl.ok(['scale', 'deployment/web', '--replicas=2']);
    await expect.poll(() => kubectl.value('pdb web', '.status.disruptionsAllowed')).toBe('0');
    const [left = ''] = (await kubectl.value('pods -l app=web', '.items[*].metadata.name')).split(' ');
    expect((await evict(left, left)).stderr).toContain(
      "Cannot evict pod as it would violate the pod's disruption budget.",
    );
    await kubectl.ok(['delete', 'pdb', 'web']);
    expect((await evict(left, left)).exitCode).toBe(0);
  });

  it('binds a pod to a node by hand', async () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'waiting' },
      spec: { schedulerName: 'none', containers: [{ name: 'c', image: 'busybox:1.36' }] },
    };
    await kubectl.apply(JSON.stringify(pod));
    const bind = (name: string): ReturnType<Kubectl['run']> =>
      kubectl.run(['create', '--raw', '/api/v1/namespaces/subresources/bindings', '-f', '-'], {
        stdin: JSON.stringify({
          apiVersion: 'v1',
          kind: 'Binding',
          metadata: { name: 'waiting' },
          target: { name },
        }),
      });
    expect((await bind('')).stderr).toContain('target.name: Required value');
    expect((await bind('here')).exitCode).toBe(0);
    expect(await kubectl.value('pod waiting', '.spec.nodeName')).toBe('here');
    expect((await bind('there')).stderr).toContain(
      'Operation cannot be fulfilled on pods/binding "waiting": pod waiting is already assigned to node "here"',
    );
    expect(await kubectl.ok(['api-resources'])).toMatch(/^bindings +v1 +true +Binding$/m);
  });
});
