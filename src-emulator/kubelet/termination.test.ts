import { describe, expect, it } from 'vitest';
import { EVENTS, PODS } from '../api/resources.ts';
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

describe('termination', () => {
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
