import type { Ingress, IngressBackend, IngressClass } from '../api/objects.ts';

/** What an IngressClass of the emulated controller names. */
export const CONTROLLER = 'traefik.io/ingress-controller';
const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';

/** Where a request goes: a backend of an Ingress. */
export interface Route {
  ingress: Ingress;
  backend: IngressBackend;
  /** For the access log, as Traefik names its routers: `shop-web-a-example-com-foo`. */
  name: string;
}

interface PathRoute extends Route {
  path: string;
  exact: boolean;
}

/**
 * Which backend serves a request, as the Ingress API says: the more precise host (exact, wildcard, every), then an
 * exact path before a prefix, then the longer path; a prefix goes by the elements of a path
 * (https://kubernetes.io/docs/concepts/services-networking/ingress/#multiple-matches). Of two Ingresses that ask for
 * the same, the older has it. Requests that no rule matches go to the default backend of an Ingress with a rule for
 * the host, else to that of an Ingress without rules, else to any: the oldest each time.
 */
export class RouteTable {
  readonly #exactHosts = new Map<string, PathRoute[]>();
  /** By what follows the star: `.example.com`. */
  readonly #wildcards = new Map<string, PathRoute[]>();
  readonly #everyHost: PathRoute[] = [];
  readonly #defaultsByHost = new Map<string, Route>();
  readonly #default: Route | undefined;

  constructor(ingresses: readonly Ingress[]) {
    const oldestFirst = [...ingresses].sort(compareAge);
    for (const ingress of oldestFirst) this.#addRules(ingress);
    for (const routes of [...this.#exactHosts.values(), ...this.#wildcards.values(), this.#everyHost])
      routes.sort(comparePaths);
    const withDefault = oldestFirst.filter(({ spec }) => spec.defaultBackend !== undefined);
    const alone = withDefault.find(({ spec }) => (spec.rules ?? []).length === 0);
    this.#default = defaultRoute(alone ?? withDefault[0]);
  }

  /** @param host the Host header, with or without a port. @param path without the query. */
  find(host: string, path: string): Route | undefined {
    const name = hostname(host);
    const wildcard = name.includes('.') ? name.slice(name.indexOf('.')) : undefined;
    for (const routes of [
      this.#exactHosts.get(name),
      wildcard === undefined ? undefined : this.#wildcards.get(wildcard),
      this.#everyHost,
    ]) {
      const found = routes?.find((route) => matchesPath(route, path));
      if (found !== undefined) return found;
    }
    return (
      this.#defaultsByHost.get(name) ??
      (wildcard === undefined ? undefined : this.#defaultsByHost.get(`*${wildcard}`)) ??
      this.#default
    );
  }

  #addRules(ingress: Ingress): void {
    for (const { host = '', http } of ingress.spec.rules ?? []) {
      const name = host.toLowerCase();
      const ownDefault = defaultRoute(ingress);
      if (ownDefault !== undefined && name !== '' && !this.#defaultsByHost.has(name))
        this.#defaultsByHost.set(name, ownDefault);
      const paths =
        http === undefined
          ? ownDefault === undefined
            ? []
            : [{ path: '', pathType: 'Prefix', backend: ownDefault.backend }]
          : http.paths;
      for (const { path = '', pathType, backend } of paths)
        this.#routesOf(name).push({
          ingress,
          backend,
          path,
          exact: pathType === 'Exact',
          name: routerName(ingress, `${host}${path}`),
        });
    }
  }

  #routesOf(host: string): PathRoute[] {
    if (host === '') return this.#everyHost;
    const [table, key] = host.startsWith('*.')
      ? ([this.#wildcards, host.slice(1)] as const)
      : ([this.#exactHosts, host] as const);
    const routes = table.get(key) ?? [];
    table.set(key, routes);
    return routes;
  }
}

/** Whether the emulated controller takes an Ingress for its own. */
export function isServed(ingress: Ingress, classes: readonly IngressClass[]): boolean {
  const name = ingress.spec.ingressClassName;
  if (name !== undefined)
    return classes.some(({ metadata, spec }) => metadata.name === name && spec.controller === CONTROLLER);
  const annotation = ingress.metadata.annotations?.[CLASS_ANNOTATION] ?? '';
  return annotation === '' || annotation === 'traefik';
}

function defaultRoute(ingress: Ingress | undefined): Route | undefined {
  const backend = ingress?.spec.defaultBackend;
  if (ingress === undefined || backend === undefined) return undefined;
  return { ingress, backend, name: routerName(ingress, 'default') };
}

function routerName({ metadata }: Ingress, rest: string): string {
  return `${metadata.namespace ?? ''}-${metadata.name}-${rest}`
    .split(/[^\p{L}\p{N}]+/u)
    .filter((part) => part !== '')
    .join('-');
}

function hostname(host: string): string {
  return host.replace(/:\d+$/, '').replace(/\.$/, '').toLowerCase();
}

function matchesPath({ path, exact }: PathRoute, asked: string): boolean {
  if (exact) return asked === path;
  const start = path.endsWith('/') ? path.slice(0, -1) : path;
  return asked === start || asked.startsWith(`${start}/`);
}

/** Sorting is stable: what is left equal stays in the order of age. */
function comparePaths(a: PathRoute, b: PathRoute): number {
  return Number(b.exact) - Number(a.exact) || b.path.length - a.path.length;
}

function compareAge(a: Ingress, b: Ingress): number {
  return (
    Date.parse(a.metadata.creationTimestamp) - Date.parse(b.metadata.creationTimestamp) ||
    (keyOf(a) < keyOf(b) ? -1 : 1)
  );
}

function keyOf({ metadata }: Ingress): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}
