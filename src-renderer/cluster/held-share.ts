import { ref, watch } from 'vue';
import type { Ref } from 'vue';
import { holdShare } from './making-times.ts';
import type { HeldShare } from './making-times.ts';

/** The share that a bar shows for `key`: it never goes back. */
export function useHeldShare(key: () => string, share: () => number | undefined): Readonly<Ref<HeldShare>> {
  const held = ref<HeldShare>({ key: '', share: undefined });
  watch([key, share], ([nowKey, nowShare]) => (held.value = holdShare(held.value, nowKey, nowShare)), {
    immediate: true,
  });
  return held;
}
