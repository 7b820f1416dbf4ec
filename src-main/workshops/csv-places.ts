/** A record of csv-parse, with the text that it was read from and where it ended. */
export interface CsvRecord {
  record: string[];
  /** The text of the record, with the line's end. */
  raw: string;
  info: { lines: number };
}

/** Where each field of a record begins, with its quote. Lines and columns count from 1. */
export function columnsOf({ raw, info }: CsvRecord, delimiter: string): { line: number; column: number }[] {
  // Lines without anything before it belong to the record's text.
  const body = raw.replace(/^[\r\n]+/, '').replace(/\r?\n$/, '');
  let line = info.lines - (body.match(/\n/g)?.length ?? 0);
  let column = 1;
  let quoted = false;
  const places = [{ line, column }];
  for (const character of body) {
    column++;
    if (character === '"') quoted = !quoted;
    else if (character === '\n') {
      line++;
      column = 1;
    } else if (character === delimiter && !quoted) places.push({ line, column });
  }
  return places;
}
