import type { Duplex } from 'node:stream';
import type { NodeProxy } from '../../../kubelet/types.ts';
import type { Pod } from '../../objects.ts';
import { forwardPort } from '../forwarded-port.ts';
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
    const { source, sink } = data;
    const streams = { source, sink, error: error.sink, closed: connection.closed };
    void forwardPort(nodeProxy, pod, Number(data.headers.get('port')), streams);
  });
}
