import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { labTextSchema, type LabText } from '../src-shared/lab-format.ts';
import { en } from '../src-renderer/locales/en.ts';
import { ko } from '../src-renderer/locales/ko.ts';

export type Language = 'en' | 'ko';

/** The interface's words in both languages: what a reader, or a screen reader, finds things by. */
export const WORDS = { en, ko };
export type Words = (typeof WORDS)[Language];

/** Fills the `{names}` of a message. */
export function fill(message: string, values: Record<string, string | number>): string {
  return message.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** The words of the lab itself. */
export function labText(language: Language): LabText {
  const file = join(import.meta.dirname, '..', 'labs', 'cluster-ip', 'text', `${language}.yaml`);
  return labTextSchema.parse(parse(readFileSync(file, 'utf8')));
}
