import type { Deployment, Event, Pod, PodSpec, PodTemplateSpec } from '../../api/objects.ts';
import { DEPLOYMENTS, EVENTS, NAMESPACES, NODES, PODS } from '../../api/resources.ts';
import { VirtualClock } from '../../clock.ts';
import { timestamp } from '../object-helpers.ts';
import { createFakeClusterApi, type FakeClusterApi } from './fake-cluster-api.ts';

/** A cluster of one control plane and two workers on virtual time, with an empty namespace `lab`. */
export interface ClusterFixture {
  clock: VirtualClock;
  api: FakeClusterApi;
}

export function createClusterFixture(): ClusterFixture {
  const clock = new VirtualClock();
  const api = createFakeClusterApi(clock);
  for (const name of ['default', 'lab'])
    api.create(NAMESPACES, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    });
  for (const [index, name] of ['lab-control-plane', 'lab-worker', 'lab-worker2'].entries())
    api.create(NODES, {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels: { 'kubernetes.io/hostname': name } },
      spec:
        index === 0
          ? { taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] }
          : {},
      status: {
        addresses: [{ type: 'InternalIP', address: `172.18.0.${index + 2}` }],
        allocatable: { cpu: '4', memory: '8Gi', pods: '110' },
      },
    });
  return { clock, api };
}

export function webTemplate(image = 'web:1', spec: Partial<PodSpec> = {}): PodTemplateSpec {
  return { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image }], ...spec } };
}

export function createDeployment(api: FakeClusterApi, spec: Partial<Deployment['spec']> = {}): void {
  api.create(DEPLOYMENTS, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace: 'lab', name: 'web' },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: 'web' } },
      template: webTemplate(),
      progressDeadlineSeconds: 600,
      ...spec,
    },
    status: {},
  });
}

export function createPod(
  api: FakeClusterApi,
  name: string,
  spec: Partial<PodSpec>,
  labels: Record<string, string> = {},
): void {
  api.create(PODS, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'lab', name, labels },
    spec: { containers: [{ name: 'main', image: 'web:1' }], ...spec },
    status: { phase: 'Pending' },
  });
}

export function podsOf(api: FakeClusterApi): Pod[] {
  return api.list(PODS, { namespace: 'lab' });
}

/** Says that a pod runs and is ready or not, as its kubelet would. */
export function reportPod(
  { api, clock }: ClusterFixture,
  name: string,
  { ready, podIP = '10.244.1.9' }: { ready: boolean; podIP?: string },
): void {
  api.mutate(
    PODS,
    'lab',
    name,
    (pod) => {
      pod.status = {
        ...pod.status,
        phase: 'Running',
        podIP,
        conditions: [
          { type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: timestamp(clock.now()) },
        ],
      };
    },
    { subresource: 'status' },
  );
}

/** `reason: message (×count)` of every event about an object, in the order of their first appearance. */
export function eventsOf(api: FakeClusterApi, name: string): string[] {
  return api
    .list(EVENTS)
    .filter((event: Event) => event.involvedObject.name === name)
    .map(({ reason, message, count }) => `${reason}: ${message}${(count ?? 1) > 1 ? ` (×${count})` : ''}`);
}
