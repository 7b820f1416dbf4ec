import type { Service } from '../../kube/objects.ts';
import type { Ingress, IngressBackend, IngressClass } from '../../kube/ingress-objects.ts';
import type { Route } from './routes.ts';

/**
 * What Traefik's provider of Ingresses (v3, with `strictPrefixMatching` and `allowEmptyServices`) makes of them:
 * https://github.com/traefik/traefik/blob/v3.6/pkg/provider/kubernetes/ingress/kubernetes.go
 */

/** A rule that every request matches. */
export const EVERYTHING = 'PathPrefix("/")';

const CONTROLLER = 'traefik.io/ingress-controller';
const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';
const ROUTER_ANNOTATION = 'traefik.ingress.kubernetes.io/router.';

/** True when Traefik takes the Ingress for its own. */
export function isServed(ingress: Ingress, classes: readonly IngressClass[]): boolean {
  const name = ingress.spec.ingressClassName;
  if (name !== undefined)
    return classes.some(({ metadata, spec }) => metadata.name === name && spec?.controller === CONTROLLER);
  const annotation = ingress.metadata.annotations?.[CLASS_ANNOTATION] ?? '';
  return annotation === '' || annotation === 'traefik';
}

/** The rule of a route's router. Empty, and then refused by Traefik, for every path of every host. */
export function ruleOf({ host, path, exact }: Pick<Route, 'host' | 'path' | 'exact'>): string {
  return [hostRule(host), pathRule(path, exact)].filter((part) => part !== '').join(' && ');
}

export function hostRule(host: string): string {
  if (host === '') return '';
  if (!host.startsWith('*.')) return `Host(${quoted(host)})`;
  const suffix = host.slice(1).replaceAll('.', '\\.');
  return `HostRegexp(${quoted(`^[a-zA-Z0-9-]+${suffix}$`)})`;
}

function pathRule(path: string, exact: boolean): string {
  if (path === '') return '';
  if (exact) return `Path(${quoted(path)})`;
  if (path === '/') return EVERYTHING;
  const start = path.endsWith('/') ? path.slice(0, -1) : path;
  return `(Path(${quoted(start)}) || PathPrefix(${quoted(`${start}/`)}))`;
}

/** As a Go string literal; those of JSON are. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

/** A router that names no priority has the length of its rule for one. */
export function nativePriority(rule: string): number {
  return Buffer.byteLength(rule);
}

/** What a backend's Service is called; the same for Services whose names differ only in where the dashes are. */
export function serviceName(
  namespace: string,
  { name, port }: NonNullable<IngressBackend['service']>,
): string {
  return normalized(`${namespace}-${name}-${port?.name ?? port?.number ?? ''}`);
}

/** What a route's router is called. Of several with one name in different Ingresses Traefik keeps one. */
export function routerName({ ingress, host, path }: Route): string {
  return normalized(`${ingress.metadata.namespace ?? ''}-${ingress.metadata.name}-${host}${path}`);
}

function normalized(name: string): string {
  return name
    .split(/[^\p{L}\p{N}]/u)
    .filter((part) => part !== '')
    .join('-');
}

/** The port of its Service that a backend means; undefined when there is none, and then there is no router. */
export function portOf(
  backend: IngressBackend,
  service: Service | undefined,
): NonNullable<Service['spec']['ports']>[number] | undefined {
  const { name, number } = backend.service?.port ?? {};
  return service?.spec.ports?.find(
    (port) => port.port === number || (name !== undefined && port.name === name),
  );
}

/** What annotations make of the routers of an Ingress, as far as another router can copy it. */
export interface RouterSettings {
  entryPoints?: string[];
  middlewares?: string[];
  tls?: object;
}

/** Undefined when the author has taken precedence or matching into their own hands: then it is left to them. */
export function routerSettings(ingress: Ingress): RouterSettings | undefined {
  const settings: RouterSettings = {};
  for (const [key, value] of Object.entries(ingress.metadata.annotations ?? {})) {
    if (!key.startsWith(ROUTER_ANNOTATION)) continue;
    const option = key.slice(ROUTER_ANNOTATION.length).toLowerCase();
    const items = value.split(',').map((item) => item.trim());
    if (option === 'entrypoints') settings.entryPoints = items;
    else if (option === 'middlewares') settings.middlewares = items;
    else if (option === 'tls' && value === 'true') settings.tls = {};
    else return undefined;
  }
  return settings;
}
