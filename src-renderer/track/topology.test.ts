import { describe, expect, it } from 'vitest';
import type { EndpointSliceView, ObjectView, PodView, ServiceView } from '#shared/live.ts';
import { layOut } from './layout.ts';
import { deriveTopology } from './topology.ts';

function pod(name: string, change: Partial<PodView> = {}): PodView {
  return {
    kind: 'Pod',
    uid: `uid-${name}`,
    namespace: 'lab',
    name,
    createdAt: 0,
    labels: { app: 'web' },
    status: 'Running',
    phase: 'Running',
    ready: true,
    readyContainers: 1,
    containers: [],
    ports: [{ port: 8080, protocol: 'TCP' }],
    restarts: 0,
    ip: '10.244.1.5',
    node: 'node-1',
    terminating: false,
    ...change,
  };
}

function service(change: Partial<ServiceView> = {}): ServiceView {
  return {
    kind: 'Service',
    uid: 'uid-service',
    namespace: 'lab',
    name: 'web',
    createdAt: 0,
    type: 'ClusterIP',
    clusterIP: '10.96.4.2',
    externalAddresses: [],
    selector: { app: 'web' },
    ports: [{ protocol: 'TCP', port: 80, targetPort: 8080 }],
    ...change,
  };
}

function slice(endpoints: EndpointSliceView['endpoints']): EndpointSliceView {
  return {
    kind: 'EndpointSlice',
    uid: 'uid-slice',
    namespace: 'lab',
    name: 'web-x',
    createdAt: 0,
    service: 'web',
    ports: [{ port: 8080, protocol: 'TCP' }],
    endpoints,
  };
}

const endpoint = { address: '10.244.1.5', ready: true, serving: true, terminating: false, pod: 'web-1' };
const client = pod('client', { labels: { app: 'client' } });

function derive(...views: ObjectView[]): ReturnType<typeof deriveTopology> {
  return deriveTopology(new Map(views.map((view) => [view.uid, view])), 'lab/client', 'lab/web');
}

describe('the track', () => {
  it('runs through when a ready pod stands behind the Service', () => {
    const topology = derive(client, pod('web-1'), service(), slice([endpoint]));
    expect(topology.broken).toBeUndefined();
    expect(topology.readyCount).toBe(1);
    expect(topology.platforms.map((platform) => platform.name)).toEqual(['web-1']);
  });

  it('breaks before DNS when there is no Service, and shows the pods beside the line', () => {
    const topology = derive(client, pod('web-1'));
    expect(topology.broken).toMatchObject({ hop: 'dns', reason: 'noService' });
    expect(topology.platforms).toMatchObject([{ name: 'web-1', connected: false }]);
  });

  it('names the selector that matches nothing', () => {
    const topology = derive(client, pod('web-1'), service({ selector: { app: 'wbe' } }), slice([]));
    expect(topology.broken).toEqual({
      hop: 'endpoints',
      reason: 'matchesNothing',
      params: { selector: 'app=wbe' },
    });
  });

  it('breaks at the pods when none is ready', () => {
    const topology = derive(
      client,
      pod('web-1', { ready: false }),
      service(),
      slice([{ ...endpoint, ready: false, serving: false }]),
    );
    expect(topology.broken).toMatchObject({ hop: 'pod', reason: 'noneReady', params: { n: 1 } });
  });

  it('tells terminating pods from pods that are not ready', () => {
    const topology = derive(
      client,
      pod('web-1', { terminating: true, ready: false }),
      service(),
      slice([{ ...endpoint, ready: false, terminating: true }]),
    );
    expect(topology.broken).toMatchObject({ hop: 'pod', reason: 'allTerminating' });
    expect(topology.platforms[0]?.state).toBe('terminating');
  });

  it('says which port the pods declare when the Service sends elsewhere', () => {
    const topology = derive(
      client,
      pod('web-1'),
      service({ ports: [{ protocol: 'TCP', port: 80, targetPort: 80 }] }),
      slice([endpoint]),
    );
    expect(topology.broken).toEqual({
      hop: 'pod',
      reason: 'wrongPort',
      params: { target: 80, ports: '8080' },
    });
  });

  it('says when the client pod itself is missing', () => {
    expect(derive(pod('web-1'), service()).broken).toMatchObject({ hop: 'client', reason: 'noClient' });
  });

  it('hides the pods that there is no room for, and counts them', () => {
    const pods = Array.from({ length: 40 }, (_, index) =>
      pod(`web-${String(index).padStart(2, '0')}`, { ip: `10.244.1.${index}` }),
    );
    const layout = layOut(derive(client, ...pods, service()), 800, 200);
    expect(layout.platforms.length + layout.hidden).toBe(40);
    for (const placed of layout.platforms) expect(placed.y).toBeLessThan(200);
  });

  it('keeps the pods of one node together', () => {
    const topology = derive(
      client,
      pod('web-1', { node: 'node-2' }),
      pod('web-2', { node: 'node-1' }),
      pod('web-3', { node: 'node-2' }),
      service(),
    );
    expect(layOut(topology, 800, 240).bands.map((band) => band.node)).toEqual(['node-1', 'node-2']);
  });
});
