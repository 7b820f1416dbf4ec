import type { Platform } from './topology.ts';
import type { TraceHop } from './trace-hop.ts';

/**
 * The pod that answered a traced request: the only one whose name or address stands in what the trace saw at its end.
 * Undefined while the trace doesn't say.
 */
export function arrivedAt<P extends Pick<Platform, 'name' | 'address'>>(
  platforms: readonly P[],
  hop: TraceHop | undefined,
): P | undefined {
  if (hop?.state !== 'ok') return undefined;
  const seen = [hop.label, hop.evidence?.output ?? ''];
  for (const words of seen) {
    const named = platforms.filter(({ name, address }) =>
      [name, address].some((word) => word !== undefined && holds(words, word)),
    );
    if (named.length === 1) return named[0];
  }
  return undefined;
}

/** Whether a name or address stands there by itself: `web-1` is not in `web-10`. */
function holds(words: string, word: string): boolean {
  return words.split(/[^A-Za-z0-9.:-]+/).some((one) => one === word || one.startsWith(`${word}:`));
}
