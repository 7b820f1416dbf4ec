import { describe, expect, it } from 'vitest';
import { VirtualClock } from '#emulator/clock.ts';
import type { LiveBatch } from '#shared/live.ts';
import type { KubeClient } from '../kube/client.ts';
import { KubeStatusError } from '../kube/errors.ts';
import type { KindRef, KubeObject } from '../kube/objects.ts';
import type { WatchHandlers, WatchOptions } from '../kube/watch.ts';
import { Observable } from '../observable.ts';
import { Batcher } from './batcher.ts';
import { followPresent } from './follow-present.ts';
import { LiveState } from './live-state.ts';
import { projectConfig, projectEvent, projectNode } from './project.ts';
import { podStatus, projectPod } from './project-pod.ts';
import { projectEndpointSlice, projectService } from './project-service.ts';

function pod(status: object, metadata: object = {}, spec: object = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'web',
      namespace: 'shop',
      uid: 'u1',
      creationTimestamp: '2026-01-01T00:00:00Z',
      ...metadata,
    },
    spec: { containers: [{ name: 'web', image: 'nginx:1.27' }], ...spec },
    status,
  };
}
const container = (state: object, ready = false): object => ({ name: 'web', ready, restartCount: 2, state });
const deleted = { deletionTimestamp: '2026-01-01T00:00:00Z' };
const initialized = { type: 'Initialized', status: 'True' };

describe('the status of a pod is what kubectl prints', () => {
  it.each<[string, KubeObject]>([
    ['Pending', pod({ phase: 'Pending' })],
    [
      'ContainerCreating',
      pod({ phase: 'Pending', containerStatuses: [container({ waiting: { reason: 'ContainerCreating' } })] }),
    ],
    [
      'ImagePullBackOff',
      pod({ phase: 'Pending', containerStatuses: [container({ waiting: { reason: 'ImagePullBackOff' } })] }),
    ],
    ['Running', pod({ phase: 'Running', containerStatuses: [container({ running: {} }, true)] })],
    [
      'CrashLoopBackOff',
      pod({ phase: 'Running', containerStatuses: [container({ waiting: { reason: 'CrashLoopBackOff' } })] }),
    ],
    [
      'Completed',
      pod({
        phase: 'Succeeded',
        containerStatuses: [container({ terminated: { reason: 'Completed', exitCode: 0 } })],
      }),
    ],
    [
      'Error',
      pod({
        phase: 'Failed',
        containerStatuses: [container({ terminated: { reason: 'Error', exitCode: 3 } })],
      }),
    ],
    ['ExitCode:3', pod({ phase: 'Failed', containerStatuses: [container({ terminated: { exitCode: 3 } })] })],
    [
      'Signal:9',
      pod({ phase: 'Failed', containerStatuses: [container({ terminated: { exitCode: 137, signal: 9 } })] }),
    ],
    [
      'Terminating',
      pod({ phase: 'Running', containerStatuses: [container({ running: {} }, true)] }, deleted),
    ],
    [
      'Completed',
      pod(
        { phase: 'Succeeded', containerStatuses: [container({ terminated: { reason: 'Completed' } })] },
        deleted,
      ),
    ],
    ['Unknown', pod({ phase: 'Running', reason: 'NodeLost' }, deleted)],
    ['Evicted', pod({ phase: 'Failed', reason: 'Evicted' })],
    [
      'SchedulingGated',
      pod({
        phase: 'Pending',
        conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }],
      }),
    ],
    [
      'Init:0/2',
      pod(
        { phase: 'Pending', initContainerStatuses: [{ name: 'a', state: { running: {} } }] },
        {},
        { initContainers: [{ name: 'a' }, { name: 'b' }] },
      ),
    ],
    [
      'Init:1/2',
      pod(
        {
          phase: 'Pending',
          initContainerStatuses: [
            { name: 'a', state: { terminated: { exitCode: 0 } } },
            { name: 'b', state: { waiting: { reason: 'PodInitializing' } } },
          ],
        },
        {},
        { initContainers: [{ name: 'a' }, { name: 'b' }] },
      ),
    ],
    [
      'Init:CrashLoopBackOff',
      pod(
        {
          phase: 'Pending',
          initContainerStatuses: [{ name: 'a', state: { waiting: { reason: 'CrashLoopBackOff' } } }],
        },
        {},
        { initContainers: [{ name: 'a' }] },
      ),
    ],
    [
      'Init:Error',
      pod(
        {
          phase: 'Pending',
          initContainerStatuses: [{ name: 'a', state: { terminated: { reason: 'Error', exitCode: 1 } } }],
        },
        {},
        { initContainers: [{ name: 'a' }] },
      ),
    ],
    [
      'PodInitializing',
      pod(
        {
          phase: 'Pending',
          conditions: [initialized],
          initContainerStatuses: [{ name: 'a', state: { terminated: { exitCode: 0 } } }],
          containerStatuses: [container({ waiting: { reason: 'PodInitializing' } })],
        },
        {},
        { initContainers: [{ name: 'a' }] },
      ),
    ],
    [
      'Running',
      pod(
        {
          phase: 'Running',
          conditions: [initialized],
          initContainerStatuses: [{ name: 'side', started: true, state: { running: {} } }],
          containerStatuses: [container({ running: {} }, true)],
        },
        {},
        { initContainers: [{ name: 'side', restartPolicy: 'Always' }] },
      ),
    ],
    [
      'NotReady',
      pod({
        phase: 'Running',
        containerStatuses: [
          container({ terminated: { reason: 'Completed' } }),
          { name: 'b', ready: true, state: { running: {} } },
        ],
      }),
    ],
  ])('%s', (status, object) => {
    expect(podStatus(object)).toBe(status);
  });
});

describe('view models', () => {
  it('of a pod', () => {
    const view = projectPod(
      pod(
        {
          phase: 'Running',
          podIP: '10.0.0.7',
          conditions: [{ type: 'Ready', status: 'True' }],
          containerStatuses: [container({ running: {} }, true)],
        },
        {
          labels: { app: 'web' },
          ownerReferences: [
            { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-5d', uid: 'r', controller: true },
          ],
        },
        {
          nodeName: 'worker',
          containers: [{ name: 'web', image: 'nginx:1.27', ports: [{ containerPort: 80, name: 'http' }] }],
        },
      ),
    );
    expect(view).toEqual({
      kind: 'Pod',
      uid: 'u1',
      namespace: 'shop',
      name: 'web',
      createdAt: Date.parse('2026-01-01T00:00:00Z'),
      labels: { app: 'web' },
      status: 'Running',
      phase: 'Running',
      ready: true,
      readyContainers: 1,
      containers: [{ name: 'web', image: 'nginx:1.27', ready: true, running: true }],
      ports: [{ name: 'http', port: 80, protocol: 'TCP' }],
      restarts: 2,
      ip: '10.0.0.7',
      node: 'worker',
      terminating: false,
      owner: 'ReplicaSet/web-5d',
    });
  });

  it('counts sidecars among the containers of a pod, and no init container that has ended', () => {
    const view = projectPod(
      pod(
        {
          phase: 'Running',
          containerStatuses: [container({ running: {} }, true)],
          initContainerStatuses: [
            { name: 'setup', ready: true, restartCount: 4, state: { terminated: { exitCode: 0 } } },
            { name: 'proxy', ready: false, started: true, restartCount: 1, state: { running: {} } },
          ],
        },
        {},
        {
          initContainers: [
            { name: 'setup', image: 'busybox:1.36' },
            { name: 'proxy', image: 'envoy:1.30', restartPolicy: 'Always' },
          ],
        },
      ),
    );
    expect(view).toMatchObject({ readyContainers: 1, restarts: 3 });
    expect(view.containers.map(({ name, running }) => [name, running])).toEqual([
      ['web', true],
      ['proxy', true],
    ]);
  });

  const metadata = { name: 'web', namespace: 'shop', uid: 'u2' };

  it('of a Service and its EndpointSlice', () => {
    const service = projectService({
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: {
        type: 'LoadBalancer',
        clusterIP: '10.96.0.9',
        externalTrafficPolicy: 'Local',
        selector: { app: 'web' },
        ports: [{ port: 80, targetPort: 'http', nodePort: 30080 }],
      },
      status: { loadBalancer: { ingress: [{ ip: '127.0.0.1' }, { hostname: 'lb.local' }] } },
    });
    expect(service).toMatchObject({
      type: 'LoadBalancer',
      externalAddresses: ['127.0.0.1', 'lb.local'],
      externalTrafficPolicy: 'Local',
      ports: [{ port: 80, targetPort: 'http', nodePort: 30080, protocol: 'TCP' }],
    });
    const slice = projectEndpointSlice({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { ...metadata, labels: { 'kubernetes.io/service-name': 'web' } },
      addressType: 'IPv4',
      ports: [{ name: '', port: 8080, protocol: 'TCP' }],
      endpoints: [
        { addresses: ['10.0.0.7'], conditions: {}, targetRef: { kind: 'Pod', name: 'web-1' } },
        {
          addresses: ['10.0.0.8'],
          conditions: { ready: false, serving: true, terminating: true },
          nodeName: 'worker',
        },
      ],
    });
    expect(slice).toMatchObject({
      service: 'web',
      ports: [{ port: 8080, protocol: 'TCP' }],
      endpoints: [
        { address: '10.0.0.7', ready: true, serving: true, terminating: false, pod: 'web-1' },
        { address: '10.0.0.8', ready: false, serving: true, terminating: true, node: 'worker' },
      ],
    });
    expect(
      projectEndpointSlice({
        apiVersion: 'v1',
        kind: 'EndpointSlice',
        metadata,
        endpoints: null,
        ports: null,
      }),
    ).toMatchObject({ endpoints: [], ports: [] });
  });

  it('of a Secret without its values', () => {
    const view = projectConfig({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata,
      data: { password: 'aHVudGVyMg==', user: 'YQ==' },
    });
    expect(view).toMatchObject({ kind: 'Secret', keys: ['password', 'user'] });
    expect(JSON.stringify(view)).not.toContain('aHVudGVyMg');
  });

  it('of an event and a node', () => {
    const event = projectEvent({
      apiVersion: 'v1',
      kind: 'Event',
      metadata,
      type: 'Warning',
      reason: 'BackOff',
      message: 'Back-off',
      involvedObject: { kind: 'Pod', name: 'web-0' },
      count: 4,
      lastTimestamp: '2026-01-01T00:01:00Z',
    });
    expect(event).toMatchObject({
      object: 'Pod/web-0',
      count: 4,
      lastSeenAt: Date.parse('2026-01-01T00:01:00Z'),
    });
    const node = projectNode({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'n', labels: { 'node-role.kubernetes.io/control-plane': '' } },
      spec: { unschedulable: true },
      status: { conditions: [{ type: 'Ready', status: 'True' }], nodeInfo: { kubeletVersion: 'v1.34.4' } },
    });
    expect(node).toMatchObject({
      ready: true,
      schedulable: false,
      roles: ['control-plane'],
      version: 'v1.34.4',
    });
  });
});

const view = (uid: string, name = uid) => projectPod(pod({ phase: 'Pending' }, { uid, name }));

/** Lets everything that is ready to run, run. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  await new Promise((resolve) => setImmediate(resolve));
}

function collect(batches: AsyncIterable<LiveBatch>): LiveBatch[] {
  const seen: LiveBatch[] = [];
  void (async () => {
    for await (const batch of batches) seen.push(batch);
  })();
  return seen;
}
const brief = ({ seq, snapshot, upserts, deletes }: LiveBatch): unknown[] => [
  seq,
  snapshot,
  upserts.map(({ name }) => name),
  deletes,
];

describe('batches', () => {
  it('hand over the first change at once and the rest of a burst together', async () => {
    const clock = new VirtualClock();
    const batcher = new Batcher(clock);
    const stop = new AbortController();
    const seen = collect(batcher.batches(stop.signal));
    batcher.snapshot([view('a')]);
    await settle();
    expect(seen.map(brief)).toEqual([[0, true, ['a'], []]]);
    await clock.advance(1000);
    batcher.upsert(view('b'));
    await settle();
    expect(seen.length).toBe(2);
    batcher.upsert(view('c', 'c1'));
    batcher.upsert(view('c', 'c2'));
    batcher.upsert(view('d'));
    batcher.delete('d');
    batcher.delete('a');
    await settle();
    expect(seen.length).toBe(2);
    await clock.advance(100);
    await settle();
    expect(seen.slice(1).map(brief)).toEqual([
      [1, false, ['b'], []],
      [2, false, ['c2'], ['d', 'a']],
    ]);
    stop.abort();
  });
});

/** A cluster that changes when the test says so. */
class FakeWatches {
  readonly handlers = new Map<string, WatchHandlers<KubeObject>>();
  readonly kube: Pick<KubeClient, 'watch'> = {
    watch: <T extends KubeObject>(kind: KindRef, options: WatchOptions, handlers: WatchHandlers<T>) => {
      const key = `${kind.kind}/${options.namespace ?? ''}`;
      this.handlers.set(key, handlers);
      return { [Symbol.dispose]: () => void this.handlers.delete(key) };
    },
  };

  list(pods: KubeObject[]): void {
    for (const [key, handlers] of this.handlers) handlers.snapshot(key === 'Pod/shop' ? pods : []);
  }
}
const named = (uid: string, phase = 'Pending'): KubeObject => pod({ phase }, { uid, name: uid });

describe('the live state', () => {
  it('begins with a snapshot, tells of real changes only, and mends a gap without one', async () => {
    const clock = new VirtualClock();
    const watches = new FakeWatches();
    const live = new LiveState(watches.kube, clock);
    const stop = new AbortController();
    const seen = collect(live.follow(['shop', 'shop'], stop.signal));
    await settle();
    expect(watches.handlers.has('Node/')).toBe(true);
    watches.list([named('a'), named('b')]);
    await settle();
    expect(seen.map(brief)).toEqual([[0, true, ['a', 'b'], []]]);
    await clock.advance(200);
    watches.handlers.get('Pod/shop')?.event('MODIFIED', named('a'));
    await settle();
    expect(seen.length).toBe(1);
    watches.handlers.get('Pod/shop')?.event('MODIFIED', named('a', 'Running'));
    await settle();
    await clock.advance(200);
    watches.list([named('a', 'Running'), named('c')]);
    await settle();
    await clock.advance(200);
    await settle();
    const changes = seen.slice(1);
    expect(changes.every(({ snapshot }) => !snapshot)).toBe(true);
    expect(changes.flatMap(({ upserts }) => upserts.map(({ name }) => name))).toEqual(['a', 'c']);
    expect(changes.flatMap(({ deletes }) => deletes)).toEqual(['b']);
    stop.abort();
    await settle();
    expect(watches.handlers.size).toBe(0);
  });

  it('shows what it has when one kind cannot be listed', async () => {
    const clock = new VirtualClock();
    const watches = new FakeWatches();
    const stop = new AbortController();
    const seen = collect(new LiveState(watches.kube, clock).follow(['shop'], stop.signal));
    await settle();
    watches.handlers.get('Pod/shop')?.snapshot([named('a')]);
    await settle();
    expect(seen).toEqual([]);
    await clock.advance(3000);
    await settle();
    expect(seen.map(brief)).toEqual([[0, true, ['a'], []]]);
    stop.abort();
  });

  it('does not wait for what the user may not look at', async () => {
    const watches = new FakeWatches();
    const stop = new AbortController();
    const seen = collect(new LiveState(watches.kube, new VirtualClock()).follow(['shop'], stop.signal));
    await settle();
    for (const [key, handlers] of watches.handlers)
      if (key === 'Node/') handlers.state?.('disconnected', new KubeStatusError(403, {}, 'GET nodes'));
      else handlers.snapshot(key === 'Pod/shop' ? [named('a')] : []);
    await settle();
    expect(seen.map(brief)).toEqual([[0, true, ['a'], []]]);
    stop.abort();
  });

  it('moves on to another cluster with a snapshot and the next number', async () => {
    const clock = new VirtualClock();
    const present = new Observable<LiveState | undefined>(undefined);
    const stop = new AbortController();
    const seen = collect(followPresent(present, ['shop'], stop.signal));
    await settle();
    const watches = new FakeWatches();
    present.set(new LiveState(watches.kube, clock));
    await settle();
    watches.list([named('a')]);
    await settle();
    present.set(undefined);
    await settle();
    expect(seen.map(brief)).toEqual([
      [0, true, [], []],
      [1, true, ['a'], []],
      [2, true, [], []],
    ]);
    expect(watches.handlers.size).toBe(0);
    stop.abort();
  });
});
