import { describe, expect, it } from 'vitest';
import {
  CONFIG_MAPS,
  DEPLOYMENTS,
  NAMESPACES,
  NODES,
  PODS,
  REPLICA_SETS,
  SERVICE_ACCOUNTS,
} from '../api/resources.ts';
import { createEventRecorder } from './events.ts';
import { bootstrapCluster } from './index.ts';
import { createDeployment, createPod, eventsOf, podsOf } from './testing/cluster-fixture.ts';
import { cluster, useControllers } from './testing/running-controllers.ts';

useControllers('PEM');

describe('garbage collection', () => {
  it('deletes ReplicaSets and pods after their Deployment', async () => {
    createDeployment(cluster.api);
    await cluster.clock.advance(100);
    cluster.api.delete(DEPLOYMENTS, 'lab', 'web', { propagationPolicy: 'Background' });
    await cluster.clock.advance(100);
    expect(cluster.api.list(REPLICA_SETS)).toEqual([]);
    expect(podsOf(cluster.api)).toEqual([]);
  });

  it('keeps a Deployment that is deleted in the foreground until its pods are gone', async () => {
    createDeployment(cluster.api, {
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'web', image: 'web:1' }], terminationGracePeriodSeconds: 30 },
      },
    });
    await cluster.clock.advance(100);
    cluster.api.delete(DEPLOYMENTS, 'lab', 'web', { propagationPolicy: 'Foreground' });
    await cluster.clock.advance(100);
    expect(cluster.api.get(DEPLOYMENTS, 'lab', 'web')?.metadata.finalizers).toEqual(['foregroundDeletion']);
    expect(podsOf(cluster.api).every((pod) => pod.metadata.deletionTimestamp !== undefined)).toBe(true);
    for (const pod of podsOf(cluster.api))
      cluster.api.delete(PODS, 'lab', pod.metadata.name, { gracePeriodSeconds: 0 });
    await cluster.clock.advance(100);
    expect(cluster.api.get(DEPLOYMENTS, 'lab', 'web')).toBeUndefined();
  });

  it('leaves orphans alone, and a new Deployment adopts them', async () => {
    createDeployment(cluster.api);
    await cluster.clock.advance(100);
    const before = podsOf(cluster.api).map((pod) => pod.metadata.name);
    cluster.api.delete(DEPLOYMENTS, 'lab', 'web', { propagationPolicy: 'Orphan' });
    await cluster.clock.advance(100);
    expect(cluster.api.get(DEPLOYMENTS, 'lab', 'web')).toBeUndefined();
    expect(cluster.api.list(REPLICA_SETS).map(({ metadata }) => metadata.ownerReferences)).toEqual([
      undefined,
    ]);
    createDeployment(cluster.api);
    await cluster.clock.advance(100);
    expect(podsOf(cluster.api).map((pod) => pod.metadata.name)).toEqual(before);
  });
});

describe('namespaces', () => {
  it('get a default ServiceAccount and the CA, also after somebody deletes them', async () => {
    await cluster.clock.advance(10);
    expect(cluster.api.get(CONFIG_MAPS, 'lab', 'kube-root-ca.crt')?.data).toEqual({ 'ca.crt': 'PEM' });
    cluster.api.delete(SERVICE_ACCOUNTS, 'lab', 'default');
    await cluster.clock.advance(10);
    expect(cluster.api.get(SERVICE_ACCOUNTS, 'lab', 'default')).toBeDefined();
  });

  it('go after their content, and say what they wait for', async () => {
    createDeployment(cluster.api);
    await cluster.clock.advance(100);
    cluster.api.create(CONFIG_MAPS, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { namespace: 'lab', name: 'held', finalizers: ['example.com/hold'] },
    });
    createPod(cluster.api, 'stubborn', { nodeName: 'lab-worker', terminationGracePeriodSeconds: 30 });
    cluster.api.delete(NAMESPACES, undefined, 'lab');
    await cluster.clock.advance(100);
    const namespace = cluster.api.get(NAMESPACES, undefined, 'lab');
    expect(namespace?.status.conditions).toContainEqual(
      expect.objectContaining({
        type: 'NamespaceContentRemaining',
        status: 'False',
        message: 'All content successfully removed',
      }),
    );
    cluster.api.delete(PODS, 'lab', 'stubborn', { gracePeriodSeconds: 0 });
    await cluster.clock.advance(100);
    expect(cluster.api.get(NAMESPACES, undefined, 'lab')?.status.conditions).toContainEqual(
      expect.objectContaining({
        type: 'NamespaceFinalizersRemaining',
        message:
          'Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
      }),
    );
    cluster.api.mutate(CONFIG_MAPS, 'lab', 'held', (draft) => {
      delete draft.metadata.finalizers;
    });
    await cluster.clock.advance(100);
    expect(cluster.api.get(NAMESPACES, undefined, 'lab')).toBeUndefined();
  });
});

describe('the scheduler', () => {
  it('says why a pod fits nowhere, in the words of kube-scheduler, and tries again when a node changes', async () => {
    createPod(cluster.api, 'picky', { nodeSelector: { disk: 'ssd' } });
    await cluster.clock.advance(10);
    expect(eventsOf(cluster.api, 'picky')).toEqual([
      "FailedScheduling: 0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 node(s) didn't match Pod's " +
        'node affinity/selector. no new claims to deallocate, preemption: 0/3 nodes are available: ' +
        '3 Preemption is not helpful for scheduling.',
    ]);
    cluster.api.mutate(NODES, undefined, 'lab-worker2', (node) => (node.metadata.labels = { disk: 'ssd' }));
    await cluster.clock.advance(10);
    expect(cluster.api.get(PODS, 'lab', 'picky')?.spec.nodeName).toBe('lab-worker2');
  });

  it('leaves cordoned nodes and full nodes out', async () => {
    cluster.api.mutate(NODES, undefined, 'lab-worker', (node) => (node.spec.unschedulable = true));
    const resources = { requests: { cpu: '5' } };
    createPod(cluster.api, 'big', { containers: [{ name: 'main', image: 'x', resources }] });
    createPod(cluster.api, 'small', {});
    await cluster.clock.advance(10);
    expect(cluster.api.get(PODS, 'lab', 'small')?.spec.nodeName).toBe('lab-worker2');
    expect(eventsOf(cluster.api, 'big')[0]).toContain(
      '1 Insufficient cpu, 1 node(s) had untolerated taint(s), 1 node(s) were unschedulable.',
    );
  });
});

describe('events', () => {
  it('count up when they repeat and are combined when many are alike', () => {
    createPod(cluster.api, 'noisy', {});
    const [pod] = podsOf(cluster.api);
    if (pod === undefined) throw new Error('no pod');
    const recorder = createEventRecorder({ ...cluster, component: 'kubelet', host: 'lab-worker' });
    for (let index = 0; index < 3; index++) recorder.record(pod, 'Warning', 'BackOff', 'again');
    for (let index = 0; index < 12; index++) recorder.record(pod, 'Normal', 'Step', `step ${index}`);
    const seen = eventsOf(cluster.api, 'noisy');
    expect(seen[0]).toBe('BackOff: again (×3)');
    expect(seen.at(-1)).toBe('Step: (combined from similar events): step 11 (×3)');
    expect(seen).toHaveLength(11);
  });
});

describe('bootstrap', () => {
  it('leaves a cluster that comes back as it is', () => {
    const nodes = [
      { name: 'c-control-plane', role: 'control-plane', address: '172.18.0.2', podCidr: '10.244.0.0/24' },
      { name: 'c-worker', role: 'worker', address: '172.18.0.3', podCidr: '10.244.1.0/24' },
    ] as const;
    const options = { ...cluster, nodes, dnsServiceIp: '10.96.0.10' };
    bootstrapCluster(options);
    expect(cluster.api.get(NODES, undefined, 'c-control-plane')?.spec.taints).toHaveLength(1);
    cluster.api.mutate(DEPLOYMENTS, 'kube-system', 'coredns', (draft) => (draft.spec.replicas = 1));
    const before = cluster.api.writes;
    bootstrapCluster(options);
    expect(cluster.api.writes).toBe(before);
    expect(cluster.api.get(DEPLOYMENTS, 'kube-system', 'coredns')?.spec.replicas).toBe(1);
  });
});
