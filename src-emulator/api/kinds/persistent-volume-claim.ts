import { cloneJson, jsonEqual } from '../../store/json.ts';
import type { FieldError, KindDefinition, WriteContext } from '../kind-definition.ts';
import { internalValue } from '../internal-version/internal-value.ts';
import { jsonDiff } from '../internal-version/unified-diff.ts';
import type { PersistentVolumeClaim, StorageClass } from '../objects.ts';
import { PERSISTENT_VOLUME_CLAIMS, STORAGE_CLASSES } from '../resources.ts';
import { forbidden as refuse } from '../status.ts';
import { forbidden, immutable } from '../validation/errors.ts';
import { compareQuantities } from '../validation/quantity.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, column, NAME_COLUMN, wideColumn } from './columns.ts';
import {
  defaultClaim,
  validateClaimSpec,
  warningsForClaim,
  type ClaimSpec,
} from './persistent-volume-claim-spec.ts';

export const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class';
/** Holds a claim that a pod uses, and a volume that a claim is bound to. */
const CLAIM_PROTECTION = 'kubernetes.io/pvc-protection';
const MODES: [mode: string, short: string][] = [
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
];

/** Access modes in the short form of tables: `RWO,ROX`. */
export function accessModesText(modes: readonly string[] = []): string {
  return MODES.filter(([mode]) => modes.includes(mode))
    .map(([, short]) => short)
    .join(',');
}

/** The class of claims that name none: the youngest of those that are marked so. */
function defaultStorageClass(context: Pick<WriteContext, 'list'>): StorageClass | undefined {
  return context
    .list(STORAGE_CLASSES)
    .filter(({ metadata }) => metadata.annotations?.[DEFAULT_CLASS] === 'true')
    .sort(
      (a, b) =>
        Date.parse(b.metadata.creationTimestamp) - Date.parse(a.metadata.creationTimestamp) ||
        (a.metadata.name < b.metadata.name ? -1 : 1),
    )[0];
}

function validateUpdate(
  { spec, status }: PersistentVolumeClaim,
  { spec: before, status: stored }: PersistentVolumeClaim,
): FieldError[] {
  const errors = validateClaimSpec(spec, 'spec');
  const comparable = cloneJson(spec);
  const reference = cloneJson(before);
  if ((before.volumeName ?? '') === '') {
    if (spec.volumeName === undefined) delete reference.volumeName;
    else reference.volumeName = spec.volumeName;
  }
  const size = before.resources?.requests?.['storage'];
  const wanted = spec.resources?.requests?.['storage'];
  if (status.phase === 'Bound' && comparable.resources?.requests !== undefined && size !== undefined)
    comparable.resources.requests['storage'] = size;
  if (
    before.storageClassName === undefined &&
    stored.phase !== 'Bound' &&
    spec.storageClassName !== undefined
  )
    reference.storageClassName = spec.storageClassName;
  if (!jsonEqual(comparable, reference)) {
    const changes = jsonDiff(
      internalValue('PersistentVolumeClaimSpec', reference),
      internalValue('PersistentVolumeClaimSpec', comparable),
    );
    errors.push(
      forbidden(
        'spec',
        `spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n${changes}`,
      ),
    );
  }
  if (compareQuantities(wanted, size) < 0 && compareQuantities(wanted, stored.capacity?.['storage']) <= 0)
    errors.push(forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity'));
  return [...errors, ...immutable('volumeMode', spec.volumeMode, before.volumeMode)];
}

/** Sources of data that no version of the server has known are not refused but ignored. */
function dropUnknownSource(spec: ClaimSpec): void {
  const { apiGroup = '', kind = '' } = spec.dataSource ?? {};
  const known = apiGroup === '' ? kind === 'PersistentVolumeClaim' : kind === 'VolumeSnapshot';
  if (!known) delete spec.dataSource;
}

/** Only volumes of a class that allows it can grow (the PersistentVolumeClaimResize plugin). @throws ApiError 403 */
function checkExpansion(
  draft: PersistentVolumeClaim,
  stored: PersistentVolumeClaim,
  context: WriteContext,
): void {
  const wanted = draft.spec.resources?.requests?.['storage'];
  // What is not bound cannot change at all, which validation says.
  if (stored.status.phase !== 'Bound') return;
  if (compareQuantities(wanted, stored.spec.resources?.requests?.['storage']) <= 0) return;
  const { name } = draft.metadata;
  const storageClass = context.get(STORAGE_CLASSES, undefined, draft.spec.storageClassName ?? '');
  if (storageClass?.allowVolumeExpansion !== true)
    throw refuse(
      PERSISTENT_VOLUME_CLAIMS,
      name,
      'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
    );
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
  updateChecks: { newMetadata: 2, rules: 2 },
  showsDeleted: true,
  applyDefaults: defaultClaim,
  prepareForCreate(draft, context) {
    if (draft.spec.storageClassName === undefined) {
      const storageClass = defaultStorageClass(context);
      if (storageClass !== undefined) draft.spec.storageClassName = storageClass.metadata.name;
    }
    dropUnknownSource(draft.spec);
    draft.metadata.finalizers = [...new Set([...(draft.metadata.finalizers ?? []), CLAIM_PROTECTION])];
    draft.status = { phase: 'Pending' };
  },
  prepareForUpdate(draft, stored, context) {
    draft.status = stored.status;
    checkExpansion(draft, stored, context);
  },
  validate: ({ spec }) => validateClaimSpec(spec, 'spec'),
  validateUpdate,
  warnings: ({ spec }) => warningsForClaim(spec, 'spec'),
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
  cells({ metadata, spec, status }, now) {
    const bound = (spec.volumeName ?? '') !== '';
    return [
      metadata.name,
      metadata.deletionTimestamp === undefined ? (status.phase ?? '') : 'Terminating',
      spec.volumeName ?? '',
      bound ? (status.capacity?.['storage'] ?? '0') : '',
      bound ? accessModesText(status.accessModes) : '',
      spec.storageClassName ?? '',
      '<unset>',
      ageOf(metadata.creationTimestamp, now),
      spec.volumeMode ?? '<unset>',
    ];
  },
  fieldSelectors: {},
};
