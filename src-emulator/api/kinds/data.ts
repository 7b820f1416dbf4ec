/** What ConfigMaps and Secrets have in common. */

/** 1 MiB, for all values together. */
export const MAX_DATA_BYTES = 1024 * 1024;

export function dataChanged(now: Record<string, string> = {}, before: Record<string, string> = {}): boolean {
  const keys = Object.keys(now);
  return keys.length !== Object.keys(before).length || keys.some((key) => now[key] !== before[key]);
}
