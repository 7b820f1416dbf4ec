import type { FieldError, KindDefinition } from '../kind-definition.ts';
import type { PersistentVolume } from '../objects.ts';
import { PERSISTENT_VOLUMES } from '../resources.ts';
import { forbidden, invalid, invalidEach, notSupported, required } from '../validation/errors.ts';
import { dns1123Subdomain } from '../validation/names.ts';
import { parseQuantity } from '../validation/quantity.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, column, NAME_COLUMN, wideColumn } from './columns.ts';
import { shortAccessModes, validateAccessModes } from './persistent-volume-claim-spec.ts';
import { VOLUME_SOURCES, validateVolumeSources } from './volume-validation.ts';

const RECLAIM_POLICIES = ['Delete', 'Recycle', 'Retain'];
const VOLUME_MODES = ['Block', 'Filesystem'];
const PROTECTION = 'kubernetes.io/pv-protection';

/** As ValidatePersistentVolumeSpec in pkg/apis/core/validation/validation.go. */
function validate({ spec }: PersistentVolume): FieldError[] {
  const {
    accessModes = [],
    capacity = {},
    persistentVolumeReclaimPolicy = '',
    storageClassName = '',
    volumeMode,
  } = spec;
  const errors: FieldError[] = accessModes.length === 0 ? [required('spec.accessModes')] : [];
  errors.push(...validateAccessModes(accessModes, 'spec'));
  if (Object.keys(capacity).length === 0) errors.push(required('spec.capacity'));
  if (capacity['storage'] === undefined || Object.keys(capacity).length > 1)
    errors.push(notSupported('spec.capacity', capacity, ['storage']));
  for (const [name, amount] of Object.entries(capacity)) {
    const nanos = parseQuantity(amount)?.nanos ?? 0n;
    if (nanos < 0n)
      errors.push(invalid(`spec.capacity[${name}]`, amount, 'must be a valid resource quantity'));
    if (nanos <= 0n) errors.push(invalid(`spec.capacity[${name}]`, amount, 'must be greater than zero'));
  }
  if (persistentVolumeReclaimPolicy !== '' && !RECLAIM_POLICIES.includes(persistentVolumeReclaimPolicy))
    errors.push(
      notSupported('spec.persistentVolumeReclaimPolicy', persistentVolumeReclaimPolicy, RECLAIM_POLICIES),
    );
  errors.push(...validateVolumeSources(spec, 'spec'));
  if (spec.hostPath?.path === '/' && persistentVolumeReclaimPolicy === 'Recycle')
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

function validateUpdate({ spec }: PersistentVolume, stored: PersistentVolume): FieldError[] {
  const sourceOf = (volume: PersistentVolume['spec']): string =>
    JSON.stringify(
      Object.entries(volume).filter(([key]) => (VOLUME_SOURCES as readonly string[]).includes(key)),
    );
  const errors: FieldError[] = [];
  if (sourceOf(spec) !== sourceOf(stored.spec))
    errors.push(
      forbidden('spec.persistentvolumesource', 'spec.persistentvolumesource is immutable after creation'),
    );
  if (spec.volumeMode !== stored.spec.volumeMode)
    errors.push(invalid('volumeMode', spec.volumeMode, 'field is immutable'));
  return errors;
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
  applyDefaults({ spec }) {
    spec.persistentVolumeReclaimPolicy ??= 'Retain';
    spec.volumeMode ??= 'Filesystem';
    if (spec.hostPath !== undefined) spec.hostPath.type ??= '';
  },
  prepareForCreate(draft) {
    draft.status = { phase: 'Pending' };
    const finalizers = draft.metadata.finalizers ?? [];
    if (!finalizers.includes(PROTECTION)) draft.metadata.finalizers = [...finalizers, PROTECTION];
  },
  prepareForUpdate(draft, stored) {
    draft.status = stored.status;
  },
  validate,
  validateUpdate,
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
    shortAccessModes(spec.accessModes),
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
