import { createI18n } from 'vue-i18n';
import type { Locale, LocalizedText } from '#shared/locale.ts';
import { en } from './en.ts';
import type { Messages } from './en.ts';
import { ko } from './ko.ts';

/** `area.key` of every message. */
export type MessageKey = {
  [Area in keyof Messages]: `${Area}.${Extract<keyof Messages[Area], string>}`;
}[keyof Messages];

type Params = Record<string, string | number>;

export const i18n = createI18n<[Messages], Locale, false>({
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- without it version 11 gives the older API
  legacy: false,
  locale: guessLocale(),
  fallbackLocale: 'en',
  messages: { en, ko },
});

/** The language that the browser asks for, until the learner has chosen. */
export function guessLocale(): Locale {
  return typeof navigator !== 'undefined' && navigator.language.startsWith('ko') ? 'ko' : 'en';
}

export function setLocale(locale: Locale): void {
  i18n.global.locale.value = locale;
}

/** A message of the interface in the current language. */
function t(key: MessageKey, params: Params = {}): string {
  return i18n.global.t(key, params);
}

/** A message that counts: picks singular or plural by `n`. */
function count(key: MessageKey, n: number, params: Params = {}): string {
  return i18n.global.t(key, { n, ...params }, n === 1 ? 1 : 2);
}

/** A text that main sent in every language. */
function text(localized: LocalizedText): string {
  return localized[i18n.global.locale.value];
}

/** The time of day in the current language. */
function timeOf(at: number): string {
  return new Date(at).toLocaleTimeString(i18n.global.locale.value, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
}

const words = { t, count, text, timeOf, locale: i18n.global.locale };

/** How components speak. Reactive: what is read in a template changes with the language. */
export function useWords(): typeof words {
  return words;
}
