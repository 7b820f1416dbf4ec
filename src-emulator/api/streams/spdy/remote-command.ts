import type { Duplex } from 'node:stream';
import type { Clock } from '../../../clock.ts';
import type { TerminalSize } from '../../../images/types.ts';
import type { RemoteCommand, RemoteStreams } from '../remote-command.ts';
import { readSize } from '../websocket.ts';
import { SpdyConnection, type SpdyStream } from './connection.ts';

/** How long the kubelet waits for a client to open its streams. */
const STREAM_CREATION_TIMEOUT_MS = 30_000;

/**
 * Takes the streams of exec and attach from a SPDY connection. Resolves when the client has opened them all; one
 * that does not is cut off.
 */
export function acceptSpdyStreams(
  socket: Duplex,
  head: Buffer,
  command: RemoteCommand,
  clock: Clock,
): Promise<RemoteStreams> {
  const expected = new Set(['error']);
  if (command.stdin) expected.add('stdin');
  if (command.stdout) expected.add('stdout');
  if (command.stderr && !command.tty) expected.add('stderr');
  if (command.tty) expected.add('resize');

  return new Promise((resolve, reject) => {
    const late = clock.setTimeout(() => socket.destroy(), STREAM_CREATION_TIMEOUT_MS);
    const streams = new Map<string, SpdyStream>();
    const connection = new SpdyConnection(socket, head, (stream) => {
      const type = stream.headers.get('streamtype') ?? '';
      if (!expected.has(type)) {
        stream.reset();
        return;
      }
      streams.set(type, stream);
      if (streams.size < expected.size) return;
      late.cancel();
      resolve(join(connection, streams));
    });
    connection.closed.addEventListener('abort', () => {
      late.cancel();
      reject(new Error('connection closed'));
    });
  });
}

function join(connection: SpdyConnection, streams: ReadonlyMap<string, SpdyStream>): RemoteStreams {
  const resize = streams.get('resize');
  const error = streams.get('error');
  return {
    stdin: streams.get('stdin')?.source,
    stdout: streams.get('stdout')?.sink,
    stderr: streams.get('stderr')?.sink,
    closed: connection.closed,
    onResize: (handler) => {
      if (resize !== undefined) void readSizes(resize, handler);
    },
    verbatim: true,
    finish: async (status) => {
      streams.get('stdout')?.sink.end();
      streams.get('stderr')?.sink.end();
      await error?.sink.write(JSON.stringify(status)).catch(() => undefined);
      error?.sink.end();
      connection.close();
    },
  };
}

/** Sizes come as JSON objects one after another, not one a frame. */
async function readSizes(stream: SpdyStream, handler: (size: TerminalSize) => void): Promise<void> {
  let text = '';
  for (;;) {
    const chunk = await stream.source.read();
    if (chunk === undefined) return;
    text += Buffer.from(chunk).toString();
    for (let end = text.indexOf('}'); end >= 0; end = text.indexOf('}')) {
      const size = readSize(Buffer.from(text.slice(0, end + 1)));
      text = text.slice(end + 1);
      if (size !== undefined) handler(size);
    }
  }
}
