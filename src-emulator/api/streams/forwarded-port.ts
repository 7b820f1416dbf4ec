import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import type { NodeProxy } from '../../kubelet/types.ts';
import type { ByteSink, ByteSource } from '../../streams.ts';
import type { Pod } from '../objects.ts';

/** What carries one forwarded connection, whatever protocol it comes by. */
export interface ForwardStreams {
  source: ByteSource;
  sink: ByteSink;
  /** Hears why it failed. */
  error: ByteSink;
  /** Aborts when the client has gone. */
  closed: AbortSignal;
}

/**
 * Dials a port of the pod and carries bytes both ways until the pod has said all, or the client has gone. What the
 * client sends after the pod has ended goes nowhere, as with containerd.
 */
export async function forwardPort(
  nodeProxy: NodeProxy,
  pod: Pod,
  port: number,
  { source, sink, error, closed }: ForwardStreams,
): Promise<void> {
  const { name, namespace = '', uid } = pod.metadata;
  try {
    const target = await nodeProxy.portForward({ namespace, name }, port);
    const drop = (): void => {
      target.destroy();
    };
    target.on('error', drop);
    closed.addEventListener('abort', drop);
    if (closed.aborted) drop();
    await Promise.all([toSocket(source, target), toSink(target, sink).then(() => source.cancel())]);
    closed.removeEventListener('abort', drop);
  } catch (failure) {
    const why = (failure as Error).message;
    await error.write(`error forwarding port ${port} to pod ${uid}, uid : ${why}`).catch(() => undefined);
  }
  sink.end();
  error.end();
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
