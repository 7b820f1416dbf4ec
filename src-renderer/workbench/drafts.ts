import { computed, ref } from 'vue';
import type { ComputedRef } from 'vue';

const PREFIX = 'switchyard:draft:';

/** What the learner typed, by file, kept by the browser: a reload or a restart loses nothing. */
export function useDrafts(scope: () => string): {
  names: ComputedRef<string[]>;
  get: (name: string) => string | undefined;
  set: (name: string, yaml: string) => void;
} {
  const changes = ref(0);
  const key = (name: string): string => `${PREFIX}${scope()}/${name}`;

  return {
    names: computed(() => {
      void changes.value;
      const start = key('');
      return Object.keys(localStorage)
        .filter((one) => one.startsWith(start))
        .map((one) => one.slice(start.length))
        .sort();
    }),
    get: (name) => {
      void changes.value;
      return localStorage.getItem(key(name)) ?? undefined;
    },
    set: (name, yaml) => {
      localStorage.setItem(key(name), yaml);
      changes.value += 1;
    },
  };
}
