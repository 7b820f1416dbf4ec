import { describe, expect, it } from 'vitest';
import { EVENTS, PODS } from '../api/resources.ts';
import { eventsOf } from '../controllers/testing/cluster-fixture.ts';
import { cluster, condition, main, node, pod, run, seconds, useKubelets } from './testing/kubelet-fixture.ts';

useKubelets();

describe('init containers', () => {
  it('run one after the other before the rest, and sidecars beside it', async () => {
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

describe('sidecars', () => {
  it('end after the main containers, the last one first', async () => {
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
