import type { VirtualSocket } from '../../../network/types.ts';
import type { ProcessContext } from '../../types.ts';
import { IncomingReplies } from '../incoming-replies.ts';
import { cString, message, type Message, MessageReader, startupMessage } from './wire.ts';

/** What a server answers to one query. */
export interface QueryResult {
  columns: string[];
  rows: (string | null)[][];
  tags: string[];
}

/** The server refuses a connection or a statement. */
export class PostgresFailure extends Error {
  override readonly name = 'PostgresFailure';
  readonly severity: string;
  constructor(severity: string, text: string) {
    super(text);
    this.severity = severity;
  }
}

/** A connection to a PostgreSQL server that runs one query at a time. */
export class PostgresClient {
  readonly #socket: VirtualSocket;
  readonly #messages: IncomingReplies<Message>;

  private constructor(socket: VirtualSocket) {
    this.#socket = socket;
    this.#messages = new IncomingReplies(socket, new MessageReader());
  }

  /** @throws ResolveError, NetworkError, PostgresFailure */
  static async connect(
    context: ProcessContext,
    to: { host: string; port: number; user: string; password: string; database: string },
  ): Promise<PostgresClient> {
    const [address = ''] = await context.resolve(to.host);
    const socket = await context.network.connect({ address, port: to.port });
    const client = new PostgresClient(socket);
    socket.write(startupMessage({ user: to.user, database: to.database }));
    for (;;) {
      const next = await client.#next();
      if (next.type === 'R' && next.body.readUInt32BE(0) === 3)
        socket.write(message('p', cString(to.password)));
      if (next.type === 'Z') return client;
    }
  }

  /** @throws PostgresFailure */
  async query(text: string): Promise<QueryResult> {
    this.#socket.write(message('Q', cString(text)));
    const result: QueryResult = { columns: [], rows: [], tags: [] };
    let failure: PostgresFailure | undefined;
    for (;;) {
      const next = await this.#next().catch((error: unknown) => {
        if (!(error instanceof PostgresFailure) || error.severity === 'FATAL') throw error;
        return error;
      });
      if (next instanceof PostgresFailure) failure = next;
      else if (next.type === 'T') result.columns = columnsOf(next.body);
      else if (next.type === 'D') result.rows.push(valuesOf(next.body));
      else if (next.type === 'C') result.tags.push(next.body.toString('utf8').replace(/\0$/, ''));
      else if (next.type === 'Z') break;
    }
    if (failure !== undefined) throw failure;
    return result;
  }

  close(): void {
    this.#socket.end(message('X', Buffer.alloc(0)));
  }

  /** @throws PostgresFailure for an error, and when the server closed the connection. */
  async #next(): Promise<Message> {
    const next = await this.#messages.next();
    if (next === undefined) throw new PostgresFailure('FATAL', 'server closed the connection unexpectedly');
    if (next.type === 'E') throw failureOf(next.body);
    return next;
  }
}

function failureOf(body: Buffer): PostgresFailure {
  const fields = new Map(body.toString('utf8').split('\0').map((each) => [each.slice(0, 1), each.slice(1)])); // prettier-ignore
  return new PostgresFailure(fields.get('S') ?? 'ERROR', fields.get('M') ?? '');
}

function columnsOf(body: Buffer): string[] {
  const columns: string[] = [];
  for (let at = 2, left = body.readUInt16BE(0); left > 0; left--) {
    const end = body.indexOf(0, at);
    columns.push(body.toString('utf8', at, end));
    at = end + 19;
  }
  return columns;
}

function valuesOf(body: Buffer): (string | null)[] {
  const values: (string | null)[] = [];
  for (let at = 2, left = body.readUInt16BE(0); left > 0; left--) {
    const length = body.readInt32BE(at);
    at += 4;
    values.push(length < 0 ? null : body.toString('utf8', at, at + length));
    at += Math.max(0, length);
  }
  return values;
}
