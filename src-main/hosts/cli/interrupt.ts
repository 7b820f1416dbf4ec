import type { CliContext } from './context.ts';

/**
 * A signal that aborts at the first Ctrl+C or SIGTERM, so that what was begun is taken back in good order; the
 * second one ends the process at once.
 */
export function untilInterrupted({ err, locale }: CliContext): AbortSignal {
  const interrupted = new AbortController();
  const stop = (): void => {
    if (interrupted.signal.aborted) process.exit(130);
    err(locale === 'ko' ? '취소하고 정리하는 중 …' : 'Cancelling and cleaning up …');
    interrupted.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  return interrupted.signal;
}
