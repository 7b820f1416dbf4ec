import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import type { NodeProxy } from '../../../kubelet/types.ts';
import type { Pod } from '../../objects.ts';
import type { ByteSink, ByteSource } from '../../../streams.ts';
import { SpdyConnection, type SpdyStream } from './connection.ts';

/**
 * Serves port-forward on a SPDY connection: for each connection that kubectl accepts it opens an error stream
 * and a data stream with the same request id and the port.
 */
export function servePortForward(nodeProxy: NodeProxy, pod: Pod, socket: Duplex, head: Buffer): void {
  const pairs = new Map<string, { error?: SpdyStream; data?: SpdyStream }>();
  const connection = new SpdyConnection(socket, head, (stream) => {
    const id = stream.headers.get('requestid') ?? String(stream.id);
    const pair = pairs.get(id) ?? {};
    pairs.set(id, pair);
    if (stream.headers.get('streamtype') === 'error') pair.error = stream;
    else pair.data = stream;
    const { error, data } = pair;
    if (error === undefined || data === undefined) return;
    pairs.delete(id);
    void forward(nodeProxy, pod, error, data, connection.closed);
  });
}

async function forward(
  nodeProxy: NodeProxy,
  pod: Pod,
  error: SpdyStream,
  data: SpdyStream,
  closed: AbortSignal,
): Promise<void> {
  const { name, namespace = '', uid } = pod.metadata;
  const port = Number(data.headers.get('port'));
  try {
    const target = await nodeProxy.portForward({ namespace, name }, port);
    target.on('error', () => target.destroy());
    closed.addEventListener('abort', () => target.destroy());
    await Promise.all([toSocket(data.source, target), toSink(target, data.sink)]);
  } catch (failure) {
    const why = (failure as Error).message;
    await error.sink
      .write(`error forwarding port ${port} to pod ${uid}, uid : ${why}`)
      .catch(() => undefined);
  }
  data.sink.end();
  error.sink.end();
}

async function toSocket(source: ByteSource, target: Duplex): Promise<void> {
  for (;;) {
    const chunk = await source.read();
    if (chunk === undefined || target.destroyed) break;
    if (!target.write(chunk)) await Promise.race([once(target, 'drain'), once(target, 'close')]);
  }
  target.end();
}

async function toSink(target: Duplex, sink: ByteSink): Promise<void> {
  try {
    for await (const chunk of target as AsyncIterable<Buffer>) await sink.write(chunk);
  } catch {
    // A reset connection ends like a closed one: port-forward has no way to tell them apart.
  }
  sink.end();
}
