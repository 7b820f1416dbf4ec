/** Object metadata, for all kinds (k8s.io/apimachinery/pkg/api/validation/objectmeta.go). */
import type { FieldError, KindDefinition } from '../kind-definition.ts';
import type { ObjectMeta, OwnerReference } from '../objects.ts';
import { forbidden, invalid, invalidEach, nonNegative, required, tooLong } from './errors.ts';
import { validateLabels } from './labels.ts';
import { dns1035Label, dns1123Label, dns1123Subdomain, pathSegment, qualifiedName } from './names.ts';

const MAX_ANNOTATION_BYTES = 256 * 1024;

export type NameFormat = KindDefinition['nameFormat'];

const NAME_FORMATS: Record<NameFormat, (name: string) => string[]> = {
  dns1123Subdomain,
  dns1123Label,
  dns1035Label,
  path: pathSegment,
};

/** What is wrong with a name of a kind. `generateName` may end in a dash. */
function validateName(format: NameFormat, name: string, isPrefix = false): string[] {
  const masked =
    isPrefix && format !== 'path' && name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name;
  return NAME_FORMATS[format](masked);
}

export function validateAnnotations(
  annotations: Record<string, string> | undefined,
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  let size = 0;
  for (const [key, value] of Object.entries(annotations ?? {})) {
    errors.push(...invalidEach(field, key, qualifiedName(key.toLowerCase())));
    size += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  if (size > MAX_ANNOTATION_BYTES) errors.push(tooLong(field, MAX_ANNOTATION_BYTES));
  return errors;
}

/** Metadata of a new object, after its name was generated. */
export function validateObjectMeta(
  metadata: Partial<ObjectMeta>,
  options: { namespaced: boolean; nameFormat: NameFormat },
): FieldError[] {
  return [
    ...validateAccessor(metadata, options),
    ...validateFinalizerDomains(metadata.finalizers, 'metadata.finalizers'),
  ];
}

/**
 * Metadata of an object that replaces `stored`. The server looks at it again and again: in general, as at that of a
 * new object with a name of any format, and once or twice more for the kind. Each time counts as a cause of its own.
 */
export function validateObjectMetaUpdate(
  metadata: ObjectMeta,
  stored: ObjectMeta,
  options: {
    namespaced: boolean;
    nameFormat: NameFormat;
    checks: NonNullable<KindDefinition['updateChecks']>;
  },
): FieldError[] {
  const { newMetadata = 0, changedMetadata = 1 } = options.checks;
  const times = (count: number, check: () => FieldError[]): FieldError[] =>
    Array.from({ length: count }, check).flat();
  return [
    ...validateAccessor(metadata, { ...options, nameFormat: 'path' }),
    ...validateAccessorUpdate(metadata, stored),
    ...times(changedMetadata, () => [
      ...validateAccessorUpdate(metadata, stored),
      ...validateFinalizerDomains(metadata.finalizers, 'metadata.finalizers'),
    ]),
    ...times(newMetadata, () => validateObjectMeta(metadata, options)),
  ];
}

function validateAccessor(
  metadata: Partial<ObjectMeta>,
  options: { namespaced: boolean; nameFormat: NameFormat },
): FieldError[] {
  const errors: FieldError[] = [];
  const { name = '', generateName = '', namespace = '', generation = 0 } = metadata;
  if (generateName !== '')
    errors.push(
      ...invalidEach(
        'metadata.generateName',
        generateName,
        validateName(options.nameFormat, generateName, true),
      ),
    );
  if (name === '') errors.push(required('metadata.name', 'name or generateName is required'));
  else errors.push(...invalidEach('metadata.name', name, validateName(options.nameFormat, name)));
  if (!options.namespaced) {
    if (namespace !== '') errors.push(forbidden('metadata.namespace', 'not allowed on this type'));
  } else if (namespace === '') errors.push(required('metadata.namespace'));
  else errors.push(...invalidEach('metadata.namespace', namespace, dns1123Label(namespace)));
  errors.push(
    ...nonNegative('metadata.generation', generation),
    ...validateCommon(metadata, 'metadata'),
    ...validateFinalizers(metadata.finalizers, 'metadata.finalizers'),
  );
  return errors;
}

function validateAccessorUpdate(metadata: ObjectMeta, stored: ObjectMeta): FieldError[] {
  const errors: FieldError[] = [];
  if (stored.deletionTimestamp !== undefined) {
    const added = (metadata.finalizers ?? []).filter((name) => !stored.finalizers?.includes(name));
    if (added.length > 0) {
      const list = added
        .sort()
        .map((name) => JSON.stringify(name))
        .join(', ');
      errors.push(
        forbidden(
          'metadata.finalizers',
          `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`,
        ),
      );
    }
  }
  if ((metadata.generation ?? 0) < (stored.generation ?? 0))
    errors.push(invalid('metadata.generation', metadata.generation ?? 0, 'must not be decremented'));
  for (const key of IMMUTABLE)
    if (metadata[key] !== stored[key])
      errors.push(invalid(`metadata.${key}`, metadata[key], 'field is immutable'));
  return [...errors, ...validateCommon(metadata, 'metadata')];
}

const IMMUTABLE = [
  'name',
  'namespace',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
] as const;

function validateCommon(metadata: Partial<ObjectMeta>, field: string): FieldError[] {
  return [
    ...validateLabels(metadata.labels, `${field}.labels`),
    ...validateAnnotations(metadata.annotations, `${field}.annotations`),
    ...validateOwnerReferences(metadata.ownerReferences, `${field}.ownerReferences`),
  ];
}

function validateOwnerReferences(
  references: Partial<OwnerReference>[] | undefined,
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  let controller: string | undefined;
  for (const reference of references ?? []) {
    const { apiVersion = '', kind = '' } = reference;
    if (apiVersion === '' || apiVersion.split('/').length > 2)
      errors.push(invalid(`${field}.apiVersion`, apiVersion, 'version must not be empty'));
    for (const key of ['kind', 'name', 'uid'] as const)
      if ((reference[key] ?? '') === '') errors.push(invalid(`${field}.${key}`, '', 'must not be empty'));
    if (apiVersion === 'v1' && kind === 'Event')
      errors.push(invalid(field, reference, '/v1, Kind=Event is disallowed from being an owner'));
    if (reference.controller !== true) continue;
    const name = `${kind}/${reference.name ?? ''}`;
    if (controller !== undefined)
      errors.push(
        invalid(
          field,
          references,
          `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${name}`,
        ),
      );
    else controller = name;
  }
  return errors;
}

function validateFinalizers(finalizers: string[] | undefined, field: string): FieldError[] {
  const errors = (finalizers ?? []).flatMap((name) => invalidEach(field, name, qualifiedName(name)));
  if (finalizers?.includes('orphan') === true && finalizers.includes('foregroundDeletion'))
    errors.push(invalid(field, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set'));
  return errors;
}

/** The finalizers that need no domain. */
const STANDARD_FINALIZERS = ['kubernetes', 'orphan', 'foregroundDeletion'];

function validateFinalizerDomains(finalizers: string[] | undefined, field: string): FieldError[] {
  return (finalizers ?? []).flatMap((name, index) =>
    name.includes('/') || STANDARD_FINALIZERS.includes(name)
      ? []
      : [
          invalid(
            `${field}[${index}]`,
            name,
            'name is neither a standard finalizer name nor is it fully qualified',
          ),
        ],
  );
}
