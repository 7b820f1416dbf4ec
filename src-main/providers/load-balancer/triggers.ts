import type { Clock } from '#emulator/clock.ts';
import type { KubeClient } from '../../kube/client.ts';
import type { KindRef } from '../../kube/objects.ts';
import type { WatchOptions } from '../../kube/watch.ts';

/** What to watch, and where. */
export type Watched = KindRef & Pick<WatchOptions, 'namespace' | 'labelSelector' | 'fieldSelector'>;

/** Calls `changed` whenever an object of these kinds changes, or may have while the connection was lost. */
export function watchAll(
  kube: Pick<KubeClient, 'watch'>,
  clock: Clock,
  kinds: readonly Watched[],
  changed: () => void,
): Disposable {
  const watches = new DisposableStack();
  for (const { apiVersion, kind, ...where } of kinds)
    watches.use(
      kube.watch(
        { apiVersion, kind },
        { ...where, clock },
        {
          snapshot: changed,
          event: changed,
          state: (state) => {
            if (state === 'connected') changed();
          },
        },
      ),
    );
  return watches;
}
