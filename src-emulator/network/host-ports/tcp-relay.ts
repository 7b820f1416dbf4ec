import { createServer, type Socket } from 'node:net';
import type { NetworkStack, SocketAddress, VirtualSocket } from '../types.ts';
import type { OpenPort } from './host-ports.ts';

/**
 * Listens on a port of 127.0.0.1 and carries every connection into the cluster as one of the learner's machine.
 * The connection is taken before anybody in the cluster is asked, as Docker's proxy takes those of a published
 * port: what is refused there ends here with a reset, and silence there is silence here. Closing the port leaves
 * connections that are there already alone.
 * @throws the system's error, with `EADDRINUSE` or `EACCES` among its codes.
 */
export async function openTcpPort(
  port: number,
  host: NetworkStack,
  target: SocketAddress,
): Promise<OpenPort> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
    const gone = new AbortController();
    socket.on('error', () => undefined);
    socket.once('close', () => gone.abort(new Error('the client has gone')));
    host.connect(target, { signal: gone.signal }).then(
      (inside) => join(socket, inside),
      () => socket.resetAndDestroy(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port, exclusive: true }, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: () => server.close(),
  };
}

/** Carries bytes both ways, and the end of each direction; a break on one side breaks the other. */
function join(outside: Socket, inside: VirtualSocket): void {
  if (outside.destroyed) {
    inside.resetAndDestroy();
    return;
  }
  outside.pipe(inside);
  inside.pipe(outside);
  outside.once('close', () => {
    if (!outside.readableEnded || !outside.writableFinished) inside.resetAndDestroy();
  });
  inside.once('close', () => {
    if (inside.readableEnded && inside.writableFinished) outside.destroySoon();
    else outside.resetAndDestroy();
  });
}
