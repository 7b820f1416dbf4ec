/**
 * How the server shows what has changed: a unified diff, without a header, of two texts. Which of several possible
 * diffs comes out is part of the message, so lines are matched by the rule that the server's library has from Python's
 * difflib: the longest run that both texts share first, then what is before and after it, never starting from a line
 * that comes too often.
 */

import { asGoWrites } from '../validation/errors.ts';

/** Lines that stay the same around a change. */
const CONTEXT = 3;
/** From this length on, frequent lines are passed over. */
const LONG_TEXT = 200;

/** A run of equal lines: where it starts in either text, and its length. */
type Match = readonly [before: number, after: number, length: number];
type Change = readonly [equal: boolean, from: number, to: number, start: number, end: number];

/** The changes from one value to another, both as indented JSON. Empty when there are none. */
export function jsonDiff(before: unknown, after: unknown): string {
  return unifiedDiff(indented(before).split('\n'), indented(after).split('\n'));
}

function indented(value: unknown): string {
  return asGoWrites(JSON.stringify(value, undefined, 1));
}

function unifiedDiff(before: readonly string[], after: readonly string[]): string {
  const lines: string[] = [];
  for (const hunk of hunksOf(changesBetween(before, after))) {
    const [, from, , start] = hunk[0] ?? [true, 0, 0, 0, 0];
    const [, , to, , end] = hunk.at(-1) ?? [true, 0, 0, 0, 0];
    lines.push(`@@ -${range(from, to)} +${range(start, end)} @@`);
    for (const [equal, a, b, c, d] of hunk)
      if (equal) lines.push(...before.slice(a, b).map((line) => ` ${line}`));
      else
        lines.push(
          ...before.slice(a, b).map((line) => `-${line}`),
          ...after.slice(c, d).map((line) => `+${line}`),
        );
  }
  return lines.map((line) => `${line}\n`).join('');
}

/** Where a hunk lies, as `diff -u` says it: the line before it if it is empty. */
function range(start: number, end: number): string {
  const length = end - start;
  if (length === 1) return String(start + 1);
  return `${length === 0 ? start : start + 1},${length}`;
}

function changesBetween(before: readonly string[], after: readonly string[]): Change[] {
  const changes: Change[] = [];
  let [a, b] = [0, 0];
  for (const [i, j, length] of [
    ...matchesBetween(before, after),
    [before.length, after.length, 0] as const,
  ]) {
    if (a < i || b < j) changes.push([false, a, i, b, j]);
    [a, b] = [i + length, j + length];
    if (length > 0) changes.push([true, i, a, j, b]);
  }
  return changes;
}

/** Changes that are close together, with some of the equal lines around them. */
function hunksOf(changes: Change[]): Change[][] {
  const hunks: Change[][] = [];
  let hunk: Change[] = [];
  for (const [index, [equal, a, b, c, d]] of changes.entries()) {
    if (!equal) {
      hunk.push([equal, a, b, c, d]);
      continue;
    }
    const isFirst = index === 0;
    const isLast = index === changes.length - 1;
    if (!isFirst && !isLast && b - a <= 2 * CONTEXT) hunk.push([equal, a, b, c, d]);
    else {
      if (!isFirst) {
        hunk.push([equal, a, Math.min(b, a + CONTEXT), c, Math.min(d, c + CONTEXT)]);
        hunks.push(hunk);
      }
      hunk = isLast ? [] : [[equal, Math.max(a, b - CONTEXT), b, Math.max(c, d - CONTEXT), d]];
    }
  }
  if (hunk.some(([equal]) => !equal)) hunks.push(hunk);
  return hunks;
}

/** The runs that two texts share, in their order; runs that touch are one. */
function matchesBetween(before: readonly string[], after: readonly string[]): Match[] {
  const places = placesOf(after);
  const found: Match[] = [];
  const search = (a: number, b: number, c: number, d: number): void => {
    const match = longestMatch(before, after, places, [a, b, c, d]);
    const [i, j, length] = match;
    if (length === 0) return;
    if (a < i && c < j) search(a, i, c, j);
    const last = found.at(-1);
    if (last !== undefined && last[0] + last[2] === i && last[1] + last[2] === j)
      found[found.length - 1] = [last[0], last[1], last[2] + length];
    else found.push(match);
    if (i + length < b && j + length < d) search(i + length, b, j + length, d);
  };
  search(0, before.length, 0, after.length);
  return found;
}

function placesOf(lines: readonly string[]): Map<string, number[]> {
  const places = new Map<string, number[]>();
  for (const [index, line] of lines.entries()) {
    const known = places.get(line);
    if (known === undefined) places.set(line, [index]);
    else known.push(index);
  }
  const most = Math.floor(lines.length / 100) + 1;
  if (lines.length >= LONG_TEXT)
    for (const [line, { length }] of places) if (length > most) places.delete(line);
  return places;
}

function longestMatch(
  before: readonly string[],
  after: readonly string[],
  places: ReadonlyMap<string, number[]>,
  [from, to, start, end]: readonly [number, number, number, number],
): Match {
  let [bestBefore, bestAfter, best] = [from, start, 0];
  /** How long the run is that ends with the line before, by the place in the other text. */
  let runs = new Map<number, number>();
  for (let i = from; i < to; i++) {
    const next = new Map<number, number>();
    for (const j of places.get(before[i] ?? '') ?? []) {
      if (j < start) continue;
      if (j >= end) break;
      const length = (runs.get(j - 1) ?? 0) + 1;
      next.set(j, length);
      if (length > best) [bestBefore, bestAfter, best] = [i - length + 1, j - length + 1, length];
    }
    runs = next;
  }
  while (bestBefore > from && bestAfter > start && before[bestBefore - 1] === after[bestAfter - 1]) {
    bestBefore--;
    bestAfter--;
    best++;
  }
  while (
    bestBefore + best < to &&
    bestAfter + best < end &&
    before[bestBefore + best] === after[bestAfter + best]
  )
    best++;
  return [bestBefore, bestAfter, best];
}
