/** The wire format of Redis: RESP 2 (https://redis.io/docs/latest/develop/reference/protocol-spec/). */

/** A reply. A string is a bulk string, a number an integer, null is nil. */
export type Reply = string | number | null | Simple | Failure | readonly Reply[];

/** A status such as `OK`. */
export class Simple {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** An error reply such as `ERR syntax error`. */
export class Failure {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export const OK = new Simple('OK');

/** A reply as it goes over the wire. Texts are latin1, so that bytes survive. */
export function encodeReply(reply: Reply): string {
  if (reply === null) return '$-1\r\n';
  if (typeof reply === 'number') return `:${reply}\r\n`;
  if (typeof reply === 'string') return `$${reply.length}\r\n${reply}\r\n`;
  if (reply instanceof Simple) return `+${reply.text}\r\n`;
  if (reply instanceof Failure) return `-${reply.text}\r\n`;
  return `*${reply.length}\r\n${reply.map(encodeReply).join('')}`;
}

/** A command as clients send it. */
export function encodeCommand(words: readonly string[]): string {
  return encodeReply(words);
}

/** Takes complete values out of a stream of bytes. */
export class RespReader {
  #buffer = '';
  #at = 0;

  push(chunk: Uint8Array): void {
    this.#buffer = this.#buffer.slice(this.#at) + Buffer.from(chunk).toString('latin1');
    this.#at = 0;
  }

  /** The next reply, or undefined when it has not all come yet. */
  nextReply(): Reply | undefined {
    const start = this.#at;
    const reply = this.#reply();
    if (reply === undefined) this.#at = start;
    return reply;
  }

  /** The next command: an array of bulk strings, or a line of words as a person types it. Empty lines are skipped. */
  nextCommand(): string[] | undefined {
    for (;;) {
      if (this.#buffer[this.#at] === '*') {
        const reply = this.nextReply();
        return Array.isArray(reply) ? reply.map((each) => String(each)) : undefined;
      }
      const line = this.#line();
      if (line === undefined) return undefined;
      const words = splitWords(line);
      if (words.length > 0) return words;
    }
  }

  #line(): string | undefined {
    const end = this.#buffer.indexOf('\n', this.#at);
    if (end === -1) return undefined;
    const line = this.#buffer.slice(this.#at, end).replace(/\r$/, '');
    this.#at = end + 1;
    return line;
  }

  #reply(): Reply | undefined {
    const line = this.#line();
    if (line === undefined) return undefined;
    const rest = line.slice(1);
    switch (line[0]) {
      case '+':
        return new Simple(rest);
      case '-':
        return new Failure(rest);
      case ':':
        return Number(rest);
      case '$': {
        const length = Number(rest);
        if (length < 0) return null;
        if (this.#buffer.length < this.#at + length + 2) return undefined;
        const text = this.#buffer.slice(this.#at, this.#at + length);
        this.#at += length + 2;
        return text;
      }
      case '*': {
        const length = Number(rest);
        if (length < 0) return null;
        const items: Reply[] = [];
        while (items.length < length) {
          const item = this.#reply();
          if (item === undefined) return undefined;
          items.push(item);
        }
        return items;
      }
      default:
        return new Failure('ERR Protocol error');
    }
  }
}

/** Splits a line into words, with quotes as redis-cli has them. */
export function splitWords(line: string): string[] {
  const words = line.match(/"(?:\\.|[^"\\])*"|'(?:\\'|[^'])*'|\S+/g) ?? [];
  return words.map((word) => {
    if (/^".*"$/s.test(word))
      return word.slice(1, -1).replace(/\\(x[0-9a-fA-F]{2}|.)/g, (_, escape: string) => {
        if (escape.length === 3) return String.fromCharCode(parseInt(escape.slice(1), 16));
        return { n: '\n', r: '\r', t: '\t', b: '\b', a: '\x07' }[escape] ?? escape;
      });
    return /^'.*'$/s.test(word) ? word.slice(1, -1).replaceAll("\\'", "'") : word;
  });
}
