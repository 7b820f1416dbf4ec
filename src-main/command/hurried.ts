import type { Clock } from '#emulator/clock.ts';
import type { CommandRunner } from './command.ts';
import { deadlineError } from './errors.ts';

/** What a program is given to end in good order before nobody waits for it any more. */
const SLACK_MS = 250;

/**
 * A runner for questions: every command has at most `ms`. Also one that cannot be ended (it hangs in the kernel,
 * or does not listen to a signal) holds nobody up: it is left to the runner, which goes on ending it.
 */
export function hurried(run: CommandRunner, ms: number, clock: Clock): CommandRunner {
  return async (command, options) => {
    const deadlineMs = Math.min(ms, options.deadlineMs);
    const running = run(command, { ...options, deadlineMs });
    const answered = new AbortController();
    const late = clock.sleep(deadlineMs + SLACK_MS, answered.signal).then(() => {
      throw deadlineError(command, deadlineMs);
    });
    try {
      return await Promise.race([running, late]);
    } finally {
      answered.abort();
    }
  };
}
