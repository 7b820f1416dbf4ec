import { createHash } from 'node:crypto';
import type { Clock } from '../../../clock.ts';
import { commands, integerOf, popOne } from './commands.ts';
import { Failure, OK, type Reply, Simple } from './resp.ts';
import { RedisDatabase, WrongType } from './store.ts';

const WRONG_TYPE = new Failure('WRONGTYPE Operation against a key holding the wrong kind of value');
const DATABASES = 16;

export interface EngineOptions {
  clock: Clock;
  version: string;
  port: number;
  options: Readonly<Record<string, string>>;
}

/** What all clients of a server share. */
export class RedisEngine {
  readonly clock: Clock;
  readonly options: Record<string, string>;
  readonly sessions = new Set<RedisSession>();
  /** Resolves when a client asks the server to end. */
  readonly shutdown: Promise<string>;
  requestShutdown: () => void = () => undefined;
  readonly #databases: RedisDatabase[];
  readonly #version: string;
  readonly #port: number;
  readonly #startedMs: number;
  #connections = 0;
  #commands = 0;

  constructor({ clock, version, port, options }: EngineOptions) {
    this.clock = clock;
    this.options = { ...options };
    this.#version = version;
    this.#port = port;
    this.#startedMs = clock.now();
    this.#databases = Array.from({ length: DATABASES }, () => new RedisDatabase(clock));
    this.shutdown = new Promise((resolve) => (this.requestShutdown = () => resolve('SHUTDOWN')));
  }

  /** A client that has connected. `send` writes a reply to it. */
  connect(address: string, localAddress: string, send: (reply: Reply) => void): RedisSession {
    const session = new RedisSession(this, ++this.#connections, { address, localAddress }, send);
    this.sessions.add(session);
    return session;
  }

  database(index: number): RedisDatabase | undefined {
    return this.#databases[index];
  }

  clearAll(): void {
    for (const database of this.#databases) database.clear();
  }

  counted(): void {
    this.#commands++;
  }

  /** Sends a message to those who have subscribed. Returns how many. */
  publish(channel: string, message: string): number {
    const listeners = [...this.sessions].filter((session) => session.channels.has(channel));
    for (const session of listeners) session.send(['message', channel, message]);
    return listeners.length;
  }

  hello(id: number): Reply {
    return ['server', 'redis', 'version', this.#version, 'proto', 2, 'id', id, 'mode', 'standalone', 'role', 'master', 'modules', []]; // prettier-ignore
  }

  info(sections: readonly string[]): string {
    const uptime = Math.floor((this.clock.now() - this.#startedMs) / 1000);
    const runId = createHash('sha1').update(`${this.#startedMs}:${this.#port}`).digest('hex');
    const keyspace = this.#databases.flatMap((database, index) => {
      const keys = database.keys();
      const expires = keys.filter((key) => database.expiresAt(key) !== undefined).length;
      return keys.length === 0 ? [] : [`db${index}:keys=${keys.length},expires=${expires},avg_ttl=0`];
    });
    const all: Record<string, string[]> = {
      Server: [
        `redis_version:${this.#version}`,
        'redis_mode:standalone',
        'os:Linux x86_64',
        'arch_bits:64',
        'process_id:1',
        `run_id:${runId}`,
        `tcp_port:${this.#port}`,
        `uptime_in_seconds:${uptime}`,
        `uptime_in_days:${Math.floor(uptime / 86_400)}`,
        'executable:/data/redis-server',
        'config_file:',
      ],
      Clients: [`connected_clients:${this.sessions.size}`, 'cluster_connections:0', 'maxclients:10000'],
      Persistence: ['loading:0', 'rdb_bgsave_in_progress:0', 'rdb_last_bgsave_status:ok', 'aof_enabled:0'],
      Stats: [
        `total_connections_received:${this.#connections}`,
        `total_commands_processed:${this.#commands}`,
      ],
      Replication: [
        'role:master',
        'connected_slaves:0',
        'master_failover_state:no-failover',
        'master_repl_offset:0',
      ],
      Cluster: ['cluster_enabled:0'],
      Keyspace: keyspace,
    };
    const wanted = sections.map((each) => each.toLowerCase());
    return Object.entries(all)
      .filter(
        ([name]) => wanted.length === 0 || wanted.includes(name.toLowerCase()) || wanted.includes('all'),
      )
      .map(([name, lines]) => `# ${name}\r\n${lines.map((line) => `${line}\r\n`).join('')}`)
      .join('\r\n');
  }
}

/** One client: its database, its name, what it has subscribed to. */
export class RedisSession {
  readonly send: (reply: Reply) => void;
  readonly channels = new Set<string>();
  quit = false;
  readonly #engine: RedisEngine;
  readonly #id: number;
  readonly #addresses: { address: string; localAddress: string };
  readonly #closed = new AbortController();
  #authenticated: boolean;
  #database = 0;
  #name = '';
  #queued: string[][] | undefined;

  constructor(
    engine: RedisEngine,
    id: number,
    addresses: { address: string; localAddress: string },
    send: (reply: Reply) => void,
  ) {
    this.#engine = engine;
    this.#id = id;
    this.#addresses = addresses;
    this.send = send;
    this.#authenticated = (engine.options['requirepass'] ?? '') === '';
  }

  close(): void {
    this.#closed.abort();
    this.#engine.sessions.delete(this);
  }

  /** Runs a command and sends what it answers. */
  async run(words: readonly string[]): Promise<void> {
    this.#engine.counted();
    const reply = await this.#answer(words);
    if (reply !== undefined) this.send(reply);
  }

  async #answer(words: readonly string[]): Promise<Reply | undefined> {
    const [given = '', ...args] = words;
    const name = given.toLowerCase();
    if (!this.#authenticated && !['auth', 'hello', 'quit'].includes(name))
      return new Failure('NOAUTH Authentication required.');
    if (this.#queued !== undefined && !['exec', 'discard', 'multi'].includes(name)) {
      this.#queued.push([...words]);
      return new Simple('QUEUED');
    }
    try {
      if (name === 'subscribe') {
        this.#subscribe(args);
        return;
      }
      if (name === 'blpop' || name === 'brpop') return await this.#blockingPop(name, args);
      if (name === 'exec') return await this.#exec();
      return this.#own(name, args) ?? this.#onData(given, args);
    } catch (error) {
      if (error instanceof WrongType) return WRONG_TYPE;
      throw error;
    }
  }

  #onData(given: string, args: readonly string[]): Reply {
    const name = given.toLowerCase();
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (command === undefined) {
      const rest = args.map((arg) => `'${arg}' `).join('');
      return new Failure(`ERR unknown command '${given}', with args beginning with: ${rest}`);
    }
    const { arity } = command;
    if (arity >= 0 ? args.length + 1 !== arity : args.length + 1 < -arity) return wrongNumber(name);
    const db = this.#db();
    return command.run({ db, now: this.#engine.clock.now() }, args);
  }

  #db(): RedisDatabase {
    const db = this.#engine.database(this.#database);
    if (db === undefined) throw new Error(`no database ${this.#database}`);
    return db;
  }

  /** Commands about the connection and the server; undefined when it is none of them. */
  #own(name: string, args: readonly string[]): Reply | undefined {
    const engine = this.#engine;
    const [first = ''] = args;
    switch (name) {
      case 'ping':
        return args.length === 0 ? new Simple('PONG') : first;
      case 'quit':
        this.quit = true;
        return OK;
      case 'auth':
        return this.#auth(args.at(-1));
      case 'hello':
        return args.length > 0 && first !== '2' ? new Failure('NOPROTO unsupported protocol version') : engine.hello(this.#id); // prettier-ignore
      case 'select': {
        const index = integerOf(first);
        if (index === undefined) return new Failure('ERR value is not an integer or out of range');
        if (engine.database(index) === undefined) return new Failure('ERR DB index is out of range');
        this.#database = index;
        return OK;
      }
      case 'info':
        return engine.info(args);
      case 'client':
        return this.#client(args);
      case 'config': {
        if (first.toLowerCase() === 'set') {
          engine.options[(args[1] ?? '').toLowerCase()] = args[2] ?? '';
          return OK;
        }
        const key = (args[1] ?? '').toLowerCase();
        const defaults: Record<string, string> = {
          maxmemory: '0',
          appendonly: 'no',
          save: '3600 1 300 100 60 10000',
        };
        const value = engine.options[key] ?? defaults[key];
        return value === undefined ? [] : [key, value];
      }
      case 'command':
        return first.toLowerCase() === 'count' ? Object.keys(commands).length : [];
      case 'flushall':
        engine.clearAll();
        return OK;
      case 'publish':
        return engine.publish(first, args[1] ?? '');
      case 'role':
        return ['master', 0, []];
      case 'time': {
        const now = engine.clock.now();
        return [String(Math.floor(now / 1000)), String(Math.floor(now % 1000) * 1000)];
      }
      case 'multi':
        if (this.#queued !== undefined) return new Failure('ERR MULTI calls can not be nested');
        this.#queued = [];
        return OK;
      case 'discard':
        if (this.#queued === undefined) return new Failure('ERR DISCARD without MULTI');
        this.#queued = undefined;
        return OK;
      case 'shutdown':
        this.quit = true;
        engine.requestShutdown();
        return OK;
      default:
        return undefined;
    }
  }

  #auth(password: string | undefined): Reply {
    const wanted = this.#engine.options['requirepass'] ?? '';
    if (wanted === '')
      return new Failure(
        'ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?',
      );
    if (password !== wanted)
      return new Failure('WRONGPASS invalid username-password pair or user is disabled.');
    this.#authenticated = true;
    return OK;
  }

  #client([subcommand = '', value = '']: readonly string[]): Reply {
    switch (subcommand.toLowerCase()) {
      case 'setname':
        this.#name = value;
        return OK;
      case 'getname':
        return this.#name === '' ? null : this.#name;
      case 'id':
        return this.#id;
      case 'setinfo':
        return OK;
      case 'list':
        return [...this.#engine.sessions].map((session) => `${session.describe()}\n`).join('');
      default:
        return new Failure(`ERR unknown subcommand '${subcommand}'. Try CLIENT HELP.`);
    }
  }

  describe(): string {
    const { address, localAddress } = this.#addresses;
    return `id=${this.#id} addr=${address} laddr=${localAddress} name=${this.#name} flags=N db=${this.#database} sub=${this.channels.size} resp=2`;
  }

  #subscribe(channels: readonly string[]): undefined {
    for (const channel of channels) {
      this.channels.add(channel);
      this.send(['subscribe', channel, this.channels.size]);
    }
    return undefined;
  }

  async #exec(): Promise<Reply> {
    const queued = this.#queued;
    if (queued === undefined) return new Failure('ERR EXEC without MULTI');
    this.#queued = undefined;
    const replies: Reply[] = [];
    for (const words of queued) replies.push((await this.#answer(words)) ?? null);
    return replies;
  }

  async #blockingPop(name: 'blpop' | 'brpop', args: readonly string[]): Promise<Reply> {
    const seconds = Number(args.at(-1));
    const keys = args.slice(0, -1);
    if (keys.length === 0) return wrongNumber(name);
    if (Number.isNaN(seconds)) return new Failure('ERR timeout is not a float or out of range');
    const db = this.#db();
    const take = (): Reply => {
      for (const key of keys) {
        const item = popOne(db, key, name === 'blpop' ? 'left' : 'right');
        if (item !== undefined) return [key, item];
      }
      return null;
    };
    const at = take();
    if (at !== null) return at;
    return new Promise((resolve) => {
      const finish = (reply: Reply): void => {
        listening[Symbol.dispose]();
        timer?.cancel();
        resolve(reply);
      };
      const listening = db.onPush(keys, () => {
        const taken = take();
        if (taken !== null) finish(taken);
      });
      const timer =
        seconds > 0 ? this.#engine.clock.setTimeout(() => finish(null), seconds * 1000) : undefined;
      this.#closed.signal.addEventListener('abort', () => finish(null), { once: true });
    });
  }
}

function wrongNumber(name: string): Failure {
  return new Failure(`ERR wrong number of arguments for '${name}' command`);
}
