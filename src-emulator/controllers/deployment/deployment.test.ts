import { describe, expect, it } from 'vitest';
import type { Deployment, ReplicaSet } from '../../api/objects.ts';
import { DEPLOYMENTS, PODS, REPLICA_SETS } from '../../api/resources.ts';
import { createDeployment, eventsOf, podsOf, reportPod, webTemplate } from '../testing/cluster-fixture.ts';
import { cluster, useControllers } from '../testing/running-controllers.ts';

useControllers();

const deployment = (): Deployment | undefined => cluster.api.get(DEPLOYMENTS, 'lab', 'web');
const replicaSets = (): ReplicaSet[] => cluster.api.list(REPLICA_SETS, { namespace: 'lab' });
const condition = (type: string) => deployment()?.status.conditions?.find((entry) => entry.type === type);
const change = (edit: (draft: Deployment) => void): void =>
  void cluster.api.mutate(DEPLOYMENTS, 'lab', 'web', edit);

/** Lets everything settle, every pod turning ready as soon as it is seen; records what an observer sees. */
async function settle(): Promise<{ fewestReady: number; mostPods: number }> {
  let fewestReady = Infinity;
  let mostPods = 0;
  for (let round = 0; round < 20; round++) {
    const pods = podsOf(cluster.api);
    const ready = pods.filter((pod) =>
      pod.status.conditions?.some((c) => c.type === 'Ready' && c.status === 'True'),
    );
    const alive = ready.filter((pod) => pod.metadata.deletionTimestamp === undefined);
    if (round > 0) fewestReady = Math.min(fewestReady, alive.length);
    mostPods = Math.max(mostPods, pods.filter((pod) => pod.metadata.deletionTimestamp === undefined).length);
    const waiting = pods.find((pod) => !ready.includes(pod));
    if (waiting !== undefined) reportPod(cluster, waiting.metadata.name, { ready: true });
    await cluster.clock.advance(100);
  }
  return { fewestReady, mostPods };
}

describe('Deployment', () => {
  it('creates a ReplicaSet with the template hash, and its pods on the workers', async () => {
    createDeployment(cluster.api);
    await settle();
    const [replicaSet] = replicaSets();
    const hash = replicaSet?.metadata.labels?.['pod-template-hash'];
    expect(replicaSet?.metadata.name).toBe(`web-${hash}`);
    expect(hash).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]+$/);
    const nodes = podsOf(cluster.api).map((pod) => pod.spec.nodeName);
    expect(new Set(nodes)).toEqual(new Set(['lab-worker', 'lab-worker2']));
    expect(deployment()?.status).toMatchObject({ replicas: 3, updatedReplicas: 3, availableReplicas: 3 });
    expect(condition('Available')).toMatchObject({ status: 'True', reason: 'MinimumReplicasAvailable' });
    expect(condition('Progressing')).toMatchObject({
      reason: 'NewReplicaSetAvailable',
      message: `ReplicaSet "web-${hash}" has successfully progressed.`,
    });
    expect(eventsOf(cluster.api, 'web')).toEqual([
      `ScalingReplicaSet: Scaled up replica set web-${hash} from 0 to 3`,
    ]);
  });

  it('never has fewer available pods nor more pods than a rolling update allows', async () => {
    createDeployment(cluster.api, {
      replicas: 4,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } },
    });
    await settle();
    change((draft) => (draft.spec.template = webTemplate('web:2')));
    const { fewestReady, mostPods } = await settle();
    expect(fewestReady).toBe(3);
    expect(mostPods).toBe(5);
    expect(podsOf(cluster.api).map((pod) => pod.spec.containers[0]?.image)).toEqual(Array(4).fill('web:2'));
    expect(deployment()?.metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('2');
  });

  it('stops at a broken image with the old pods still serving', async () => {
    createDeployment(cluster.api);
    await settle();
    change((draft) => (draft.spec.template = webTemplate('broken:1')));
    await cluster.clock.advance(1000);
    // 25 % of 3: one may come on top (rounded up), none may be missing (rounded down).
    expect(replicaSets().map(({ spec }) => spec.replicas)).toEqual([3, 1]);
    expect(deployment()?.status).toMatchObject({ replicas: 4, updatedReplicas: 1, unavailableReplicas: 1 });
    await cluster.clock.advance(610_000);
    expect(condition('Progressing')).toMatchObject({ status: 'False', reason: 'ProgressDeadlineExceeded' });
  });

  it('goes back to the earlier ReplicaSet and counts the revision on', async () => {
    createDeployment(cluster.api);
    await settle();
    change((draft) => (draft.spec.template = webTemplate('web:2')));
    await settle();
    change((draft) => (draft.spec.template = webTemplate('web:1')));
    await settle();
    const [first, second] = replicaSets();
    expect(first?.spec.replicas).toBe(3);
    expect(second?.spec.replicas).toBe(0);
    expect(first?.metadata.annotations).toMatchObject({
      'deployment.kubernetes.io/revision': '3',
      'deployment.kubernetes.io/revision-history': '1',
    });
    expect(replicaSets()).toHaveLength(2);
  });

  it('with Recreate starts nothing new before the last old pod is gone', async () => {
    createDeployment(cluster.api, {
      strategy: { type: 'Recreate' },
      template: webTemplate('web:1', { terminationGracePeriodSeconds: 30 }),
    });
    await settle();
    change((draft) => (draft.spec.template = webTemplate('web:2', { terminationGracePeriodSeconds: 30 })));
    await cluster.clock.advance(1000);
    expect(podsOf(cluster.api)).toHaveLength(3);
    expect(podsOf(cluster.api).every((pod) => pod.metadata.deletionTimestamp !== undefined)).toBe(true);
    for (const pod of podsOf(cluster.api))
      cluster.api.delete(PODS, 'lab', pod.metadata.name, { gracePeriodSeconds: 0 });
    await cluster.clock.advance(1000);
    expect(podsOf(cluster.api).map((pod) => pod.spec.containers[0]?.image)).toEqual(Array(3).fill('web:2'));
  });

  it('scales, and removes the pods that are not ready first', async () => {
    createDeployment(cluster.api);
    await settle();
    const [first, second, third] = podsOf(cluster.api).map((pod) => pod.metadata.name);
    reportPod(cluster, second ?? '', { ready: false });
    change((draft) => (draft.spec.replicas = 2));
    await cluster.clock.advance(100);
    const kept = podsOf(cluster.api).filter((pod) => pod.metadata.deletionTimestamp === undefined);
    expect(kept.map((pod) => pod.metadata.name)).toEqual([first, third]);
    expect(eventsOf(cluster.api, 'web').at(-1)).toMatch(/Scaled down replica set web-\w+ from 3 to 2/);
  });

  it('waits while it is paused and goes on when it is resumed', async () => {
    createDeployment(cluster.api);
    await settle();
    change((draft) => {
      draft.spec.paused = true;
      draft.spec.template = webTemplate('web:2');
    });
    await settle();
    expect(replicaSets()).toHaveLength(1);
    expect(condition('Progressing')).toMatchObject({ status: 'Unknown', reason: 'DeploymentPaused' });
    change((draft) => delete draft.spec.paused);
    await settle();
    expect(replicaSets().map(({ spec }) => spec.replicas)).toEqual([0, 3]);
  });

  it('keeps as many old ReplicaSets as revisionHistoryLimit says', async () => {
    createDeployment(cluster.api, { revisionHistoryLimit: 1 });
    for (const image of ['web:1', 'web:2', 'web:3', 'web:4']) {
      change((draft) => (draft.spec.template = webTemplate(image)));
      await settle();
    }
    expect(replicaSets().map(({ spec }) => spec.template?.spec.containers[0]?.image)).toEqual([
      'web:3',
      'web:4',
    ]);
  });

  it('comes to rest: a settled cluster writes nothing', async () => {
    createDeployment(cluster.api);
    await settle();
    const before = cluster.api.writes;
    await cluster.clock.advance(60_000);
    expect(cluster.api.writes).toBe(before);
  });
});
