/** How numbers and programs' words are put into findings. */

/** `25.3 GB`, of 10^9 bytes, as disks and virtual machines are sold. */
export function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1).replace(/\.0$/, '')} GB`;
}

/** `512 MB`, of 10^6 bytes. */
export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

/** Ascending numbers, with those that follow one another as a range: `8080, 30070–30085`. */
export function ranges(numbers: readonly number[]): string {
  const found: { first: number; last: number }[] = [];
  for (const number of numbers) {
    const open = found.at(-1);
    if (open !== undefined && open.last + 1 === number) open.last = number;
    else found.push({ first: number, last: number });
  }
  return found.map(({ first, last }) => (first === last ? `${first}` : `${first}–${last}`)).join(', ');
}

const LONGEST = 300;

/** A program's words on one line, cut where they go on for too long. */
export function oneLine(words: string): string {
  const line = words.trim().replaceAll(/\s+/g, ' ');
  return line.length > LONGEST ? `${line.slice(0, LONGEST)} …` : line;
}
