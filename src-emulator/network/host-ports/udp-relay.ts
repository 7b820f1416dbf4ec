import { createSocket } from 'node:dgram';
import type { Clock, Timer } from '../../clock.ts';
import type { NetworkStack, SocketAddress, UdpSocket } from '../types.ts';
import type { OpenPort } from './host-ports.ts';

/** How long Docker's proxy keeps the way back of a client that says nothing (UDPConnTrackTimeout). */
const IDLE_MS = 90_000;

/**
 * Opens a UDP port of 127.0.0.1 and carries its datagrams into the cluster: each client is a socket of the
 * learner's machine there, and gets the answers that come back to it.
 * @throws the system's error, with `EADDRINUSE` or `EACCES` among its codes.
 */
export async function openUdpPort(
  port: number,
  host: NetworkStack,
  target: SocketAddress,
  clock: Clock,
): Promise<OpenPort> {
  const outside = createSocket('udp4');
  const clients = new Map<string, { inside: UdpSocket; idle: Timer }>();
  const forget = (client: string): void => {
    const known = clients.get(client);
    known?.idle.cancel();
    known?.inside.close();
    clients.delete(client);
  };
  outside.on('message', (data, from) => {
    const client = `${from.address}:${from.port}`;
    const known = clients.get(client);
    known?.idle.cancel();
    const inside = known?.inside ?? host.bindUdp(0);
    if (known === undefined)
      inside.onMessage((answer) => outside.send(answer, from.port, from.address, () => undefined));
    clients.set(client, { inside, idle: clock.setTimeout(() => forget(client), IDLE_MS) });
    inside.send(data, target);
  });
  await new Promise<void>((resolve, reject) => {
    outside.once('error', reject);
    outside.bind({ address: '127.0.0.1', port, exclusive: true }, resolve);
  });
  outside.removeAllListeners('error');
  outside.on('error', () => undefined); // a client that has gone
  return {
    port: outside.address().port,
    close: () => {
      for (const client of [...clients.keys()]) forget(client);
      outside.close();
    },
  };
}
