import { z } from 'zod';

/** The languages that every text of the product exists in. */
export const LOCALES = ['en', 'ko'] as const;
export const localeSchema = z.enum(LOCALES);
export type Locale = z.infer<typeof localeSchema>;

/** A text in every language. Texts cross from main to the renderer this way, so that switching needs no call. */
export const localizedTextSchema = z.strictObject({ en: z.string(), ko: z.string() });
export type LocalizedText = z.infer<typeof localizedTextSchema>;

/** The same words in every language: names, commands, raw output. */
export function verbatim(text: string): LocalizedText {
  return { en: text, ko: text };
}
