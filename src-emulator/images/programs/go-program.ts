import type { ProcessContext, Signal } from '../types.ts';
import { formatDate } from './basics.ts';
import { untilEnded } from './support.ts';

/** A line as klog writes it: severity, date, thread, source. */
export function klog(
  context: ProcessContext,
  message: string,
  severity: 'I' | 'E' | 'F' = 'I',
  source = 'log.go:244',
): Promise<void> {
  const now = context.clock.now();
  const time = `${formatDate('%m%d %H:%M:%S', now)}.${String(Math.floor(now % 1000)).padStart(3, '0')}000`;
  return context.stderr.write(
    `${severity}${time} ${String(context.pid).padStart(7)} ${source}] ${message}\n`,
  );
}

/**
 * Waits until the process is told to go. A program in Go without handlers of its own exits with 2 at SIGTERM as
 * pid 1: its runtime raises the signal again, the kernel ignores that for pid 1, and the runtime gives up
 * (dieFromSignal in Go's runtime/signal_unix.go).
 */
export function endOnTerm(
  context: ProcessContext,
  signals: readonly Signal[] = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'],
): Promise<number> {
  if (context.pid !== 1) return untilEnded(context);
  const told = new Promise<number>((resolve) => {
    for (const signal of signals) context.onSignal(signal, () => resolve(2));
  });
  return Promise.race([told, untilEnded(context)]);
}

/** A line of Go's own log package, on stderr. */
export function goLog(context: ProcessContext, message: string): Promise<void> {
  return context.stderr.write(`${formatDate('%Y/%m/%d %H:%M:%S', context.clock.now())} ${message}\n`);
}
