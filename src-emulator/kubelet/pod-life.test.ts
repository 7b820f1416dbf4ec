import { describe, expect, it } from 'vitest';
import { PODS } from '../api/resources.ts';
import { eventsOf } from '../controllers/testing/cluster-fixture.ts';
import {
  cluster,
  condition,
  kubelets,
  main,
  node,
  pod,
  readLog,
  reference,
  run,
  seconds,
  startAgain,
  status,
  useKubelets,
} from './testing/kubelet-fixture.ts';

useKubelets();

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

describe('after a restart of the cluster', () => {
  it('pods run again with new containers and addresses', async () => {
    run('web', main('web:1'));
    await seconds(1);
    const before = status('web');
    kubelets.close();
    await seconds(1);
    startAgain();
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
    startAgain();
    await seconds(1);
    expect(pod('deaf')).toBeUndefined();
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
