import type { NetworkStack, SocketAddress } from '../network/types.ts';

/** The files of /proc/net that tell of sockets: https://www.kernel.org/doc/html/latest/networking/proc_net_tcp.html */
export const SOCKET_FILES = ['tcp', 'tcp6', 'udp', 'udp6'];

const COLUMNS = 'st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
const HEADERS: Record<string, string> = {
  tcp: `  sl  local_address rem_address   ${COLUMNS}`,
  tcp6: `  sl  local_address                         remote_address                        ${COLUMNS}`,
  udp: `   sl  local_address rem_address   ${COLUMNS} ref pointer drops`,
  udp6: `  sl  local_address                         remote_address                        ${COLUMNS} ref pointer drops`,
};

/** The text of one of them: what is waited on. Undefined for any other name. */
export function socketFile(
  name: string,
  network: Pick<NetworkStack, 'listeners' | 'udpPorts'>,
): string | undefined {
  const header = HEADERS[name];
  if (header === undefined) return undefined;
  const sockets = socketsOf(name, network);
  const state = name === 'tcp' ? '0A' : '07';
  const rest = name === 'tcp' ? '1 0000000000000000 100 0 0 10 0' : '2 0000000000000000 0';
  const lines = sockets.map(
    ({ address, port }, index) =>
      `${String(index).padStart(4)}: ${hexAddress(address)}:${hexPort(port)} 00000000:0000 ${state} ` +
      `00000000:00000000 00:00000000 00000000     0        0 ${String(20_000 + index)} ${rest}`,
  );
  return [header, ...lines, ''].join('\n');
}

function socketsOf(name: string, network: Pick<NetworkStack, 'listeners' | 'udpPorts'>): SocketAddress[] {
  if (name === 'tcp') return network.listeners();
  return name === 'udp' ? network.udpPorts().map((port) => ({ address: '0.0.0.0', port })) : [];
}

/** As a little-endian machine writes the four bytes. */
function hexAddress(address: string): string {
  const bytes = address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
  return bytes.reverse().join('').toUpperCase();
}

function hexPort(port: number): string {
  return port.toString(16).padStart(4, '0').toUpperCase();
}
