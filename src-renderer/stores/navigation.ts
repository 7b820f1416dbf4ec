import { defineStore } from 'pinia';
import { computed, ref, watch } from 'vue';
import type { ProviderId } from '#shared/cluster.ts';
import { useCluster } from './cluster.ts';

export type Place =
  | { at: 'start' }
  /** What this machine lacks for a provider's clusters. */
  | { at: 'preflight'; provider: ProviderId }
  /** The choice of a cluster that the user has. */
  | { at: 'existing' }
  | { at: 'labs' }
  | { at: 'lab'; labId: string };

const PROVIDERS: Readonly<Record<ProviderId, true>> = {
  emulated: true,
  kind: true,
  k3d: true,
  existing: true,
};

function isProvider(word: string): word is ProviderId {
  return Object.hasOwn(PROVIDERS, word);
}

/** Reads a place from the address, so that a reload comes back to where one was. */
function placeFromHash(hash: string): Place {
  const [, at, name = ''] = /^#\/(start|preflight|existing|labs|lab)(?:\/([a-z0-9-]+))?$/.exec(hash) ?? [];
  if (at === 'lab' && name !== '') return { at, labId: name };
  if (at === 'preflight' && isProvider(name)) return { at, provider: name };
  return at === 'start' || at === 'existing' ? { at } : { at: 'labs' };
}

function hashOf(place: Place): string {
  if (place.at === 'lab') return `#/lab/${place.labId}`;
  return place.at === 'preflight' ? `#/preflight/${place.provider}` : `#/${place.at}`;
}

/** Where in the app the learner is. Without a cluster that is where one is chosen, whatever the address says. */
export const useNavigation = defineStore('navigation', () => {
  const cluster = useCluster();
  const wanted = ref<Place>(placeFromHash(location.hash));
  window.addEventListener('hashchange', () => (wanted.value = placeFromHash(location.hash)));

  /** Undefined until main has said how the cluster stands. */
  const place = computed<Place | undefined>(() => {
    switch (cluster.state?.phase) {
      case undefined:
        return undefined;
      case 'ready':
      case 'unreachable':
        return wanted.value;
      case 'none':
      case 'gone':
      case 'failed':
        return wanted.value.at === 'preflight' || wanted.value.at === 'existing'
          ? wanted.value
          : { at: 'start' };
      case 'creating':
      case 'cancelling':
      case 'deleting':
        return { at: 'start' };
    }
  });

  // Once a cluster has been made there is nothing left to do at the start.
  watch(
    () => cluster.state?.phase,
    (phase, before) => {
      if (phase === 'ready' && before === 'creating' && wanted.value.at === 'start') go({ at: 'labs' });
    },
  );

  function go(next: Place): void {
    wanted.value = next;
    location.hash = hashOf(next);
  }

  return { place, go };
});
