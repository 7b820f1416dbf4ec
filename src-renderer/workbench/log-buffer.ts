/** Lines that are kept; older ones are dropped in whole blocks. */
const KEPT_LINES = 10_000;
const LINES_PER_BLOCK = 200;

/** A run of lines that is drawn as one element: what is full never changes again. */
export interface LogBlock {
  readonly id: number;
  readonly lines: readonly string[];
}

/** The log after more lines came: only the last block is made anew, so that drawing stays cheap. */
export function appendLines(blocks: readonly LogBlock[], lines: readonly string[]): LogBlock[] {
  const next = [...blocks];
  let rest = lines.slice(-KEPT_LINES);
  while (rest.length > 0) {
    const last = next.at(-1);
    const room = last === undefined ? 0 : LINES_PER_BLOCK - last.lines.length;
    if (last !== undefined && room > 0) {
      next[next.length - 1] = { id: last.id, lines: [...last.lines, ...rest.slice(0, room)] };
      rest = rest.slice(room);
    } else {
      next.push({ id: (last?.id ?? -1) + 1, lines: rest.slice(0, LINES_PER_BLOCK) });
      rest = rest.slice(LINES_PER_BLOCK);
    }
  }
  return next.slice(-KEPT_LINES / LINES_PER_BLOCK);
}
