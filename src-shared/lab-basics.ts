import { z } from 'zod';

/** Parts that the YAML files of a lab are put together from. Strict: an unknown field is a mistake. */

export const name = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'lower case letters, digits and hyphens, at most 63');
export const labels = z.record(z.string(), z.string());
export const seconds = z.number().positive().max(600);
/**
 * A path into an object: `spec.ports[0].targetPort`; keys with dots in brackets: `metadata.labels["a.b/c"]`;
 * every item of a list: `spec.ports[*].port`; the item with a field: `spec.ports[name=http].nodePort`.
 */
export const path = z.string().min(1);
/** A pod, a Service, …: `namespace/name`. */
export const namespacedName = z.string().regex(/^[a-z0-9-]+\/[a-z0-9.-]+$/, 'namespace/name');
/** A regular expression of JavaScript. It may match anywhere; `^` and `$` hold it to the whole. */
export const pattern = z.string().refine(isPattern, 'a regular expression');
const scalar = z.union([z.string(), z.number(), z.boolean()]);

function isPattern(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch {
    return false;
  }
}

const objectRef = z.strictObject({
  apiVersion: z.string(),
  kind: z.string(),
  namespace: name.optional(),
  name: z.string(),
});

const objectSelector = z.strictObject({
  apiVersion: z.string(),
  kind: z.string(),
  namespace: name,
  labels,
});

/** One object by name, or objects by labels. */
export const objectTarget = z.union([objectRef, objectSelector]);
export type ObjectTarget = z.infer<typeof objectTarget>;

/** Pods of a namespace by their labels. */
export const podsWith = z.strictObject({ namespace: name, labels });
export type PodsWith = z.infer<typeof podsWith>;

/** A value that stands in the cluster: of the first object when the labels select several. */
export const clusterValue = z.strictObject({ object: objectTarget, path });
export type ClusterValue = z.infer<typeof clusterValue>;

/** From how many to how many; one of them at least. */
export const range = z
  .strictObject({ min: z.number().min(0).optional(), max: z.number().min(0).optional() })
  .refine(({ min, max }) => min !== undefined || max !== undefined, 'min, max, or both');
export type Range = z.infer<typeof range>;

const COMPARISONS = [
  'equals',
  'not',
  'oneOf',
  'matches',
  'exists',
  'contains',
  'length',
  'between',
  'sameAs',
] as const;

/** What must be true of one field. Exactly one of the comparisons. `finding` names the failure. */
export const fieldExpectation = z
  .strictObject({
    path,
    equals: scalar.optional(),
    not: scalar.optional(),
    oneOf: z.array(scalar).min(1).optional(),
    matches: pattern.optional(),
    exists: z.boolean().optional(),
    /** A list with an item that has all of these fields. */
    contains: z.record(z.string(), scalar).optional(),
    /** How many items a list (or keys an object) has. */
    length: range.optional(),
    /** A number in this range. */
    between: range.optional(),
    /** The value that another field has: of another object, or of the same where only a path is given. */
    sameAs: z.strictObject({ object: objectTarget.optional(), path }).optional(),
    finding: name.optional(),
  })
  .refine(
    (field) => COMPARISONS.filter((comparison) => field[comparison] !== undefined).length === 1,
    `exactly one of ${COMPARISONS.join(', ')}`,
  );
export type FieldExpectation = z.infer<typeof fieldExpectation>;
