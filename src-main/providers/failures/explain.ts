import { AppError, type LogExcerpt, type Problem } from '#shared/app-error.ts';
import type { LocalizedText } from '#shared/locale.ts';
import { adviceFor, type OperatingSystem } from '../../host/platform.ts';
import { KNOWN_FAILURES, type FailureContext } from './known-failures.ts';

/** So many lines of a log are shown; all of it is in its file. */
const EXCERPT = 40;
/** So many of them stand before the line that matters. */
const BEFORE = 12;

export interface Failure extends FailureContext {
  /** What was being done, for a failure that nobody knows: `Joining the workers`. */
  step: LocalizedText;
  system: OperatingSystem;
  /** What the program that failed printed. */
  output: readonly string[];
  /** A signal ended it that was not ours. */
  killed?: boolean;
  /** The log that holds this output, among that of other programs. */
  log?: { file: string; lines: readonly string[] } | undefined;
}

/**
 * Explains why a cluster was not made, from what the program printed that failed: a known failure with its remedy
 * and the line that gives it away, else the last lines as they are.
 */
export function explainFailure(failure: Failure): Problem {
  const { output, log, system, step } = failure;
  for (const known of KNOWN_FAILURES) {
    const means = (line: string): boolean =>
      known.words.test(line) && (known.beside?.(output.join('\n'), line) ?? true);
    const line = output.findLast(means);
    if (line === undefined) continue;
    const subject =
      known.words
        .exec(line)
        ?.slice(1)
        .find((group: string | undefined) => group !== undefined) ?? '';
    const advice = adviceFor(known.fix(failure, subject), system);
    return {
      code: known.code,
      message: known.message(failure, subject),
      fix: advice.text,
      ...(advice.commands !== undefined && { commands: advice.commands }),
      ...(log === undefined ? { detail: line } : { log: excerpt(log, means) }),
    };
  }
  const excerptOrLines =
    log === undefined ? { detail: output.slice(-EXCERPT).join('\n') } : { log: excerpt(log) };
  if (failure.killed === true)
    return {
      code: 'program-killed',
      message: {
        en: `${failure.tool} was ended by the system or by another program during this step: ${step.en}.`,
        ko: `이 단계에서 시스템이나 다른 프로그램이 ${failure.tool}을(를) 종료했습니다: ${step.ko}.`,
      },
      fix: {
        en: 'Try again. If it happens again, memory may be short: close other programs.',
        ko: '다시 시도하세요. 계속되면 메모리가 부족할 수 있으니 다른 프로그램을 닫으세요.',
      },
      ...excerptOrLines,
    };
  return {
    code: 'cluster-failed',
    message: { en: `This step failed: ${step.en}.`, ko: `이 단계에서 실패했습니다: ${step.ko}.` },
    fix: {
      en: 'The last lines of the log say more. Try again, or use the built-in cluster, which needs none of this.',
      ko: '로그의 마지막 줄에 자세한 내용이 있습니다. 다시 시도하거나, 이런 것이 필요 없는 내장 클러스터를 사용하세요.',
    },
    ...excerptOrLines,
  };
}

/** {@link explainFailure} as the error to throw. */
export function failureError(failure: Failure, cause: unknown): AppError {
  return new AppError(explainFailure(failure), { cause });
}

/** The lines around the last one that matters, else the last ones. */
function excerpt(
  { file, lines }: { file: string; lines: readonly string[] },
  matters: (line: string) => boolean = () => false,
): LogExcerpt {
  const at = lines.findLastIndex(matters);
  const end = lines.length - EXCERPT;
  const start = Math.max(0, at < 0 ? end : Math.min(at - BEFORE, end));
  const shown = lines.slice(start, start + EXCERPT);
  return { file, lines: shown, ...(at >= 0 && { matters: at - start }) };
}
