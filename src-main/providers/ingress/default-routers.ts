import type { Backends } from './backends.ts';
import { UNAVAILABLE, type FileRouter } from './file-configuration.ts';
import { keyOf, type Ingress, type IngressBackend } from '../../kube/ingress-objects.ts';
import { hostRank } from './routes.ts';
import { EVERYTHING, hostRule, routerSettings } from './traefik-model.ts';

/** Below the length of every rule, and above the router that Traefik makes for an Ingress that is only a default. */
const DEFAULTS = -1_000_000;
/** Below that one, whose priority is the least number of 32 bits. */
const BELOW_TRAEFIKS_DEFAULT = -(2 ** 31) - 1;

interface Default {
  ingress: Ingress;
  backend: IngressBackend;
  /** Empty for what has no host of its own. */
  host: string;
}

/**
 * Routers for requests that no rule matches. They go to the default backend of the Ingress that has a rule for the
 * host, else to that of an Ingress without rules, else to any: the oldest each time. Traefik itself knows default
 * backends of Ingresses without rules only, and of several of these serves any one.
 *
 * @param ingresses oldest first
 */
export function defaultRouters(
  ingresses: readonly Ingress[],
  backends: Backends,
): Record<string, FileRouter> {
  const withDefault = ingresses.flatMap((ingress) =>
    ingress.spec.defaultBackend === undefined ? [] : [{ ingress, backend: ingress.spec.defaultBackend }],
  );
  const alone = withDefault.filter(({ ingress }) => (ingress.spec.rules ?? []).length === 0);
  const besideRules = withDefault.filter(({ ingress }) => (ingress.spec.rules ?? []).length > 0);

  const forAll = alone[0] ?? besideRules[0];
  if (forAll === undefined) return {};
  const defaults: Default[] = [
    ...(alone.length === 1 ? [] : [{ ...forAll, host: '' }]),
    ...forHosts(besideRules),
  ];
  return {
    ...(alone.length === 1 ? belowTraefiks(forAll, backends) : {}),
    ...Object.fromEntries(
      defaults.map(({ ingress, backend, host }, index) => [
        `${keyOf(ingress)}/default${host === '' ? '' : `/${host}`}`,
        {
          ...routerSettings(ingress),
          rule: host === '' ? EVERYTHING : hostRule(host),
          priority: DEFAULTS + index,
          service: serviceOf(ingress, backend, backends),
        },
      ]),
    ),
  };
}

/** The least precise host first. */
function forHosts(besideRules: readonly Omit<Default, 'host'>[]): Default[] {
  const hosts = new Map<string, Default>();
  for (const { ingress, backend } of besideRules)
    for (const { host = '' } of ingress.spec.rules ?? [])
      if (host !== '' && !hosts.has(host)) hosts.set(host, { ingress, backend, host });
  return [...hosts.values()].sort((a, b) => hostRank(a.host) - hostRank(b.host));
}

/** Answers 503 as long as Traefik makes no router because the Service does not exist. */
function belowTraefiks(
  { ingress, backend }: Omit<Default, 'host'>,
  backends: Backends,
): Record<string, FileRouter> {
  if (backends.exists(ingress, backend)) return {};
  return {
    [`${keyOf(ingress)}/default/unavailable`]: {
      ...routerSettings(ingress),
      rule: EVERYTHING,
      priority: BELOW_TRAEFIKS_DEFAULT,
      service: UNAVAILABLE,
    },
  };
}

function serviceOf(ingress: Ingress, backend: IngressBackend, backends: Backends): string {
  const { service, available } = backends.ofDefault(ingress, backend);
  return available ? service : UNAVAILABLE;
}
