import type { VirtualSocket } from '../../../network/types.ts';
import type { ProcessContext, Program } from '../../types.ts';
import { formatDate } from '../basics.ts';
import { program, untilEnded } from '../support.ts';
import { SqlDatabase, SqlFailure } from './sql.ts';
import { cString, MessageReader, message, PROTOCOL_3, SSL_REQUEST } from './wire.ts';

const PORT = 5432;

/** The official image's entrypoint: no database without a password, then the server. */
export function postgresServer(version: string): Program {
  return program('postgres', async (context) => {
    const { POSTGRES_PASSWORD: password = '', POSTGRES_HOST_AUTH_METHOD: method } = context.env;
    if (password === '' && method !== 'trust') {
      await context.stderr.write(
        'Error: Database is uninitialized and superuser password is not specified.\n' +
          '       You must specify POSTGRES_PASSWORD to a non-empty value for the\n' +
          '       superuser. For example, "-e POSTGRES_PASSWORD=password" on "docker run".\n',
      );
      return 1;
    }
    const user = context.env['POSTGRES_USER'] ?? 'postgres';
    const server = new Server(version, {
      user,
      database: context.env['POSTGRES_DB'] ?? user,
      password: method === 'trust' ? undefined : password,
    });
    const log = (line: string): Promise<void> => {
      const now = context.clock.now();
      const time = `${formatDate('%Y-%m-%d %H:%M:%S', now)}.${String(Math.floor(now % 1000)).padStart(3, '0')} UTC`;
      return context.stderr.write(`${time} [${context.pid}] LOG:  ${line}\n`);
    };
    context.network.listen(PORT, (socket) => server.accept(socket));
    await context.stdout.write('\nPostgreSQL init process complete; ready for start up.\n\n');
    await log(`starting PostgreSQL ${version} on x86_64-pc-linux-gnu, 64-bit`);
    await log(`listening on IPv4 address "0.0.0.0", port ${PORT}`);
    await log('database system is ready to accept connections');
    await stopped(context);
    await log('received fast shutdown request');
    await log('database system is shut down');
    return 0;
  });
}

function stopped(context: ProcessContext): Promise<void> {
  const told = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const) context.onSignal(signal, resolve);
  });
  return Promise.race([told, untilEnded(context)]);
}

interface Account {
  user: string;
  database: string;
  /** Undefined: everybody is let in. */
  password: string | undefined;
}

class Server {
  readonly #version: string;
  readonly #account: Account;
  readonly #database: SqlDatabase;

  constructor(version: string, account: Account) {
    this.#version = version;
    this.#account = account;
    this.#database = new SqlDatabase(version);
  }

  /** Speaks the frontend/backend protocol 3.0 (PostgreSQL manual, chapter 53): start-up and simple queries. */
  accept(socket: VirtualSocket): void {
    const reader = new MessageReader();
    let state: 'start' | 'password' | 'ready' = 'start';
    const send = (...messages: Buffer[]): void => {
      if (!socket.destroyed) socket.write(Buffer.concat(messages));
    };
    const refuse = (code: string, text: string): void => {
      send(errorMessage('FATAL', code, text));
      socket.end();
    };
    const welcome = (): void => {
      state = 'ready';
      send(
        message('R', Buffer.of(0, 0, 0, 0)),
        message('S', Buffer.concat([cString('server_version'), cString(this.#version)])),
        message('S', Buffer.concat([cString('client_encoding'), cString('UTF8')])),
        message('K', Buffer.of(0, 0, 0, 1, 0, 0, 0, 1)),
        READY,
      );
    };
    socket.on('end', () => socket.end());
    socket.on('data', (chunk: Buffer) => {
      reader.push(chunk);
      for (;;) {
        if (state === 'start') {
          const startup = reader.nextStartup();
          if (startup === undefined) return;
          if (startup.code === SSL_REQUEST) {
            send(Buffer.from('N'));
            continue;
          }
          if (startup.code !== PROTOCOL_3) {
            refuse('08P01', 'unsupported frontend protocol');
            return;
          }
          const { user, database, password } = this.#account;
          const asked = startup.parameters['database'] ?? startup.parameters['user'] ?? '';
          if (startup.parameters['user'] !== user) {
            refuse('28000', `role "${startup.parameters['user'] ?? ''}" does not exist`);
            return;
          }
          if (asked !== database && asked !== 'postgres') {
            refuse('3D000', `database "${asked}" does not exist`);
            return;
          }
          if (password === undefined) welcome();
          else {
            state = 'password';
            send(message('R', Buffer.of(0, 0, 0, 3)));
          }
          continue;
        }
        const next = reader.next();
        if (next === undefined) return;
        const text = next.body.toString('utf8').replace(/\0.*$/s, '');
        if (next.type === 'X') return void socket.end();
        if (state === 'password') {
          if (text !== this.#account.password) {
            refuse('28P01', `password authentication failed for user "${this.#account.user}"`);
            return;
          }
          welcome();
        } else if (next.type === 'Q') send(...this.#query(text), READY);
        else if (next.type !== 'S')
          send(errorMessage('ERROR', '0A000', 'only simple queries are supported'), READY);
      }
    });
  }

  #query(text: string): Buffer[] {
    const replies: Buffer[] = [];
    const statements = text.split(/;(?=(?:[^']*'[^']*')*[^']*$)/).map((each) => each.trim());
    try {
      for (const statement of statements.filter((each) => each !== '')) {
        const { tag, columns, rows } = this.#database.run(statement);
        if (columns.length > 0) replies.push(message('T', rowDescription(columns)), ...rows.map(dataRow));
        replies.push(message('C', cString(tag)));
      }
      if (replies.length === 0) replies.push(message('I', Buffer.alloc(0)));
    } catch (error) {
      if (!(error instanceof SqlFailure)) throw error;
      replies.push(errorMessage('ERROR', error.code, error.message));
    }
    return replies;
  }
}

const READY = message('Z', Buffer.from('I'));
/** The type `text`. */
const TEXT_OID = 25;

function rowDescription(columns: readonly string[]): Buffer {
  const fields = columns.map((name) => {
    const rest = Buffer.alloc(18);
    rest.writeUInt32BE(TEXT_OID, 6);
    rest.writeInt16BE(-1, 10);
    rest.writeInt32BE(-1, 12);
    return Buffer.concat([cString(name), rest]);
  });
  return Buffer.concat([int16(columns.length), ...fields]);
}

function dataRow(values: readonly (string | null)[]): Buffer {
  const fields = values.map((value) => {
    const bytes = Buffer.from(value ?? '');
    const length = Buffer.alloc(4);
    length.writeInt32BE(value === null ? -1 : bytes.length);
    return Buffer.concat([length, bytes]);
  });
  return message('D', Buffer.concat([int16(values.length), ...fields]));
}

function int16(value: number): Buffer {
  return Buffer.of(value >> 8, value & 255);
}

function errorMessage(severity: string, code: string, text: string): Buffer {
  const fields = [`S${severity}`, `V${severity}`, `C${code}`, `M${text}`].map(cString);
  return message('E', Buffer.concat([...fields, Buffer.of(0)]));
}
