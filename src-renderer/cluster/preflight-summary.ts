import type { PreflightItem, PreflightReport } from '#shared/cluster.ts';
import type { Outcome } from '#shared/verdict.ts';
import type { MessageKey } from '../locales/index.ts';

type State = PreflightItem['state'];

/** In the order in which somebody who wants a cluster should read them. */
const ORDER: readonly State[] = ['blocked', 'warning', 'unknown', 'ok'];

interface Sign {
  /** Colour and shape. */
  readonly outcome: Outcome;
  readonly word: MessageKey;
}

export const SIGNS: Readonly<Record<State, Sign>> = {
  blocked: { outcome: 'fail', word: 'preflight.blocked' },
  warning: { outcome: 'error', word: 'preflight.warning' },
  unknown: { outcome: 'not-run', word: 'preflight.unknown' },
  ok: { outcome: 'pass', word: 'preflight.ok' },
};

/** The findings by how much they matter, those of one state as main sent them. */
export function byUrgency(items: readonly PreflightItem[]): PreflightItem[] {
  return ORDER.flatMap((state) => items.filter((item) => item.state === state));
}

/** A report in one line: a sign, and a message with what it counts. */
export interface Summary {
  readonly outcome: Outcome;
  readonly message: MessageKey;
  readonly n: number;
}

export function summaryOf({ items, usable }: PreflightReport): Summary {
  const count = (state: State): number => items.filter((item) => item.state === state).length;
  if (!usable) return { outcome: 'fail', message: 'preflight.todo', n: count('blocked') };
  const notes = count('warning') + count('unknown');
  if (notes > 0) return { outcome: 'error', message: 'preflight.readyWithNotes', n: notes };
  return {
    outcome: 'pass',
    message: items.length === 0 ? 'preflight.nothingNeeded' : 'preflight.ready',
    n: 0,
  };
}
