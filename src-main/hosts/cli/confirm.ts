import { createInterface } from 'node:readline/promises';
import { AppError } from '#shared/app-error.ts';
import type { CliContext } from './context.ts';

/** Asks a person a question with yes or no; undefined where nobody can be asked. */
export type Ask = (question: string) => Promise<boolean | undefined>;

/** Asks on the terminal; no is what an empty answer means. */
export const askOnTerminal: Ask = async (question) => {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const given = new AbortController();
  // Ctrl+C and Ctrl+D are a no, too.
  lines.once('SIGINT', () => given.abort()).once('close', () => given.abort());
  try {
    const answer = await lines.question(`${question} [y/N] `, { signal: given.signal });
    return /^(y|yes|예|네)$/i.test(answer.trim());
  } catch {
    process.stderr.write('\n');
    return false;
  } finally {
    lines.close();
  }
};

/** @throws AppError `not-confirmed` unless `--yes` was given or a person says yes */
export async function requireConsent(
  ask: Ask,
  { yes, json }: { yes?: boolean; json?: boolean },
  { locale }: CliContext,
): Promise<void> {
  if (yes === true) return;
  const answer =
    json === true
      ? undefined
      : await ask(locale === 'ko' ? '클러스터를 이렇게 변경할까요?' : 'Change the cluster so?');
  if (answer === true) return;
  throw new AppError({
    code: 'not-confirmed',
    message: { en: 'Nothing was changed.', ko: '아무것도 변경하지 않았습니다.' },
    ...(answer === undefined
      ? { fix: { en: 'Add --yes to go ahead.', ko: '진행하려면 --yes를 추가하세요.' } }
      : {}),
  });
}
