import { noRepresentation, notAcceptable } from '../status.ts';

/** The form in which objects are wanted. */
export interface Representation {
  as: 'Object' | 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList';
  /** YAML in place of JSON. */
  yaml: boolean;
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
const YAML_TYPE = 'application/yaml';
/** The real server has this; it is not produced here: clients that prefer it name JSON as well. */
const PROTOBUF_TYPE = 'application/vnd.kubernetes.protobuf';

/**
 * Chooses the first range that can be served: JSON or YAML, plain or as one of the meta/v1 views.
 * @throws ApiError 406.
 */
export function negotiate(header: string | undefined): Representation {
  const ranges = parseAccept(header);
  for (const { type, parameters } of ranges) {
    if (!JSON_TYPES.has(type) && type !== YAML_TYPE) continue;
    const yaml = type === YAML_TYPE;
    const { as, g, v } = parameters;
    if (as === undefined) return { as: 'Object', yaml };
    const known = as === 'Table' || as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList';
    if (known && g === 'meta.k8s.io' && v === 'v1') return { as, yaml };
  }
  const known = ranges.some(
    ({ type }) => JSON_TYPES.has(type) || type === YAML_TYPE || type === PROTOBUF_TYPE,
  );
  throw known ? notAcceptable() : noRepresentation();
}
