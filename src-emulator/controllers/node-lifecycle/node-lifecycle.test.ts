import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Node } from '../../api/objects.ts';
import { LEASES, NODES } from '../../api/resources.ts';
import { MACHINE_ANNOTATION } from '../../kubelet/node-agent.ts';
import { cluster, pod, seconds, useKubelets } from '../../kubelet/testing/kubelet-fixture.ts';
import { findCondition } from '../object-helpers.ts';
import { createPod, eventsOf } from '../testing/cluster-fixture.ts';
import { startNodeControllers } from './index.ts';

let controllers: Disposable;

useKubelets({ reportNodes: true });
beforeEach(async () => {
  controllers = startNodeControllers(cluster);
  await seconds(5);
});
afterEach(() => controllers[Symbol.dispose]());

const node = (name = 'lab-worker'): Node | undefined => cluster.api.get(NODES, undefined, name);
const ready = () => findCondition(node()?.status.conditions, 'Ready');
const taints = (): string[] => (node()?.spec.taints ?? []).map(({ key, effect }) => `${key}:${effect}`);
const switchMachine = (state: 'off' | 'on'): void =>
  void cluster.api.mutate(NODES, undefined, 'lab-worker', (draft) => {
    draft.metadata.annotations = { [MACHINE_ANNOTATION]: state };
  });
const LEAVES_IN_TIME = {
  nodeName: 'lab-worker',
  terminationGracePeriodSeconds: 30,
  tolerations: ['not-ready', 'unreachable'].map((condition) => ({
    key: `node.kubernetes.io/${condition}`,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: 300,
  })),
};

describe('a node that runs', () => {
  it('renews its lease and reports itself', async () => {
    const lease = () => cluster.api.get(LEASES, 'kube-node-lease', 'lab-worker');
    const before = lease()?.spec.renewTime ?? '';
    expect(lease()?.spec).toMatchObject({ holderIdentity: 'lab-worker', leaseDurationSeconds: 40 });
    await seconds(600);
    expect((lease()?.spec.renewTime ?? '') > before).toBe(true);
    expect(ready()).toMatchObject({ status: 'True', reason: 'KubeletReady' });
    expect(taints()).toEqual([]);
  });

  it('is tainted while it is cordoned', async () => {
    const cordon = (unschedulable: boolean): void =>
      void cluster.api.mutate(NODES, undefined, 'lab-worker', (draft) => {
        draft.spec.unschedulable = unschedulable;
      });
    cordon(true);
    await seconds(1);
    expect(taints()).toEqual(['node.kubernetes.io/unschedulable:NoSchedule']);
    cordon(false);
    await seconds(1);
    expect(taints()).toEqual([]);
    expect(eventsOf(cluster.api, 'lab-worker')).toEqual(
      expect.arrayContaining([
        'NodeNotSchedulable: Node lab-worker status is now: NodeNotSchedulable',
        'NodeSchedulable: Node lab-worker status is now: NodeSchedulable',
      ]),
    );
  });
});

describe('a node whose machine goes away', () => {
  it('is not ready after 50 s, loses its pods after 300 s more, and gets well when it comes back', async () => {
    createPod(cluster.api, 'web', LEAVES_IN_TIME);
    createPod(cluster.api, 'agent', { nodeName: 'lab-worker', tolerations: [{ operator: 'Exists' }] });
    await seconds(5);
    switchMachine('off');
    await seconds(40);
    expect(ready()?.status).toBe('True');
    await seconds(25);
    expect(ready()).toMatchObject({
      status: 'Unknown',
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
    });
    expect(taints()).toEqual([
      'node.kubernetes.io/unreachable:NoSchedule',
      'node.kubernetes.io/unreachable:NoExecute',
    ]);
    expect(pod('web')?.status.phase).toBe('Running');
    expect(findCondition(pod('web')?.status.conditions, 'Ready')?.status).toBe('False');
    expect(eventsOf(cluster.api, 'web')).toContain('NodeNotReady: Node is not ready');
    expect(eventsOf(cluster.api, 'lab-worker')).toContain(
      'NodeNotReady: Node lab-worker status is now: NodeNotReady',
    );
    await seconds(280);
    expect(pod('web')?.metadata.deletionTimestamp).toBeUndefined();
    await seconds(20);
    expect(pod('web')?.metadata.deletionTimestamp).toBeDefined();
    expect(findCondition(pod('web')?.status.conditions, 'DisruptionTarget')?.reason).toBe(
      'DeletionByTaintManager',
    );
    expect(eventsOf(cluster.api, 'web')).toContain('TaintManagerEviction: Marking for deletion Pod lab/web');
    // Nobody is there to confirm that it has ended.
    await seconds(600);
    expect(pod('web')).toBeDefined();
    expect(pod('agent')?.metadata.deletionTimestamp).toBeUndefined();

    switchMachine('on');
    await seconds(15);
    expect(ready()?.status).toBe('True');
    expect(taints()).toEqual([]);
    expect(pod('web')).toBeUndefined();
    expect(pod('agent')?.status.containerStatuses?.[0]).toMatchObject({ restartCount: 1, ready: true });
    expect(eventsOf(cluster.api, 'lab-worker')).toEqual(
      expect.arrayContaining([
        'Starting: Starting kubelet.',
        expect.stringMatching(/^Rebooted: Node lab-worker has been rebooted, boot id: /),
        'NodeReady: Node lab-worker status is now: NodeReady',
      ]),
    );
  });

  it('keeps its pods when it is back in time', async () => {
    createPod(cluster.api, 'web', LEAVES_IN_TIME);
    await seconds(5);
    switchMachine('off');
    await seconds(120);
    switchMachine('on');
    await seconds(600);
    expect(pod('web')?.metadata.deletionTimestamp).toBeUndefined();
    expect(findCondition(pod('web')?.status.conditions, 'Ready')?.status).toBe('True');
    expect(eventsOf(cluster.api, 'web')).toContain(
      'TaintManagerEviction: Cancelling deletion of Pod lab/web',
    );
  });

  it('takes its pods with it when it is removed', async () => {
    createPod(cluster.api, 'web', LEAVES_IN_TIME);
    await seconds(5);
    cluster.api.delete(NODES, undefined, 'lab-worker');
    await seconds(30);
    expect(pod('web')).toBeDefined();
    await seconds(60);
    expect(pod('web')).toBeUndefined();
  });
});

describe('a taint with NoExecute', () => {
  it('drives out at once what does not tolerate it', async () => {
    createPod(cluster.api, 'web', { nodeName: 'lab-worker' });
    createPod(cluster.api, 'stays', {
      nodeName: 'lab-worker',
      tolerations: [{ key: 'gpu', operator: 'Exists', effect: 'NoExecute' }],
    });
    await seconds(2);
    cluster.api.mutate(NODES, undefined, 'lab-worker', (draft) => {
      draft.spec.taints = [{ key: 'gpu', value: 'broken', effect: 'NoExecute' }];
    });
    await seconds(5);
    expect(pod('web')).toBeUndefined();
    expect(pod('stays')).toBeDefined();
    expect(taints()).toEqual(['gpu:NoExecute']);
  });
});
