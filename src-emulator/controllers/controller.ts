import type { ClusterApi } from '../api/cluster-api.ts';
import type { Clock } from '../clock.ts';

/** What every controller is given. */
export interface ControllerContext {
  api: ClusterApi;
  clock: Clock;
}

/** Ends several things as one. */
export function disposeAll(parts: readonly Disposable[]): Disposable {
  return {
    [Symbol.dispose]() {
      for (const part of parts) part[Symbol.dispose]();
    },
  };
}
