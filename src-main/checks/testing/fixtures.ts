import { labCheckSpecSchema, type CheckKind, type CheckSpecOf } from '#shared/lab-checks.ts';
import type { EndpointSlice, Pod, Service } from '#main/kube/objects.ts';
import type { HttpSeen } from '#main/probes/http.ts';
import type { ServiceState } from '#main/doctor/service-state.ts';

/** A Service `web` in `shop` with two ready pods behind it, for tests of judges. */

export const evidence = { title: { en: 't', ko: 't' }, output: '', at: 0 };

export function spec<K extends CheckKind>(kind: K, rest: object): CheckSpecOf<K> {
  return labCheckSpecSchema.parse({ id: 'c', points: 1, kind, ...rest }) as CheckSpecOf<K>;
}

export function pod(name: string, ip: string, labels: Record<string, string>, ready = true): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'shop', uid: name, labels },
    spec: { containers: [{ name: 'c', ports: [{ name: 'http', containerPort: 8080 }] }] },
    status: { podIP: ip, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  };
}

export function service(over: Partial<Service['spec']> = {}): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'shop' },
    spec: {
      type: 'ClusterIP',
      clusterIP: '10.96.1.1',
      selector: { app: 'web' },
      ports: [{ port: 80, targetPort: 8080 }],
      ...over,
    },
  };
}

export function slice(ips: string[], port = 8080): EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'web-1', namespace: 'shop' },
    addressType: 'IPv4',
    ports: [{ port, protocol: 'TCP' }],
    endpoints: ips.map((ip) => ({ addresses: [ip], conditions: { ready: true } })),
  };
}

export const web1 = pod('web-1', '10.1.0.1', { app: 'web' });
export const web2 = pod('web-2', '10.1.0.2', { app: 'web' });

export function state(over: Partial<ServiceState> = {}): ServiceState {
  return {
    namespace: 'shop',
    name: 'web',
    service: service(),
    elsewhere: [],
    slices: [slice(['10.1.0.1', '10.1.0.2'])],
    pods: [web1, web2],
    ...over,
  };
}

export function response(over: Partial<HttpSeen>): HttpSeen {
  return {
    exitCode: 0,
    status: 200,
    ip: '10.96.1.1',
    body: 'web-1',
    headers: {},
    error: '',
    evidence,
    ...over,
  };
}

export const destination = {
  host: 'web',
  port: 80,
  path: '/hostname',
  scheme: 'http' as const,
  certain: true,
};
