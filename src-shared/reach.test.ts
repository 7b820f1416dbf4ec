import { describe, expect, it } from 'vitest';
import type { Reach } from './cluster.ts';
import type { EndpointSliceView, ServiceView } from './live.ts';
import { loopbackAddresses, loopbackGap } from './reach.ts';

const REACH: Reach = {
  nodePorts: [
    { node: 'lab-worker', firstNodePort: 30070, count: 16, firstHostPort: 30070 },
    { node: 'lab-worker2', firstNodePort: 30070, count: 16, firstHostPort: 31170 },
  ],
};

function service(change: Partial<ServiceView> = {}): ServiceView {
  return {
    kind: 'Service',
    uid: 'uid-web',
    namespace: 'shop',
    name: 'web',
    createdAt: 0,
    type: 'NodePort',
    clusterIP: '10.96.4.2',
    externalAddresses: [],
    externalTrafficPolicy: 'Cluster',
    ports: [{ protocol: 'TCP', port: 80, targetPort: 8080, nodePort: 30080 }],
    ...change,
  };
}

function slice(node: string, change: Partial<EndpointSliceView> = {}, ready = true): EndpointSliceView {
  return {
    kind: 'EndpointSlice',
    uid: `uid-${node}`,
    namespace: 'shop',
    name: `web-${node}`,
    createdAt: 0,
    service: 'web',
    ports: [{ port: 8080, protocol: 'TCP' }],
    endpoints: [{ address: '10.244.1.5', ready, serving: ready, terminating: false, node }],
    ...change,
  };
}

const urls = (one: ServiceView, slices: EndpointSliceView[] = []): string[] =>
  loopbackAddresses(one, REACH, slices).map(({ url }) => url);

describe('where a Service is reached from this machine', () => {
  it('is at every node that publishes its NodePort, at that node’s own port', () => {
    expect(loopbackAddresses(service(), REACH, [])).toEqual([
      { node: 'lab-worker', port: 80, url: 'http://127.0.0.1:30080' },
      { node: 'lab-worker2', port: 80, url: 'http://127.0.0.1:31180' },
    ]);
  });

  it('is at the address of its load balancer first, where that is published', () => {
    const balancer = { service: 'web', port: 80, protocol: 'TCP' as const, hostPort: 8080 };
    const reach: Reach = {
      ...REACH,
      loadBalancers: [
        { ...balancer, namespace: 'other', hostPort: 8081 },
        { ...balancer, namespace: 'shop' },
      ],
    };
    expect(loopbackAddresses(service({ type: 'LoadBalancer' }), reach, [])[0]).toEqual({
      node: undefined,
      port: 80,
      url: 'http://127.0.0.1:8080',
    });
  });

  it('is at a UDP port for a UDP port only', () => {
    const udp = { node: 'lab-worker', firstNodePort: 30082, count: 1, firstHostPort: 30083 };
    const reach: Reach = { nodePorts: [{ ...udp, protocol: 'UDP' }] };
    const at = (protocol: string): string[] =>
      loopbackAddresses(
        service({ ports: [{ protocol, port: 53, targetPort: 53, nodePort: 30082 }] }),
        reach,
        [],
      ).map(({ url }) => url);
    expect(at('UDP')).toEqual(['udp://127.0.0.1:30083']);
    expect(at('TCP')).toEqual([]);
  });

  it('counts the first and the last port of a range, and none beside it', () => {
    const at = (nodePort: number): string[] =>
      urls(service({ ports: [{ protocol: 'TCP', port: 80, targetPort: 8080, nodePort }] }));
    expect(at(30070)).toContain('http://127.0.0.1:30070');
    expect(at(30085)).toContain('http://127.0.0.1:31185');
    expect(at(30069)).toEqual([]);
    expect(at(30086)).toEqual([]);
  });

  it('is found for a load balancer, which has NodePorts too, and not for other types', () => {
    expect(urls(service({ type: 'LoadBalancer' }))).toHaveLength(2);
    expect(urls(service({ type: 'ClusterIP' }))).toEqual([]);
  });

  it('names every port of the Service that is published, and no other', () => {
    const ports = [
      { name: 'http', protocol: 'TCP', port: 80, targetPort: 8080, nodePort: 30080 },
      { name: 'admin', protocol: 'TCP', port: 81, targetPort: 8081, nodePort: 30081 },
      { name: 'dns', protocol: 'UDP', port: 53, targetPort: 53, nodePort: 30082 },
      { name: 'pending', protocol: 'TCP', port: 82, targetPort: 8082 },
    ];
    expect(loopbackAddresses(service({ ports }), REACH, []).map(({ port }) => port)).toEqual([
      80, 80, 81, 81,
    ]);
  });

  it('with the Local policy is only where a node has a ready endpoint of this Service and port', () => {
    const local = service({ externalTrafficPolicy: 'Local' });
    expect(urls(local, [slice('lab-worker2')])).toEqual(['http://127.0.0.1:31180']);
    expect(urls(local, [slice('lab-worker2', {}, false)])).toEqual([]);
    expect(urls(local, [slice('lab-worker2', { service: 'other' })])).toEqual([]);
    expect(urls(local, [slice('lab-worker2', { namespace: 'other' })])).toEqual([]);
    const otherPort = { ports: [{ name: 'admin', port: 8081, protocol: 'TCP' }] };
    expect(urls(local, [slice('lab-worker2', otherPort)])).toEqual([]);
  });
});

describe('a Service that is reached nowhere', () => {
  it('has a NodePort that nobody publishes, or no endpoint where it is published', () => {
    const outside = [{ protocol: 'TCP', port: 80, targetPort: 8080, nodePort: 31234 }];
    expect(loopbackGap(service({ ports: outside }), REACH)).toBe('not-published');
    expect(loopbackGap(service({ externalTrafficPolicy: 'Local' }), REACH)).toBe('no-local-endpoint');
  });

  it('needs no reason where nothing was to be expected', () => {
    expect(loopbackGap(service({ type: 'ClusterIP' }), REACH)).toBeUndefined();
    expect(loopbackGap(service(), { nodePorts: [] })).toBeUndefined();
  });
});
