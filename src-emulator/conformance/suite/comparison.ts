import type { Answer } from './recording.ts';

/**
 * A difference from real Kubernetes that is meant: these lines of a command's answer are replaced by those.
 */
export interface Exception {
  readonly scenario: string;
  /** The commands it comes up in, by their names in the recording. */
  readonly commands: readonly string[];
  /** Lines that real Kubernetes gives, one after the other, as they stand in the recording. Never empty. */
  readonly real: readonly string[];
  /** Lines that the emulated cluster gives in their place. */
  readonly emulated: readonly string[];
}

/** What is wrong with an answer. */
export interface Difference {
  readonly step: string;
  /** Lines with `-` for what is expected and missing, `+` for what came instead, in their surroundings. */
  readonly lines: readonly string[];
}

/**
 * Compares an answer with the recorded one, in which exceptions have been put in place.
 *
 * @returns undefined when they agree.
 */
export function compare(step: string, expected: Answer, actual: Answer): Difference | undefined {
  if (expected.join('\n') === actual.join('\n')) return undefined;
  return { step, lines: differenceOf(expected, actual) };
}

/**
 * The answer that is expected of the emulated cluster.
 *
 * @throws Error when an exception's lines are not in the recording: it is about something else by now.
 */
export function withExceptions(step: string, recorded: Answer, exceptions: readonly Exception[]): Answer {
  let lines = [...recorded];
  for (const { real, emulated } of exceptions) {
    const at = lines.findIndex((_, index) => real.every((line, offset) => lines[index + offset] === line));
    if (at < 0 || real.length === 0)
      throw new Error(`An exception to "${step}" is about lines that were not recorded:\n${real.join('\n')}`);
    lines = [...lines.slice(0, at), ...emulated, ...lines.slice(at + real.length)];
  }
  return lines;
}

/** Aligns two lists of lines by their longest common subsequence. */
function differenceOf(expected: Answer, actual: Answer): string[] {
  const lengths: number[][] = Array.from({ length: expected.length + 1 }, () =>
    Array.from({ length: actual.length + 1 }, () => 0),
  );
  const length = (i: number, j: number): number => lengths[i]?.[j] ?? 0;
  for (let i = expected.length - 1; i >= 0; i--)
    for (let j = actual.length - 1; j >= 0; j--) {
      const row = lengths[i] ?? [];
      row[j] =
        expected[i] === actual[j] ? length(i + 1, j + 1) + 1 : Math.max(length(i + 1, j), length(i, j + 1));
    }
  const lines: string[] = [];
  let i = 0;
  let j = 0;
  while (i < expected.length || j < actual.length)
    if (i < expected.length && expected[i] === actual[j]) {
      lines.push(`  ${expected[i++] ?? ''}`);
      j++;
    } else if (j >= actual.length || (i < expected.length && length(i + 1, j) >= length(i, j + 1)))
      lines.push(`- ${expected[i++] ?? ''}`);
    else lines.push(`+ ${actual[j++] ?? ''}`);
  return lines.filter((_, index) =>
    lines.slice(Math.max(0, index - 2), index + 3).some((line) => !line.startsWith(' ')),
  );
}
