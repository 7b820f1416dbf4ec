import { notAcceptable } from '../status.ts';

/** The form in which objects are wanted. */
export interface Representation {
  as: 'Object' | 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList';
}

interface MediaRange {
  type: string;
  parameters: Record<string, string>;
}

/** The ranges of an Accept header, in the order given. Quality values are not weighed: clients order them. */
export function parseAccept(header: string | undefined): MediaRange[] {
  return (header ?? '*/*').split(',').map((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    const pairs = parameters.map((parameter) => {
      const [key = '', value = ''] = parameter.split('=');
      return [key, value] as const;
    });
    return { type: type.toLowerCase(), parameters: Object.fromEntries(pairs) };
  });
}

const JSON_TYPES = new Set(['application/json', '*/*', 'application/*']);

/**
 * Chooses the first range that can be served: JSON, plain or as one of the meta/v1 views. YAML and protobuf are
 * not produced; clients that prefer them name JSON as well.
 * @throws ApiError 406.
 */
export function negotiate(header: string | undefined): Representation {
  for (const { type, parameters } of parseAccept(header)) {
    if (!JSON_TYPES.has(type)) continue;
    const { as, g, v } = parameters;
    if (as === undefined) return { as: 'Object' };
    const known = as === 'Table' || as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList';
    if (known && g === 'meta.k8s.io' && v === 'v1') return { as };
  }
  throw notAcceptable(['application/json']);
}
