import { AppError } from '#shared/app-error.ts';
import { commandLine, type Command, type CommandResult } from './command.ts';

/** A program could not be run to its end. */
export class CommandError extends AppError {
  readonly reason: 'missing' | 'not-startable' | 'deadline';

  constructor(reason: CommandError['reason'], ...[problem, options]: ConstructorParameters<typeof AppError>) {
    super(problem, options);
    this.name = 'CommandError';
    this.reason = reason;
  }
}

export function missingError({ program }: Command, cause: unknown): CommandError {
  return new CommandError(
    'missing',
    {
      code: 'program-missing',
      message: {
        en: `The program "${program}" was not found.`,
        ko: `"${program}" 프로그램을 찾을 수 없습니다.`,
      },
      fix: {
        en: `Install ${program}, and see that your PATH names its folder.`,
        ko: `${program}을(를) 설치하고 그 폴더가 PATH에 있는지 확인하세요.`,
      },
    },
    { cause },
  );
}

export function notStartableError({ program }: Command, cause: unknown): CommandError {
  const words = cause instanceof Error ? cause.message : String(cause);
  return new CommandError(
    'not-startable',
    {
      code: 'program-not-startable',
      message: {
        en: `The program "${program}" could not be started: ${words}`,
        ko: `"${program}" 프로그램을 시작하지 못했습니다: ${words}`,
      },
      fix: {
        en: `See that ${program} runs in your own terminal, then try again.`,
        ko: `터미널에서 ${program}이(가) 실행되는지 확인한 다음 다시 시도하세요.`,
      },
    },
    { cause },
  );
}

export function deadlineError(command: Command, ms: number): CommandError {
  const line = commandLine(command);
  const seconds = String(Math.round(ms / 1000));
  return new CommandError('deadline', {
    code: 'program-deadline',
    message: {
      en: `"${line}" did not end within ${seconds} seconds, and was ended.`,
      ko: `"${line}" 명령이 ${seconds}초 안에 끝나지 않아 종료했습니다.`,
    },
    fix: {
      en: 'See whether the program answers in your own terminal, then try again.',
      ko: '터미널에서 이 프로그램이 응답하는지 확인한 다음 다시 시도하세요.',
    },
  });
}

/** A program ended with a failure: its own words say why. Whoever knows them puts a remedy in place of this. */
export class CommandFailedError extends AppError {
  readonly command: Command;
  readonly result: CommandResult;

  constructor(command: Command, result: CommandResult) {
    const words = (result.stderr.trim() === '' ? result.stdout : result.stderr).trim();
    const status = result.exitCode === undefined ? '–' : String(result.exitCode);
    const line = commandLine(command);
    super({
      code: 'program-failed',
      message: {
        en: `"${line}" failed (exit status ${status}).`,
        ko: `"${line}" 명령이 실패했습니다(종료 상태 ${status}).`,
      },
      detail: words.split('\n').slice(-10).join('\n'),
    });
    this.name = 'CommandFailedError';
    this.command = command;
    this.result = result;
  }
}

/** What was under way was given up because the user asked for it. */
export function cancelledError(): AppError {
  return new AppError({ code: 'cancelled', message: { en: 'Cancelled.', ko: '취소했습니다.' } });
}
