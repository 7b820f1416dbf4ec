import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import type { NodeProxy } from '../../kubelet/types.ts';
import type { Pod } from '../objects.ts';
import { badRequest } from '../status.ts';
import { forwardPort } from './forwarded-port.ts';
import { QueueSource } from './queue-source.ts';
import { channelSink, MAX_WAITING_BYTES, toBuffer } from './websocket.ts';

/** The kubelet's binary protocol; clients that name none get it too. */
const PROTOCOL = 'v4.channel.k8s.io';

const server = new WebSocketServer({
  noServer: true,
  handleProtocols: (offered) => offered.has(PROTOCOL) && PROTOCOL,
});

/** Whether the client offers the protocol that is spoken here, or leaves the choice. */
export function offersPortForward(request: IncomingMessage): boolean {
  const offered = request.headers['sec-websocket-protocol'];
  return offered === undefined || offered.split(',').some((name) => name.trim() === PROTOCOL);
}

/** The ports that the query asks for. @throws ApiError 400, in the words of the API server and the kubelet. */
export function requestedPorts(query: URLSearchParams): number[] {
  const ports = query.getAll('ports').map((text) => {
    if (!/^\d+$/.test(text))
      throw badRequest(
        `cannot convert to []int32: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`,
      );
    const port = Number(text);
    if (port < 1) throw badRequest(`port "${text}" must be > 0`);
    if (port > 65535)
      throw badRequest(
        `unable to parse "${text}" as a port: strconv.ParseUint: parsing "${text}": value out of range`,
      );
    return port;
  });
  if (ports.length === 0) throw badRequest('query parameter "port" is required');
  return ports;
}

/**
 * Serves port-forward on a WebSocket: one connection to each port, whose data go by channel 2n and whose errors
 * by channel 2n+1. Each channel starts with the port, as two bytes in little-endian order. There is no half-close.
 */
export function servePortForwardChannels(
  nodeProxy: NodeProxy,
  pod: Pod,
  ports: readonly number[],
  upgrade: { request: IncomingMessage; socket: Duplex; head: Buffer },
): void {
  server.handleUpgrade(upgrade.request, upgrade.socket, upgrade.head, (webSocket) => {
    void serveChannels(nodeProxy, pod, ports, webSocket);
  });
}

async function serveChannels(
  nodeProxy: NodeProxy,
  pod: Pod,
  ports: readonly number[],
  webSocket: WebSocket,
): Promise<void> {
  const gone = new AbortController();
  const sources = ports.map(
    () =>
      new QueueSource((waiting) => {
        if (waiting > MAX_WAITING_BYTES) webSocket.pause();
        else if (webSocket.isPaused) webSocket.resume();
      }),
  );
  webSocket.on('message', (message: RawData) => {
    const data = toBuffer(message);
    const channel = data[0] ?? 0;
    if (channel % 2 === 0) sources[channel / 2]?.push(data.subarray(1));
  });
  webSocket.on('error', () => webSocket.terminate());
  webSocket.on('close', () => {
    for (const source of sources) source.end();
    gone.abort();
  });
  await Promise.all(
    ports.map(async (port, index) => {
      const sink = channelSink(webSocket, 2 * index);
      const error = channelSink(webSocket, 2 * index + 1);
      const announced = Buffer.alloc(2);
      announced.writeUInt16LE(port);
      for (const channel of [sink, error]) await channel.write(announced).catch(() => undefined);
      const source = sources[index] ?? new QueueSource();
      await forwardPort(nodeProxy, pod, port, { source, sink, error, closed: gone.signal });
    }),
  );
  webSocket.close(1000);
}
