import { expect, test } from 'vitest';
import { VirtualClock } from '#emulator/clock.ts';
import { Reconciler } from './reconciler.ts';

function watched(work: () => Promise<void> = () => Promise.resolve()): {
  clock: VirtualClock;
  reconciler: Reconciler;
  /** When it was called, in milliseconds since the start. */
  calls: number[];
  failures: unknown[];
} {
  const clock = new VirtualClock();
  const started = clock.now();
  const calls: number[] = [];
  const failures: unknown[] = [];
  const reconciler = new Reconciler({
    clock,
    reconcile: () => {
      calls.push(clock.now() - started);
      return work();
    },
    onFailure: (error) => failures.push(error),
  });
  return { clock, reconciler, calls, failures };
}

test('triggers of one moment are one call; now and then it looks unasked', async () => {
  const { clock, reconciler, calls } = watched();
  reconciler.trigger();
  reconciler.trigger();
  await clock.advance(1000);
  expect(calls).toEqual([60]);
  reconciler.trigger();
  await clock.advance(1000);
  expect(calls).toEqual([60, 1060]);
  await clock.advance(60_000);
  expect(calls).toEqual([60, 1060, 61_060]);
});

test('what fails is tried again, later each time, or at once when something changes', async () => {
  let broken = true;
  const { clock, reconciler, calls, failures } = watched(() =>
    broken ? Promise.reject(new Error('connection refused')) : Promise.resolve(),
  );
  await clock.advance(4000);
  expect(calls).toEqual([60, 560, 1560, 3560]);
  broken = false;
  reconciler.trigger();
  await clock.advance(10_000);
  expect(calls).toEqual([60, 560, 1560, 3560, 4060]);
  expect(failures).toHaveLength(4);
});

test('it runs once at a time, and once more for what came meanwhile', async () => {
  let finish = (): void => undefined;
  const { clock, reconciler, calls } = watched(
    () =>
      new Promise((resolve) => {
        finish = resolve;
      }),
  );
  await clock.advance(60);
  reconciler.trigger();
  await clock.advance(1000);
  expect(calls).toEqual([60]);
  finish();
  await clock.advance(1000);
  expect(calls).toEqual([60, 1120]);
});

test('after its end nothing is called', async () => {
  const { clock, reconciler, calls } = watched();
  reconciler[Symbol.dispose]();
  reconciler.trigger();
  await clock.advance(100_000);
  expect(calls).toEqual([]);
});
