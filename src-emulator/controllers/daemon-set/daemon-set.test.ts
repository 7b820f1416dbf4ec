import { describe, expect, it } from 'vitest';
import type { DaemonSet, Pod } from '../../api/objects.ts';
import { CONTROLLER_REVISIONS, DAEMON_SETS, NODES, PODS } from '../../api/resources.ts';
import { eventsOf, podsOf, reportPod, webTemplate } from '../testing/cluster-fixture.ts';
import { cluster, useControllers } from '../testing/running-controllers.ts';

useControllers();

const template = (image = 'web:1') => webTemplate(image, { terminationGracePeriodSeconds: 30 });

function createSet(spec: Partial<DaemonSet['spec']> = {}): void {
  cluster.api.create(DAEMON_SETS, {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { namespace: 'lab', name: 'agent' },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: template(),
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
      ...spec,
    },
    status: { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 },
  });
}

const set = (): DaemonSet | undefined => cluster.api.get(DAEMON_SETS, 'lab', 'agent');
const change = (edit: (draft: DaemonSet) => void): void =>
  void cluster.api.mutate(DAEMON_SETS, 'lab', 'agent', edit);
const nodesOf = (pods: Pod[]): (string | undefined)[] => pods.map(({ spec }) => spec.nodeName).sort();
const imagesOf = (pods: Pod[]): string[] => pods.map(({ spec }) => spec.containers[0]?.image ?? '').sort();
const alive = (): Pod[] =>
  podsOf(cluster.api).filter(({ metadata }) => metadata.deletionTimestamp === undefined);

/** Reports pods ready and lets those go that are being deleted. @returns the fewest that served meanwhile. */
async function settle(): Promise<{ fewestReady: number; mostPods: number }> {
  let fewestReady = Infinity;
  let mostPods = 0;
  for (let round = 0; round < 20; round++) {
    await cluster.clock.advance(10);
    for (const { metadata, status } of podsOf(cluster.api)) {
      if (metadata.deletionTimestamp !== undefined)
        cluster.api.delete(PODS, 'lab', metadata.name, { gracePeriodSeconds: 0 });
      else if (status.phase === 'Pending') reportPod(cluster, metadata.name, { ready: true });
    }
    await cluster.clock.advance(10);
    fewestReady = Math.min(fewestReady, alive().filter(({ status }) => status.phase === 'Running').length);
    mostPods = Math.max(mostPods, alive().length);
  }
  return { fewestReady, mostPods };
}

describe('DaemonSet', () => {
  it('runs a pod on every node that its pods tolerate', async () => {
    createSet();
    await settle();
    expect(nodesOf(podsOf(cluster.api))).toEqual(['lab-worker', 'lab-worker2']);
    expect(set()?.status).toMatchObject({
      desiredNumberScheduled: 2,
      currentNumberScheduled: 2,
      numberReady: 2,
      updatedNumberScheduled: 2,
      numberAvailable: 2,
    });
    expect(
      eventsOf(cluster.api, 'agent').filter((event) => event.startsWith('SuccessfulCreate')),
    ).toHaveLength(2);
  });

  it('runs on the control plane too when its pods tolerate the taint', async () => {
    createSet({
      template: webTemplate('web:1', { tolerations: [{ operator: 'Exists' }] }),
    });
    await settle();
    expect(podsOf(cluster.api)).toHaveLength(3);
  });

  it('follows the labels of nodes', async () => {
    createSet({ template: webTemplate('web:1', { nodeSelector: { disk: 'ssd' } }) });
    await settle();
    expect(podsOf(cluster.api)).toEqual([]);
    cluster.api.mutate(NODES, undefined, 'lab-worker2', (node) => {
      node.metadata.labels = { ...node.metadata.labels, disk: 'ssd' };
    });
    await settle();
    expect(nodesOf(podsOf(cluster.api))).toEqual(['lab-worker2']);
    cluster.api.mutate(NODES, undefined, 'lab-worker2', (node) => {
      node.metadata.labels = {};
    });
    await settle();
    expect(podsOf(cluster.api)).toEqual([]);
  });

  it('stays on a cordoned node, and makes a new pod there when one is deleted', async () => {
    createSet();
    await settle();
    cluster.api.mutate(NODES, undefined, 'lab-worker', (node) => void (node.spec.unschedulable = true));
    await settle();
    const pod = podsOf(cluster.api).find(({ spec }) => spec.nodeName === 'lab-worker');
    cluster.api.delete(PODS, 'lab', pod?.metadata.name ?? '');
    await settle();
    expect(nodesOf(podsOf(cluster.api))).toEqual(['lab-worker', 'lab-worker2']);
  });

  it('replaces one pod after another in an update', async () => {
    createSet();
    await settle();
    change((draft) => void (draft.spec.template = template('web:2')));
    const { fewestReady, mostPods } = await settle();
    expect(imagesOf(podsOf(cluster.api))).toEqual(['web:2', 'web:2']);
    expect(fewestReady).toBeGreaterThanOrEqual(1);
    expect(mostPods).toBe(2);
    expect(cluster.api.list(CONTROLLER_REVISIONS).map(({ revision }) => revision)).toEqual([1, 2]);
  });

  it('brings the new pod up beside the old one where it may surge', async () => {
    createSet({
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
    });
    await settle();
    change((draft) => void (draft.spec.template = template('web:2')));
    const { fewestReady, mostPods } = await settle();
    expect(imagesOf(podsOf(cluster.api))).toEqual(['web:2', 'web:2']);
    expect(fewestReady).toBe(2);
    expect(mostPods).toBe(3);
  });

  it('leaves updating to whoever deletes the pods under OnDelete', async () => {
    createSet({ updateStrategy: { type: 'OnDelete' } });
    await settle();
    change((draft) => void (draft.spec.template = template('web:2')));
    await settle();
    expect(imagesOf(podsOf(cluster.api))).toEqual(['web:1', 'web:1']);
    cluster.api.delete(PODS, 'lab', podsOf(cluster.api)[0]?.metadata.name ?? '');
    await settle();
    expect(imagesOf(podsOf(cluster.api))).toEqual(['web:1', 'web:2']);
  });

  it('replaces a pod that has failed', async () => {
    createSet();
    await settle();
    const name = podsOf(cluster.api)[0]?.metadata.name ?? '';
    cluster.api.mutate(PODS, 'lab', name, (pod) => void (pod.status.phase = 'Failed'), {
      subresource: 'status',
    });
    await settle();
    expect(podsOf(cluster.api).some(({ metadata }) => metadata.name === name)).toBe(false);
    expect(podsOf(cluster.api)).toHaveLength(2);
    expect(
      eventsOf(cluster.api, 'agent').some((event) => event.startsWith('FailedDaemonPod: Found failed')),
    ).toBe(true);
  });
});
