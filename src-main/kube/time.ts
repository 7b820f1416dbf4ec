import { sleepOn, type Clock, type Timer } from '#emulator/clock.ts';

/**
 * The time of the machine for callers that wait for a cluster: unlike the emulated cluster's own clock its
 * timers keep the process alive, so that a command that only waits does not end early.
 */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout(callback, ms): Timer {
    const handle = setTimeout(callback, ms);
    return { cancel: () => clearTimeout(handle) };
  },
  sleep: (ms, signal) => sleepOn(systemClock, ms, signal),
};
