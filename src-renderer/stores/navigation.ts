import { defineStore } from 'pinia';
import { computed, ref, watch } from 'vue';
import { useCluster } from './cluster.ts';

export type Place = { at: 'start' } | { at: 'labs' } | { at: 'lab'; labId: string };

/** Reads a place from the address, so that a reload comes back to where one was. */
function placeFromHash(hash: string): Place {
  const [, at, labId] = /^#\/(start|labs|lab)(?:\/([a-z0-9-]+))?$/.exec(hash) ?? [];
  if (at === 'lab' && labId !== undefined) return { at, labId };
  return at === 'start' ? { at } : { at: 'labs' };
}

function hashOf(place: Place): string {
  return place.at === 'lab' ? `#/lab/${place.labId}` : `#/${place.at}`;
}

/** Where in the app the learner is. Without a cluster that is the start, whatever the address says. */
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
      case 'creating':
      case 'cancelling':
      case 'gone':
      case 'deleting':
      case 'failed':
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
