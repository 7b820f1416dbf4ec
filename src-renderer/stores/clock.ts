import { readonly, ref } from 'vue';

const now = ref(Date.now());
setInterval(() => {
  if (document.visibilityState === 'visible') now.value = Date.now();
}, 1000);

/** Milliseconds since the epoch, once a second: what ages tick by. */
export const currentTime = readonly(now);
