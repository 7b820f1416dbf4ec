import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import type { TerminalSize } from '../../images/types.ts';
import { BrokenPipe, type ByteSink } from '../../streams.ts';
import { QueueSource } from './queue-source.ts';
import type { RemoteStreams } from './remote-command.ts';

/** Newest first: the server chooses the first of these that the client offers. */
const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
const CHANNEL = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const;
/** What a client may have sent ahead of whoever reads it, in bytes. */
export const MAX_WAITING_BYTES = 1024 * 1024;

const server = new WebSocketServer({
  noServer: true,
  handleProtocols: (offered) => PROTOCOLS.find((protocol) => offered.has(protocol)) ?? false,
});

/** Whether the client offers a subprotocol that is spoken here. */
export function offersChannels(request: IncomingMessage): boolean {
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  return PROTOCOLS.some((protocol) => offered.includes(protocol));
}

/** Answers the upgrade and hands over the channels as streams. */
export function acceptChannels(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<RemoteStreams> {
  return new Promise((resolve) => {
    server.handleUpgrade(request, socket, head, (webSocket) => resolve(channelStreams(webSocket)));
  });
}

function channelStreams(webSocket: WebSocket): RemoteStreams {
  const gone = new AbortController();
  let onResize: (size: TerminalSize) => void = () => {};
  let lastSize: TerminalSize | undefined;
  const stdin = new QueueSource((waiting) => {
    if (waiting > MAX_WAITING_BYTES) webSocket.pause();
    else if (webSocket.isPaused) webSocket.resume();
  });
  const takeMessage = (data: Buffer): void => {
    const payload = data.subarray(1);
    switch (data[0]) {
      case CHANNEL.stdin:
        stdin.push(payload);
        break;
      case CHANNEL.resize:
        lastSize = readSize(payload) ?? lastSize;
        if (lastSize !== undefined) onResize(lastSize);
        break;
      case CHANNEL.close:
        if (payload[0] === CHANNEL.stdin) stdin.end();
        break;
      default:
    }
  };
  webSocket.on('message', (data: RawData) => takeMessage(toBuffer(data)));
  webSocket.on('error', () => webSocket.terminate());
  webSocket.on('close', () => {
    stdin.end();
    gone.abort();
  });

  return {
    stdin,
    stdout: channelSink(webSocket, CHANNEL.stdout),
    stderr: channelSink(webSocket, CHANNEL.stderr),
    closed: gone.signal,
    onResize: (handler) => {
      onResize = handler;
      if (lastSize !== undefined) handler(lastSize);
    },
    verbatim: false,
    finish: async (status) => {
      const error = channelSink(webSocket, CHANNEL.error);
      await error.write(JSON.stringify(status)).catch(() => undefined);
      webSocket.close(1000);
    },
  };
}

/** Writes to one channel of a WebSocket. A write fails with {@link BrokenPipe} when the client has gone. */
export function channelSink(webSocket: WebSocket, channel: number): ByteSink {
  return {
    write: (data) =>
      new Promise((resolve, reject) => {
        if (webSocket.readyState !== webSocket.OPEN) {
          reject(new BrokenPipe());
          return;
        }
        const bytes = typeof data === 'string' ? Buffer.from(data) : data;
        webSocket.send(Buffer.concat([Buffer.of(channel), bytes]), { binary: true }, (error) => {
          if (error) reject(new BrokenPipe());
          else resolve();
        });
      }),
    end: () => undefined,
  };
}

/** A message as one buffer, however it came. */
export function toBuffer(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? Buffer.from(data) : data;
}

/** A message of the resize channel: `{"Width":80,"Height":24}`. */
export function readSize(payload: Uint8Array): TerminalSize | undefined {
  try {
    const size = JSON.parse(Buffer.from(payload).toString()) as { Width?: unknown; Height?: unknown };
    if (
      typeof size.Width === 'number' &&
      typeof size.Height === 'number' &&
      size.Width > 0 &&
      size.Height > 0
    )
      return { columns: size.Width, rows: size.Height };
  } catch {
    // Not a size: ignored, as the real server does.
  }
  return undefined;
}
