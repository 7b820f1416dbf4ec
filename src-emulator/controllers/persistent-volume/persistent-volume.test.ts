import { beforeEach, describe, expect, it } from 'vitest';
import type { PersistentVolume, PersistentVolumeClaim } from '../../api/objects.ts';
import { PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES, PODS, STORAGE_CLASSES } from '../../api/resources.ts';
import { createPod, eventsOf } from '../testing/cluster-fixture.ts';
import { cluster, useControllers } from '../testing/running-controllers.ts';

useControllers();
beforeEach(() => {
  cluster.api.create(STORAGE_CLASSES, {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'standard' },
    provisioner: 'rancher.io/local-path',
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'WaitForFirstConsumer',
  });
});

function createClaim(storageClassName: string): void {
  cluster.api.create(PERSISTENT_VOLUME_CLAIMS, {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { namespace: 'lab', name: 'data', finalizers: ['kubernetes.io/pvc-protection'] },
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '1Gi' } },
      storageClassName,
      volumeMode: 'Filesystem',
    },
    status: { phase: 'Pending' },
  });
}

function createVolume(name: string, storage: string): void {
  cluster.api.create(PERSISTENT_VOLUMES, {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name },
    spec: {
      capacity: { storage },
      accessModes: ['ReadWriteOnce'],
      hostPath: { path: `/tmp/${name}` },
      persistentVolumeReclaimPolicy: 'Retain',
    },
    status: { phase: 'Pending' },
  });
}

const claim = (): PersistentVolumeClaim | undefined =>
  cluster.api.get(PERSISTENT_VOLUME_CLAIMS, 'lab', 'data');
const volume = (name: string): PersistentVolume | undefined =>
  cluster.api.get(PERSISTENT_VOLUMES, undefined, name);
const mount = { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] };

describe('PersistentVolumeClaim', () => {
  it('waits for a pod, then gets a volume on the node of that pod', async () => {
    createClaim('standard');
    await cluster.clock.advance(1000);
    expect(claim()?.status.phase).toBe('Pending');
    expect(eventsOf(cluster.api, 'data')).toEqual([
      'WaitForFirstConsumer: waiting for first consumer to be created before binding',
    ]);
    createPod(cluster.api, 'web', mount);
    await cluster.clock.advance(1000);
    const name = claim()?.spec.volumeName ?? '';
    const node = cluster.api.get(PODS, 'lab', 'web')?.spec.nodeName;
    expect(node).toMatch(/^lab-worker/);
    expect(name).toBe(`pvc-${claim()?.metadata.uid ?? ''}`);
    expect(claim()?.status).toEqual({
      phase: 'Bound',
      accessModes: ['ReadWriteOnce'],
      capacity: { storage: '1Gi' },
    });
    expect(volume(name)?.status.phase).toBe('Bound');
    expect(volume(name)?.spec).toMatchObject({
      persistentVolumeReclaimPolicy: 'Delete',
      hostPath: { path: `/var/local-path-provisioner/${name}_lab_data` },
    });
    expect(eventsOf(cluster.api, 'data')).toContain(
      `ProvisioningSucceeded: Successfully provisioned volume ${name}`,
    );
  });

  it('keeps the next pod on the node of its volume', async () => {
    createClaim('standard');
    createPod(cluster.api, 'first', mount);
    await cluster.clock.advance(1000);
    const node = cluster.api.get(PODS, 'lab', 'first')?.spec.nodeName;
    for (const name of ['second', 'third']) {
      createPod(cluster.api, name, mount);
      await cluster.clock.advance(1000);
      expect(cluster.api.get(PODS, 'lab', name)?.spec.nodeName).toBe(node);
    }
  });

  it('takes the smallest volume that does when it has no class', async () => {
    createVolume('large', '10Gi');
    createVolume('small', '2Gi');
    createVolume('tiny', '1Mi');
    await cluster.clock.advance(1000);
    expect(volume('small')?.status.phase).toBe('Available');
    createClaim('');
    await cluster.clock.advance(1000);
    expect(claim()?.spec.volumeName).toBe('small');
    expect(volume('small')?.spec.claimRef).toMatchObject({ name: 'data', namespace: 'lab' });
  });

  it('is not deleted while a pod uses it; its volume goes with it', async () => {
    createClaim('standard');
    createPod(cluster.api, 'web', mount);
    await cluster.clock.advance(1000);
    const name = claim()?.spec.volumeName ?? '';
    cluster.api.delete(PERSISTENT_VOLUME_CLAIMS, 'lab', 'data');
    await cluster.clock.advance(1000);
    expect(claim()?.metadata.deletionTimestamp).toBeDefined();
    cluster.api.delete(PODS, 'lab', 'web', { gracePeriodSeconds: 0 });
    await cluster.clock.advance(1000);
    expect(claim()).toBeUndefined();
    expect(volume(name)).toBeUndefined();
  });

  it('leaves a volume that is to be retained as Released', async () => {
    createVolume('kept', '2Gi');
    createClaim('');
    await cluster.clock.advance(20_000);
    cluster.api.delete(PERSISTENT_VOLUME_CLAIMS, 'lab', 'data');
    await cluster.clock.advance(1000);
    expect(volume('kept')?.status.phase).toBe('Released');
  });

  it('keeps pods from being scheduled whose claim is not there', async () => {
    createPod(cluster.api, 'web', mount);
    await cluster.clock.advance(1000);
    expect(eventsOf(cluster.api, 'web')).toEqual([
      'FailedScheduling: 0/3 nodes are available: persistentvolumeclaim "data" not found. not found',
    ]);
  });
});
