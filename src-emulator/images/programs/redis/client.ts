import { ResolveError, type VirtualSocket } from '../../../network/types.ts';
import type { ProcessContext } from '../../types.ts';
import { errorCode } from '../support.ts';
import { encodeCommand, type Reply, RespReader } from './resp.ts';

/** No connection to the server: the reason in libc's words. */
export class ConnectFailure extends Error {
  override readonly name = 'ConnectFailure';
}

const REASONS: Record<string, string> = {
  ECONNREFUSED: 'Connection refused',
  ETIMEDOUT: 'Connection timed out',
  EHOSTUNREACH: 'No route to host',
};

/** A connection to a Redis server that sends one command at a time. */
export class RedisClient {
  readonly #socket: VirtualSocket;
  readonly #reader = new RespReader();
  #wake: () => void = () => undefined;
  #closed = false;

  private constructor(socket: VirtualSocket) {
    this.#socket = socket;
    socket.on('data', (chunk: Uint8Array) => {
      this.#reader.push(chunk);
      this.#wake();
    });
    for (const event of ['end', 'close'])
      socket.once(event, () => {
        this.#closed = true;
        this.#wake();
      });
  }

  /** @throws ConnectFailure */
  static async connect(context: ProcessContext, host: string, port: number): Promise<RedisClient> {
    try {
      const [address = ''] = await context.resolve(host);
      return new RedisClient(await context.network.connect({ address, port }));
    } catch (error) {
      if (context.ended.aborted) throw error;
      if (error instanceof ResolveError)
        throw new ConnectFailure(
          error.code === 'ENOTFOUND' ? 'Name or service not known' : 'Temporary failure in name resolution',
          { cause: error },
        );
      throw new ConnectFailure(REASONS[errorCode(error) ?? ''] ?? 'Connection timed out', { cause: error });
    }
  }

  get remoteAddress(): string {
    return this.#socket.remoteAddress;
  }

  /** Resolves with undefined when the server closed the connection. */
  async send(words: readonly string[]): Promise<Reply | undefined> {
    if (this.#closed) return undefined;
    this.#socket.write(Buffer.from(encodeCommand(words), 'latin1'));
    return this.next();
  }

  /** The next reply, also one that nobody asked for (a message of a subscription). */
  async next(): Promise<Reply | undefined> {
    for (;;) {
      const reply = this.#reader.nextReply();
      if (reply !== undefined) return reply;
      if (this.#closed) return undefined;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  close(): void {
    this.#socket.destroy();
  }
}
