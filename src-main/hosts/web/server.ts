import { RPCHandler } from '@orpc/server/ws';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { AppError } from '#shared/app-error.ts';
import { bytesSerializer } from '#shared/codec.ts';
import type { AppRouter } from '../../app/router.ts';
import { systemErrorCode, wordsOf } from '../../store/problems.ts';
import type { Asset } from '../assets.ts';
import { contentSecurityPolicy } from '../content-security-policy.ts';
import { Guard, newSecret, type RequestFacts } from './guard.ts';
import { NOT_LET_IN_PAGE } from './not-let-in.ts';

/**
 * Taken when nobody asked for a port: a page that stays open, and what it keeps in the browser under its
 * origin, is found again after a restart.
 */
export const DEFAULT_PORT = 7405;
/** How many ports from the default one on are tried before any free one will do. */
const PORTS_TRIED = 20;
/** The largest message of the contract is a manifest of a million characters. */
const LARGEST_MESSAGE = 8 * 1024 * 1024;

export interface WebHostOptions {
  router: AppRouter;
  assets: ReadonlyMap<string, Asset>;
  /** Left out: {@link DEFAULT_PORT}, or the next free one. */
  port?: number | undefined;
  /** Kept by browsers that were let in. The same value as last time lets an open page come back by itself. */
  session: string;
}

export interface WebHost {
  port: number;
  /** `http://127.0.0.1:<port>/`. */
  origin: string;
  /** The address to open: it lets the browser in. */
  address: string;
  close(): Promise<void>;
}

/**
 * Serves the renderer's files and the contract, over a WebSocket at `/rpc`, to browsers on this machine.
 * @throws AppError `port-taken`, `port-not-allowed`
 */
export async function startWebHost({ router, assets, port, session }: WebHostOptions): Promise<WebHost> {
  // Requests here are small: whoever takes longer to send one only holds a connection.
  const server = createServer({
    headersTimeout: 10_000,
    requestTimeout: 15_000,
    connectionsCheckingInterval: 5_000,
  });
  const bound = await listen(server, port);
  const token = newSecret();
  const guard = new Guard({ port: bound, token, session });
  const headers = securityHeaders(bound);

  server.on('request', (request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    answer(request, response, guard, assets).catch((error: unknown) => {
      response.statusCode = 500;
      response.end(wordsOf(error));
    });
  });

  const handler = new RPCHandler(router, { customJsonSerializers: [bytesSerializer] });
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: LARGEST_MESSAGE,
    perMessageDeflate: false,
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => undefined);
    if (pathOf(request)?.pathname !== '/rpc' || !guard.admitsSocket(factsOf(request))) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on('error', () => webSocket.terminate());
      void handler.upgrade(webSocket, { context: {} });
    });
  });

  const origin = `http://127.0.0.1:${bound}/`;
  return {
    port: bound,
    origin,
    address: `${origin}?token=${token}`,
    close: () =>
      new Promise((resolve) => {
        for (const client of sockets.clients) client.terminate();
        sockets.close();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  guard: Guard,
  assets: ReadonlyMap<string, Asset>,
): Promise<void> {
  const facts = factsOf(request);
  const url = pathOf(request);
  if (url === undefined || !guard.admits(facts)) {
    response.writeHead(403).end();
    return;
  }
  const token = url.searchParams.get('token');
  if (url.pathname === '/' && token !== null && guard.isToken(token)) {
    // On to the page without the token, so that it is not left in the history.
    response.writeHead(303, { location: '/', 'set-cookie': guard.setCookie() }).end();
    return;
  }
  if (!guard.hasSession(facts)) {
    response.writeHead(401, { 'content-type': 'text/html; charset=utf-8' }).end(NOT_LET_IN_PAGE);
    return;
  }
  const asset = assets.get(url.pathname);
  if (asset === undefined) {
    response.writeHead(404).end();
    return;
  }
  const content = await readFile(asset.file);
  response.writeHead(200, {
    'content-type': asset.type,
    'content-length': content.length,
    'cache-control': asset.immutable ? 'private, max-age=31536000, immutable' : 'no-cache',
  });
  response.end(request.method === 'HEAD' ? undefined : content);
}

function pathOf(request: IncomingMessage): URL | undefined {
  const { url } = request;
  // Only paths: what a proxy would be sent (`GET http://…`) is not for this server.
  return url?.startsWith('/') === true && URL.canParse(url, 'http://127.0.0.1')
    ? new URL(url, 'http://127.0.0.1')
    : undefined;
}

function factsOf({ method, headers }: IncomingMessage): RequestFacts {
  const one = (value: string | string[] | undefined): string | undefined =>
    Array.isArray(value) ? value.join(', ') : value;
  return {
    method: method ?? '',
    host: headers.host,
    origin: headers.origin,
    fetchSite: one(headers['sec-fetch-site']),
    fetchMode: one(headers['sec-fetch-mode']),
    cookie: headers.cookie,
  };
}

function securityHeaders(port: number): Record<string, string> {
  return {
    // Not every browser counts a WebSocket of the same origin as 'self'.
    'Content-Security-Policy': contentSecurityPolicy([`ws://127.0.0.1:${port}`, `ws://localhost:${port}`]),
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'Permissions-Policy':
      'camera=(), microphone=(), geolocation=(), usb=(), clipboard-read=(self), clipboard-write=(self)',
    'Cache-Control': 'no-store',
  };
}

/** Listens on loopback only. A port that was asked for is taken or refused; the default one has substitutes. */
async function listen(server: ReturnType<typeof createServer>, asked: number | undefined): Promise<number> {
  const attempt = (port: number): Promise<number> =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
        server.off('error', reject);
        resolve((server.address() as AddressInfo).port);
      });
    });
  if (asked !== undefined)
    return attempt(asked).catch((error: unknown) => {
      throw portError(asked, error);
    });
  for (let port = DEFAULT_PORT; port < DEFAULT_PORT + PORTS_TRIED; port++) {
    const bound = await attempt(port).catch(() => undefined);
    if (bound !== undefined) return bound;
  }
  return attempt(0);
}

function portError(port: number, cause: unknown): AppError {
  const taken = systemErrorCode(cause) === 'EADDRINUSE';
  return new AppError(
    {
      code: taken ? 'port-taken' : 'port-not-allowed',
      message: taken
        ? {
            en: `Port ${port} is used by another program.`,
            ko: `포트 ${port}을(를) 다른 프로그램이 사용하고 있습니다.`,
          }
        : { en: `Port ${port} may not be used.`, ko: `포트 ${port}을(를) 사용할 수 없습니다.` },
      fix: {
        en: 'Choose another one with --port, or leave --port out to get a free one.',
        ko: '--port로 다른 포트를 지정하거나, --port를 빼서 비어 있는 포트를 쓰세요.',
      },
      detail: wordsOf(cause),
    },
    { cause },
  );
}
