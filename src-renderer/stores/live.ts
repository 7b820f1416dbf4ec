import { defineStore } from 'pinia';
import { ref, shallowRef } from 'vue';
import type { ObjectRef, ObjectView } from '#shared/live.ts';
import { follow } from '../follow.ts';
import { useConnection } from './connection.ts';
import { EMPTY_LIVE, reduceLive } from './live-state.ts';

const API_VERSIONS: Record<ObjectView['kind'], string> = {
  Pod: 'v1',
  Service: 'v1',
  Node: 'v1',
  ConfigMap: 'v1',
  Secret: 'v1',
  Event: 'v1',
  EndpointSlice: 'discovery.k8s.io/v1',
  Deployment: 'apps/v1',
};

/** How to ask for the YAML of an object that is on the screen. */
export function refOf(view: Pick<ObjectView, 'kind' | 'namespace' | 'name'>): ObjectRef {
  return {
    apiVersion: API_VERSIONS[view.kind],
    kind: view.kind,
    name: view.name,
    ...(view.namespace === '' ? {} : { namespace: view.namespace }),
  };
}

/** What the cluster holds right now, as far as the open lab is concerned. */
export const useLive = defineStore('live', () => {
  const connection = useConnection();
  const state = shallowRef(EMPTY_LIVE);
  const loaded = ref(false);
  let watched = '';
  let stop = new AbortController();

  /** Watches the given namespaces and no others. */
  function watchNamespaces(namespaces: readonly string[]): void {
    const key = [...namespaces].sort().join(' ');
    if (key === watched) return;
    watched = key;
    stop.abort();
    stop = new AbortController();
    state.value = EMPTY_LIVE;
    loaded.value = false;
    void run([...namespaces], stop.signal);
  }

  async function run(namespaces: string[], signal: AbortSignal): Promise<void> {
    await follow(
      connection,
      {
        open: (main, inner) => main.live.objects({ namespaces }, { signal: inner }),
        next: (batch) => {
          const next = reduceLive(state.value, batch);
          // Leaving the loop opens the subscription again, and that begins with a snapshot.
          if (next === 'gap') throw new Error('A batch of the live state is missing.');
          state.value = next;
          loaded.value = true;
        },
      },
      signal,
    );
  }

  return { state, loaded, watchNamespaces };
});
