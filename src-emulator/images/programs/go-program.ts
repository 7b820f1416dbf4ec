import type { ProcessContext } from '../types.ts';
import { formatDate } from './basics.ts';
import { untilEnded } from './support.ts';

/** A line as klog writes it: severity, date, thread, source. */
export function klog(context: ProcessContext, message: string): Promise<void> {
  const now = context.clock.now();
  const time = `${formatDate('%m%d %H:%M:%S', now)}.${String(Math.floor(now % 1000)).padStart(3, '0')}000`;
  return context.stderr.write(`I${time} ${String(context.pid).padStart(7)} log.go:245] ${message}\n`);
}

/**
 * Waits until the process is told to go. A program in Go without handlers of its own exits with 2 at SIGTERM as
 * pid 1: its runtime raises the signal again, the kernel ignores that for pid 1, and the runtime gives up
 * (dieFromSignal in Go's runtime/signal_unix.go).
 */
export function endOnTerm(context: ProcessContext): Promise<number> {
  if (context.pid !== 1) return untilEnded(context);
  const told = new Promise<number>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const)
      context.onSignal(signal, () => resolve(2));
  });
  return Promise.race([told, untilEnded(context)]);
}
