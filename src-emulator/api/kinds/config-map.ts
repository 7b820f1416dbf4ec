import type { FieldError, KindDefinition } from '../kind-definition.ts';
import type { ConfigMap } from '../objects.ts';
import { CONFIG_MAPS } from '../resources.ts';
import { forbidden, invalid, invalidEach, tooLong } from '../validation/errors.ts';
import { configMapKey } from '../validation/names.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, column, NAME_COLUMN } from './columns.ts';
import { dataChanged, MAX_DATA_BYTES } from './data.ts';

function validate({ data = {}, binaryData = {} }: ConfigMap): FieldError[] {
  const errors: FieldError[] = [];
  let size = 0;
  for (const [key, value] of Object.entries(data)) {
    errors.push(...invalidEach(`data[${key}]`, key, configMapKey(key)));
    if (Object.hasOwn(binaryData, key))
      errors.push(invalid(`data[${key}]`, key, 'duplicate of key present in binaryData'));
    size += Buffer.byteLength(value);
  }
  for (const [key, value] of Object.entries(binaryData)) {
    errors.push(...invalidEach(`binaryData[${key}]`, key, configMapKey(key)));
    size += Buffer.byteLength(value, 'base64');
  }
  if (size > MAX_DATA_BYTES) errors.push(tooLong('[]', MAX_DATA_BYTES));
  return errors;
}

export const CONFIG_MAP_KIND: KindDefinition<ConfigMap> = {
  type: CONFIG_MAPS,
  singular: 'configmap',
  shortNames: ['cm'],
  categories: [],
  subresources: [],
  schema: 'io.k8s.api.core.v1.ConfigMap',
  nameFormat: 'dns1123Subdomain',
  hasGeneration: false,
  updateChecks: { newMetadata: 1 },
  checksChangesFirst: true,
  applyDefaults: () => undefined,
  prepareForCreate: () => undefined,
  prepareForUpdate: () => undefined,
  validate,
  validateUpdate(configMap, stored) {
    if (stored.immutable !== true) return [];
    const errors: FieldError[] = [];
    if (configMap.immutable !== true)
      errors.push(forbidden('immutable', 'field is immutable when `immutable` is set'));
    for (const field of ['data', 'binaryData'] as const)
      if (dataChanged(configMap[field], stored[field]))
        errors.push(forbidden(field, 'field is immutable when `immutable` is set'));
    return errors;
  },
  columns: [NAME_COLUMN, column('Data', 'Data contains the configuration data.'), AGE_COLUMN],
  cells: ({ metadata, data = {}, binaryData = {} }, now) => [
    metadata.name,
    Object.keys(data).length + Object.keys(binaryData).length,
    ageOf(metadata.creationTimestamp, now),
  ],
  fieldSelectors: {},
};
