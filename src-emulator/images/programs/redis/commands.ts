import { Failure, OK, type Reply, Simple } from './resp.ts';
import type { RedisDatabase } from './store.ts';

/** What a command works on. */
export interface CommandScope {
  db: RedisDatabase;
  /** Milliseconds since the epoch. */
  now: number;
}

interface Command {
  /** Words with the name; negative: at least so many (as COMMAND INFO tells arity). */
  arity: number;
  run: (scope: CommandScope, args: readonly string[]) => Reply;
}

const NOT_AN_INTEGER = new Failure('ERR value is not an integer or out of range');
const SYNTAX = new Failure('ERR syntax error');
const NO_KEY = new Failure('ERR no such key');

/** The integer that a word is; undefined when it is none. */
export function integerOf(text: string | undefined): number | undefined {
  return text !== undefined && /^-?\d{1,16}$/.test(text) ? Number(text) : undefined;
}

function add({ db }: CommandScope, key: string, by: number | undefined): Reply {
  const current = db.get(key, 'string')?.text ?? '0';
  const value = integerOf(current);
  if (value === undefined || by === undefined) return NOT_AN_INTEGER;
  db.set(key, String(value + by), db.expiresAt(key));
  return value + by;
}

function set({ db, now }: CommandScope, [key = '', value = '', ...options]: readonly string[]): Reply {
  let expiresAt: number | undefined;
  let only: 'NX' | 'XX' | undefined;
  let get = false;
  for (let at = 0; at < options.length; at++) {
    const option = (options[at] ?? '').toUpperCase();
    if (option === 'NX' || option === 'XX') only = option;
    else if (option === 'GET') get = true;
    else if (option === 'KEEPTTL') expiresAt = db.expiresAt(key);
    else if (['EX', 'PX', 'EXAT', 'PXAT'].includes(option)) {
      const amount = integerOf(options[++at]);
      if (amount === undefined) return options[at] === undefined ? SYNTAX : NOT_AN_INTEGER;
      if (amount <= 0) return new Failure("ERR invalid expire time in 'set' command");
      expiresAt = amount * (option.startsWith('E') ? 1000 : 1) + (option.endsWith('AT') ? 0 : now);
    } else return SYNTAX;
  }
  const old = get ? (db.get(key, 'string')?.text ?? null) : null;
  const exists = db.typeOf(key) !== 'none';
  if ((only === 'NX' && exists) || (only === 'XX' && !exists)) return old;
  db.set(key, value, expiresAt);
  return get ? old : OK;
}

function expire(unitMs: number, absolute: boolean): Command['run'] {
  return ({ db, now }, [key = '', amount]) => {
    const value = integerOf(amount);
    if (value === undefined) return NOT_AN_INTEGER;
    const at = value * unitMs + (absolute ? 0 : now);
    if (at <= now) return db.delete(key) ? 1 : 0;
    return db.setExpiry(key, at) ? 1 : 0;
  };
}

function timeToLive(unitMs: number): Command['run'] {
  return ({ db, now }, [key = '']) => {
    if (db.typeOf(key) === 'none') return -2;
    const at = db.expiresAt(key);
    return at === undefined ? -1 : Math.round((at - now) / unitMs);
  };
}

/** Elements `from` to `to`, both included, negative ones counted from the end. */
function slice<T>(items: readonly T[], from: string | undefined, to: string | undefined): T[] | Failure {
  const start = integerOf(from);
  const end = integerOf(to);
  if (start === undefined || end === undefined) return NOT_AN_INTEGER;
  return items.slice(start, end === -1 ? undefined : end + 1);
}

function push(side: 'left' | 'right', mustExist: boolean): Command['run'] {
  return ({ db }, [key = '', ...values]) => {
    if (mustExist && db.get(key, 'list') === undefined) return 0;
    const { items } = db.ensure(key, 'list', () => ({ type: 'list', items: [] }));
    for (const value of values) {
      if (side === 'left') items.unshift(value);
      else items.push(value);
    }
    const length = items.length;
    db.pushed(key);
    return length;
  };
}

/** Takes one element; undefined when the list is not there. */
export function popOne(db: RedisDatabase, key: string, side: 'left' | 'right'): string | undefined {
  const items = db.get(key, 'list')?.items;
  const item = side === 'left' ? items?.shift() : items?.pop();
  db.removeIfEmpty(key);
  return item;
}

function pop(side: 'left' | 'right'): Command['run'] {
  return ({ db }, [key = '', count]) => {
    if (count === undefined) return popOne(db, key, side) ?? null;
    const wanted = integerOf(count);
    if (wanted === undefined || wanted < 0) return new Failure('ERR value is out of range, must be positive');
    if (db.get(key, 'list') === undefined) return null;
    const taken: string[] = [];
    for (let item; taken.length < wanted && (item = popOne(db, key, side)) !== undefined;) taken.push(item);
    return taken;
  };
}

const hashOf = ({ db }: CommandScope, key: string): Map<string, string> | undefined =>
  db.get(key, 'hash')?.fields;
const setOf = ({ db }: CommandScope, key: string): Set<string> | undefined => db.get(key, 'set')?.members;

function hset(scope: CommandScope, [key = '', ...pairs]: readonly string[]): number | Failure {
  if (pairs.length % 2 !== 0) return new Failure("ERR wrong number of arguments for 'hset' command");
  const { fields } = scope.db.ensure(key, 'hash', () => ({ type: 'hash', fields: new Map() }));
  const before = fields.size;
  for (let at = 0; at < pairs.length; at += 2) fields.set(pairs[at] ?? '', pairs[at + 1] ?? '');
  return fields.size - before;
}

function scan({ db }: CommandScope, [cursor, ...options]: readonly string[]): Reply {
  if (integerOf(cursor) === undefined) return new Failure('ERR invalid cursor');
  const at = options.findIndex((each) => each.toUpperCase() === 'MATCH');
  return ['0', db.keys(at === -1 ? '*' : options[at + 1])];
}

function sortedMembers(scope: CommandScope, key: string): [string, number][] {
  const scores = scope.db.get(key, 'zset')?.scores ?? new Map<string, number>();
  return [...scores].sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1));
}

function zrange(reverse: boolean): Command['run'] {
  return (scope, [key = '', from, to, ...options]) => {
    const names = options.map((each) => each.toUpperCase());
    const all = sortedMembers(scope, key);
    if (reverse !== names.includes('REV')) all.reverse();
    const part = slice(all, from, to);
    if (part instanceof Failure) return part;
    return part.flatMap(([member, score]) =>
      names.includes('WITHSCORES') ? [member, String(score)] : [member],
    );
  };
}

/** The commands that only touch the data, by name. */
export const commands: Readonly<Record<string, Command>> = {
  append: {
    arity: 3,
    run: ({ db }, [key = '', text = '']) => {
      const value = (db.get(key, 'string')?.text ?? '') + text;
      db.set(key, value, db.expiresAt(key));
      return value.length;
    },
  },
  dbsize: { arity: 1, run: ({ db }) => db.keys().length },
  decr: { arity: 2, run: (scope, [key = '']) => add(scope, key, -1) },
  decrby: { arity: 3, run: (scope, [key = '', by]) => add(scope, key, -(integerOf(by) ?? NaN) || undefined) },
  del: { arity: -2, run: ({ db }, keys) => keys.filter((key) => db.delete(key)).length },
  echo: { arity: 2, run: (_, [text = '']) => text },
  exists: { arity: -2, run: ({ db }, keys) => keys.filter((key) => db.typeOf(key) !== 'none').length },
  expire: { arity: -3, run: expire(1000, false) },
  expireat: { arity: -3, run: expire(1000, true) },
  flushdb: { arity: -1, run: ({ db }) => (db.clear(), OK) },
  get: { arity: 2, run: ({ db }, [key = '']) => db.get(key, 'string')?.text ?? null },
  getdel: {
    arity: 2,
    run: ({ db }, [key = '']) => {
      const value = db.get(key, 'string')?.text ?? null;
      db.delete(key);
      return value;
    },
  },
  getset: { arity: 3, run: (scope, [key = '', value = '']) => set(scope, [key, value, 'GET']) },
  hdel: {
    arity: -3,
    run: (scope, [key = '', ...names]) => {
      const gone = names.filter((name) => hashOf(scope, key)?.delete(name)).length;
      scope.db.removeIfEmpty(key);
      return gone;
    },
  },
  hexists: { arity: 3, run: (scope, [key = '', name = '']) => (hashOf(scope, key)?.has(name) ? 1 : 0) },
  hget: { arity: 3, run: (scope, [key = '', name = '']) => hashOf(scope, key)?.get(name) ?? null },
  hgetall: { arity: 2, run: (scope, [key = '']) => [...(hashOf(scope, key) ?? [])].flat() },
  hincrby: {
    arity: 4,
    run: (scope, [key = '', name = '', by]) => {
      const value = Number(hashOf(scope, key)?.get(name) ?? 0) + (integerOf(by) ?? NaN);
      if (Number.isNaN(value)) return NOT_AN_INTEGER;
      hset(scope, [key, name, String(value)]);
      return value;
    },
  },
  hkeys: { arity: 2, run: (scope, [key = '']) => [...(hashOf(scope, key)?.keys() ?? [])] },
  hlen: { arity: 2, run: (scope, [key = '']) => hashOf(scope, key)?.size ?? 0 },
  hmget: {
    arity: -3,
    run: (scope, [key = '', ...names]) => names.map((name) => hashOf(scope, key)?.get(name) ?? null),
  },
  hmset: { arity: -4, run: (scope, args) => (hset(scope, args) instanceof Failure ? SYNTAX : OK) },
  hset: { arity: -4, run: hset },
  hvals: { arity: 2, run: (scope, [key = '']) => [...(hashOf(scope, key)?.values() ?? [])] },
  incr: { arity: 2, run: (scope, [key = '']) => add(scope, key, 1) },
  incrby: { arity: 3, run: (scope, [key = '', by]) => add(scope, key, integerOf(by)) },
  keys: { arity: 2, run: ({ db }, [pattern]) => db.keys(pattern) },
  lindex: {
    arity: 3,
    run: ({ db }, [key = '', index]) => db.get(key, 'list')?.items.at(integerOf(index) ?? 0) ?? null,
  },
  llen: { arity: 2, run: ({ db }, [key = '']) => db.get(key, 'list')?.items.length ?? 0 },
  lpop: { arity: -2, run: pop('left') },
  lpush: { arity: -3, run: push('left', false) },
  lpushx: { arity: -3, run: push('left', true) },
  lrange: {
    arity: 4,
    run: ({ db }, [key = '', from, to]) => slice(db.get(key, 'list')?.items ?? [], from, to),
  },
  mget: {
    arity: -2,
    run: ({ db }, keys) =>
      keys.map((key) => (db.typeOf(key) === 'string' ? (db.get(key, 'string')?.text ?? null) : null)),
  },
  mset: {
    arity: -3,
    run: ({ db }, pairs) => {
      if (pairs.length % 2 !== 0) return new Failure("ERR wrong number of arguments for 'mset' command");
      for (let at = 0; at < pairs.length; at += 2) db.set(pairs[at] ?? '', pairs[at + 1] ?? '');
      return OK;
    },
  },
  persist: {
    arity: 2,
    run: ({ db }, [key = '']) => (db.expiresAt(key) !== undefined && db.setExpiry(key, undefined) ? 1 : 0),
  },
  pexpire: { arity: -3, run: expire(1, false) },
  pttl: { arity: 2, run: timeToLive(1) },
  randomkey: {
    arity: 1,
    run: ({ db }) => {
      const keys = db.keys();
      return keys[Math.floor(Math.random() * keys.length)] ?? null;
    },
  },
  rename: { arity: 3, run: ({ db }, [from = '', to = '']) => (db.rename(from, to) ? OK : NO_KEY) },
  rpop: { arity: -2, run: pop('right') },
  rpush: { arity: -3, run: push('right', false) },
  rpushx: { arity: -3, run: push('right', true) },
  sadd: {
    arity: -3,
    run: ({ db }, [key = '', ...members]) => {
      const all = db.ensure(key, 'set', () => ({ type: 'set', members: new Set() })).members;
      const before = all.size;
      for (const member of members) all.add(member);
      return all.size - before;
    },
  },
  scan: { arity: -2, run: scan },
  scard: { arity: 2, run: (scope, [key = '']) => setOf(scope, key)?.size ?? 0 },
  set: { arity: -3, run: set },
  setex: {
    arity: 4,
    run: (scope, [key = '', seconds = '', value = '']) => set(scope, [key, value, 'EX', seconds]),
  },
  setnx: {
    arity: 3,
    run: (scope, [key = '', value = '']) => (set(scope, [key, value, 'NX']) === OK ? 1 : 0),
  },
  sismember: { arity: 3, run: (scope, [key = '', member = '']) => (setOf(scope, key)?.has(member) ? 1 : 0) },
  smembers: { arity: 2, run: (scope, [key = '']) => [...(setOf(scope, key) ?? [])] },
  srem: {
    arity: -3,
    run: (scope, [key = '', ...members]) => {
      const gone = members.filter((member) => setOf(scope, key)?.delete(member)).length;
      scope.db.removeIfEmpty(key);
      return gone;
    },
  },
  strlen: { arity: 2, run: ({ db }, [key = '']) => db.get(key, 'string')?.text.length ?? 0 },
  ttl: { arity: 2, run: timeToLive(1000) },
  type: { arity: 2, run: ({ db }, [key = '']) => new Simple(db.typeOf(key)) },
  unlink: { arity: -2, run: ({ db }, keys) => keys.filter((key) => db.delete(key)).length },
  zadd: {
    arity: -4,
    run: ({ db }, [key = '', ...pairs]) => {
      if (pairs.length % 2 !== 0) return SYNTAX;
      const numbers = pairs.filter((_, at) => at % 2 === 0).map(Number);
      if (numbers.some(Number.isNaN)) return new Failure('ERR value is not a valid float');
      const { scores } = db.ensure(key, 'zset', () => ({ type: 'zset', scores: new Map() }));
      const before = scores.size;
      numbers.forEach((score, at) => scores.set(pairs[at * 2 + 1] ?? '', score));
      return scores.size - before;
    },
  },
  zcard: { arity: 2, run: ({ db }, [key = '']) => db.get(key, 'zset')?.scores.size ?? 0 },
  zincrby: {
    arity: 4,
    run: ({ db }, [key = '', by, member = '']) => {
      const { scores } = db.ensure(key, 'zset', () => ({ type: 'zset', scores: new Map() }));
      const score = (scores.get(member) ?? 0) + Number(by);
      scores.set(member, score);
      return String(score);
    },
  },
  zrange: { arity: -4, run: zrange(false) },
  zrevrange: { arity: -4, run: zrange(true) },
  zscore: {
    arity: 3,
    run: ({ db }, [key = '', member = '']) => {
      const score = db.get(key, 'zset')?.scores.get(member);
      return score === undefined ? null : String(score);
    },
  },
};
