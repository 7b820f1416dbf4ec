/** Messages of PostgreSQL's frontend/backend protocol 3.0 (manual, section 53.7). */

export const PROTOCOL_3 = 196_608;
export const SSL_REQUEST = 80_877_103;

export function cString(text: string): Buffer {
  return Buffer.from(`${text}\0`);
}

/** A message: its letter, its length, its body. */
export function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type, 0, 'latin1');
  head.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

/** The first message of a client, which has no letter. */
export function startupMessage(parameters: Readonly<Record<string, string>>): Buffer {
  const pairs = Object.entries(parameters).flat().map(cString);
  const body = Buffer.concat([...pairs, Buffer.of(0)]);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length + 8, 0);
  head.writeUInt32BE(PROTOCOL_3, 4);
  return Buffer.concat([head, body]);
}

export interface Message {
  type: string;
  body: Buffer;
}

/** Takes complete messages out of a stream of bytes. */
export class MessageReader {
  #buffer = Buffer.alloc(0);

  push(chunk: Uint8Array): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
  }

  next(): Message | undefined {
    if (this.#buffer.length < 5) return undefined;
    const end = this.#buffer.readUInt32BE(1) + 1;
    if (this.#buffer.length < end) return undefined;
    const found = { type: this.#buffer.toString('latin1', 0, 1), body: this.#buffer.subarray(5, end) };
    this.#buffer = this.#buffer.subarray(end);
    return found;
  }

  nextStartup(): { code: number; parameters: Record<string, string> } | undefined {
    if (this.#buffer.length < 8) return undefined;
    const end = this.#buffer.readUInt32BE(0);
    if (this.#buffer.length < end) return undefined;
    const code = this.#buffer.readUInt32BE(4);
    const words = this.#buffer.toString('utf8', 8, end).split('\0');
    this.#buffer = this.#buffer.subarray(end);
    const parameters: Record<string, string> = {};
    for (let at = 0; at + 1 < words.length; at += 2)
      if (words[at] !== '') parameters[words[at] ?? ''] = words[at + 1] ?? '';
    return { code, parameters };
  }
}
