import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { Duplex } from 'node:stream';
import type { VirtualSocket } from '../../network/types.ts';

export interface ExchangeRequest {
  method: string;
  /** Path and query. */
  path: string;
  headers: readonly (readonly [string, string])[];
  body: Uint8Array | undefined;
  /** The connection stays open after the answer, unless the server closes it. */
  keepAlive?: boolean;
}

/** Speaks TLS over a connection. Rejects when the handshake or the verification of the certificate fails. */
export function startTls(
  socket: VirtualSocket,
  options: { serverName: string; insecure: boolean; ca?: string },
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const isAddress = /^[\d.]+$/.test(options.serverName);
    const tls = connectTls({
      socket,
      ...(isAddress
        ? { host: options.serverName }
        : { servername: options.serverName, host: options.serverName }),
      rejectUnauthorized: !options.insecure,
      ...(options.ca === undefined ? {} : { ca: options.ca }),
    });
    tls.once('secureConnect', () => resolve(tls));
    tls.once('error', reject);
  });
}

/** Sends one HTTP/1.1 request over an open connection, with exactly these headers. Resolves with the response's head. */
export function exchange(
  socket: Duplex,
  { method, path, headers, body, keepAlive = false }: ExchangeRequest,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing: ClientRequest = request({
      method,
      path,
      setHost: false,
      // With `agent: false` Node would ignore this and dial the machine's own network.
      createConnection: () => socket,
      signal,
    });
    outgoing.shouldKeepAlive = keepAlive;
    // What a caller did not ask for is not sent.
    outgoing.removeHeader('connection');
    const names = new Map<string, string[]>();
    for (const [name, value] of headers) names.set(name, [...(names.get(name) ?? []), value]);
    for (const [name, values] of names)
      outgoing.setHeader(name, values.length === 1 ? (values[0] ?? '') : values);
    outgoing.once('response', resolve);
    outgoing.once('upgrade', (response) => resolve(response));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
