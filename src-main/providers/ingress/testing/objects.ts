import type { EndpointSlice, Service } from '../../../kube/objects.ts';
import type { Ingress, IngressBackend, IngressClass, IngressPath } from '../../../kube/ingress-objects.ts';

/** Objects for tests, in few words. */

export const CLASS: IngressClass = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IngressClass',
  metadata: { name: 'traefik' },
  spec: { controller: 'traefik.io/ingress-controller' },
};

/** `web:80` or `web:http`. */
function backend(text: string): IngressBackend {
  const [name = '', port = ''] = text.split(':');
  return { service: { name, port: /^\d+$/.test(port) ? { number: Number(port) } : { name: port } } };
}

/** `=/foo web:80` is exact, `/foo web:80` a prefix, `~/foo web:80` implementation specific, ` web:80` has no path. */
function path(text: string): IngressPath {
  const [, kind = '', at = '', to = ''] = /^([=~]?)(\S*) (\S+)$/.exec(text) ?? [];
  return {
    ...(at === '' ? {} : { path: at }),
    pathType: kind === '=' ? 'Exact' : kind === '~' || at === '' ? 'ImplementationSpecific' : 'Prefix',
    backend: backend(to),
  };
}

export interface IngressText {
  namespace?: string;
  /** Higher is younger. */
  age?: number;
  className?: string;
  annotations?: Record<string, string>;
  defaultBackend?: string;
  /** Paths by host; null for a rule without paths. */
  rules?: [host: string, paths: string[] | null][];
}

export function ingress(name: string, text: IngressText): Ingress {
  const { namespace = 'shop', age = 0, className = 'traefik', annotations, defaultBackend, rules } = text;
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: {
      name,
      namespace,
      creationTimestamp: new Date(Date.UTC(2026, 0, 1, 0, age)).toISOString(),
      ...(annotations === undefined ? {} : { annotations }),
    },
    spec: {
      ...(className === '' ? {} : { ingressClassName: className }),
      ...(defaultBackend === undefined ? {} : { defaultBackend: backend(defaultBackend) }),
      ...(rules === undefined
        ? {}
        : {
            rules: rules.map(([host, paths]) => ({
              ...(host === '' ? {} : { host }),
              ...(paths === null ? {} : { http: { paths: paths.map(path) } }),
            })),
          }),
    },
  };
}

/** With port 80, named `http`. */
export function service(name: string, namespace = 'shop', spec: Partial<Service['spec']> = {}): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: { clusterIP: '10.96.0.7', ports: [{ name: 'http', port: 80 }], ...spec },
  };
}

export function slice(of: string, addresses: string[], namespace = 'shop'): EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${of}-x`, namespace, labels: { 'kubernetes.io/service-name': of } },
    addressType: 'IPv4',
    endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
    ports: [{ name: 'http', port: 8080 }],
  };
}
