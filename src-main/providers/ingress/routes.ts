import { keyOf, type Ingress, type IngressBackend } from '../../kube/ingress-objects.ts';

/** One path of one rule of an Ingress. */
export interface Route {
  ingress: Ingress;
  /** `0/1`: the second path of the first rule. */
  place: string;
  /** Empty: every host. `*.example.com`: one label before that. */
  host: string;
  /** Empty: every path. */
  path: string;
  exact: boolean;
  /** Left out by a rule with a host and no paths, which stands for the Ingress' default backend. */
  backend: IngressBackend | undefined;
}

/** The routes of an Ingress in the order that they are written in. */
export function routesOf(ingress: Ingress): Route[] {
  return (ingress.spec.rules ?? []).flatMap(({ host = '', http }, rule): Route[] =>
    http === undefined
      ? [{ ingress, place: `${rule}`, host, path: '', exact: false, backend: undefined }]
      : http.paths.map(({ path = '', pathType, backend }, index) => ({
          ingress,
          place: `${rule}/${index}`,
          host,
          path,
          exact: pathType === 'Exact',
          backend,
        })),
  );
}

/**
 * Which of two routes has precedence: negative for the first. The more precise host, then exact before prefix,
 * then the longer path (https://kubernetes.io/docs/concepts/services-networking/ingress/#multiple-matches; that an
 * exact path is never shorter than a prefix that matches the same request makes the order of those two the same).
 * The API leaves open who wins when both ask for the same: here it is the older Ingress, as with other controllers.
 */
export function comparePrecedence(a: Route, b: Route): number {
  return (
    hostRank(b.host) - hostRank(a.host) ||
    b.host.length - a.host.length ||
    Number(b.exact) - Number(a.exact) ||
    withoutSlash(b.path).length - withoutSlash(a.path).length ||
    b.path.length - a.path.length ||
    compareAge(a.ingress, b.ingress)
  );
}

/** The older first. */
export function compareAge(a: Ingress, b: Ingress): number {
  return (
    compareText(a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? '') ||
    compareText(keyOf(a), keyOf(b))
  );
}

/** True when there is a request that both match. */
export function overlap(a: Route, b: Route): boolean {
  return hostsOverlap(a.host, b.host) && pathsOverlap(a, b);
}

export function hostRank(host: string): number {
  if (host === '') return 0;
  return host.startsWith('*.') ? 1 : 2;
}

function hostsOverlap(a: string, b: string): boolean {
  return a === '' || b === '' || a === b || underWildcard(a, b) || underWildcard(b, a);
}

function underWildcard(host: string, wildcard: string): boolean {
  return wildcard.startsWith('*.') && host.slice(host.indexOf('.')) === wildcard.slice(1);
}

function pathsOverlap(a: Route, b: Route): boolean {
  if (a.exact && b.exact) return a.path === b.path;
  return (!a.exact && isPrefix(a.path, b.path)) || (!b.exact && isPrefix(b.path, a.path));
}

/** By path elements: `/foo` is a prefix of `/foo` and `/foo/bar`, not of `/foobar`. */
function isPrefix(prefix: string, path: string): boolean {
  const start = withoutSlash(prefix);
  return withoutSlash(path) === start || path.startsWith(`${start}/`);
}

function withoutSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
