import type { EndpointSlice, Service } from '../../kube/objects.ts';
import { Backends, type Target } from './backends.ts';
import { defaultRouters } from './default-routers.ts';
import {
  fileConfiguration,
  UNAVAILABLE,
  type FileConfiguration,
  type FileRouter,
} from './file-configuration.ts';
import { keyOf, type Ingress, type IngressClass } from '../../kube/ingress-objects.ts';
import { compareAge, comparePrecedence, overlap, routesOf, type Route } from './routes.ts';
import {
  EVERYTHING,
  isServed,
  nativePriority,
  routerName,
  routerSettings,
  ruleOf,
  type RouterSettings,
} from './traefik-model.ts';

export interface PrecedenceInput {
  ingresses: readonly Ingress[];
  ingressClasses: readonly IngressClass[];
  services: readonly Service[];
  endpointSlices: readonly EndpointSlice[];
}

/** Above the length of every rule. */
const LIFTED = 1_000_000;

/** A route, and what Traefik makes of it. */
interface Candidate extends Route {
  rule: string;
  settings: RouterSettings;
  target: Target;
  /**
   * The priority of the router that Traefik makes of it (once its Service exists). Undefined when it makes none,
   * or may drop it.
   */
  native: number | undefined;
}

/**
 * The routers that Traefik needs besides its own, so that each request is served as the Ingress API says.
 *
 * Traefik ranks routers by the length of their rules, which puts `PathPrefix("/")` before `Path("/foo")` and a
 * wildcard host before an exact one. A route that could lose to one that it has precedence over gets a second router,
 * with a priority of its own and the same service; all others are left to Traefik, so that this has to be kept up
 * to date only where it matters. Two things come besides: the default backends of Ingresses with rules, which
 * Traefik ignores, and a 503 where a Service does not exist, for Traefik would serve the next best route.
 */
export function precedenceConfiguration(input: PrecedenceInput): FileConfiguration {
  const ingresses = input.ingresses
    .filter((ingress) => isServed(ingress, input.ingressClasses) && routerSettings(ingress) !== undefined)
    .sort(compareAge);
  const backends = new Backends(input.services, input.endpointSlices, ingresses);
  const candidates = ingresses
    .flatMap(routesOf)
    .sort(comparePrecedence)
    .map((route) => candidateOf(route, backends))
    .filter((candidate) => candidate !== undefined);
  const routers = { ...liftedRouters(withoutContested(candidates)), ...defaultRouters(ingresses, backends) };
  return fileConfiguration(routers, backends.own);
}

function candidateOf(route: Route, backends: Backends): Candidate | undefined {
  const { ingress, backend } = route;
  const { defaultBackend } = ingress.spec;
  const target =
    backend !== undefined
      ? backends.ofRule(ingress, backend)
      : defaultBackend !== undefined
        ? backends.ofDefault(ingress, defaultBackend)
        : undefined;
  if (target === undefined) return undefined; // a host, no paths and no default: nothing is asked for
  const rule = ruleOf(route);
  return {
    ...route,
    rule: rule === '' ? EVERYTHING : rule,
    settings: routerSettings(ingress) ?? {},
    target,
    native: backend !== undefined && target.native && rule !== '' ? nativePriority(rule) : undefined,
  };
}

/** Of routers with the same name Traefik keeps any one: none of them can be counted on. */
function withoutContested(candidates: readonly Candidate[]): Candidate[] {
  const byName = Map.groupBy(candidates, routerName);
  return candidates.map((candidate) => {
    // In one Ingress, names that are the same are told apart by their rules.
    const contested = byName
      .get(routerName(candidate))
      ?.some(
        (other) =>
          other !== candidate && (other.ingress !== candidate.ingress || other.rule === candidate.rule),
      );
    return contested === true ? { ...candidate, native: undefined } : candidate;
  });
}

/** @param candidates highest precedence first */
function liftedRouters(candidates: readonly Candidate[]): Record<string, FileRouter> {
  const routers: [string, FileRouter][] = [];
  /** Those of lower precedence, with the highest priority that a router of theirs has or will have. */
  const settled: { candidate: Candidate; priority: number }[] = [];
  for (const [index, candidate] of candidates.toReversed().entries()) {
    const { rule, target, native, settings } = candidate;
    const name = `${keyOf(candidate.ingress)}/${candidate.place}`;
    const unavailable = (priority: number): [string, FileRouter] => [
      `${name}/unavailable`,
      { ...settings, rule, priority, service: UNAVAILABLE },
    ];
    const toBeat = Math.max(
      0,
      ...settled
        .filter(({ candidate: other }) => overlap(candidate, other) && !sameAnswer(candidate, other))
        .map(({ priority }) => priority),
    );
    if (native !== undefined && target.available && native > toBeat) {
      settled.push({ candidate, priority: native });
    } else if (native !== undefined && !target.available && native - 1 > toBeat) {
      // Traefik's own router takes over as soon as there is the Service.
      routers.push(unavailable(native - 1));
      settled.push({ candidate, priority: native });
    } else {
      const priority = LIFTED + 2 * index + 1;
      // While Traefik does not have the service, it leaves the router out.
      if (target.service !== UNAVAILABLE)
        routers.push([name, { ...settings, rule, priority, service: target.service }]);
      if (!target.available) routers.push(unavailable(priority - 1));
      settled.push({ candidate, priority });
    }
  }
  return Object.fromEntries(routers.reverse());
}

/** It makes no difference which of the two serves a request. */
function sameAnswer(a: Candidate, b: Candidate): boolean {
  return a.target.service === b.target.service && JSON.stringify(a.settings) === JSON.stringify(b.settings);
}
