import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** Ample for a machine that is busy with other things. */
const ANSWER_MS = 3000;

/**
 * Listens on 127.0.0.1 and calls itself there, as the app does with its cluster: something that guards the
 * machine (a firewall, a VPN's lock) may forbid either.
 * @throws the system's error, or one that says that no answer came
 */
export async function talkOverLoopback(): Promise<void> {
  const signal = AbortSignal.timeout(ANSWER_MS);
  const server = createServer((socket) => {
    // The one who calls may hang up first.
    socket.on('error', () => undefined);
    socket.end('here');
  });
  try {
    server.listen({ host: '127.0.0.1', port: 0 });
    await once(server, 'listening', { signal });
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port was given');
    const client = connect({ host: '127.0.0.1', port: address.port });
    try {
      await once(client, 'data', { signal });
    } finally {
      client.destroy();
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new Error(`no answer came over 127.0.0.1 within ${ANSWER_MS / 1000} s`, { cause: error });
  } finally {
    server.close();
  }
}
