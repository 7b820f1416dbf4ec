import type { FieldError, KindDefinition } from '../kind-definition.ts';
import type { IPAddress } from '../objects.ts';
import { IP_ADDRESSES } from '../resources.ts';
import { immutableInside, invalidEach, required } from '../validation/errors.ts';
import { dns1123Subdomain, pathSegment } from '../validation/names.ts';
import { validateCanonicalIP } from '../validation/network.ts';
import { ageOf } from './age.ts';
import { column, NAME_COLUMN } from './columns.ts';

function validate({ metadata, spec }: IPAddress): FieldError[] {
  const errors: FieldError[] = [];
  if (metadata.name !== '') errors.push(...validateCanonicalIP('metadata.name', metadata.name));
  const { parentRef } = spec;
  const at = 'spec.parentRef';
  if (parentRef === undefined) return [...errors, required(at)];
  const { group = '', resource = '', name = '', namespace = '' } = parentRef as Partial<typeof parentRef>;
  const segment = (field: string, value: string): FieldError[] =>
    invalidEach(`${at}.${field}`, value, pathSegment(value));
  if (group !== '') errors.push(...invalidEach(`${at}.group`, group, dns1123Subdomain(group)));
  errors.push(...(resource === '' ? [required(`${at}.resource`)] : segment('resource', resource)));
  errors.push(...(name === '' ? [required(`${at}.name`)] : segment('name', name)));
  if (namespace !== '') errors.push(...segment('namespace', namespace));
  return errors;
}

function parentOf({ spec: { parentRef } }: IPAddress): string {
  if (parentRef === undefined) return '';
  const { group = '', resource, namespace = '', name } = parentRef;
  return `${resource}${group === '' ? '' : `.${group}`}/${namespace === '' ? '' : `${namespace}/`}${name}`;
}

export const IP_ADDRESS_KIND: KindDefinition<IPAddress> = {
  type: IP_ADDRESSES,
  singular: 'ipaddress',
  shortNames: ['ip'],
  categories: [],
  subresources: [],
  schema: 'io.k8s.api.networking.v1.IPAddress',
  nameFormat: 'path',
  hasGeneration: false,
  updateChecks: { newMetadata: 1 },
  applyDefaults: () => undefined,
  prepareForCreate: () => undefined,
  prepareForUpdate: () => undefined,
  validate,
  validateUpdate: ({ spec }, stored) =>
    immutableInside('spec.parentRef', 'ParentReference', spec.parentRef, stored.spec.parentRef),
  columns: [
    NAME_COLUMN,
    column(
      'ParentRef',
      'ParentRef references the resource that an IPAddress is attached to. An IPAddress must reference a parent object.',
    ),
  ],
  // The server sends an age, too, that it has no column for.
  cells: (address, now) => [
    address.metadata.name,
    parentOf(address),
    ageOf(address.metadata.creationTimestamp, now),
  ],
  fieldSelectors: {},
};
