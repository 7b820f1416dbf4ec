import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ContainerStatus, Pod, PodSpec } from '../api/objects.ts';
import { CONFIG_MAPS, EVENTS, PODS, SECRETS, SERVICES } from '../api/resources.ts';
import {
  createClusterFixture,
  createPod,
  eventsOf,
  type ClusterFixture,
} from '../controllers/testing/cluster-fixture.ts';
import { startKubelets, type Kubelets } from './index.ts';
import { createFakeNode, type FakeNode } from './testing/fake-node.ts';

let cluster: ClusterFixture;
let node: FakeNode;
let kubelets: Kubelets;

beforeEach(() => {
  cluster = createClusterFixture();
  node = createFakeNode(cluster.clock);
  kubelets = startKubelets({ ...cluster, ...node });
});
afterEach(() => kubelets.close());

const run = (name: string, spec: Partial<PodSpec>): void =>
  createPod(cluster.api, name, { nodeName: 'lab-worker', terminationGracePeriodSeconds: 30, ...spec });
const pod = (name: string): Pod | undefined => cluster.api.get(PODS, 'lab', name);
const status = (name: string): ContainerStatus | undefined => pod(name)?.status.containerStatuses?.[0];
const condition = (name: string, type: string) =>
  pod(name)?.status.conditions?.find((entry) => entry.type === type);
const seconds = (count: number): Promise<void> => cluster.clock.advance(count * 1000);
const main = (image: string, more: Partial<PodSpec['containers'][0]> = {}) => ({
  containers: [{ name: 'main', image, ...more }],
});
const reference = (name: string) => ({ namespace: 'lab', name });

async function readLog(
  name: string,
  options: { previous?: boolean; timestamps?: boolean } = {},
): Promise<string> {
  const source = kubelets.nodeProxy.logs(reference(name), {
    container: 'main',
    follow: false,
    previous: false,
    timestamps: false,
    ...options,
  });
  let text = '';
  for (let chunk = await source.read(); chunk !== undefined; chunk = await source.read())
    text += new TextDecoder().decode(chunk);
  return text;
}

describe('a pod', () => {
  it('is pulled, created, started and ready within a fraction of a second', async () => {
    run('web', main('web:1'));
    await cluster.clock.advance(300);
    expect(pod('web')?.status).toMatchObject({ phase: 'Running', podIP: '10.244.1.2', hostIP: '172.18.0.3' });
    expect(pod('web')?.status.conditions?.map(({ type, status }) => [type, status])).toEqual([
      ['PodReadyToStartContainers', 'True'],
      ['Initialized', 'True'],
      ['Ready', 'True'],
      ['ContainersReady', 'True'],
      ['PodScheduled', 'True'],
    ]);
    expect(eventsOf(cluster.api, 'web')).toEqual([
      'Pulling: Pulling image "web:1"',
      expect.stringMatching(
        /^Pulled: Successfully pulled image "web:1" in \d+ms \(\d+ms including waiting\). Image size: 1000 bytes.$/,
      ),
      'Created: Created container: main',
      'Started: Started container main',
    ]);
    run('second', main('web:1'));
    await cluster.clock.advance(50);
    expect(eventsOf(cluster.api, 'second')[0]).toBe(
      'Pulled: Container image "web:1" already present on machine',
    );
    expect(await readLog('web', { timestamps: true })).toMatch(/^2026-01-01T00:00:00\.\d{3}Z listening\n$/);
  });

  it('writes its status few times', async () => {
    const before = cluster.api.writes;
    run('web', main('web:1'));
    await seconds(60);
    // Created, four events, ContainerCreating, Running.
    expect(cluster.api.writes - before).toBeLessThanOrEqual(9);
  });

  it('with an image that is not emulated says so honestly, and backs off', async () => {
    run('odd', main('nothere:9'));
    await cluster.clock.advance(300);
    expect(status('odd')?.state.waiting?.reason).toBe('ErrImagePull');
    await seconds(3);
    expect(status('odd')?.state.waiting).toMatchObject({
      reason: 'ImagePullBackOff',
      message: expect.stringContaining(
        'Back-off pulling image "nothere:9": ErrImagePull: failed to pull and unpack image "docker.io/library/nothere:9": failed to resolve reference "docker.io/library/nothere:9": pull access denied',
      ) as string,
    });
    const events = eventsOf(cluster.api, 'odd');
    expect(events).toContainEqual(
      expect.stringMatching(/^Failed: Failed to pull image "nothere:9": .*docker.io\/library\/web/),
    );
    expect(events).toContain('Failed: Error: ErrImagePull');
    expect(events).toContain('BackOff: Back-off pulling image "nothere:9"');
    expect(events).toContain('Failed: Error: ImagePullBackOff');
    // Tried again 10 s after the first failure and 20 s after the second.
    await seconds(40);
    expect(events.length).toBeLessThan(8);
    expect(eventsOf(cluster.api, 'odd')[0]).toBe('Pulling: Pulling image "nothere:9" (×3)');
    expect(() =>
      kubelets.nodeProxy.logs(reference('odd'), {
        container: 'main',
        follow: false,
        previous: false,
        timestamps: false,
      }),
    ).toThrow('container "main" in pod "odd" is waiting to start: trying and failing to pull image');
  });

  it('that crashes is restarted at once, then after 10, 20, 40 s', async () => {
    run('crash', main('crash:1'));
    const restartsAt: number[] = [];
    for (let second = 0; second <= 80; second++) {
      await seconds(1);
      const count = status('crash')?.restartCount ?? 0;
      while (restartsAt.length < count) restartsAt.push(second);
    }
    const [first = 0, second = 0, third = 0, fourth = 0] = restartsAt;
    expect(first).toBeLessThanOrEqual(2);
    expect([second - first, third - second, fourth - third]).toEqual([10, 20, 40]);
    expect(status('crash')).toMatchObject({
      state: {
        waiting: {
          reason: 'CrashLoopBackOff',
          message: expect.stringMatching(
            /^back-off 1m20s restarting failed container=main pod=crash_lab\(/,
          ) as string,
        },
      },
      lastState: { terminated: { exitCode: 3, reason: 'Error' } },
    });
    expect(pod('crash')?.status.phase).toBe('Running');
    expect(await readLog('crash', { previous: true })).toBe('cannot go on\n');
  });

  it('ends with its containers when restartPolicy says so, and gives its address back', async () => {
    run('done', { ...main('task:1'), restartPolicy: 'Never' });
    run('failed', { ...main('crash:1'), restartPolicy: 'Never' });
    await seconds(5);
    expect(pod('done')?.status.phase).toBe('Succeeded');
    expect(condition('done', 'Ready')).toMatchObject({ status: 'False', reason: 'PodCompleted' });
    expect(pod('failed')?.status.phase).toBe('Failed');
    expect(node.addresses.size).toBe(0);
    expect(await readLog('failed')).toBe('cannot go on\n');
  });

  it('whose command is missing tells what runc says', async () => {
    run('odd', main('web:1', { command: ['/missing'] }));
    await cluster.clock.advance(500);
    expect(status('odd')).toMatchObject({
      state: { waiting: { reason: 'RunContainerError' } },
      lastState: { terminated: { exitCode: 128, reason: 'StartError', startedAt: '1970-01-01T00:00:00Z' } },
    });
    expect(eventsOf(cluster.api, 'odd')).toContainEqual(
      expect.stringContaining('exec: "/missing": stat /missing: no such file or directory: unknown'),
    );
  });

  it('runs init containers one after the other before the rest, and sidecars beside it', async () => {
    run('init', {
      ...main('task:1'),
      restartPolicy: 'Never',
      initContainers: [
        { name: 'first', image: 'task:1' },
        { name: 'side', image: 'web:1', restartPolicy: 'Always' },
        { name: 'second', image: 'task:1' },
      ],
    });
    await seconds(3);
    const started = eventsOf(cluster.api, 'init').filter((event) => event.startsWith('Started'));
    expect(started.map((event) => event.split(' ').at(-1))).toEqual(['first', 'side', 'second', 'main']);
    expect(pod('init')?.status.phase).toBe('Succeeded');
    expect(node.signals).toEqual(['web SIGTERM']);
  });
});

describe('a changed image', () => {
  it('restarts the container with the new one', async () => {
    run('web', main('web:1'));
    await seconds(1);
    cluster.api.mutate(PODS, 'lab', 'web', (draft) => {
      for (const container of draft.spec.containers) container.image = 'deaf:1';
    });
    await seconds(3);
    expect(status('web')).toMatchObject({ image: 'docker.io/library/deaf:1', restartCount: 1, ready: true });
    expect(eventsOf(cluster.api, 'web')).toContain(
      'Killing: Container main definition changed, will be restarted',
    );
  });
});

describe('the status', () => {
  it('tells of each container what a 1.34 kubelet tells', async () => {
    run('web', {
      containers: [
        {
          name: 'z',
          image: 'web:1',
          resources: { requests: { cpu: '10m' }, limits: { cpu: '20m' } },
          volumeMounts: [{ name: 'v', mountPath: '/v', readOnly: true }],
        },
        { name: 'a', image: 'nothere:1' },
      ],
      volumes: [{ name: 'v', emptyDir: {} }],
    });
    await seconds(1);
    expect(pod('web')?.status.observedGeneration).toBe(1);
    const [a, z] = pod('web')?.status.containerStatuses ?? [];
    expect(a).not.toHaveProperty('resources');
    expect(z).toMatchObject({
      name: 'z',
      started: true,
      allocatedResources: { cpu: '10m' },
      resources: { requests: { cpu: '10m' }, limits: { cpu: '20m' } },
      volumeMounts: [{ name: 'v', mountPath: '/v', readOnly: true, recursiveReadOnly: 'Disabled' }],
    });
  });

  it('carries the message that a container has left, or the end of its log', async () => {
    run('crash', {
      ...main('crash:1', { terminationMessagePolicy: 'FallbackToLogsOnError' }),
      restartPolicy: 'Never',
    });
    run('note', {
      ...main('note:1', { terminationMessagePath: '/dev/termination-log' }),
      restartPolicy: 'Never',
    });
    await seconds(2);
    expect(status('crash')?.state.terminated?.message).toBe('cannot go on\n');
    expect(status('note')?.state.terminated?.message).toBe('all done\n');
  });

  it('says when a pod was active for too long', async () => {
    run('late', { ...main('web:1'), activeDeadlineSeconds: 5 });
    await seconds(4);
    expect(pod('late')?.status.phase).toBe('Running');
    await seconds(2);
    expect(pod('late')?.status).toMatchObject({
      phase: 'Failed',
      reason: 'DeadlineExceeded',
      message: 'Pod was active on the node longer than the specified deadline',
    });
    expect(node.signals).toEqual(['web SIGTERM']);
    expect(node.addresses.size).toBe(0);
  });
});

describe('a pod that comes with its node chosen', () => {
  it('is refused when the node cannot take it', async () => {
    run('big', main('web:1', { resources: { requests: { cpu: '100' } } }));
    run('choosy', { ...main('web:1'), nodeSelector: { disk: 'ssd' } });
    const ports = [{ containerPort: 80, hostPort: 8080 }];
    run('first', main('web:1', { ports }));
    run('second', main('web:1', { ports }));
    await seconds(1);
    const message = "Node didn't have enough resource: cpu, requested: 100000, used: 0, capacity: 4000";
    expect(pod('big')?.status).toMatchObject({
      phase: 'Failed',
      reason: 'OutOfcpu',
      message: `Pod was rejected: ${message}`,
    });
    expect(eventsOf(cluster.api, 'big')).toEqual([`OutOfcpu: ${message}`]);
    expect(pod('choosy')?.status.reason).toBe('NodeAffinity');
    expect(pod('first')?.status.phase).toBe('Running');
    expect(pod('second')?.status.message).toBe(
      "Pod was rejected: Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports",
    );
    expect(node.configs).toHaveLength(1);
    cluster.api.delete(PODS, 'lab', 'big');
    await seconds(1);
    expect(pod('big')).toBeUndefined();
  });
});

describe('an ephemeral container', () => {
  it('is started in a running pod, sees the processes of its target, and is never restarted', async () => {
    run('web', main('web:1'));
    await seconds(1);
    cluster.api.mutate(PODS, 'lab', 'web', (draft) => {
      draft.spec.ephemeralContainers = [{ name: 'dbg', image: 'crash:1', targetContainerName: 'main' }];
    });
    await seconds(30);
    const [ephemeral] = pod('web')?.status.ephemeralContainerStatuses ?? [];
    expect(ephemeral).toMatchObject({ name: 'dbg', restartCount: 0, ready: false });
    expect(ephemeral?.state.terminated).toMatchObject({ exitCode: 3, reason: 'Error' });
    expect(ephemeral).not.toHaveProperty('started');
    expect(pod('web')?.status.observedGeneration).toBe(2);
    expect(condition('web', 'Ready')?.status).toBe('True');
    expect(node.configs.at(-1)?.shareProcessesWith).toBeDefined();
    const event = cluster.api.list(EVENTS).find(({ message }) => message === 'Started container dbg');
    expect(event?.involvedObject.fieldPath).toBe('spec.ephemeralContainers{dbg}');
  });
});

describe('hooks', () => {
  it('hold the container back until postStart is over, and end it when that fails', async () => {
    run('slow', main('web:1', { lifecycle: { postStart: { sleep: { seconds: 5 } } } }));
    node.exitCodes.set('prepare', 4);
    run('bad', main('web:1', { lifecycle: { postStart: { exec: { command: ['prepare'] } } } }));
    await seconds(1);
    expect(status('slow')?.state.waiting?.reason).toBe('ContainerCreating');
    expect(eventsOf(cluster.api, 'bad')).toEqual(
      expect.arrayContaining(['FailedPostStartHook: PostStartHook failed', 'Killing: FailedPostStartHook']),
    );
    expect(status('bad')?.state.waiting).toEqual({
      reason: 'PostStartHookError',
      message: expect.stringMatching(
        /^Exec lifecycle hook \(\[prepare\]\) for Container "main" in Pod "bad_lab\(.*\)" failed - error: command 'prepare' exited with 4: , message: "prepare failed\\n"$/,
      ) as string,
    });
    await seconds(5);
    expect(status('slow')?.state.running).toBeDefined();
  });

  it('before the stop that fail or take too long are told, and do not hold up the end', async () => {
    node.exitCodes.set('goodbye', 1);
    run('web', {
      terminationGracePeriodSeconds: 4,
      containers: [
        { name: 'a', image: 'web:1', lifecycle: { preStop: { exec: { command: ['goodbye'] } } } },
        { name: 'b', image: 'web:1', lifecycle: { preStop: { exec: { command: ['hang'] } } } },
        { name: 'c', image: 'web:1', lifecycle: { preStop: { tcpSocket: { port: 81 } } } },
      ],
    });
    await seconds(1);
    cluster.api.delete(PODS, 'lab', 'web');
    await seconds(3.9);
    expect(pod('web')).toBeDefined();
    await seconds(2.2);
    expect(pod('web')).toBeUndefined();
    const failed = cluster.api.list(EVENTS).filter(({ reason }) => reason === 'FailedPreStopHook');
    expect(failed.map(({ involvedObject }) => involvedObject.fieldPath)).toEqual(
      expect.arrayContaining(['spec.containers{a}', 'spec.containers{c}']),
    );
  });
});

describe('termination', () => {
  it('ends sidecars after the main containers, the last one first', async () => {
    run('web', {
      ...main('deaf:1', { lifecycle: { preStop: { sleep: { seconds: 2 } } } }),
      terminationGracePeriodSeconds: 6,
      initContainers: [
        { name: 'one', image: 'web:1', restartPolicy: 'Always' },
        { name: 'two', image: 'quits:1', restartPolicy: 'Always' },
      ],
    });
    await seconds(3);
    cluster.api.delete(PODS, 'lab', 'web');
    await seconds(1);
    const killing = eventsOf(cluster.api, 'web').filter((event) => event.startsWith('Killing'));
    expect(killing).toHaveLength(3);
    await seconds(2);
    // Sidecars serve as long as the main container may need them, at most until the grace period is over.
    expect(node.signals).toEqual(['deaf SIGTERM']);
    await seconds(6);
    expect(node.signals).toEqual(expect.arrayContaining(['quits SIGQUIT', 'web SIGTERM']));
    expect(pod('web')).toBeUndefined();

    node.signals.length = 0;
    run('task', {
      ...main('task:1'),
      restartPolicy: 'Never',
      initContainers: [
        { name: 'one', image: 'web:1', restartPolicy: 'Always' },
        { name: 'two', image: 'quits:1', restartPolicy: 'Always' },
      ],
    });
    await seconds(3);
    expect(node.signals).toEqual(['quits SIGQUIT', 'web SIGTERM']);
    expect(pod('task')?.status.phase).toBe('Succeeded');
  });

  it('runs preStop, sends SIGTERM, and removes the pod', async () => {
    run('web', main('web:1', { lifecycle: { preStop: { sleep: { seconds: 5 } } } }));
    await seconds(1);
    cluster.api.delete(PODS, 'lab', 'web');
    await seconds(4);
    expect(node.signals).toEqual([]);
    expect(condition('web', 'Ready')?.status).toBe('True');
    await seconds(2);
    expect(node.signals).toEqual(['web SIGTERM']);
    expect(pod('web')).toBeUndefined();
    expect(node.addresses.size).toBe(0);
    expect(eventsOf(cluster.api, 'web').at(-1)).toBe('Killing: Stopping container main');
  });

  it('gets the stop signal that its image names', async () => {
    run('web', main('quits:1'));
    await seconds(1);
    cluster.api.delete(PODS, 'lab', 'web');
    await seconds(2);
    expect(node.signals).toEqual(['quits SIGQUIT']);
    expect(pod('web')).toBeUndefined();
  });

  it('kills what does not listen when the grace period is over', async () => {
    run('deaf', { ...main('deaf:1'), terminationGracePeriodSeconds: 10 });
    await seconds(1);
    cluster.api.delete(PODS, 'lab', 'deaf');
    await seconds(9);
    expect(pod('deaf')).toBeDefined();
    await seconds(2);
    expect(node.signals).toEqual(['deaf SIGTERM', 'deaf SIGKILL']);
    expect(pod('deaf')).toBeUndefined();
  });

  it('can be hurried by a second deletion', async () => {
    run('deaf', main('deaf:1'));
    await seconds(1);
    cluster.api.delete(PODS, 'lab', 'deaf');
    await seconds(3);
    cluster.api.delete(PODS, 'lab', 'deaf', { gracePeriodSeconds: 1 });
    await seconds(2);
    expect(pod('deaf')).toBeUndefined();
  });

  it('by force ends everything at once', async () => {
    run('deaf', main('deaf:1'));
    await seconds(1);
    cluster.api.delete(PODS, 'lab', 'deaf', { gracePeriodSeconds: 0 });
    await cluster.clock.advance(10);
    expect(node.signals).toEqual(['deaf SIGKILL']);
    expect(node.addresses.size).toBe(0);
  });
});

describe('probes', () => {
  it('decide readiness with their thresholds', async () => {
    node.exitCodes.set('check', 1);
    const readinessProbe = { exec: { command: ['check'] }, periodSeconds: 5, failureThreshold: 2 };
    run('web', main('web:1', { readinessProbe }));
    await seconds(2);
    expect(pod('web')?.status.phase).toBe('Running');
    expect(condition('web', 'Ready')).toMatchObject({
      status: 'False',
      message: 'containers with unready status: [main]',
    });
    expect(eventsOf(cluster.api, 'web').at(-1)).toBe('Unhealthy: Readiness probe failed: check failed\n');
    node.exitCodes.set('check', 0);
    await seconds(5);
    expect(condition('web', 'Ready')?.status).toBe('True');
    node.exitCodes.set('check', 1);
    await seconds(5);
    expect(condition('web', 'Ready')?.status).toBe('True');
    await seconds(5);
    expect(condition('web', 'Ready')?.status).toBe('False');
  });

  it('tell refused connections and timeouts in the kubelet’s words', async () => {
    run('web', {
      containers: [
        { name: 'a', image: 'web:1', readinessProbe: { tcpSocket: { port: 81 } } },
        { name: 'b', image: 'web:1', readinessProbe: { httpGet: { port: 82, path: '/x' } } },
        { name: 'c', image: 'web:1', readinessProbe: { exec: { command: ['hang'] } } },
      ],
    });
    await seconds(3);
    const unhealthy = eventsOf(cluster.api, 'web').filter((event) => event.startsWith('Unhealthy'));
    expect(unhealthy).toEqual([
      'Unhealthy: Readiness probe failed: dial tcp 10.244.1.2:81: connect: connection refused',
      'Unhealthy: Readiness probe failed: Get "http://10.244.1.2:82/x": dial tcp 10.244.1.2:82: connect: connection refused',
      'Unhealthy: Readiness probe failed: command timed out: "hang" timed out after 1s',
    ]);
  });

  it('restart a container that is not alive, and hold readiness back until it has started', async () => {
    node.exitCodes.set('alive', 1);
    run(
      'web',
      main('web:1', {
        livenessProbe: { exec: { command: ['alive'] }, periodSeconds: 2, failureThreshold: 2 },
      }),
    );
    await seconds(6);
    expect(status('web')?.restartCount).toBe(1);
    expect(eventsOf(cluster.api, 'web')).toContain(
      'Killing: Container main failed liveness probe, will be restarted',
    );
    node.exitCodes.set('up', 1);
    run(
      'slow',
      main('web:1', { startupProbe: { exec: { command: ['up'] }, periodSeconds: 1, failureThreshold: 30 } }),
    );
    await seconds(5);
    expect(status('slow')).toMatchObject({ started: false, ready: false });
    node.exitCodes.set('up', 0);
    await seconds(2);
    expect(status('slow')).toMatchObject({ started: true, ready: true });
  });
});

describe('the environment', () => {
  it('has Services, references and expansions', async () => {
    cluster.api.create(SERVICES, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace: 'lab', name: 'my-db' },
      spec: { clusterIP: '10.96.7.7', ports: [{ name: 'sql', port: 5432, protocol: 'TCP' }] },
      status: { loadBalancer: {} },
    });
    cluster.api.create(CONFIG_MAPS, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { namespace: 'lab', name: 'c' },
      data: { color: 'blue' },
    });
    cluster.api.create(SECRETS, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { namespace: 'lab', name: 's' },
      data: { word: Buffer.from('open').toString('base64') },
    });
    run(
      'web',
      main('web:1', {
        args: ['--color=$(COLOR)', '$(UNKNOWN)'],
        envFrom: [{ secretRef: { name: 's' }, prefix: 'S_' }],
        env: [
          { name: 'COLOR', valueFrom: { configMapKeyRef: { name: 'c', key: 'color' } } },
          { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
          { name: 'URL', value: 'http://$(IP)/$(COLOR)' },
        ],
      }),
    );
    await seconds(1);
    const [config] = node.configs;
    expect(config?.env).toMatchObject({
      MY_DB_SERVICE_HOST: '10.96.7.7',
      MY_DB_SERVICE_PORT: '5432',
      MY_DB_SERVICE_PORT_SQL: '5432',
      MY_DB_PORT_5432_TCP: 'tcp://10.96.7.7:5432',
      S_word: 'open',
      COLOR: 'blue',
      URL: 'http://10.244.1.2/blue',
    });
    expect(config?.args).toEqual(['--color=blue', '$(UNKNOWN)']);
    const file = (path: string) => {
      const mount = config?.mounts.find((entry) => entry.path === path);
      return new TextDecoder().decode(mount?.source.readFile(mount.sourcePath));
    };
    expect(file('/etc/hosts')).toContain('10.244.1.2\tweb\n');
    expect(file('/etc/resolv.conf')).toBe(
      'search lab.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n',
    );
  });

  it('that is incomplete keeps the container from being created, until it is complete', async () => {
    run(
      'web',
      main('web:1', { env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'late', key: 'k' } } }] }),
    );
    run('vol', { ...main('web:1'), volumes: [{ name: 'v', configMap: { name: 'late' } }] });
    await seconds(1);
    expect(status('web')?.state.waiting).toEqual({
      reason: 'CreateContainerConfigError',
      message: 'configmap "late" not found',
    });
    expect(status('vol')?.state.waiting?.reason).toBe('ContainerCreating');
    expect(eventsOf(cluster.api, 'vol')[0]).toMatch(
      /^FailedMount: MountVolume.SetUp failed for volume "v" : configmap "late" not found/,
    );
    cluster.api.create(CONFIG_MAPS, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { namespace: 'lab', name: 'late' },
      data: { k: 'v' },
    });
    await seconds(12);
    expect(pod('web')?.status.phase).toBe('Running');
    expect(pod('vol')?.status.phase).toBe('Running');
  });
});

describe('after a restart of the cluster', () => {
  it('pods run again with new containers and addresses', async () => {
    run('web', main('web:1'));
    await seconds(1);
    const before = status('web');
    kubelets.close();
    await seconds(1);
    kubelets = startKubelets({ ...cluster, ...node });
    await seconds(2);
    expect(status('web')).toMatchObject({
      restartCount: 1,
      ready: true,
      lastState: { terminated: { exitCode: 255, reason: 'Unknown', containerID: before?.containerID } },
    });
    expect(pod('web')?.status.podIP).toBe('10.244.1.3');
    expect(eventsOf(cluster.api, 'web')).toContain(
      'SandboxChanged: Pod sandbox changed, it will be killed and re-created.',
    );
  });

  it('pods that were on their way out are gone', async () => {
    run('deaf', main('deaf:1'));
    await seconds(1);
    cluster.api.delete(PODS, 'lab', 'deaf');
    await seconds(1);
    kubelets.close();
    kubelets = startKubelets({ ...cluster, ...node });
    await seconds(1);
    expect(pod('deaf')).toBeUndefined();
  });
});

describe('the node proxy', () => {
  it('follows logs to the end, runs commands, and refuses in the kubelet’s words', async () => {
    run('web', main('web:1'));
    await seconds(1);
    const source = kubelets.nodeProxy.logs(reference('web'), {
      container: 'main',
      follow: true,
      previous: false,
      timestamps: false,
    });
    expect(new TextDecoder().decode(await source.read())).toBe('listening\n');
    cluster.api.delete(PODS, 'lab', 'web');
    const rest = source.read();
    await seconds(1);
    expect(await rest).toBeUndefined();
    const io = { stdout: { write: () => Promise.resolve(), end: () => undefined } };
    expect(() => kubelets.nodeProxy.exec(reference('web'), 'main', ['ls'], io)).toThrow(
      'container not found ("main")',
    );
    run('again', main('web:1'));
    await seconds(1);
    node.exitCodes.set('check', 7);
    const process = kubelets.nodeProxy.exec(reference('again'), 'main', ['check'], io);
    expect(await process.exit).toEqual({ code: 7 });
    expect(() =>
      kubelets.nodeProxy.logs(reference('again'), {
        container: 'main',
        follow: false,
        previous: true,
        timestamps: false,
      }),
    ).toThrow('previous terminated container "main" in pod "again" not found');
  });
});
