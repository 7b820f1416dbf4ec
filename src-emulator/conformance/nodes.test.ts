/** What kubectl hears of nodes: their kubelets, kube-proxy, and machines that are switched off. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conformanceCluster, type ConformanceCluster } from './cluster.ts';
import { availableKubectls, Kubectl } from './kubectl.ts';

/** Kubectl that speaks SPDY, as all of them did before 1.31. */
const SPDY = { environment: { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'false' } };
const WEBSOCKET = { environment: { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'true' } };

describe.each(availableKubectls())('%s', (program) => {
  let cluster: ConformanceCluster;
  let kubectl: Kubectl;
  let node = '';
  let address = '';
  let hasWebSockets = false;
  beforeAll(async () => {
    cluster = await conformanceCluster();
    kubectl = new Kubectl(program, cluster.kubeconfig, 'nodes');
    await kubectl.ok(['create', 'namespace', 'nodes']);
    await kubectl.apply(`
apiVersion: v1
kind: Pod
metadata: {name: client, annotations: {note: kept}}
spec:
  containers: [{name: main, image: 'busybox:1.36', command: [sleep, '3600']}]
---
apiVersion: v1
kind: Pod
metadata: {name: stranger}
spec:
  containers: [{name: main, image: 'nowhere.invalid/x:1'}]
`);
    await kubectl.ok(['wait', '--for=condition=Ready', 'pod/client', '--timeout=20s']);
    await kubectl.ok(['wait', '--for=condition=PodScheduled', 'pod/stranger', '--timeout=20s']);
    node = await kubectl.value('pod client', '.spec.nodeName');
    address = await kubectl.value('pod client', '.status.hostIP');
    // Older ones know no other way, whatever the variable says.
    const [, minor = '0'] = (await kubectl.version()).split('.');
    hasWebSockets = Number(minor) >= 29;
  });
  afterAll(() => cluster.stop());

  const raw = (path: string): Promise<string> => kubectl.ok(['get', '--raw', `/api/v1/nodes/${path}`]);
  const refused = (path: string): Promise<string> =>
    kubectl.refused(['get', '--raw', `/api/v1/nodes/${path}`]);

  it('asks a kubelet through the API how it is and which pods it has', async () => {
    for (const path of ['healthz', 'healthz/ping', 'healthz/syncloop'])
      expect(await raw(`${node}/proxy/${path}`)).toBe('ok');
    expect(await raw(`${node}:10250/proxy/healthz?verbose`)).toMatch(
      /^\[\+\]ping ok\n\[\+\]log ok\n\[\+\]syncloop ok\n.*healthz check passed\n?$/s,
    );
    const { kind, items } = JSON.parse(await raw(`${node}/proxy/pods`)) as {
      kind: string;
      items: { kind?: string; metadata: { name: string; annotations: Record<string, string> } }[];
    };
    const client = items.find(({ metadata }) => metadata.name === 'client');
    expect([kind, client?.kind]).toEqual(['PodList', undefined]);
    expect(client?.metadata.annotations).toMatchObject({
      note: 'kept',
      'kubernetes.io/config.source': 'api',
      'kubernetes.io/config.seen': expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
    });
    for (const path of ['', '/', '/x', '/healthz/nope'])
      expect(await refused(`${node}/proxy${path}`)).toContain(
        'Error from server (NotFound): the server could not find the requested resource',
      );
    expect(await refused('nope/proxy/healthz')).toContain('nodes "nope" not found');
    expect(await refused('a:b:c:d/proxy/healthz')).toContain('invalid node request "a:b:c:d"');
    expect(await refused(`${node}:1/proxy/healthz`)).toContain(
      `error trying to reach service: dial tcp ${address}:1: connect: connection refused`,
    );
  });

  it('hears from kube-proxy on every node, and from a kubelet only who it knows', async () => {
    expect(JSON.parse(await raw(`${node}:10256/proxy/healthz`))).toMatchObject({
      nodeEligible: true,
      healthy: true,
      status: { IPv4: { healthy: true } },
    });
    const live = await kubectl.shell('client', `wget -qO- http://${address}:10256/livez`);
    expect(live.stdout).toMatch(/^\{"lastUpdated":"[^"]+","currentTime":"[^"]+","healthy":true,"status":/);
    const other = await kubectl.shell('client', `wget -qO- http://${address}:10256/x`);
    expect(other.stderr).toContain('404 Not Found');
    const stranger = `wget -qO- --no-check-certificate https://${address}:10250/pods`;
    expect((await kubectl.shell('client', stranger)).stderr).toContain('401 Unauthorized');
  });

  it('says of a container that does not run what its kubelet says', async () => {
    const exec = ['exec', 'stranger', '--', 'true'];
    expect(await kubectl.refused(exec, SPDY)).toBe(
      'error: unable to upgrade connection: container not found ("main")',
    );
    expect(await kubectl.refused(['attach', 'stranger'], SPDY)).toContain(
      'error: unable to upgrade connection: container main not found in pod stranger_nodes',
    );
    if (!hasWebSockets) return;
    expect(await kubectl.refused(exec, WEBSOCKET)).toBe(
      'error: Internal error occurred: unable to upgrade connection: container not found ("main")',
    );
  });

  it('cannot reach the pods of a machine that is off', async ({ skip }) => {
    skip(!cluster.emulated, 'a real machine has no such switch');
    await kubectl.ok(['annotate', 'node', node, 'switchyard.dev/machine=off']);
    const why = `dial tcp ${address}:10250: connect: no route to host`;
    const url = (action: string): string => `https://${address}:10250/${action}/nodes/client/main`;
    expect(await kubectl.refused(['logs', 'client', '--tail=5', '--timestamps'])).toBe(
      `Error from server: Get "${url('containerLogs')}?tailLines=5&timestamps=true": ${why}`,
    );
    const exec = ['exec', 'client', '--', 'echo', 'a b'];
    expect(await kubectl.refused(exec, SPDY)).toBe(`Error from server: error dialing backend: ${why}`);
    if (hasWebSockets)
      expect(await kubectl.refused(exec, WEBSOCKET)).toBe(
        `error: Internal error occurred: error sending request: Post "${url('exec')}?command=echo&command=a+b&error=1&output=1": ${why}`,
      );
    expect(await kubectl.refused(['port-forward', 'client', ':80'])).toContain(
      `error: error upgrading connection: error dialing backend: ${why}`,
    );
    expect(await refused(`${node}/proxy/healthz`)).toContain(`error trying to reach service: ${why}`);
    await kubectl.ok(['annotate', 'node', node, 'switchyard.dev/machine-']);
    await expect.poll(() => raw(`${node}/proxy/healthz`), { timeout: 10_000 }).toBe('ok');
  }, 60_000);
});
