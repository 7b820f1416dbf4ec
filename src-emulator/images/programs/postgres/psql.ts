import { ContainerContext } from '../../process.ts';
import { LineEditor } from '../../shell/line-editor.ts';
import type { ProcessContext, Program } from '../../types.ts';
import { lines, parseOptions, program } from '../support.ts';
import { PostgresClient, PostgresFailure, type QueryResult } from './client.ts';

/** psql: queries of `-c`, of stdin, or at a prompt. */
export function psql(version: string): Program {
  return program('psql', async (context, args) => {
    const options = parseOptions(args, {
      short: 'U:d:h:p:c:tAqVw',
      long: {
        'username=': 'U',
        'dbname=': 'd',
        'host=': 'h',
        'port=': 'p',
        'command=': 'c',
        version: 'V',
        'tuples-only': 't',
      },
    });
    if (options.has('V')) {
      await context.stdout.write(`psql (PostgreSQL) ${version}\n`);
      return 0;
    }
    const host = options.value('h') ?? context.env['PGHOST'] ?? '127.0.0.1';
    const port = Number(options.value('p') ?? 5432);
    const user = options.value('U') ?? options.operands[1] ?? context.env['PGUSER'] ?? 'root';
    const database = options.value('d') ?? options.operands[0] ?? user;
    // Over the local socket the image trusts everybody.
    const local = options.value('h') === undefined;
    const password = context.env['PGPASSWORD'] ?? (local ? (context.env['POSTGRES_PASSWORD'] ?? '') : '');
    let client: PostgresClient;
    try {
      client = await PostgresClient.connect(context, { host, port, user, password, database });
    } catch (error) {
      if (context.ended.aborted) throw error;
      const where = `connection to server at "${host}", port ${port} failed`;
      await context.stderr.write(
        `psql: error: ${where}: ${error instanceof PostgresFailure ? `${error.severity}:  ` : ''}${error instanceof Error ? error.message : String(error)}\n`,
      );
      return 2;
    }
    const print = { tuplesOnly: options.has('t'), unaligned: options.has('A') };
    try {
      const [command] = options.values('c');
      if (command !== undefined) {
        let status = 0;
        for (const each of options.values('c')) status = await run(context, client, each, print);
        return status;
      }
      if (context instanceof ContainerContext && context.isTerminal(0))
        return await interact(context, client, database, version, print);
      let pending = '';
      for await (const line of lines(context.stdin)) {
        pending += `${line}\n`;
        if (!/;\s*$/.test(pending)) continue;
        await run(context, client, pending, print);
        pending = '';
      }
      if (pending.trim() !== '') await run(context, client, pending, print);
      return 0;
    } finally {
      client.close();
    }
  });
}

interface Print {
  tuplesOnly: boolean;
  unaligned: boolean;
}

async function run(
  context: ProcessContext,
  client: PostgresClient,
  text: string,
  print: Print,
): Promise<number> {
  try {
    const result = await client.query(text);
    if (result.columns.length > 0) await context.stdout.write(formatTable(result, print));
    else if (result.tags.length > 0) await context.stdout.write(`${result.tags.join('\n')}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof PostgresFailure)) throw error;
    await context.stderr.write(`${error.severity}:  ${error.message}\n`);
    return 1;
  }
}

async function interact(
  context: ContainerContext,
  client: PostgresClient,
  database: string,
  version: string,
  print: Print,
): Promise<number> {
  await context.stdout.write(`psql (${version})\nType "help" for help.\n\n`);
  const history: string[] = [];
  const editor = new LineEditor(context, { history, complete: () => ({ start: 0, candidates: [] }) });
  let pending = '';
  for (;;) {
    context.terminal?.setRaw(true);
    const edited = await editor.read(`${database}${pending === '' ? '=' : '-'}# `);
    context.terminal?.setRaw(false);
    if (edited.type === 'end') return 0;
    if (edited.type === 'interrupt') {
      pending = '';
      continue;
    }
    const line = edited.text.trim();
    if (line === '') continue;
    history.push(edited.text);
    if (pending === '' && ['\\q', 'exit', 'quit'].includes(line)) return 0;
    if (pending === '' && line.startsWith('\\')) {
      await context.stderr.write(`invalid command ${line.split(' ')[0] ?? ''}\nTry \\? for help.\n`);
      continue;
    }
    pending += `${edited.text}\n`;
    if (!pending.trimEnd().endsWith(';')) continue;
    await run(context, client, pending, print);
    pending = '';
  }
}

function formatTable({ columns, rows }: QueryResult, { tuplesOnly, unaligned }: Print): string {
  const cells = rows.map((row) => row.map((value) => value ?? ''));
  const count = `(${rows.length} row${rows.length === 1 ? '' : 's'})\n`;
  if (unaligned) {
    const body = cells.map((row) => `${row.join('|')}\n`).join('');
    return tuplesOnly ? body : `${columns.join('|')}\n${body}${count}`;
  }
  const widths = columns.map((name, index) =>
    Math.max(name.length, ...cells.map((row) => row[index]?.length ?? 0)),
  );
  const isNumber = columns.map(
    (_, index) => cells.length > 0 && cells.every((row) => /^-?\d+$/.test(row[index] ?? '')),
  );
  const format = (row: readonly string[]): string =>
    ` ${row.map((value, index) => (isNumber[index] ? value.padStart(widths[index] ?? 0) : value.padEnd(widths[index] ?? 0))).join(' | ')}`.trimEnd();
  const body = cells.map((row) => `${format(row)}\n`).join('');
  if (tuplesOnly) return `${body}\n`;
  const head = ` ${columns.map((name, index) => centre(name, widths[index] ?? 0)).join(' | ')} `;
  return `${head}\n${widths.map((width) => '-'.repeat(width + 2)).join('+')}\n${body}${count}\n`;
}

function centre(text: string, width: number): string {
  const left = Math.floor((width - text.length) / 2);
  return `${' '.repeat(left)}${text}${' '.repeat(width - text.length - left)}`;
}
