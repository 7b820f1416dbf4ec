import { describe, expect, it } from 'vitest';
import type { Pod, PodTemplateSpec, StatefulSet } from '../../api/objects.ts';
import { CONTROLLER_REVISIONS, PERSISTENT_VOLUME_CLAIMS, PODS, STATEFUL_SETS } from '../../api/resources.ts';
import { eventsOf, podsOf, reportPod, webTemplate } from '../testing/cluster-fixture.ts';
import { cluster, useControllers } from '../testing/running-controllers.ts';

useControllers();

/** A template whose pods take their time to go. */
const template = (image = 'web:1'): PodTemplateSpec =>
  webTemplate(image, { terminationGracePeriodSeconds: 30 });

function createSet(spec: Partial<StatefulSet['spec']> = {}): void {
  cluster.api.create(STATEFUL_SETS, {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { namespace: 'lab', name: 'web' },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: 'web' } },
      serviceName: 'web',
      template: template(),
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
      ...spec,
    },
    status: { replicas: 0, availableReplicas: 0 },
  });
}

const names = (): string[] =>
  podsOf(cluster.api)
    .map(({ metadata }) => metadata.name)
    .sort();
const pod = (name: string): Pod | undefined => cluster.api.get(PODS, 'lab', name);
const set = (): StatefulSet | undefined => cluster.api.get(STATEFUL_SETS, 'lab', 'web');
const change = (edit: (draft: StatefulSet) => void): void =>
  void cluster.api.mutate(STATEFUL_SETS, 'lab', 'web', edit);

/** Reports pods ready that are not, one after another, and records in which order they came and went. */
async function settle(): Promise<string[]> {
  const seen: string[] = [];
  const before = new Set(podsOf(cluster.api).map(({ metadata }) => metadata.uid));
  const watch = cluster.api.watch(PODS, ({ type, object }) => {
    if (type === 'ADDED' && !before.has(object.metadata.uid)) seen.push(`+${object.metadata.name}`);
    if (type === 'DELETED') seen.push(`-${object.metadata.name}`);
  });
  for (let round = 0; round < 20; round++) {
    for (const { metadata, status } of podsOf(cluster.api)) {
      if (metadata.deletionTimestamp !== undefined)
        cluster.api.delete(PODS, 'lab', metadata.name, { gracePeriodSeconds: 0 });
      else if (status.phase === 'Pending') reportPod(cluster, metadata.name, { ready: true });
    }
    await cluster.clock.advance(10);
  }
  watch[Symbol.dispose]();
  return seen;
}

describe('StatefulSet', () => {
  it('makes one pod after another, each under a name of its own', async () => {
    createSet();
    await cluster.clock.advance(100);
    expect(names()).toEqual(['web-0']);
    expect(pod('web-0')?.metadata.labels).toMatchObject({
      app: 'web',
      'apps.kubernetes.io/pod-index': '0',
      'statefulset.kubernetes.io/pod-name': 'web-0',
      'controller-revision-hash': set()?.status.updateRevision,
    });
    expect(pod('web-0')?.spec).toMatchObject({ hostname: 'web-0', subdomain: 'web' });
    reportPod(cluster, 'web-0', { ready: false });
    await cluster.clock.advance(100);
    expect(names()).toEqual(['web-0']);
    await settle();
    reportPod(cluster, 'web-0', { ready: true });
    await settle();
    expect(names()).toEqual(['web-0', 'web-1', 'web-2']);
    expect(set()?.status).toMatchObject({
      replicas: 3,
      readyReplicas: 3,
      currentReplicas: 3,
      updatedReplicas: 3,
      availableReplicas: 3,
    });
    expect(eventsOf(cluster.api, 'web')).toContain(
      'SuccessfulCreate: create Pod web-0 in StatefulSet web successful',
    );
  });

  it('scales down from the highest ordinal, one at a time', async () => {
    createSet();
    await settle();
    change((draft) => void (draft.spec.replicas = 1));
    await cluster.clock.advance(10);
    expect(pod('web-2')?.metadata.deletionTimestamp).toBeDefined();
    expect(pod('web-1')?.metadata.deletionTimestamp).toBeUndefined();
    expect((await settle()).filter((entry) => entry.startsWith('-'))).toEqual(['-web-2', '-web-1']);
    expect(names()).toEqual(['web-0']);
  });

  it('makes and deletes all at once under the Parallel policy', async () => {
    createSet({ podManagementPolicy: 'Parallel' });
    await cluster.clock.advance(10);
    expect(names()).toEqual(['web-0', 'web-1', 'web-2']);
    await settle();
    change((draft) => void (draft.spec.replicas = 0));
    await cluster.clock.advance(10);
    expect(podsOf(cluster.api).every(({ metadata }) => metadata.deletionTimestamp !== undefined)).toBe(true);
  });

  it('rolls an update out from the highest ordinal, and stops at the partition', async () => {
    createSet();
    await settle();
    const before = set()?.status.updateRevision;
    change((draft) => {
      draft.spec.template = template('web:2');
      draft.spec.updateStrategy = { type: 'RollingUpdate', rollingUpdate: { partition: 1 } };
    });
    expect(await settle()).toEqual(['-web-2', '+web-2', '-web-1', '+web-1']);
    expect(pod('web-0')?.spec.containers[0]?.image).toBe('web:1');
    expect(set()?.status).toMatchObject({ currentRevision: before, currentReplicas: 1, updatedReplicas: 2 });
    cluster.api.delete(PODS, 'lab', 'web-0');
    await settle();
    expect(pod('web-0')?.spec.containers[0]?.image).toBe('web:1');
    change((draft) => {
      draft.spec.updateStrategy = { type: 'RollingUpdate', rollingUpdate: { partition: 0 } };
    });
    await settle();
    expect(pod('web-0')?.spec.containers[0]?.image).toBe('web:2');
    expect(set()?.status.currentRevision).toBe(set()?.status.updateRevision);
    expect(cluster.api.list(CONTROLLER_REVISIONS).map(({ revision }) => revision)).toEqual([1, 2]);
  });

  it('leaves updating to whoever deletes the pods under OnDelete', async () => {
    createSet({ updateStrategy: { type: 'OnDelete' }, replicas: 2 });
    await settle();
    change((draft) => void (draft.spec.template = template('web:2')));
    expect(await settle()).toEqual([]);
    cluster.api.delete(PODS, 'lab', 'web-1');
    await settle();
    expect(pod('web-1')?.spec.containers[0]?.image).toBe('web:2');
    expect(pod('web-0')?.spec.containers[0]?.image).toBe('web:1');
  });

  it('makes an earlier revision the newest again when the template goes back', async () => {
    createSet({ replicas: 1 });
    await settle();
    const first = set()?.status.updateRevision;
    change((draft) => void (draft.spec.template = template('web:2')));
    await settle();
    change((draft) => void (draft.spec.template = template('web:1')));
    await settle();
    expect(set()?.status.updateRevision).toBe(first);
    expect(cluster.api.get(CONTROLLER_REVISIONS, 'lab', first ?? '')?.revision).toBe(3);
  });

  it('gives every pod claims of its own, which outlive it', async () => {
    createSet({
      replicas: 2,
      volumeClaimTemplates: [
        {
          metadata: { name: 'data' },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
        },
      ] as never,
    });
    await settle();
    const claims = (): string[] =>
      cluster.api.list(PERSISTENT_VOLUME_CLAIMS).map(({ metadata }) => metadata.name);
    expect(claims()).toEqual(['data-web-0', 'data-web-1']);
    expect(pod('web-1')?.spec.volumes).toContainEqual({
      name: 'data',
      persistentVolumeClaim: { claimName: 'data-web-1' },
    });
    change((draft) => void (draft.spec.replicas = 0));
    await settle();
    expect(names()).toEqual([]);
    expect(claims()).toEqual(['data-web-0', 'data-web-1']);
  });

  it('lets claims go with scaled-down pods where the retention policy says so', async () => {
    createSet({
      replicas: 2,
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Delete' },
      volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: {} }] as never,
    });
    await settle();
    change((draft) => void (draft.spec.replicas = 1));
    await settle();
    expect(cluster.api.list(PERSISTENT_VOLUME_CLAIMS).map(({ metadata }) => metadata.name)).toEqual([
      'data-web-0',
    ]);
  });
});
