import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCluster, type Cluster } from '../cluster.ts';
import { availableKubectls, Kubectl } from '../conformance/kubectl.ts';

const program = availableKubectls().at(-1);

let cluster: Cluster;
let kubectl: Kubectl;
beforeAll(async () => {
  cluster = await startCluster();
  kubectl = new Kubectl(program ?? '', cluster.kubeconfig, 'kube-system');
});
afterAll(() => cluster.stop());

test.skipIf(program === undefined)(
  'the parts of the cluster are pods that run and say so',
  async () => {
    for (const name of ['kube-proxy', 'kindnet'])
      await kubectl.ok(['rollout', 'status', `daemonset/${name}`, '--timeout=30s']);
    const running = await kubectl.ok([
      'get',
      'pods',
      '-o',
      'custom-columns=N:.metadata.name,P:.status.phase',
    ]);
    for (const name of ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'])
      expect(running).toMatch(new RegExp(`^${name}-switchyard-control-plane +Running$`, 'm'));
    const addresses = await kubectl.ok(['get', 'pods', '-l', 'k8s-app=kube-proxy', '-o', 'wide']);
    for (const address of ['172.18.0.2', '172.18.0.3', '172.18.0.4']) expect(addresses).toContain(address);
    expect(await kubectl.ok(['logs', 'ds/kube-proxy'])).toMatch(
      /^I\d{4} [\d:.]+ +1 server_linux\.go:132\] "Using iptables Proxier"$/m,
    );
    expect(await kubectl.ok(['get', 'cm', 'kube-proxy', '-o', 'yaml'])).toContain('mode: iptables');
    await kubectl.ok(['delete', 'pod', 'etcd-switchyard-control-plane']);
    await expect
      .poll(() => kubectl.ok(['get', 'pods']), { timeout: 20_000 })
      .toMatch(/^etcd-switchyard-control-plane /m);
  },
  60_000,
);
