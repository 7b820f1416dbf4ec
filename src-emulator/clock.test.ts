import { describe, expect, it } from 'vitest';
import { type Clock, RealClock, VirtualClock } from './clock.ts';

describe('virtual time', () => {
  it('stands still until it is moved, and then runs what falls due, in order', async () => {
    const clock = new VirtualClock(1000);
    const ran: string[] = [];
    const note = (name: string) => () => ran.push(`${name}@${clock.now()}`);
    clock.setTimeout(note('late'), 20);
    clock.setTimeout(note('first'), 10);
    clock.setTimeout(note('second'), 10);
    clock.setTimeout(note('past'), -5);
    await clock.advance(0);
    expect(ran).toEqual(['past@1000']);
    await clock.advance(15);
    expect(ran).toEqual(['past@1000', 'first@1010', 'second@1010']);
    expect(clock.now()).toBe(1015);
    await clock.advance(5);
    expect(ran.at(-1)).toBe('late@1020');
  });

  it('forgets a timer that is cancelled, before and after', async () => {
    const clock = new VirtualClock();
    let ran = 0;
    const timer = clock.setTimeout(() => ran++, 10);
    timer.cancel();
    timer.cancel();
    const other = clock.setTimeout(() => ran++, 10);
    await clock.advance(10);
    other.cancel();
    await clock.advance(10);
    expect(ran).toBe(1);
  });

  it('runs timers that timers start, within the same advance', async () => {
    const clock = new VirtualClock(0);
    const times: number[] = [];
    const loop = async (): Promise<void> => {
      for (;;) {
        await clock.sleep(30);
        times.push(clock.now());
      }
    };
    void loop();
    await clock.advance(100);
    expect(times).toEqual([30, 60, 90]);
    expect(clock.now()).toBe(100);
  });

  it('waits for work that takes many turns of the event loop before it moves on', async () => {
    const clock = new VirtualClock(0);
    let finished: number | undefined;
    clock.setTimeout(() => {
      const turn = (left: number): void => {
        if (left === 0) finished = clock.now();
        else setImmediate(() => process.nextTick(turn, left - 1));
      };
      turn(50);
    }, 10);
    clock.setTimeout(() => undefined, 11);
    await clock.advance(20);
    expect(finished).toBe(10);
  });

  it('moves on all the same when something never comes to rest', async () => {
    const clock = new VirtualClock(0);
    let busy = true;
    const spin = (): void => {
      if (busy) setImmediate(spin);
    };
    spin();
    await clock.advance(10);
    busy = false;
    expect(clock.now()).toBe(10);
  });
});

describe.each<[string, () => Clock]>([
  ['virtual', () => new VirtualClock()],
  ['real', () => new RealClock()],
])('sleep on %s time', (_name, create) => {
  it('is cut short by its signal', async () => {
    const clock = create();
    const controller = new AbortController();
    const sleeping = clock.sleep(60_000, controller.signal);
    controller.abort(new Error('enough'));
    await expect(sleeping).rejects.toThrow('enough');
    await expect(clock.sleep(60_000, controller.signal)).rejects.toThrow('enough');
  });
});
