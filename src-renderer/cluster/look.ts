import { computed, onMounted, onUnmounted, watch } from 'vue';
import type { ComputedRef } from 'vue';
import type { ProviderId } from '#shared/cluster.ts';
import { useConnection } from '../stores/connection.ts';
import { usePreflight } from '../stores/preflight.ts';
import type { Look } from '../stores/preflight.ts';

/**
 * What the preflight of a provider says, for as long as a component shows it: looked at when it appears, and again
 * when the learner comes back to the window from doing what was to be done first, or the connection comes back.
 */
export function useLook(provider: () => ProviderId): ComputedRef<Look> {
  const preflight = usePreflight();
  const look = computed(() => preflight.of(provider()));

  function lookIfUnfit(): void {
    if (look.value.report?.usable !== true) void preflight.look(provider());
  }
  watch(useConnection().state, (state) => {
    if (state === 'open') lookIfUnfit();
  });
  onMounted(() => {
    void preflight.look(provider());
    window.addEventListener('focus', lookIfUnfit);
  });
  onUnmounted(() => window.removeEventListener('focus', lookIfUnfit));
  return look;
}
