import type { Ingress, IngressBackend } from '#main/kube/ingress-objects.ts';

/** One way through an Ingress to a Service. */
export interface IngressRoute {
  /** Undefined: whatever host no other rule names. */
  host: string | undefined;
  path: string;
  pathType: string;
  service: string;
  port: { number?: number; name?: string };
}

/** The routes of an Ingress, its default backend last. */
export function routesOf({ spec }: Ingress): IngressRoute[] {
  const one = (
    backend: IngressBackend | undefined,
    host?: string,
    path = '/',
    pathType = 'Prefix',
  ): IngressRoute[] =>
    backend?.service === undefined
      ? []
      : [{ host, path, pathType, service: backend.service.name, port: backend.service.port ?? {} }];
  return [
    ...(spec.rules ?? []).flatMap(({ host, http }) =>
      (http?.paths ?? []).flatMap(({ backend, path, pathType }) => one(backend, host, path, pathType)),
    ),
    ...one(spec.defaultBackend),
  ];
}

/** https://kubernetes.io/docs/concepts/services-networking/ingress/#hostname-wildcards */
export function coversHost(rule: string | undefined, host: string): boolean {
  if (rule === undefined || rule === host) return true;
  return rule.startsWith('*.') && host.slice(host.indexOf('.')) === rule.slice(1);
}

/** Of these routes, the one that a request takes: the longest path that matches, exact ones first. */
export function routeFor(routes: readonly IngressRoute[], path: string): IngressRoute | undefined {
  const fitting = routes.filter((route) => coversPath(route, path));
  const weight = ({ path: own, pathType }: IngressRoute): number =>
    own.length * 2 + (pathType === 'Exact' ? 1 : 0);
  return fitting.sort((a, b) => weight(b) - weight(a))[0];
}

/** https://kubernetes.io/docs/concepts/services-networking/ingress/#examples */
function coversPath({ path: own, pathType }: IngressRoute, path: string): boolean {
  if (pathType === 'Exact') return own === path;
  const prefix = own.replace(/\/$/, '');
  return path === prefix || path.startsWith(`${prefix}/`);
}
