import { jsonEqual } from '../../store/json.ts';
import { formatTime } from '../machinery/deletion.ts';
import type { FieldError, KindDefinition } from '../kind-definition.ts';
import type { PersistentVolume } from '../objects.ts';
import { PERSISTENT_VOLUMES } from '../resources.ts';
import { forbidden, immutable, invalid, invalidEach, notSupported, required } from '../validation/errors.ts';
import { dns1123Subdomain } from '../validation/names.ts';
import { parseQuantity, roundUpAmounts } from '../validation/quantity.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, column, NAME_COLUMN, wideColumn } from './columns.ts';
import { accessModesText } from './persistent-volume-claim.ts';
import { validateAccessModes, VOLUME_MODES } from './persistent-volume-claim-spec.ts';

type Spec = PersistentVolume['spec'];

const VOLUME_PROTECTION = 'kubernetes.io/pv-protection';
const RECLAIM_POLICIES = ['Delete', 'Recycle', 'Retain'];
/** In the order in which the server looks at them. */
const SOURCES = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'glusterfs',
  'flocker',
  'nfs',
  'rbd',
  'quobyte',
  'cephfs',
  'iscsi',
  'cinder',
  'fc',
  'flexVolume',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'scaleIO',
  'local',
  'storageos',
  'csi',
];
/** Required parts of the sources that lessons use. */
const SOURCE_FIELDS: Record<string, string[]> = {
  hostPath: ['path'],
  local: ['path'],
  nfs: ['server', 'path'],
  csi: ['driver', 'volumeHandle'],
};

function sourcesOf(spec: Spec): Record<string, Record<string, unknown>> {
  return Object.fromEntries(Object.entries(spec).filter(([key]) => SOURCES.includes(key))) as never;
}

function validateSpec(spec: Spec): FieldError[] {
  const { accessModes = [], capacity, storageClassName = '', volumeMode } = spec;
  const errors: FieldError[] = [];
  if (accessModes.length === 0) errors.push(required('spec.accessModes'));
  errors.push(...validateAccessModes(accessModes, 'spec'), ...validateCapacity(capacity));
  const policy = spec.persistentVolumeReclaimPolicy;
  if (policy !== undefined && !RECLAIM_POLICIES.includes(policy))
    errors.push(notSupported('spec.persistentVolumeReclaimPolicy', policy, RECLAIM_POLICIES));
  errors.push(...validateSources(spec));
  if (spec.hostPath !== undefined && /^\/+$/.test(spec.hostPath.path) && policy === 'Recycle')
    errors.push(
      forbidden('spec.persistentVolumeReclaimPolicy', "may not be 'recycle' for a hostPath mount of '/'"),
    );
  if (storageClassName !== '')
    errors.push(
      ...invalidEach('spec.storageClassName', storageClassName, dns1123Subdomain(storageClassName)),
    );
  if (volumeMode !== undefined && !VOLUME_MODES.includes(volumeMode))
    errors.push(notSupported('spec.volumeMode', volumeMode, VOLUME_MODES));
  return errors;
}

function validateCapacity(capacity: Record<string, string> | undefined): FieldError[] {
  const names = Object.keys(capacity ?? {});
  return [
    ...(names.length === 0 ? [required('spec.capacity')] : []),
    ...(capacity?.['storage'] === undefined || names.length > 1
      ? [notSupported('spec.capacity', capacity, ['storage'])]
      : []),
    ...Object.entries(capacity ?? {}).flatMap(([name, size]) =>
      (parseQuantity(size)?.nanos ?? 0n) <= 0n
        ? [invalid(`spec.capacity[${name}]`, size, 'must be greater than zero')]
        : [],
    ),
  ];
}

function validateSources(spec: Spec): FieldError[] {
  const [first, ...more] = SOURCES.filter((source) => source in spec);
  if (first === undefined) return [required('spec', 'must specify a volume type')];
  const values = sourcesOf(spec)[first] ?? {};
  const missing = (SOURCE_FIELDS[first] ?? []).filter((field) => (values[field] ?? '') === '');
  return [
    ...missing.map((field) => required(`spec.${first}.${field}`)),
    ...more.map((source) => forbidden(`spec.${source}`, 'may not specify more than 1 volume type')),
    ...(first === 'local' && !('nodeAffinity' in spec)
      ? [required('spec.nodeAffinity', 'Local volume requires node affinity')]
      : []),
  ];
}

export const PERSISTENT_VOLUME_KIND: KindDefinition<PersistentVolume> = {
  type: PERSISTENT_VOLUMES,
  singular: 'persistentvolume',
  shortNames: ['pv'],
  categories: [],
  subresources: ['status'],
  schema: 'io.k8s.api.core.v1.PersistentVolume',
  nameFormat: 'dns1123Subdomain',
  hasGeneration: false,
  updateChecks: { newMetadata: 2, changedMetadata: 0, rules: 2 },
  showsDeleted: true,
  applyDefaults({ spec }) {
    spec.persistentVolumeReclaimPolicy ??= 'Retain';
    spec.volumeMode ??= 'Filesystem';
    roundUpAmounts(spec.capacity);
    if (spec.hostPath !== undefined) spec.hostPath.type ??= '';
  },
  prepareForCreate(draft, context) {
    draft.metadata.finalizers = [...new Set([...(draft.metadata.finalizers ?? []), VOLUME_PROTECTION])];
    draft.status = { phase: 'Pending', lastPhaseTransitionTime: formatTime(context.now) };
  },
  prepareForUpdate(draft, stored) {
    draft.status = stored.status;
  },
  validate: ({ spec }) => validateSpec(spec),
  validateUpdate: ({ spec }, { spec: stored }) => [
    ...(jsonEqual(sourcesOf(spec), sourcesOf(stored))
      ? []
      : [
          forbidden(
            'spec.persistentvolumesource',
            'spec.persistentvolumesource is immutable after creation\n',
          ),
        ]),
    ...immutable('volumeMode', spec.volumeMode, stored.volumeMode),
  ],
  columns: [
    NAME_COLUMN,
    column(
      'Capacity',
      "capacity is the description of the persistent volume's resources and capacity. More info: https://kubernetes.io/docs/concepts/storage/persistent-volumes#capacity",
    ),
    column(
      'Access Modes',
      'accessModes contains all ways the volume can be mounted. More info: https://kubernetes.io/docs/concepts/storage/persistent-volumes#access-modes',
    ),
    column(
      'Reclaim Policy',
      'persistentVolumeReclaimPolicy defines what happens to a persistent volume when released from its claim. Valid options are Retain (default for manually created PersistentVolumes), Delete (default for dynamically provisioned PersistentVolumes), and Recycle (deprecated). Recycle must be supported by the volume plugin underlying this PersistentVolume. More info: https://kubernetes.io/docs/concepts/storage/persistent-volumes#reclaiming',
    ),
    column(
      'Status',
      'phase indicates if a volume is available, bound to a claim, or released by a claim. More info: https://kubernetes.io/docs/concepts/storage/persistent-volumes#phase',
    ),
    column(
      'Claim',
      'claimRef is part of a bi-directional binding between PersistentVolume and PersistentVolumeClaim. Expected to be non-nil when bound. claim.VolumeName is the authoritative bind between PV and PVC. More info: https://kubernetes.io/docs/concepts/storage/persistent-volumes#binding',
    ),
    column('StorageClass', 'StorageClass of the pv'),
    column('VolumeAttributesClass', 'VolumeAttributesClass of the pv'),
    column(
      'Reason',
      'reason is a brief CamelCase string that describes any failure and is meant for machine parsing and tidy display in the CLI.',
    ),
    AGE_COLUMN,
    wideColumn(
      'VolumeMode',
      'volumeMode defines if a volume is intended to be used with a formatted filesystem or to remain in raw block state. Value of Filesystem is implied when not included in spec.',
    ),
  ],
  cells: ({ metadata, spec, status }, now) => [
    metadata.name,
    spec.capacity?.['storage'] ?? '0',
    accessModesText(spec.accessModes),
    spec.persistentVolumeReclaimPolicy ?? '',
    metadata.deletionTimestamp === undefined ? (status.phase ?? '') : 'Terminating',
    spec.claimRef === undefined ? '' : `${spec.claimRef.namespace ?? ''}/${spec.claimRef.name ?? ''}`,
    spec.storageClassName ?? '',
    '<unset>',
    status.reason ?? '',
    ageOf(metadata.creationTimestamp, now),
    spec.volumeMode ?? '<unset>',
  ],
  fieldSelectors: {},
};
