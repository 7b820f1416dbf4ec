import { request, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect as connectTls } from 'node:tls';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';

import type { ProcessContext } from '../images/types.ts';
import { isHopByHop } from '../network/hop-by-hop.ts';
import type { Server } from './backends.ts';

const DIAL_TIMEOUT_MS = 30_000;

/** Carries requests to servers, over the network of the process that it is used in. */
export class Proxy {
  readonly #context: ProcessContext;

  constructor(context: ProcessContext) {
    this.#context = context;
  }

  /** Opens a connection to a server. Pods' certificates are of their own making, so none is verified. */
  async dial({ host, port, tls }: Server): Promise<Duplex> {
    const { network, resolve, ended } = this.#context;
    const [address = ''] = isIP(host) === 0 ? await resolve(host, ended) : [host];
    const socket = await network.connect({ address, port }, { signal: ended, timeoutMs: DIAL_TIMEOUT_MS });
    if (!tls) return socket;
    return new Promise((settle, reject) => {
      const secured = connectTls({
        socket,
        rejectUnauthorized: false,
        ...(isIP(host) === 0 ? { servername: host } : {}),
      });
      secured.once('secureConnect', () => settle(secured));
      secured.once('error', reject);
    });
  }

  /** Answers a request with what a server answers. Rejects when the server cannot be reached or breaks off. */
  async forward(incoming: IncomingMessage, response: ServerResponse, server: Server): Promise<void> {
    const socket = await this.dial(server);
    response.once('close', () => socket.destroy());
    const answer = await this.#send(incoming, socket, forwardedHeaders(incoming, this.#context.hostname));
    response.writeHead(
      answer.statusCode ?? 502,
      answer.statusMessage,
      endToEnd(answer.headers, answer.rawHeaders),
    );
    await new Promise<void>((resolve, reject) => {
      answer.on('error', reject);
      response.on('close', resolve);
      answer.pipe(response);
    });
  }

  /** Joins a client that asks for another protocol (a WebSocket) and its server. */
  async upgrade(incoming: IncomingMessage, client: Duplex, head: Buffer, server: Server): Promise<void> {
    const socket = await this.dial(server);
    const headers = forwardedHeaders(incoming, this.#context.hostname);
    const lines = [
      ...Object.entries(headers),
      ['connection', 'Upgrade'],
      ['upgrade', incoming.headers.upgrade ?? ''],
    ].map(([name, value]) => `${name}: ${String(value)}\r\n`);
    socket.write(`${incoming.method ?? 'GET'} ${incoming.url ?? '/'} HTTP/1.1\r\n${lines.join('')}\r\n`);
    socket.write(head);
    for (const [from, to] of [
      [client, socket],
      [socket, client],
    ] as const) {
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.once('close', () => to.destroy());
    }
  }

  #send(
    incoming: IncomingMessage,
    socket: Duplex,
    headers: Record<string, string | string[]>,
  ): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const outgoing = request({
        ...(incoming.method === undefined ? {} : { method: incoming.method }),
        ...(incoming.url === undefined ? {} : { path: incoming.url }),
        setHost: false,
        headers,
        createConnection: () => socket,
      });
      outgoing.once('response', resolve);
      outgoing.once('error', reject);
      incoming.on('error', () => outgoing.destroy());
      incoming.pipe(outgoing);
    });
  }
}

/** The request's own headers, its Host among them, and where it came from. */
function forwardedHeaders(
  { headers, socket }: IncomingMessage,
  hostname: string,
): Record<string, string | string[]> {
  const kept = Object.entries(headers).filter(
    (entry): entry is [string, string | string[]] => entry[1] !== undefined && !isHopByHop(entry[0]),
  );
  const secure = 'encrypted' in socket;
  const port = /:(\d+)$/.exec(headers.host ?? '')?.[1] ?? (secure ? '443' : '80');
  const client = socket.remoteAddress ?? '';
  return {
    ...Object.fromEntries(kept),
    // What a client says of itself is not believed.
    'X-Forwarded-For': client,
    'X-Forwarded-Host': headers.host ?? '',
    'X-Forwarded-Port': port,
    'X-Forwarded-Proto': secure ? 'https' : 'http',
    'X-Forwarded-Server': hostname,
    'X-Real-Ip': client,
  };
}

function endToEnd(headers: IncomingHttpHeaders, raw: readonly string[]): string[] {
  const listed = (headers.connection ?? '').toLowerCase().split(/\s*,\s*/);
  const kept: string[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] ?? '';
    const lower = name.toLowerCase();
    if (!isHopByHop(lower) && !listed.includes(lower)) kept.push(name, raw[index + 1] ?? '');
  }
  return kept;
}
