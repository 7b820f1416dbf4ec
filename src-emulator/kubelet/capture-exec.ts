import type { Clock } from '../clock.ts';
import type { Container } from '../images/types.ts';
import type { ByteSink } from '../streams.ts';

/** The most that is kept of a command's output, in bytes. */
const MAX_OUTPUT = 10 * 1024;

export interface CapturedExec {
  code: number;
  stdout: string;
  stderr: string;
  timedOut: boolean;
}

/**
 * Runs a command in a container to its end, as the CRI's ExecSync does.
 * @param timeoutMs after which it is killed; 0 waits for ever.
 * @throws FileError when there is no such command.
 */
export async function captureExec(
  container: Container,
  command: readonly string[],
  { clock, timeoutMs }: { clock: Clock; timeoutMs: number },
): Promise<CapturedExec> {
  const stdout = capture();
  const stderr = capture();
  const process = container.exec(command, { stdout: stdout.sink, stderr: stderr.sink });
  let timedOut = false;
  const timer =
    timeoutMs === 0
      ? undefined
      : clock.setTimeout(() => {
          timedOut = true;
          process.signal('SIGKILL');
        }, timeoutMs);
  const { code } = await process.exit;
  timer?.cancel();
  return { code, stdout: stdout.text(), stderr: stderr.text(), timedOut };
}

function capture(): { sink: ByteSink; text: () => string } {
  const decoder = new TextDecoder();
  let text = '';
  return {
    sink: {
      write: (data) => {
        if (text.length < MAX_OUTPUT)
          text += typeof data === 'string' ? data : decoder.decode(data, { stream: true });
        return Promise.resolve();
      },
      end: () => undefined,
    },
    text: () => text,
  };
}
