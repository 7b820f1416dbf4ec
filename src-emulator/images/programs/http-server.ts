import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { NetworkError, type VirtualSocket } from '../../network/types.ts';
import { resolvePath } from '../path.ts';
import type { ProcessContext } from '../types.ts';

export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** An HTTP server of a container, on Node's own implementation over virtual sockets. */
export interface HttpServer {
  /** Takes no more connections; resolves when those under way are done. */
  drain(): Promise<void>;
}

const NO_TIMEOUTS = { keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 };

/** Serves HTTP on a port until the process ends. @throws NetworkError EADDRINUSE. */
export function serveHttp(context: ProcessContext, port: number, handler: HttpHandler): HttpServer {
  return listen(context, port, createServer(NO_TIMEOUTS, listenerFor(handler)));
}

/**
 * Serves HTTPS on a port until the process ends, with a certificate and key (PEM) of the container's files.
 * @throws NetworkError EADDRINUSE, FileError, and Node's error for a certificate that is none.
 */
export function serveHttps(
  context: ProcessContext,
  port: number,
  { certFile, keyFile }: { certFile: string; keyFile: string },
  handler: HttpHandler,
): HttpServer {
  const read = (path: string): Buffer => Buffer.from(context.fs.readFile(resolvePath(context.cwd, path)));
  const tls = { cert: read(certFile), key: read(keyFile) };
  return listen(context, port, createSecureServer({ ...NO_TIMEOUTS, ...tls }, listenerFor(handler)));
}

function listenerFor(handler: HttpHandler): RequestListener {
  return (request, response) => {
    void Promise.resolve(handler(request, response)).catch(() => response.destroy());
  };
}

function listen(context: ProcessContext, port: number, server: Server): HttpServer {
  const sockets = new Set<VirtualSocket>();
  let drained: (() => void) | undefined;
  const listener = context.network.listen(port, (socket) => {
    sockets.add(socket);
    socket.once('close', () => {
      sockets.delete(socket);
      if (sockets.size === 0) drained?.();
    });
    socket.on('error', () => undefined);
    server.emit('connection', socket);
  });
  return {
    drain: async () => {
      listener[Symbol.dispose]();
      server.closeIdleConnections();
      if (sockets.size > 0) await new Promise<void>((resolve) => (drained = resolve));
    },
  };
}

/** The address of the other end, as the server sees it. */
export function peerOf(request: IncomingMessage): { address: string; port: number } {
  return { address: request.socket.remoteAddress ?? '', port: request.socket.remotePort ?? 0 };
}

/** Whether a listen failed because the port is taken. */
export function isAddressInUse(error: unknown): boolean {
  return error instanceof NetworkError && error.code === 'EADDRINUSE';
}
