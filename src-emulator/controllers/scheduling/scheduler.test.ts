import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Affinity, Pod, PodSpec } from '../../api/objects.ts';
import { NODES, PERSISTENT_VOLUME_CLAIMS, PODS } from '../../api/resources.ts';
import { findCondition } from '../object-helpers.ts';
import { startScheduler } from '../scheduler.ts';
import {
  createClusterFixture,
  createPod,
  eventsOf,
  type ClusterFixture,
} from '../testing/cluster-fixture.ts';

let cluster: ClusterFixture;
let scheduler: Disposable;

beforeEach(() => {
  cluster = createClusterFixture();
  scheduler = startScheduler({ ...cluster, bindPod: cluster.api.bindPod });
});
afterEach(() => scheduler[Symbol.dispose]());

const pod = (name: string): Pod | undefined => cluster.api.get(PODS, 'lab', name);
const nodeOf = (name: string): string | undefined => pod(name)?.spec.nodeName;
const settle = (): Promise<void> => cluster.clock.advance(100);
const NAME = 'kubernetes.io/hostname';
const HELPLESS = (nodes: number): string =>
  `no new claims to deallocate, preemption: 0/3 nodes are available: ${nodes} Preemption is not helpful for scheduling`;
const VICTIMLESS = '2 No preemption victims found for incoming pod.';
const TAINTED = '1 node(s) had untolerated taint(s)';

async function run(name: string, spec: Partial<PodSpec>, labels: Record<string, string> = {}): Promise<void> {
  createPod(cluster.api, name, spec, labels);
  await settle();
}

/** What the scheduler says of a pod that it cannot place: in the event and in the condition. */
function complaint(name: string): string | undefined {
  const condition = findCondition(pod(name)?.status.conditions, 'PodScheduled');
  expect(condition).toMatchObject({ status: 'False', reason: 'Unschedulable' });
  expect(eventsOf(cluster.api, name)).toContain(`FailedScheduling: ${condition?.message ?? ''}`);
  return condition?.message;
}

const labelNodes = (key: string, values: Record<string, string>): void => {
  for (const [name, value] of Object.entries(values))
    cluster.api.mutate(NODES, undefined, name, (draft) => {
      draft.metadata.labels = { ...draft.metadata.labels, [key]: value };
    });
};
const near = (app: string, topologyKey = NAME) => [{ labelSelector: { matchLabels: { app } }, topologyKey }];
const together = (app: string): Affinity => ({
  podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: near(app) },
});
const apart = (app: string, topologyKey = NAME): Affinity => ({
  podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: near(app, topologyKey) },
});

describe('what keeps a pod from all nodes', () => {
  it('is told in the words of kube-scheduler', async () => {
    await run('big', {
      containers: [{ name: 'c', image: 'web:1', resources: { requests: { cpu: '100', memory: '100Gi' } } }],
    });
    expect(complaint('big')).toBe(
      `0/3 nodes are available: ${TAINTED}, 2 Insufficient cpu, 2 Insufficient memory. ${HELPLESS(3)}.`,
    );
    await run('choosy', { nodeSelector: { disk: 'ssd' } });
    expect(complaint('choosy')).toBe(
      `0/3 nodes are available: ${TAINTED}, 2 node(s) didn't match Pod's node affinity/selector. ${HELPLESS(3)}.`,
    );
    await run('lonely', { affinity: together('nosuch') });
    expect(complaint('lonely')).toBe(
      `0/3 nodes are available: ${TAINTED}, 2 node(s) didn't match pod affinity rules. ${HELPLESS(3)}.`,
    );
    await run('claim', { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'nosuch' } }] });
    expect(complaint('claim')).toBe(
      '0/3 nodes are available: persistentvolumeclaim "nosuch" not found. not found',
    );
  });

  it('can be pods that are there', async () => {
    labelNodes('zone', { 'lab-worker': 'a', 'lab-worker2': 'a' });
    await run('target', {}, { app: 'target' });
    await run('anti', { affinity: apart('target', 'zone') });
    expect(complaint('anti')).toBe(
      `0/3 nodes are available: ${TAINTED}, 2 node(s) didn't match pod anti-affinity rules. ${HELPLESS(1)}, ${VICTIMLESS}`,
    );
    await run('holder', { affinity: apart('unwanted', 'zone') });
    await run('unwanted', {}, { app: 'unwanted' });
    expect(complaint('unwanted')).toBe(
      `0/3 nodes are available: ${TAINTED}, 2 node(s) didn't satisfy existing pods anti-affinity rules. ${HELPLESS(1)}, ${VICTIMLESS}`,
    );
    // It is placed as soon as the one that did not want it is gone.
    cluster.api.delete(PODS, 'lab', 'holder', { gracePeriodSeconds: 0 });
    await settle();
    expect(nodeOf('unwanted')).toBeDefined();
  });

  it('can be ports of the nodes that are taken', async () => {
    const containers = [{ name: 'c', image: 'web:1', ports: [{ containerPort: 80, hostPort: 8080 }] }];
    for (const name of ['one', 'two', 'three']) await run(name, { containers });
    expect([nodeOf('one'), nodeOf('two')].sort()).toEqual(['lab-worker', 'lab-worker2']);
    expect(complaint('three')).toBe(
      `0/3 nodes are available: ${TAINTED}, 2 node(s) didn't have free ports for the requested pod ports. ${HELPLESS(1)}, ${VICTIMLESS}`,
    );
  });

  it('is looked at again when the claim is there, and nothing is done while gates are shut', async () => {
    await run('claim', { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] });
    expect(nodeOf('claim')).toBeUndefined();
    cluster.api.create(PERSISTENT_VOLUME_CLAIMS, {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { namespace: 'lab', name: 'data' },
      spec: { volumeName: 'pv' },
      status: { phase: 'Bound' },
    });
    await settle();
    expect(nodeOf('claim')).toBeDefined();

    await run('gated', { schedulingGates: [{ name: 'example.com/wait' }] });
    expect(eventsOf(cluster.api, 'gated')).toEqual([]);
    cluster.api.mutate(PODS, 'lab', 'gated', (draft) => {
      draft.spec.schedulingGates = [];
    });
    await settle();
    expect(nodeOf('gated')).toBeDefined();
  });
});

describe('where a pod goes', () => {
  it('follows required and preferred affinity to nodes', async () => {
    labelNodes('disk', { 'lab-worker': 'hdd', 'lab-worker2': 'ssd' });
    const disk = (operator: string, values: string[]) => ({
      matchExpressions: [{ key: 'disk', operator, values }],
    });
    await run('must', {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [disk('NotIn', ['hdd', ''])] },
        },
      },
    });
    expect(nodeOf('must')).toBe('lab-worker2');
    await run('likes', {
      affinity: {
        nodeAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 50, preference: disk('In', ['ssd']) }],
        },
      },
    });
    expect(nodeOf('likes')).toBe('lab-worker2');
  });

  it('follows affinity to pods: the first of a group starts it, the others come to it', async () => {
    for (const name of ['a', 'b', 'c']) await run(name, { affinity: together('group') }, { app: 'group' });
    expect(nodeOf('a')).toBeDefined();
    expect([nodeOf('b'), nodeOf('c')]).toEqual([nodeOf('a'), nodeOf('a')]);
    await run('away', {
      affinity: {
        podAntiAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            {
              weight: 100,
              podAffinityTerm: { labelSelector: { matchLabels: { app: 'group' } }, topologyKey: NAME },
            },
          ],
        },
      },
    });
    expect(nodeOf('away')).not.toBe(nodeOf('a'));
  });

  it('keeps the spread that is asked for', async () => {
    labelNodes('zone', { 'lab-worker': 'a', 'lab-worker2': 'b' });
    const spec = {
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: 'zone',
          whenUnsatisfiable: 'DoNotSchedule',
          labelSelector: { matchLabels: { app: 'web' } },
        },
      ],
    };
    for (const name of ['a', 'b', 'c', 'd']) await run(name, spec, { app: 'web' });
    const nodes = ['a', 'b', 'c', 'd'].map(nodeOf).sort();
    expect(nodes).toEqual(['lab-worker', 'lab-worker', 'lab-worker2', 'lab-worker2']);
    cluster.api.mutate(NODES, undefined, 'lab-worker2', (draft) => {
      draft.spec.unschedulable = true;
    });
    await run('e', spec, { app: 'web' });
    await run('f', spec, { app: 'web' });
    expect(complaint('f')).toContain("1 node(s) didn't match pod topology spread constraints, ");
  });

  it('counts what init containers and sidecars ask for', async () => {
    const asks = (cpu: string) => ({ image: 'web:1', resources: { requests: { cpu } } });
    await run('sidecars', {
      initContainers: [
        { name: 's', ...asks('2'), restartPolicy: 'Always' },
        { name: 'i', ...asks('1') },
      ],
      containers: [{ name: 'c', ...asks('2500m') }],
    });
    expect(complaint('sidecars')).toContain('2 Insufficient cpu');
    await run('init', {
      initContainers: [{ name: 'i', ...asks('4') }],
      containers: [{ name: 'c', ...asks('1') }],
    });
    expect(nodeOf('init')).toBeDefined();
  });
});
