import { computed, onMounted, onUnmounted } from 'vue';
import type { ComputedRef } from 'vue';
import type { ProviderId } from '#shared/cluster.ts';
import { usePreflight } from '../stores/preflight.ts';
import type { Look } from '../stores/preflight.ts';

/**
 * What the preflight of a provider says, for as long as a component shows it: looked at when it appears, and again
 * when the learner comes back to the window from doing what was to be done first.
 */
export function useLook(provider: () => ProviderId): ComputedRef<Look> {
  const preflight = usePreflight();
  const look = computed(() => preflight.of(provider()));

  function onFocus(): void {
    if (look.value.report?.usable !== true) void preflight.look(provider());
  }
  onMounted(() => {
    void preflight.look(provider());
    window.addEventListener('focus', onFocus);
  });
  onUnmounted(() => window.removeEventListener('focus', onFocus));
  return look;
}
