import type { TLSSocket } from 'node:tls';
import type { VirtualSocket } from '../../network/types.ts';
import type { Target } from './curl-request.ts';

/** An open connection, and what is spoken on it: TLS, or the connection itself. */
export interface Connection {
  socket: VirtualSocket;
  stream: VirtualSocket | TLSSocket;
}

/** Connections that one run of curl keeps for its next URLs: https://curl.se/docs/manpage.html#URL */
export class KeptConnections {
  readonly #kept = new Map<string, Connection>();

  /** The connection to the same host and port that an earlier transfer left open. */
  take(target: Target): Connection | undefined {
    const key = keyOf(target);
    const kept = this.#kept.get(key);
    this.#kept.delete(key);
    return kept?.stream.destroyed === true ? undefined : kept;
  }

  keep(target: Target, connection: Connection): void {
    this.#kept.get(keyOf(target))?.socket.destroy();
    this.#kept.set(keyOf(target), connection);
  }

  closeAll(): void {
    for (const { socket } of this.#kept.values()) socket.destroy();
    this.#kept.clear();
  }
}

function keyOf({ scheme, host, port }: Target): string {
  return `${scheme}://${host}:${port}`;
}

/** Where `--connect-to HOST1:PORT1:HOST2:PORT2` sends connections to a target; an empty part stands for any. */
export function routeOf(target: Target, connectTo: readonly string[]): { host: string; port: number } {
  for (const entry of connectTo) {
    const [fromHost = '', fromPort = '', host = '', port = ''] = entry.split(':');
    if (
      (fromHost === '' || fromHost === target.host) &&
      (fromPort === '' || Number(fromPort) === target.port)
    )
      return { host: host || target.host, port: port === '' ? target.port : Number(port) };
  }
  return { host: target.host, port: target.port };
}
