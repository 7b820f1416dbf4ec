import { ResolveError, type VirtualSocket } from '../../../network/types.ts';
import type { ProcessContext } from '../../types.ts';
import { IncomingReplies } from '../incoming-replies.ts';
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
  readonly #replies: IncomingReplies<Reply>;

  private constructor(socket: VirtualSocket) {
    this.#socket = socket;
    const reader = new RespReader();
    this.#replies = new IncomingReplies(socket, {
      push: (chunk) => reader.push(chunk),
      next: () => reader.nextReply(),
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
    if (this.#replies.isClosed) return undefined;
    this.#socket.write(Buffer.from(encodeCommand(words), 'latin1'));
    return this.next();
  }

  /** The next reply, also one that nobody asked for (a message of a subscription). */
  next(): Promise<Reply | undefined> {
    return this.#replies.next();
  }

  close(): void {
    this.#socket.destroy();
  }
}
