/** Durations as programs in Go read and print them (time.ParseDuration, Duration.String). */

const UNIT_MS: Record<string, number> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** Reads `1h30m`, `-250ms`, `0`: milliseconds, or what Go says is wrong. */
export function readGoDuration(text: string): { ms: number } | { error: string } {
  const quoted = JSON.stringify(text);
  if (text === '0') return { ms: 0 };
  let rest = text.replace(/^[+-]/, '');
  let ms = 0;
  if (rest === '') return { error: `invalid duration ${quoted}` };
  while (rest !== '') {
    const [, amount, unit = ''] = /^(\d+\.?\d*|\.\d+)([^\d.]*)/.exec(rest) ?? [];
    if (amount === undefined) return { error: `invalid duration ${quoted}` };
    if (unit === '') return { error: `missing unit in duration ${quoted}` };
    const size = UNIT_MS[unit];
    if (size === undefined) return { error: `unknown unit ${JSON.stringify(unit)} in duration ${quoted}` };
    ms += Number(amount) * size;
    rest = rest.slice(amount.length + unit.length);
  }
  return { ms: text.startsWith('-') ? -ms : ms };
}

/** A duration without a sign, in milliseconds; undefined when it is none. */
export function parseGoDuration(text: string): number | undefined {
  if (/^[-+]/.test(text)) return undefined;
  const read = readGoDuration(text);
  return 'ms' in read ? read.ms : undefined;
}

/** A duration as Go prints it: `1.5s`, `2m0s`. */
export function formatGoDuration(ms: number): string {
  if (ms === 0) return '0s';
  if (ms < 1) return `${Number((ms * 1000).toFixed(3))}µs`;
  if (ms < 1000) return `${Number(ms.toFixed(6))}ms`;
  const hours = Math.floor(ms / 3_600_000);
  const minutes = Math.floor(ms / 60_000) % 60;
  const seconds = `${Number(((ms % 60_000) / 1000).toFixed(9))}s`;
  if (hours > 0) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}
