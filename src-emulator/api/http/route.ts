/** What a URL of the resource API addresses. */
export interface ResourceRoute {
  group: string;
  version: string;
  plural: string;
  namespace: string | undefined;
  /** Undefined for a collection. */
  name: string | undefined;
  subresource: string | undefined;
}

/**
 * Reads `/api/v1/…` and `/apis/<group>/<version>/…` as the server's RequestInfo does. Undefined for paths that
 * are not about resources. Namespaces themselves are addressed as a resource of that name.
 */
export function parseResourcePath(path: string): ResourceRoute | undefined {
  const parts = path
    .split('/')
    .filter((part) => part !== '')
    .map(decodeSegment);
  let group = '';
  if (parts[0] === 'apis') {
    parts.shift();
    group = parts.shift() ?? '';
    if (group === '') return undefined;
  } else if (parts.shift() !== 'api') return undefined;
  const version = parts.shift();
  if (version === undefined || parts.length === 0) return undefined;

  let namespace: string | undefined;
  // `namespaces/x/status` is about the namespace; `namespaces/x/pods` is about what is in it.
  const aboutNamespace = parts[2] === undefined || parts[2] === 'status' || parts[2] === 'finalize';
  if (group === '' ? parts[0] === 'namespaces' && !aboutNamespace : parts[0] === 'namespaces') {
    namespace = parts[1];
    parts.splice(0, 2);
  }
  const [plural, name, ...rest] = parts;
  if (plural === undefined) return undefined;
  return {
    group,
    version,
    plural,
    namespace,
    name,
    subresource: rest.length === 0 ? undefined : rest.join('/'),
  };
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
