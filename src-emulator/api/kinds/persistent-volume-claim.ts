import type { FieldError, KindDefinition } from '../kind-definition.ts';
import type { PersistentVolumeClaim } from '../objects.ts';
import { PERSISTENT_VOLUME_CLAIMS } from '../resources.ts';
import { forbidden } from '../validation/errors.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, column, NAME_COLUMN, wideColumn } from './columns.ts';
import { defaultClaim, shortAccessModes, validateClaimSpec } from './persistent-volume-claim-spec.ts';

const PROTECTION = 'kubernetes.io/pvc-protection';

/** A claim never changes, but for what it asks for while it is bound, and the volume that it is given. */
function validateUpdate({ spec }: PersistentVolumeClaim, stored: PersistentVolumeClaim): FieldError[] {
  const fixed = ({
    resources: _resources,
    volumeName: _volume,
    ...rest
  }: PersistentVolumeClaim['spec']): string =>
    JSON.stringify(Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1)));
  const before = stored.spec.volumeName ?? '';
  const isSameVolume = before === '' || before === (spec.volumeName ?? '');
  const amount = (claim: PersistentVolumeClaim['spec']): string =>
    claim.resources?.requests?.['storage'] ?? '';
  const isBound = stored.status.phase === 'Bound';
  if (fixed(spec) === fixed(stored.spec) && isSameVolume && (isBound || amount(spec) === amount(stored.spec)))
    return [];
  return [
    forbidden(
      'spec',
      'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims',
    ),
  ];
}

export const PERSISTENT_VOLUME_CLAIM_KIND: KindDefinition<PersistentVolumeClaim> = {
  type: PERSISTENT_VOLUME_CLAIMS,
  singular: 'persistentvolumeclaim',
  shortNames: ['pvc'],
  categories: [],
  subresources: ['status'],
  schema: 'io.k8s.api.core.v1.PersistentVolumeClaim',
  nameFormat: 'dns1123Subdomain',
  hasGeneration: false,
  metadataChecks: 'twice',
  applyDefaults: defaultClaim,
  prepareForCreate(draft) {
    draft.status = { phase: 'Pending' };
    const finalizers = draft.metadata.finalizers ?? [];
    if (!finalizers.includes(PROTECTION)) draft.metadata.finalizers = [...finalizers, PROTECTION];
  },
  prepareForUpdate(draft, stored) {
    draft.status = stored.status;
  },
  validate: ({ spec }) => validateClaimSpec(spec, 'spec'),
  validateUpdate,
  columns: [
    NAME_COLUMN,
    column('Status', 'phase represents the current phase of PersistentVolumeClaim.'),
    column('Volume', 'volumeName is the binding reference to the PersistentVolume backing this claim.'),
    column('Capacity', 'capacity represents the actual resources of the underlying volume.'),
    column(
      'Access Modes',
      'accessModes contains the actual access modes the volume backing the PVC has. More info: https://kubernetes.io/docs/concepts/storage/persistent-volumes#access-modes-1',
    ),
    column('StorageClass', 'StorageClass of the pvc'),
    column('VolumeAttributesClass', 'VolumeAttributesClass of the pvc'),
    AGE_COLUMN,
    wideColumn(
      'VolumeMode',
      'volumeMode defines what type of volume is required by the claim. Value of Filesystem is implied when not included in claim spec.',
    ),
  ],
  cells: ({ metadata, spec, status }, now) => [
    metadata.name,
    metadata.deletionTimestamp === undefined ? (status.phase ?? '') : 'Terminating',
    spec.volumeName ?? '',
    (spec.volumeName ?? '') === '' ? '' : (status.capacity?.['storage'] ?? '0'),
    (spec.volumeName ?? '') === '' ? '' : shortAccessModes(status.accessModes),
    spec.storageClassName ?? '',
    '<unset>',
    ageOf(metadata.creationTimestamp, now),
    spec.volumeMode ?? '<unset>',
  ],
  fieldSelectors: {},
};
