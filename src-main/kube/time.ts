import type { Clock, Timer } from '#emulator/clock.ts';

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
  sleep(ms, signal) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason as Error);
        return;
      }
      const onAbort = (): void => {
        clearTimeout(handle);
        reject(signal?.reason as Error);
      };
      const handle = setTimeout(() => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      }, ms);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  },
};
