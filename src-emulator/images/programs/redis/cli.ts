import { ContainerContext, isTerminal } from '../../process.ts';
import { LineEditor } from '../../shell/line-editor.ts';
import type { ProcessContext, Program } from '../../types.ts';
import { lines, parseOptions, program, UsageFailure, type Options } from '../support.ts';
import { ConnectFailure, RedisClient } from './client.ts';
import { Failure, type Reply, Simple, splitWords } from './resp.ts';

const latin1 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
const utf8 = (text: string): string => Buffer.from(text, 'latin1').toString('utf8');

/** redis-cli: one command, a script on stdin, or a prompt. */
export function redisCli(version: string): Program {
  return program('redis-cli', async (context, args) => {
    if (args[0] === '--version' || args[0] === '-v') {
      await context.stdout.write(`redis-cli ${version}\n`);
      return 0;
    }
    const options = parseOptions(args, {
      short: 'h:p:a:n:u:r:i:t:x3',
      long: {
        raw: 'raw',
        'no-raw': 'no-raw',
        csv: 'csv',
        'user=': 'user',
        'pass=': 'a',
        'no-auth-warning': 'quiet',
      },
      stopAtOperand: true,
    });
    return new Cli(context, options).run();
  });
}

class Cli {
  readonly #context: ProcessContext;
  readonly #options: Options;
  readonly #host: string;
  readonly #port: number;
  readonly #password: string | undefined;
  readonly #database: string;
  readonly #format: 'raw' | 'terminal' | 'csv';
  #client: RedisClient | undefined;

  constructor(context: ProcessContext, options: Options) {
    this.#context = context;
    this.#options = options;
    const uri = options.value('u') === undefined ? undefined : new URL(options.value('u') ?? '');
    this.#host = uri?.hostname ?? options.value('h') ?? '127.0.0.1';
    this.#port = Number(uri?.port || (options.value('p') ?? 6379));
    this.#password = (uri?.password || options.value('a')) ?? context.env['REDISCLI_AUTH'];
    this.#database = uri?.pathname.slice(1) || (options.value('n') ?? '0');
    if (!Number.isInteger(this.#port) || this.#port < 0 || this.#port > 65_535)
      throw new UsageFailure('Invalid server port.');
    const raw = options.has('raw') || (!isTerminal(context, 1) && !options.has('no-raw'));
    this.#format = options.has('csv') ? 'csv' : raw ? 'raw' : 'terminal';
  }

  async run(): Promise<number> {
    const words = this.#options.operands.map(latin1);
    if (words.length > 0) return this.#repeat(words);
    if (this.#context instanceof ContainerContext && this.#context.isTerminal(0))
      return this.#interact(this.#context);
    for await (const line of lines(this.#context.stdin)) {
      const command = splitWords(latin1(line));
      if (command.length > 0 && !(await this.#command(command))) return 1;
    }
    return 0;
  }

  async #repeat(words: readonly string[]): Promise<number> {
    const times = Number(this.#options.value('r') ?? 1);
    const pauseMs = Number(this.#options.value('i') ?? 0) * 1000;
    for (let done = 0; times < 0 || done < times; done++) {
      if (!(await this.#command(words))) return 1;
      if (pauseMs > 0) await this.#context.clock.sleep(pauseMs);
    }
    return 0;
  }

  /** @throws ConnectFailure */
  async #connected(): Promise<RedisClient> {
    if (this.#client !== undefined) return this.#client;
    const client = await RedisClient.connect(this.#context, this.#host, this.#port);
    if (this.#password !== undefined) {
      if (!this.#options.has('quiet') && this.#options.has('a'))
        await this.#context.stderr.write(
          "Warning: Using a password with '-a' or '-u' option on the command line interface may not be safe.\n",
        );
      const reply = await client.send(['AUTH', this.#password]);
      if (reply instanceof Failure) await this.#context.stderr.write(`AUTH failed: ${reply.text}\n`);
    }
    if (this.#database !== '0') await client.send(['SELECT', this.#database]);
    return (this.#client = client);
  }

  /** Runs one command and prints its reply. False when there is no connection. */
  async #command(words: readonly string[]): Promise<boolean> {
    let client: RedisClient;
    try {
      client = await this.#connected();
    } catch (error) {
      if (!(error instanceof ConnectFailure)) throw error;
      await this.#context.stderr.write(
        `Could not connect to Redis at ${this.#host}:${this.#port}: ${error.message}\n`,
      );
      return false;
    }
    const reply = await client.send(words);
    if (reply === undefined) {
      this.#client = undefined;
      if (words[0]?.toLowerCase() === 'shutdown') return true;
      await this.#context.stderr.write('Error: Server closed the connection\n');
      return false;
    }
    await this.#print(reply);
    if (words[0]?.toLowerCase() === 'select' && !(reply instanceof Failure) && this.#format === 'terminal') this.#selected = words[1] ?? '0'; // prettier-ignore
    if (words[0]?.toLowerCase() === 'subscribe') {
      // The later channels' replies, then the messages.
      for (let next = await client.next(); next !== undefined; next = await client.next())
        await this.#print(next);
    }
    return true;
  }

  #selected = '0';

  async #print(reply: Reply): Promise<void> {
    const text = { raw: formatRaw, terminal: (each: Reply) => formatForTerminal(each, ''), csv: (each: Reply) => `${formatCsv(each)}\n` }[this.#format](reply); // prettier-ignore
    await this.#context.stdout.write(utf8(text));
  }

  async #interact(context: ContainerContext): Promise<number> {
    const { terminal } = context;
    const history: string[] = [];
    const editor = new LineEditor(context, { history, complete: () => ({ start: 0, candidates: [] }) });
    await this.#connected().catch(async (error: unknown) => {
      if (!(error instanceof ConnectFailure)) throw error;
      await this.#context.stderr.write(
        `Could not connect to Redis at ${this.#host}:${this.#port}: ${error.message}\n`,
      );
    });
    for (;;) {
      const where = this.#client === undefined ? 'not connected' : `${this.#host}:${this.#port}`;
      const database = this.#selected === '0' || this.#client === undefined ? '' : `[${this.#selected}]`;
      terminal?.setRaw(true);
      const edited = await editor.read(`${where}${database}> `);
      terminal?.setRaw(false);
      if (edited.type !== 'line') break;
      const words = splitWords(latin1(edited.text));
      const [name] = words;
      if (name === undefined) continue;
      history.push(edited.text);
      if (name === 'quit' || name === 'exit') break;
      if (name === 'clear') await this.#context.stdout.write('\x1b[H\x1b[2J');
      else await this.#command(words);
    }
    return 0;
  }
}

function formatRaw(reply: Reply): string {
  if (reply === null) return '\n';
  if (reply instanceof Simple) return `${reply.text}\n`;
  if (reply instanceof Failure) return `${reply.text}\n\n`;
  if (typeof reply === 'object') return reply.length === 0 ? '\n' : reply.map(formatRaw).join('');
  const text = String(reply);
  return text.endsWith('\n') ? text : `${text}\n`;
}

/** As redis-cli shows a reply at a terminal: types and quotes. */
function formatForTerminal(reply: Reply, indent: string): string {
  if (reply === null) return '(nil)\n';
  if (typeof reply === 'number') return `(integer) ${reply}\n`;
  if (typeof reply === 'string')
    return /^# \w+\r\n/.test(reply) || /^id=\d+ addr=/.test(reply) ? reply : `${quoted(reply)}\n`;
  if (reply instanceof Simple) return `${reply.text}\n`;
  if (reply instanceof Failure) return `(error) ${reply.text}\n`;
  if (reply.length === 0) return '(empty array)\n';
  const width = String(reply.length).length;
  const inner = `${indent}${' '.repeat(width + 2)}`;
  return reply
    .map(
      (each, index) =>
        `${index === 0 ? '' : indent}${String(index + 1).padStart(width)}) ${formatForTerminal(each, inner)}`,
    )
    .join('');
}

function formatCsv(reply: Reply): string {
  if (reply === null) return 'NULL';
  if (typeof reply === 'number') return String(reply);
  if (typeof reply === 'string') return quoted(reply);
  if (reply instanceof Simple) return quoted(reply.text);
  if (reply instanceof Failure) return `ERROR,${quoted(reply.text)}`;
  return reply.map(formatCsv).join(',');
}

function quoted(text: string): string {
  const named: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\x07': '\\a', '\b': '\\b' };

  const escaped = text.replace(/[\\"]|[\x00-\x1f\x7f-\xff]/g, (char) =>
    char === '\\' || char === '"'
      ? `\\${char}`
      : (named[char] ?? `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`),
  );
  return `"${escaped}"`;
}
