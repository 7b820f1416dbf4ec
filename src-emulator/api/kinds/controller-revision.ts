import { isJsonObject } from '../../store/json.ts';
import type { KindDefinition } from '../kind-definition.ts';
import type { ControllerRevision, OwnerReference } from '../objects.ts';
import { CONTROLLER_REVISIONS } from '../resources.ts';
import { immutable, nonNegative, required } from '../validation/errors.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, column, NAME_COLUMN } from './columns.ts';

/** `statefulset.apps/web`, or `<none>`. */
function controllerText(owners: OwnerReference[] | undefined): string {
  const owner = owners?.find(({ controller }) => controller === true);
  if (owner === undefined) return '<none>';
  const [group, version] = owner.apiVersion.split('/');
  const kind = owner.kind.toLowerCase();
  return `${version === undefined ? kind : `${kind}.${group ?? ''}`}/${owner.name}`;
}

export const CONTROLLER_REVISION_KIND: KindDefinition<ControllerRevision> = {
  type: CONTROLLER_REVISIONS,
  singular: 'controllerrevision',
  shortNames: [],
  categories: [],
  subresources: [],
  schema: 'io.k8s.api.apps.v1.ControllerRevision',
  nameFormat: 'dns1123Subdomain',
  hasGeneration: false,
  applyDefaults: () => undefined,
  prepareForCreate: () => undefined,
  prepareForUpdate: () => undefined,
  validate: ({ revision, data }) => [
    ...nonNegative('revision', revision),
    ...(data === undefined || data === null ? [required('data', 'data is mandatory')] : []),
    ...(data === undefined || data === null || isJsonObject(data)
      ? []
      : [required('data', 'data must be a valid JSON object')]),
  ],
  validateUpdate: ({ data }, stored) => immutable('data', data, stored.data),
  columns: [
    NAME_COLUMN,
    column('Controller', 'Controller of the object'),
    column('Revision', 'revision indicates the revision of the state represented by Data.'),
    AGE_COLUMN,
  ],
  cells: ({ metadata, revision }, now) => [
    metadata.name,
    controllerText(metadata.ownerReferences),
    // The column says text; the cell is a number.
    revision,
    ageOf(metadata.creationTimestamp, now),
  ],
  fieldSelectors: {},
};
