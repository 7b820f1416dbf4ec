/** Headers of columns that hold how long ago something was. */
const AGES = new Set([
  'AGE',
  'Age',
  'LAST SEEN',
  'FIRST SEEN',
  'DURATION',
  'LAST SCHEDULE',
  'REQUESTEDDURATION',
]);
const DURATION = /^(\d+[ywdhms]){1,3}$|^<invalid>$/;
/** How often an event came up is a matter of timing. */
const REPEATED = /^\S+ \(x\d+ over \S+\)$/;
const HEADER = /(?:^|(?<= {2}))\S+(?: \S+)*?(?= {2}|$)/g;

/**
 * Puts `<age>` in place of ages in kubectl's tables, which are found by their headers: elsewhere `10s` and `100m` say
 * something that has to stay.
 */
export function maskAges(text: string): string {
  let columns: { start: number; end: number }[] = [];
  return text
    .split('\n')
    .map((line) => {
      const headers = [...line.matchAll(HEADER)];
      const ages = headers.filter(([title]) => AGES.has(title));
      if (ages.length > 0 && headers.length > 1) {
        columns = ages
          .map((header) => ({
            start: header.index,
            end: headers[headers.indexOf(header) + 1]?.index ?? Number.POSITIVE_INFINITY,
          }))
          .toReversed();
        return line;
      }
      if (line.trim() === '') columns = [];
      return columns.reduce(maskColumn, line);
    })
    .join('\n');
}

function maskColumn(line: string, { start, end }: { start: number; end: number }): string {
  const cell = line.slice(start, end);
  const value = cell.trim();
  if (line.slice(start - 1, start).trim() !== '') return line;
  if (!DURATION.test(value) && !REPEATED.test(value)) return line;
  return `${line.slice(0, start)}<age>  ${line.slice(end)}`.trimEnd();
}
