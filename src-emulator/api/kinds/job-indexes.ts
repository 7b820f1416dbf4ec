/** Sets of completion indexes as a Job's status writes them: `0,2-4`. */

/** @returns what the server says of a text that is no such set, or whose indexes are not below `completions` */
export function parseIndexes(text: string, completions: number): { indexes: number[] } | { error: string } {
  const indexes: number[] = [];
  if (text === '') return { indexes };
  for (const interval of text.split(',')) {
    const limits = interval.split('-');
    if (limits.length > 2)
      return {
        error: `the fragment ${JSON.stringify(interval)} violates the requirement that an index interval can have at most two parts separated by '-'`,
      };
    for (const limit of limits) {
      if (!/^[+]?\d+$/.test(limit))
        return { error: `cannot convert string to integer for index: ${JSON.stringify(limit)}` };
      if (Number(limit) >= completions) return { error: `too large index: ${JSON.stringify(limit)}` };
    }
    const [first = 0, last = first] = limits.map(Number);
    const previous = limits.length === 2 && first >= last ? first : indexes.at(-1);
    const current = limits.length === 2 && first >= last ? last : first;
    if (previous !== undefined && previous >= current)
      return { error: `non-increasing order, previous: ${previous}, current: ${current}` };
    for (let index = first; index <= last; index++) indexes.push(index);
  }
  return { indexes };
}

/** @param indexes in rising order */
export function formatIndexes(indexes: readonly number[]): string {
  const intervals: [first: number, last: number][] = [];
  for (const index of indexes) {
    const open = intervals.at(-1);
    if (open?.[1] === index - 1) open[1] = index;
    else intervals.push([index, index]);
  }
  // Two that follow one another are listed; a range has three or more.
  return intervals
    .map(([first, last]) => (last - first < 2 ? [...new Set([first, last])].join(',') : `${first}-${last}`))
    .join(',');
}
