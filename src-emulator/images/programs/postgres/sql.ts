/** A small SQL: what an example application and a look with psql need. Everything else is a syntax error. */

/** A statement that fails, with PostgreSQL's code for it. */
export class SqlFailure extends Error {
  override readonly name = 'SqlFailure';
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export interface SqlResult {
  /** What psql prints at the end: `INSERT 0 1`. */
  tag: string;
  columns: string[];
  rows: (string | null)[][];
}

type Row = Map<string, string | null>;

interface Table {
  columns: string[];
  unique: string[];
  rows: Row[];
}

type Condition = (row: Row) => boolean;

/** The columns of a SELECT: `count` is COUNT(*) or COUNT(column). */
interface Selected {
  label: string;
  column: string | undefined;
  constant: string | null | undefined;
  count: boolean;
}

class Tokens {
  readonly #tokens: string[];
  #at = 0;

  constructor(text: string) {
    this.#tokens =
      text.match(/'(?:[^']|'')*'|"[^"]*"|[A-Za-z_][\w$]*|\d+(?:\.\d+)?|<>|[<>!]=|[^\s\w]/g) ?? [];
  }

  get next(): string | undefined {
    return this.#tokens[this.#at];
  }

  is(word: string): boolean {
    return this.next?.toLowerCase() === word;
  }

  /** Steps over `words` when all of them stand here. */
  skip(...words: string[]): boolean {
    if (!words.every((word, index) => this.#tokens[this.#at + index]?.toLowerCase() === word)) return false;
    this.#at += words.length;
    return true;
  }

  expect(...words: string[]): void {
    if (!this.skip(...words)) this.fail();
  }

  take(): string {
    const token = this.next;
    if (token === undefined) this.fail();
    this.#at++;
    return token;
  }

  name(): string {
    if (!/^["A-Za-z_]/.test(this.next ?? '')) this.fail();
    const token = this.take();
    return token.startsWith('"') ? token.slice(1, -1) : token.toLowerCase();
  }

  value(): string | null {
    const token = this.take();
    if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
    if (/^\d/.test(token)) return token;
    if (/^null$/i.test(token)) return null;
    this.#at--;
    return this.fail();
  }

  list<T>(item: () => T): T[] {
    const items = [item()];
    while (this.skip(',')) items.push(item());
    return items;
  }

  fail(): never {
    throw new SqlFailure(
      '42601',
      this.next === undefined ? 'syntax error at end of input' : `syntax error at or near "${this.next}"`,
    );
  }
}

const done = (tag: string): SqlResult => ({ tag, columns: [], rows: [] });

/** The tables of one database. */
export class SqlDatabase {
  readonly #tables = new Map<string, Table>();
  readonly #version: string;

  constructor(version: string) {
    this.#version = version;
  }

  tableNames(): string[] {
    return [...this.#tables.keys()].sort();
  }

  /** @throws SqlFailure */
  run(statement: string): SqlResult {
    const tokens = new Tokens(statement);
    if (tokens.skip('create', 'table')) return this.#create(tokens);
    if (tokens.skip('drop', 'table')) return this.#drop(tokens);
    if (tokens.skip('insert', 'into')) return this.#insert(tokens);
    if (tokens.skip('update')) return this.#update(tokens);
    if (tokens.skip('delete', 'from')) return this.#delete(tokens);
    if (tokens.skip('truncate')) {
      tokens.skip('table');
      this.#table(tokens.name()).rows.length = 0;
      return done('TRUNCATE TABLE');
    }
    if (tokens.skip('select')) return this.#select(tokens);
    return tokens.fail();
  }

  #table(name: string): Table {
    const table = this.#tables.get(name);
    if (table === undefined) throw new SqlFailure('42P01', `relation "${name}" does not exist`);
    return table;
  }

  #create(tokens: Tokens): SqlResult {
    const lenient = tokens.skip('if', 'not', 'exists');
    const name = tokens.name();
    const table: Table = { columns: [], unique: [], rows: [] };
    tokens.expect('(');
    do {
      const column = tokens.name();
      table.columns.push(column);
      for (let depth = 0; depth > 0 || !(tokens.is(',') || tokens.is(')'));) {
        const word = tokens.take().toLowerCase();
        if (word === '(') depth++;
        if (word === ')') depth--;
        if (word === 'unique' || word === 'primary') table.unique.push(column);
      }
    } while (tokens.skip(','));
    tokens.expect(')');
    if (!this.#tables.has(name)) this.#tables.set(name, table);
    else if (!lenient) throw new SqlFailure('42P07', `relation "${name}" already exists`);
    return done('CREATE TABLE');
  }

  #drop(tokens: Tokens): SqlResult {
    const lenient = tokens.skip('if', 'exists');
    const name = tokens.name();
    if (!this.#tables.delete(name) && !lenient)
      throw new SqlFailure('42P01', `table "${name}" does not exist`);
    return done('DROP TABLE');
  }

  #insert(tokens: Tokens): SqlResult {
    const name = tokens.name();
    const table = this.#table(name);
    let columns = table.columns;
    if (tokens.skip('(')) {
      columns = tokens.list(() => column(table, name, tokens.name()));
      tokens.expect(')');
    }
    tokens.expect('values');
    const rows = tokens.list(() => {
      tokens.expect('(');
      const values = tokens.list(() => tokens.value());
      tokens.expect(')');
      return new Map(columns.map((each, index) => [each, values[index] ?? null]));
    });
    let onConflict: 'fail' | 'nothing' | string[] = 'fail';
    if (tokens.skip('on', 'conflict')) {
      if (tokens.skip('(')) {
        tokens.list(() => tokens.name());
        tokens.expect(')');
      }
      if (tokens.skip('do', 'nothing')) onConflict = 'nothing';
      else {
        tokens.expect('do', 'update', 'set');
        onConflict = tokens.list(() => {
          const target = tokens.name();
          tokens.expect('=', 'excluded', '.', target);
          return target;
        });
      }
    }
    let changed = 0;
    for (const row of rows) {
      const key = table.unique.find((each) => table.rows.some((other) => other.get(each) === row.get(each)));
      const twin =
        key === undefined ? undefined : table.rows.find((other) => other.get(key) === row.get(key));
      if (twin === undefined) table.rows.push(row);
      else if (onConflict === 'fail')
        throw new SqlFailure(
          '23505',
          `duplicate key value violates unique constraint "${name}_${key ?? ''}_key"`,
        );
      else if (onConflict === 'nothing') continue;
      else for (const each of onConflict) twin.set(each, row.get(each) ?? null);
      changed++;
    }
    return done(`INSERT 0 ${changed}`);
  }

  #update(tokens: Tokens): SqlResult {
    const name = tokens.name();
    const table = this.#table(name);
    tokens.expect('set');
    const changes = tokens.list(() => {
      const target = column(table, name, tokens.name());
      tokens.expect('=');
      return [target, tokens.value()] as const;
    });
    const rows = table.rows.filter(where(tokens, table, name));
    for (const row of rows) for (const [target, value] of changes) row.set(target, value);
    return done(`UPDATE ${rows.length}`);
  }

  #delete(tokens: Tokens): SqlResult {
    const name = tokens.name();
    const table = this.#table(name);
    const matches = where(tokens, table, name);
    const left = table.rows.filter((row) => !matches(row));
    const gone = table.rows.length - left.length;
    table.rows = left;
    return done(`DELETE ${gone}`);
  }

  #select(tokens: Tokens): SqlResult {
    const items = tokens.list(() => this.#selected(tokens));
    if (!tokens.skip('from')) {
      const rows = [items.map((each) => each.constant ?? null)];
      return { tag: 'SELECT 1', columns: items.map((each) => each.label), rows };
    }
    const name = tokens.name();
    const table = this.#table(name);
    const columns = items.flatMap((each) =>
      each.column === '*' && !each.count
        ? table.columns.map((label): Selected => ({
            label,
            column: label,
            constant: undefined,
            count: false,
          }))
        : [each],
    );
    for (const each of columns)
      if (each.column !== undefined && each.column !== '*') column(table, name, each.column);
    const matching = table.rows.filter(where(tokens, table, name));
    const groupBy = tokens.skip('group', 'by')
      ? tokens.list(() => column(table, name, tokens.name()))
      : undefined;
    const grouped = groupBy !== undefined || columns.some((each) => each.count);
    const groups = grouped
      ? [
          ...Map.groupBy(matching, (row) =>
            JSON.stringify((groupBy ?? []).map((each) => row.get(each))),
          ).values(),
        ]
      : matching.map((row) => [row]);
    if (grouped && groupBy === undefined && groups.length === 0) groups.push([]);
    let rows = groups.map((group) =>
      columns.map((each) => {
        if (each.count)
          return String(
            each.column === '*'
              ? group.length
              : group.filter((row) => row.get(each.column ?? '') !== null).length,
          );
        return each.constant ?? group[0]?.get(each.column ?? '') ?? null;
      }),
    );
    if (tokens.skip('order', 'by')) {
      const label = tokens.name();
      const index = columns.findIndex((each) => each.label === label || each.column === label);
      if (index === -1) throw new SqlFailure('42703', `column "${label}" does not exist`);
      const direction = tokens.skip('desc') ? -1 : 1;
      tokens.skip('asc');
      rows.sort((a, b) => direction * compare(a[index] ?? '', b[index] ?? ''));
    }
    if (tokens.skip('limit')) rows = rows.slice(0, Number(tokens.value()));
    return { tag: `SELECT ${rows.length}`, columns: columns.map((each) => each.label), rows };
  }

  #selected(tokens: Tokens): Selected {
    const selected: Selected = { label: '?column?', column: undefined, constant: undefined, count: false };
    if (tokens.skip('*')) return { ...selected, column: '*' };
    if (tokens.skip('count', '(')) {
      selected.count = true;
      selected.label = 'count';
      selected.column = tokens.skip('*') ? '*' : tokens.name();
      tokens.expect(')');
    } else if (tokens.skip('version', '(', ')')) {
      selected.label = 'version';
      selected.constant = `PostgreSQL ${this.#version} on x86_64-pc-linux-gnu, 64-bit`;
    } else if (/^['\d]/.test(tokens.next ?? '')) selected.constant = tokens.value();
    else selected.label = selected.column = tokens.name();
    if (tokens.skip('as')) selected.label = tokens.name();
    return selected;
  }
}

function column(table: Table, tableName: string, name: string): string {
  if (!table.columns.includes(name))
    throw new SqlFailure('42703', `column "${name}" of relation "${tableName}" does not exist`);
  return name;
}

/** `WHERE a = 'x' AND b <> 'y'`; everything when there is none. */
function where(tokens: Tokens, table: Table, tableName: string): Condition {
  if (!tokens.skip('where')) return () => true;
  const conditions: Condition[] = [];
  do {
    const name = column(table, tableName, tokens.name());
    const operator = tokens.take();
    if (!['=', '<>', '!='].includes(operator)) tokens.fail();
    const value = tokens.value();
    conditions.push((row) => (row.get(name) === value) === (operator === '='));
  } while (tokens.skip('and'));
  return (row) => conditions.every((each) => each(row));
}

function compare(a: string, b: string): number {
  return /^\d+$/.test(a) && /^\d+$/.test(b) ? Number(a) - Number(b) : a < b ? -1 : a > b ? 1 : 0;
}
