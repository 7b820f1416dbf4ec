import type { FieldError, KindDefinition } from '../kind-definition.ts';
import type { StorageClass } from '../objects.ts';
import { STORAGE_CLASSES } from '../resources.ts';
import { forbidden, invalid, invalidEach, notSupported, required } from '../validation/errors.ts';
import { qualifiedName } from '../validation/names.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, column, NAME_COLUMN } from './columns.ts';

const RECLAIM_POLICIES = ['Delete', 'Retain'];
const BINDING_MODES = ['Immediate', 'WaitForFirstConsumer'];
const DEFAULT_ANNOTATION = 'storageclass.kubernetes.io/is-default-class';

/** As pkg/apis/storage/validation/validation.go. */
function validate({
  provisioner,
  parameters = {},
  reclaimPolicy,
  volumeBindingMode,
}: StorageClass): FieldError[] {
  const errors: FieldError[] = [];
  if (provisioner === '') errors.push(required('provisioner'));
  else
    errors.push(
      ...invalidEach('provisioner', provisioner.toLowerCase(), qualifiedName(provisioner.toLowerCase())),
    );
  for (const key of Object.keys(parameters))
    if (key === '') errors.push(invalid('parameters', key, 'field can not be empty.'));
  if (reclaimPolicy !== undefined && !RECLAIM_POLICIES.includes(reclaimPolicy))
    errors.push(notSupported('reclaimPolicy', reclaimPolicy, RECLAIM_POLICIES));
  if (volumeBindingMode === undefined) errors.push(required('volumeBindingMode'));
  else if (!BINDING_MODES.includes(volumeBindingMode))
    errors.push(notSupported('volumeBindingMode', volumeBindingMode, BINDING_MODES));
  return errors;
}

function validateUpdate(now: StorageClass, before: StorageClass): FieldError[] {
  const errors: FieldError[] = [];
  if (sorted(now.parameters) !== sorted(before.parameters))
    errors.push(forbidden('parameters', 'updates to parameters are forbidden.'));
  if (now.provisioner !== before.provisioner)
    errors.push(forbidden('provisioner', 'updates to provisioner are forbidden.'));
  if (now.reclaimPolicy !== before.reclaimPolicy)
    errors.push(forbidden('reclaimPolicy', 'updates to reclaimPolicy are forbidden.'));
  if (now.volumeBindingMode !== before.volumeBindingMode)
    errors.push(invalid('volumeBindingMode', now.volumeBindingMode, 'field is immutable'));
  return errors;
}

function sorted(parameters: Record<string, string> = {}): string {
  return JSON.stringify(Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1)));
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
  applyDefaults(draft) {
    draft.reclaimPolicy ??= 'Delete';
    draft.volumeBindingMode ??= 'Immediate';
  },
  prepareForCreate: () => undefined,
  prepareForUpdate: () => undefined,
  validate,
  validateUpdate,
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
    metadata.annotations?.[DEFAULT_ANNOTATION] === 'true' ? `${metadata.name} (default)` : metadata.name,
    provisioner,
    reclaimPolicy ?? 'Delete',
    volumeBindingMode ?? '<unset>',
    allowVolumeExpansion === true,
    ageOf(metadata.creationTimestamp, now),
  ],
  fieldSelectors: {},
};
