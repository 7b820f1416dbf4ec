import type { Clock } from '../../../clock.ts';
import { matchesPattern } from '../../shell/pattern.ts';

/** What a key can hold. */
export type RedisValue =
  | { type: 'string'; text: string }
  | { type: 'list'; items: string[] }
  | { type: 'hash'; fields: Map<string, string> }
  | { type: 'set'; members: Set<string> }
  | { type: 'zset'; scores: Map<string, number> };

export type ValueOf<T extends RedisValue['type']> = Extract<RedisValue, { type: T }>;

/** The key holds another type than the command is for. */
export class WrongType extends Error {
  override readonly name = 'WrongType';
}

interface Entry {
  value: RedisValue;
  expiresAt: number | undefined;
}

/** One numbered database: keys with their values and the time at which they expire (milliseconds since the epoch). */
export class RedisDatabase {
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();
  /** Those who wait for an element of a list, by key, first come first served. */
  readonly #waiting = new Map<string, Set<() => void>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  #entry(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry?.expiresAt === undefined || entry.expiresAt > this.#clock.now()) return entry;
    this.#entries.delete(key);
    return undefined;
  }

  typeOf(key: string): RedisValue['type'] | 'none' {
    return this.#entry(key)?.value.type ?? 'none';
  }

  /** @throws WrongType */
  get<T extends RedisValue['type']>(key: string, type: T): ValueOf<T> | undefined {
    const value = this.#entry(key)?.value;
    if (value === undefined) return undefined;
    if (value.type !== type) throw new WrongType();
    return value as ValueOf<T>;
  }

  /** The value at a key, made by `make` when there is none. @throws WrongType */
  ensure<T extends RedisValue['type']>(key: string, type: T, make: () => ValueOf<T>): ValueOf<T> {
    const found = this.get(key, type);
    if (found !== undefined) return found;
    const value = make();
    this.#entries.set(key, { value, expiresAt: undefined });
    return value;
  }

  set(key: string, text: string, expiresAt?: number): void {
    this.#entries.set(key, { value: { type: 'string', text }, expiresAt });
  }

  /** A collection without elements is no key. */
  removeIfEmpty(key: string): void {
    const value = this.#entries.get(key)?.value;
    if (value === undefined || value.type === 'string') return;
    const size = {
      list: () => (value as ValueOf<'list'>).items.length,
      hash: () => (value as ValueOf<'hash'>).fields.size,
      set: () => (value as ValueOf<'set'>).members.size,
      zset: () => (value as ValueOf<'zset'>).scores.size,
    }[value.type]();
    if (size === 0) this.#entries.delete(key);
  }

  delete(key: string): boolean {
    return this.#entry(key) !== undefined && this.#entries.delete(key);
  }

  rename(from: string, to: string): boolean {
    const entry = this.#entry(from);
    if (entry === undefined) return false;
    this.#entries.delete(from);
    this.#entries.set(to, entry);
    return true;
  }

  expiresAt(key: string): number | undefined {
    return this.#entry(key)?.expiresAt;
  }

  setExpiry(key: string, at: number | undefined): boolean {
    const entry = this.#entry(key);
    if (entry === undefined) return false;
    entry.expiresAt = at;
    return true;
  }

  keys(pattern = '*'): string[] {
    const pieces = [{ text: pattern, quoted: false }];
    return [...this.#entries.keys()].filter(
      (key) => this.#entry(key) !== undefined && (pattern === '*' || matchesPattern(pieces, key)),
    );
  }

  clear(): void {
    this.#entries.clear();
  }

  /** Wakes those who wait for an element at `key`. */
  pushed(key: string): void {
    for (const wake of [...(this.#waiting.get(key) ?? [])]) wake();
  }

  /** Calls `wake` at every push to one of the keys until disposed. */
  onPush(keys: readonly string[], wake: () => void): Disposable {
    for (const key of keys) {
      const waiting = this.#waiting.get(key) ?? new Set();
      waiting.add(wake);
      this.#waiting.set(key, waiting);
    }
    return {
      [Symbol.dispose]: () => {
        for (const key of keys) {
          this.#waiting.get(key)?.delete(wake);
          if (this.#waiting.get(key)?.size === 0) this.#waiting.delete(key);
        }
      },
    };
  }
}
