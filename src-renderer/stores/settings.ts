import { defineStore } from 'pinia';
import { computed, ref, watchEffect } from 'vue';
import type { Settings } from '#shared/contract.ts';
import type { Locale } from '#shared/locale.ts';
import { follow } from '../follow.ts';
import { guessLocale, setLocale } from '../locales/index.ts';
import { useConnection } from './connection.ts';

/** Language, theme and pane sizes. Main keeps them; the page shows a change at once and sends it. */
export const useSettings = defineStore('settings', () => {
  const connection = useConnection();
  const loaded = ref(false);
  const settings = ref<Settings>({ theme: 'system', layout: {} });

  void follow(
    connection,
    {
      open: (main, signal) => main.app.settings(undefined, { signal }),
      next: (value) => {
        settings.value = value;
        loaded.value = true;
      },
    },
    new AbortController().signal,
  );

  const prefersDark = matchMedia('(prefers-color-scheme: dark)');
  const systemIsDark = ref(prefersDark.matches);
  prefersDark.addEventListener('change', (event) => (systemIsDark.value = event.matches));

  const language = computed<Locale>(() => settings.value.language ?? guessLocale());
  const dark = computed(() =>
    settings.value.theme === 'system' ? systemIsDark.value : settings.value.theme === 'dark',
  );

  watchEffect(() => {
    setLocale(language.value);
    document.documentElement.lang = language.value;
    document.documentElement.dataset['theme'] = dark.value ? 'dark' : 'light';
  });

  async function change(part: Partial<Settings>): Promise<void> {
    settings.value = { ...settings.value, ...part };
    try {
      settings.value = await connection.main.app.changeSettings(part);
    } catch {
      // The page keeps the choice; main sends its own state when the connection is back.
    }
  }

  let layoutTimer: ReturnType<typeof setTimeout> | undefined;
  /** Remembers the sizes (per cent) of one splitter, once dragging has paused. */
  function keepLayout(splitter: string, sizes: number[]): void {
    settings.value.layout[splitter] = sizes.map((size) => Math.round(size * 10) / 10);
    clearTimeout(layoutTimer);
    layoutTimer = setTimeout(() => void change({ layout: { ...settings.value.layout } }), 400);
  }

  return { settings, loaded, language, dark, change, keepLayout };
});
