/** Scalars that Go reads with a parser of its own: times and bytes. */

type Canonical = { text: string } | { error: string };

const LAYOUT = '2006-01-02T15:04:05Z07:00';
const MICRO_LAYOUT = '2006-01-02T15:04:05.000000Z07:00';

/** The steps of RFC 3339, with what Go's layout calls them. */
const TIME_PARTS: [RegExp, string][] = [
  [/^\d{4}/, '2006'],
  [/^-/, '-'],
  [/^\d\d/, '01'],
  [/^-/, '-'],
  [/^\d\d/, '02'],
  [/^T/, 'T'],
  [/^\d\d/, '15'],
  [/^:/, ':'],
  [/^\d\d/, '04'],
  [/^:/, ':'],
];
const ZONE: [RegExp, string] = [/^(?:Z|[+-]\d\d:\d\d)/, 'Z07:00'];
/** Seconds may have a fraction, and with microseconds must have all six digits of it. */
const END: [RegExp, string][] = [[/^\d\d(?:\.\d+)?/, '05'], ZONE];
const MICRO_END: [RegExp, string][] = [[/^\d\d/, '05'], [/^\.\d{6}/, '.000000'], ZONE];

/** Reads an RFC 3339 time; writes it in UTC, with seconds or (for MicroTime) microseconds. */
export function canonicalTime(value: string, micro: boolean): Canonical {
  const layout = micro ? MICRO_LAYOUT : LAYOUT;
  const prefix = `parsing time ${JSON.stringify(value)} as ${JSON.stringify(layout)}`;
  let rest = value;
  let fraction = '';
  for (const [pattern, name] of [...TIME_PARTS, ...(micro ? MICRO_END : END)]) {
    const found = pattern.exec(rest)?.[0];
    if (found === undefined)
      return { error: `${prefix}: cannot parse ${JSON.stringify(rest)} as ${JSON.stringify(name)}` };
    if (name === '.000000') fraction = found;
    rest = rest.slice(found.length);
  }
  if (rest !== '')
    return { error: `parsing time ${JSON.stringify(value)}: extra text: ${JSON.stringify(rest)}` };
  const ms = Date.parse(value);
  if (Number.isNaN(ms)) {
    const month = Number(value.slice(5, 7));
    const what = month < 1 || month > 12 ? 'month' : 'day';
    return { error: `parsing time ${JSON.stringify(value)}: ${what} out of range` };
  }
  const seconds = new Date(Math.floor(ms / 1000) * 1000).toISOString().slice(0, 19);
  return { text: micro ? `${seconds}${fraction}Z` : `${seconds}Z` };
}

/** Reads standard base64, as Go's decoder does: line ends are skipped, padding must be right. */
export function canonicalBase64(value: string): Canonical {
  const text = value.replaceAll(/[\r\n]/g, '');
  const wrong = /[^A-Za-z0-9+/]/.exec(text.replace(/={1,2}$/, ''));
  const illegal = (position: number): Canonical => ({
    error: `illegal base64 data at input byte ${position}`,
  });
  if (wrong !== null) return illegal(wrong.index);
  if (text.length % 4 !== 0) return illegal(text.length - (text.length % 4));
  return { text: Buffer.from(text, 'base64').toString('base64') };
}
