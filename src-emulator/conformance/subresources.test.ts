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
});
