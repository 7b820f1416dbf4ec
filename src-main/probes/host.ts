import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { isIP } from 'node:net';
import type { HttpRequest, HttpSeen } from './http.ts';
import type { TcpResult } from './tcp.ts';

/**
 * Looking from this machine, with Node's own network. Where a request goes is never a lab's to say: targets are the
 * addresses at which a cluster is published.
 */

const BODY_LIMIT = 64 * 1024;

/** Sends one GET and reports as curl would: its exit codes, words close to its own. */
export async function requestFromHost(
  request: HttpRequest,
  timeoutSeconds: number,
): Promise<Omit<HttpSeen, 'evidence'>> {
  const url = new URL(request.url);
  const secure = url.protocol === 'https:';
  const host = request.via?.host ?? url.hostname;
  const port = request.via?.port ?? (url.port === '' ? (secure ? 443 : 80) : Number(url.port));
  const failed = (exitCode: number, words: string): Omit<HttpSeen, 'evidence'> => ({
    exitCode,
    status: 0,
    ip: '',
    body: '',
    headers: {},
    error: `curl: (${String(exitCode)}) ${words}`,
  });
  const { promise, resolve } = Promise.withResolvers<Omit<HttpSeen, 'evidence'>>();
  const options = {
    host,
    port,
    path: url.pathname + url.search,
    headers: { host: url.host, ...request.headers },
    agent: false,
  };
  const sent = secure
    ? httpsRequest({ ...options, rejectUnauthorized: false, ...serverNameOf(url.hostname) })
    : httpRequest(options);
  const timer = setTimeout(() => {
    resolve(failed(28, `Operation timed out after ${String(timeoutSeconds * 1000)} milliseconds`));
    sent.destroy();
  }, timeoutSeconds * 1000);
  sent.on('response', (response) => {
    const ip = response.socket.remoteAddress ?? '';
    readBody(response).then(
      (body) => {
        const headers = request.withHeaders === true ? headersOf(response) : {};
        resolve({ exitCode: 0, status: response.statusCode ?? 0, ip, body, headers, error: '' });
      },
      (error: unknown) => {
        resolve(failed(56, `Recv failure: ${String(error)}`));
      },
    );
  });
  sent.on('error', (error: NodeJS.ErrnoException) => {
    const where = `${host} port ${String(port)}`;
    if (error.code === 'ECONNREFUSED')
      resolve(failed(7, `Failed to connect to ${where}: Connection refused`));
    else if (error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN')
      resolve(failed(6, `Could not resolve host: ${host}`));
    else if (error.code === 'ETIMEDOUT' || error.code === 'EHOSTUNREACH' || error.code === 'ENETUNREACH')
      resolve(failed(28, `Failed to connect to ${where}: ${error.message}`));
    else if (error.code === 'ECONNRESET') resolve(failed(56, 'Recv failure: Connection reset by peer'));
    else resolve(failed(secure ? 35 : 56, error.message));
  });
  sent.end();
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}

/** An address is never a server name: https://www.rfc-editor.org/rfc/rfc6066#section-3 */
function serverNameOf(hostname: string): { servername: string } {
  return { servername: isIP(hostname) === 0 ? hostname : '' };
}

async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    if (size < BODY_LIMIT) chunks.push(chunk);
    size += chunk.length;
  }
  return Buffer.concat(chunks).toString('utf8').slice(0, BODY_LIMIT);
}

function headersOf(response: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(response.headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}

/** Opens one connection and closes it again. */
export async function connectFromHost(
  host: string,
  port: number,
  timeoutSeconds: number,
): Promise<TcpResult> {
  const { promise, resolve } = Promise.withResolvers<TcpResult>();
  const socket = connect({ host, port });
  const timer = setTimeout(() => {
    resolve({ state: 'silent', words: 'TIMEOUT' });
  }, timeoutSeconds * 1000);
  socket.on('connect', () => {
    resolve({ state: 'open', words: '' });
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ECONNREFUSED') resolve({ state: 'refused', words: 'REFUSED' });
    else if (error.code === 'ETIMEDOUT') resolve({ state: 'silent', words: 'TIMEOUT' });
    else resolve({ state: 'other', words: `OTHER: ${error.message}` });
  });
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}
