import { jsonEqual } from '../../store/json.ts';
import type { FieldError, KindDefinition } from '../kind-definition.ts';
import type { StorageClass } from '../objects.ts';
import { STORAGE_CLASSES } from '../resources.ts';
import {
  forbidden,
  immutable,
  invalid,
  invalidEach,
  notSupported,
  required,
  tooLong,
} from '../validation/errors.ts';
import { qualifiedName } from '../validation/names.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, column, NAME_COLUMN } from './columns.ts';
import { DEFAULT_CLASS } from './persistent-volume-claim.ts';

const RECLAIM_POLICIES = ['Delete', 'Retain'];
const BINDING_MODES = ['Immediate', 'WaitForFirstConsumer'];
const MAX_PARAMETERS = 512;
const MAX_PARAMETER_BYTES = 256 * 1024;

function validate({
  provisioner,
  parameters = {},
  reclaimPolicy,
  volumeBindingMode,
}: StorageClass): FieldError[] {
  const errors: FieldError[] =
    provisioner === ''
      ? [required('provisioner')]
      : invalidEach('provisioner', provisioner.toLowerCase(), qualifiedName(provisioner.toLowerCase()));
  const entries = Object.entries(parameters);
  const size = entries.reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value),
    0,
  );
  if (entries.length > MAX_PARAMETERS) errors.push(tooLong('parameters', MAX_PARAMETERS));
  else {
    if ('' in parameters) errors.push(invalid('parameters', '', 'field can not be empty.'));
    if (size > MAX_PARAMETER_BYTES) errors.push(tooLong('parameters', MAX_PARAMETER_BYTES));
  }
  if (reclaimPolicy !== undefined && !RECLAIM_POLICIES.includes(reclaimPolicy))
    errors.push(notSupported('reclaimPolicy', reclaimPolicy, RECLAIM_POLICIES));
  if (volumeBindingMode === undefined) errors.push(required('volumeBindingMode'));
  else if (!BINDING_MODES.includes(volumeBindingMode))
    errors.push(notSupported('volumeBindingMode', volumeBindingMode, BINDING_MODES));
  return errors;
}

export const STORAGE_CLASS_KIND: KindDefinition<StorageClass> = {
  type: STORAGE_CLASSES,
  singular: 'storageclass',
  shortNames: ['sc'],
  categories: [],
  subresources: [],
  schema: 'io.k8s.api.storage.v1.StorageClass',
  nameFormat: 'dns1123Subdomain',
  hasGeneration: false,
  updateChecks: { newMetadata: 1 },
  showsDeleted: true,
  applyDefaults(draft) {
    draft.reclaimPolicy ??= 'Delete';
    draft.volumeBindingMode ??= 'Immediate';
  },
  prepareForCreate: () => undefined,
  prepareForUpdate: () => undefined,
  validate,
  validateUpdate: (draft, stored) => [
    ...(jsonEqual(draft.parameters ?? {}, stored.parameters ?? {})
      ? []
      : [forbidden('parameters', 'updates to parameters are forbidden.')]),
    ...(draft.provisioner === stored.provisioner
      ? []
      : [forbidden('provisioner', 'updates to provisioner are forbidden.')]),
    ...(draft.reclaimPolicy === stored.reclaimPolicy
      ? []
      : [forbidden('reclaimPolicy', 'updates to reclaimPolicy are forbidden.')]),
    ...immutable('volumeBindingMode', draft.volumeBindingMode, stored.volumeBindingMode),
  ],
  columns: [
    NAME_COLUMN,
    column('Provisioner', 'provisioner indicates the type of the provisioner.'),
    column(
      'ReclaimPolicy',
      'reclaimPolicy controls the reclaimPolicy for dynamically provisioned PersistentVolumes of this storage class. Defaults to Delete.',
    ),
    column(
      'VolumeBindingMode',
      'volumeBindingMode indicates how PersistentVolumeClaims should be provisioned and bound.  When unset, VolumeBindingImmediate is used. This field is only honored by servers that enable the VolumeScheduling feature.',
    ),
    column(
      'AllowVolumeExpansion',
      'allowVolumeExpansion shows whether the storage class allow volume expand.',
    ),
    AGE_COLUMN,
  ],
  cells: ({ metadata, provisioner, reclaimPolicy, volumeBindingMode, allowVolumeExpansion }, now) => [
    metadata.annotations?.[DEFAULT_CLASS] === 'true' ? `${metadata.name} (default)` : metadata.name,
    provisioner,
    reclaimPolicy ?? 'Delete',
    volumeBindingMode ?? 'Immediate',
    allowVolumeExpansion === true,
    ageOf(metadata.creationTimestamp, now),
  ],
  fieldSelectors: {},
};
