import { describe, expect, it } from 'vitest';
import { eventsOf } from '../controllers/testing/cluster-fixture.ts';
import {
  cluster,
  condition,
  main,
  node,
  pod,
  run,
  seconds,
  status,
  useKubelets,
} from './testing/kubelet-fixture.ts';

useKubelets();

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
