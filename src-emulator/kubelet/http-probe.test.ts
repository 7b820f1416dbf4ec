import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PODS } from '../api/resources.ts';
import { isPodReady } from '../controllers/object-helpers.ts';
import {
  createClusterFixture,
  createPod,
  eventsOf,
  type ClusterFixture,
} from '../controllers/testing/cluster-fixture.ts';
import { createContainerRuntime } from '../images/runtime.ts';
import { createClusterNetwork, type ClusterNetwork } from '../network/cluster-network.ts';
import { createResolver } from '../network/dns/resolver.ts';
import { startKubelets, type Kubelets } from './index.ts';

let cluster: ClusterFixture;
let network: ClusterNetwork;
let kubelets: Kubelets;

beforeEach(() => {
  cluster = createClusterFixture();
  const { api, clock } = cluster;
  const nodes = [
    { name: 'lab-control-plane', address: '172.18.0.2', podCIDR: '10.244.0.0/24' },
    { name: 'lab-worker', address: '172.18.0.3', podCIDR: '10.244.1.0/24' },
  ];
  network = createClusterNetwork({ clock, api, nodes, hostAddress: '172.18.0.1' });
  kubelets = startKubelets({
    api,
    clock,
    runtime: createContainerRuntime({ clock }),
    network: {
      createPodStack: (node, mappings) => network.createPodStack(node, mappings),
      nodeStack: (node) => network.nodeStack(node),
      createResolver,
    },
  });
});
afterEach(() => {
  kubelets.close();
  network.close();
});

/** A pod with a web server of the catalog and a readiness probe with the shortest timeout. */
async function runWebServer(path: string): Promise<void> {
  const readinessProbe = { httpGet: { path, port: 80 }, timeoutSeconds: 1, periodSeconds: 1 };
  createPod(cluster.api, 'web', {
    nodeName: 'lab-worker',
    containers: [{ name: 'main', image: 'nginx:1.27', readinessProbe }],
  });
  await cluster.clock.advance(10_000);
}

describe('an httpGet probe, on virtual time, of a program in the emulated network', () => {
  it('is answered before its timeout has passed', async () => {
    await runWebServer('/');
    const pod = cluster.api.get(PODS, 'lab', 'web');
    expect(pod !== undefined && isPodReady(pod)).toBe(true);
    expect(eventsOf(cluster.api, 'web').filter((event) => event.startsWith('Unhealthy'))).toEqual([]);
  });

  it('fails with what the program answered', async () => {
    await runWebServer('/nothing');
    expect(eventsOf(cluster.api, 'web').at(-1)).toMatch(
      /^Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 404/,
    );
  });

  it('fails in the words of Go when a program that speaks no HTTP hangs up', async () => {
    const readinessProbe = { httpGet: { path: '/', port: 6379 }, periodSeconds: 1 };
    createPod(cluster.api, 'cache', {
      nodeName: 'lab-worker',
      containers: [{ name: 'main', image: 'redis:7', readinessProbe }],
    });
    await cluster.clock.advance(10_000);
    const address = cluster.api.get(PODS, 'lab', 'cache')?.status.podIP ?? '';
    expect(eventsOf(cluster.api, 'cache').join('\n')).toContain(
      `Readiness probe failed: Get "http://${address}:6379/": EOF`,
    );
  });
});
