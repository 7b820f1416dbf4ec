/** How numbers and programs' words are put into findings. */

/** `25.3 GB`, of 10^9 bytes, as disks and virtual machines are sold. */
export function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1).replace(/\.0$/, '')} GB`;
}

/** `512 MB`, of 10^6 bytes. */
export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

const LONGEST = 300;

/** A program's words on one line, cut where they go on for too long. */
export function oneLine(words: string): string {
  const line = words.trim().replaceAll(/\s+/g, ' ');
  return line.length > LONGEST ? `${line.slice(0, LONGEST)} …` : line;
}
