import { expect, it } from 'vitest';
import type { EndpointSlice, KubeObject, Pod, Service } from '../api/objects.ts';
import { startCluster } from '../cluster.ts';
import { VirtualClock } from '../clock.ts';
import type { Json, Step } from './case.ts';
import { Client } from './client.ts';
import { Mirror, versionsOf } from './mirror.ts';
import { Random } from './random.ts';

const CORE = '/api/v1/namespaces/default';
const APPS = '/apis/apps/v1/namespaces/default';
const LISTS = [
  `${CORE}/pods`,
  `${CORE}/services`,
  `${CORE}/endpoints`,
  `${APPS}/deployments`,
  `${APPS}/replicasets`,
  '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices',
];
const OPERATIONS = 30;
/** Two minutes of a whole cluster, on a machine that has other things to do. */
const TIMEOUT_MS = 90_000;
/** Everything that is on its way has arrived by then: rollouts, deletions with their grace, the garbage collector. */
const SETTLE_MS = 90_000;

/** What a pod does does not matter here; whether it becomes ready does. */
function podSpec(random: Random): Json {
  return {
    terminationGracePeriodSeconds: random.pick([0, 1, 5]),
    containers: [
      {
        name: 'main',
        image: 'registry.k8s.io/e2e-test-images/agnhost:2.53',
        args: ['pause'],
        ...(random.chance(0.3)
          ? { readinessProbe: { exec: { command: [random.pick(['true', 'false'])] }, periodSeconds: 1 } }
          : {}),
      },
    ],
  };
}

function operation(random: Random): Step {
  const app = random.pick(['a', 'b']);
  const labels = { app };
  const which = random.below(3);
  const merge = (path: string, body: Json): Step => ({
    method: 'PATCH',
    path,
    type: 'application/merge-patch+json',
    body,
  });
  return random.pick<() => Step>([
    () => ({
      method: 'POST',
      path: `${APPS}/deployments`,
      body: {
        metadata: { name: `deploy-${which}` },
        spec: {
          replicas: random.below(4),
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: podSpec(random) },
        },
      },
    }),
    () => merge(`${APPS}/deployments/deploy-${which}`, { spec: { replicas: random.below(4) } }),
    () => merge(`${APPS}/deployments/deploy-${which}`, { spec: { template: { spec: podSpec(random) } } }),
    () => ({
      method: 'DELETE',
      path: `${APPS}/deployments/deploy-${which}`,
      body: { propagationPolicy: random.pick(['Background', 'Foreground']) },
    }),
    () => ({
      method: 'POST',
      path: `${CORE}/services`,
      body: {
        metadata: { name: `service-${which}` },
        spec: {
          type: random.pick(['ClusterIP', 'NodePort', 'LoadBalancer']),
          selector: labels,
          ports: [{ port: 80, ...(random.chance(0.2) ? { nodePort: 30_080 } : {}) }],
        },
      },
    }),
    () => merge(`${CORE}/services/service-${which}`, { spec: { selector: labels } }),
    () =>
      merge(`${CORE}/services/service-${which}`, { spec: { type: random.pick(['ClusterIP', 'NodePort']) } }),
    () => ({ method: 'DELETE', path: `${CORE}/services/service-${which}` }),
    () => ({
      method: 'POST',
      path: `${CORE}/pods`,
      body: { metadata: { name: `pod-${which}`, labels }, spec: podSpec(random) },
    }),
    () => merge(`${CORE}/pods/pod-${which}`, { metadata: { labels } }),
    () => ({ method: 'DELETE', path: `${CORE}/pods/pod-${which}` }),
  ])();
}

function isReady({ metadata, status }: Pod): boolean {
  return (
    metadata.deletionTimestamp === undefined &&
    status.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') === true
  );
}

function repeated(values: readonly string[]): string[] {
  return values.filter((value, index) => values.indexOf(value) < index);
}

it.each(['one', 'two', 'three', 'four', 'five', 'six'])(
  'random operations keep what always holds (%s)',
  async (seed) => {
    const clock = new VirtualClock();
    const cluster = await startCluster({ clock });
    const client = new Client(cluster.kubeconfig, LISTS.length + 2);
    const list = async <T extends KubeObject>(path: string): Promise<T[]> =>
      ((await client.send({ method: 'GET', path })).body as { items: T[] }).items;
    const mirrors = LISTS.map((path) => new Mirror(client, path));
    try {
      for (const mirror of mirrors) await mirror.start();
      const random = new Random(seed);
      for (let count = 0; count < OPERATIONS; count++) {
        const { code } = await client.send(operation(random));
        // What is there already, not there any more or taken is refused; nothing breaks.
        expect([200, 201, 404, 409, 422]).toContain(code);
        await clock.advance(random.pick([0, 100, 1000, 3000]));
      }
      await clock.advance(SETTLE_MS);

      for (const mirror of mirrors) {
        const expected = versionsOf(await list(mirror.path));
        await expect.poll(() => mirror.versions(), { message: mirror.path }).toEqual(expected);
      }
      const pods = await list<Pod>(`${CORE}/pods`);
      const services = (await list<Service>('/api/v1/services')).filter(
        ({ spec }) => spec.clusterIP !== 'None',
      );
      const slices = await list<EndpointSlice>('/apis/discovery.k8s.io/v1/namespaces/default/endpointslices');
      const objects = (await Promise.all(LISTS.map((path) => list(path)))).flat();

      expect(repeated(services.flatMap(({ spec }) => spec.clusterIPs ?? []))).toEqual([]);
      expect(
        repeated(
          services.flatMap(({ spec }) =>
            (spec.ports ?? []).flatMap(({ nodePort, protocol = 'TCP' }) =>
              nodePort === undefined ? [] : [`${protocol}/${nodePort}`],
            ),
          ),
        ),
      ).toEqual([]);
      expect(
        repeated(pods.flatMap(({ status }) => (status.podIP === undefined ? [] : [status.podIP]))),
      ).toEqual([]);

      for (const { metadata, spec } of services) {
        if (metadata.namespace !== 'default' || spec.selector === undefined) continue;
        const selected = pods.filter((pod) =>
          Object.entries(spec.selector ?? {}).every(([key, value]) => pod.metadata.labels?.[key] === value),
        );
        const endpoints = slices
          .filter((slice) => slice.metadata.labels?.['kubernetes.io/service-name'] === metadata.name)
          .flatMap((slice) => slice.endpoints);
        const ready = endpoints
          .filter(({ conditions }) => conditions?.ready === true)
          .flatMap(({ addresses }) => addresses);
        expect(ready.sort(), metadata.name).toEqual(
          selected
            .filter(isReady)
            .map(({ status }) => status.podIP)
            .sort(),
        );
      }

      const uids = new Set(objects.map(({ metadata }) => metadata.uid));
      const dangling = objects.flatMap(({ kind, metadata }) =>
        (metadata.ownerReferences ?? [])
          .filter(({ uid }) => !uids.has(uid))
          .map((owner) => `${kind} ${metadata.name} of ${owner.kind} ${owner.name}`),
      );
      expect(dangling).toEqual([]);
      expect(objects.filter(({ metadata }) => metadata.deletionTimestamp !== undefined)).toEqual([]);
    } finally {
      await Promise.all(mirrors.map((mirror) => mirror.stop()));
      await client.close();
      await cluster.stop();
    }
  },
  TIMEOUT_MS,
);
