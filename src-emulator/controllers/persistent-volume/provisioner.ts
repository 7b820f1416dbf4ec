import { randomUUID } from 'node:crypto';
import { ApiError } from '../../api/cluster-api.ts';
import type { PersistentVolumeClaim } from '../../api/objects.ts';
import { NODES, PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES, STORAGE_CLASSES } from '../../api/resources.ts';
import { disposeAll, type ControllerContext } from '../controller.ts';
import { createEventRecorder } from '../events.ts';
import { keyOf, splitKey, WorkQueue } from '../work-queue.ts';
import { SELECTED_NODE } from './claim-use.ts';

/** The provisioner of kind's clusters: a directory on the node where the pod runs. */
export const LOCAL_PATH_PROVISIONER = 'rancher.io/local-path';
/** Names whoever is to make a claim's volume. */
export const STORAGE_PROVISIONER = 'volume.kubernetes.io/storage-provisioner';
const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by';
const SELECTED_BY_PROVISIONER = 'local.path.provisioner/selected-node';
const ROOT = '/var/local-path-provisioner';
const ACCESS_MODES = ['ReadWriteOnce', 'ReadWriteOncePod'];

/** Makes volumes for claims of the class `standard` and takes them away again, as local-path-provisioner does. */
export function startLocalPathProvisioner(context: ControllerContext): Disposable {
  const { api } = context;
  const identity = `local-path-provisioner_${randomUUID()}`;
  const events = createEventRecorder({ ...context, component: `${LOCAL_PATH_PROVISIONER}_${identity}` });
  const claims: WorkQueue = new WorkQueue(context.clock, (key) => {
    const { namespace, name } = splitKey(key);
    const claim = api.get(PERSISTENT_VOLUME_CLAIMS, namespace, name);
    if (claim !== undefined && isWaiting(claim)) provision(claim);
  });

  const provision = (claim: PersistentVolumeClaim): void => {
    const { name, namespace = '', uid, annotations } = claim.metadata;
    const { accessModes = [], storageClassName = '', resources, volumeMode = 'Filesystem' } = claim.spec;
    const storageClass = api.get(STORAGE_CLASSES, undefined, storageClassName);
    const node = annotations?.[SELECTED_NODE] ?? api.list(NODES).at(-1)?.metadata.name;
    if (node === undefined || storageClass === undefined) return;
    const volume = `pvc-${uid}`;
    if (api.get(PERSISTENT_VOLUMES, undefined, volume) !== undefined) return;
    events.record(
      claim,
      'Normal',
      'Provisioning',
      `External provisioner is provisioning volume for claim "${namespace}/${name}"`,
    );
    if (!accessModes.every((mode) => ACCESS_MODES.includes(mode))) {
      events.record(
        claim,
        'Warning',
        'ProvisioningFailed',
        `failed to provision volume with StorageClass "${storageClassName}": NodePath only supports ReadWriteOnce and ReadWriteOncePod (1.22+) access modes`,
      );
      return;
    }
    const { apiVersion, kind } = claim;
    const { resourceVersion } = claim.metadata;
    const storage = resources?.requests?.['storage'] ?? '0';
    api.create(PERSISTENT_VOLUMES, {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: {
        name: volume,
        annotations: { [SELECTED_BY_PROVISIONER]: node, [PROVISIONED_BY]: LOCAL_PATH_PROVISIONER },
      },
      spec: {
        capacity: { storage },
        accessModes: [...accessModes],
        claimRef: { apiVersion, kind, name, namespace, resourceVersion, uid },
        hostPath: { path: `${ROOT}/${volume}_${namespace}_${name}`, type: 'DirectoryOrCreate' },
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [
              { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] },
            ],
          },
        },
        persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? 'Delete',
        storageClassName,
        volumeMode,
      },
      status: {},
    });
    events.record(claim, 'Normal', 'ProvisioningSucceeded', `Successfully provisioned volume ${volume}`);
  };

  return disposeAll([
    claims,
    api.watch(PERSISTENT_VOLUME_CLAIMS, ({ type, object }) => {
      if (type !== 'DELETED' && isWaiting(object)) claims.add(keyOf(object));
    }),
    api.watch(PERSISTENT_VOLUMES, ({ object }) => {
      const { metadata, spec, status } = object;
      const ours = metadata.annotations?.[PROVISIONED_BY] === LOCAL_PATH_PROVISIONER;
      if (!ours || status.phase !== 'Released' || spec.persistentVolumeReclaimPolicy !== 'Delete') return;
      if (metadata.deletionTimestamp !== undefined) return;
      try {
        api.delete(PERSISTENT_VOLUMES, undefined, metadata.name, { preconditions: { uid: metadata.uid } });
      } catch (error) {
        // Somebody else has deleted it in the same moment.
        if (!(error instanceof ApiError)) throw error;
      }
    }),
  ]);
}

function isWaiting({ metadata, spec, status }: PersistentVolumeClaim): boolean {
  return (
    metadata.annotations?.[STORAGE_PROVISIONER] === LOCAL_PATH_PROVISIONER &&
    metadata.deletionTimestamp === undefined &&
    (spec.volumeName ?? '') === '' &&
    status.phase === 'Pending'
  );
}
