import type { IncomingMessage, ServerResponse } from 'node:http';
import { ResolveError } from '../../network/types.ts';
import type { ProcessContext } from '../types.ts';
import { formatDate } from './basics.ts';
import { readResolvConf } from './dns-client.ts';
import { errorCode } from './support.ts';

/** HTTP as Go's net/http speaks it. */

export interface GoAnswer {
  status?: number;
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array;
}

/** Answers as net/http does: the handler's headers in order of name, then date, length, and a type it has guessed. */
export function goRespond(
  context: ProcessContext,
  response: ServerResponse,
  { status = 200, headers = {}, body = '' }: GoAnswer,
): void {
  const bytes = Buffer.from(body);
  response.sendDate = false;
  response.statusCode = status;
  for (const name of Object.keys(headers).sort()) response.setHeader(name, headers[name] ?? '');
  response.setHeader('Date', formatDate('%a, %d %b %Y %H:%M:%S GMT', context.clock.now()));
  response.setHeader('Content-Length', bytes.length);
  if (bytes.length > 0 && headers['Content-Type'] === undefined)
    response.setHeader('Content-Type', sniffedType(bytes));
  response.end(bytes);
}

/** What http.Error sends. */
export function goError(
  context: ProcessContext,
  response: ServerResponse,
  message: string,
  status: number,
): void {
  goRespond(context, response, {
    status,
    headers: { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' },
    body: `${message}\n`,
  });
}

/** The rules of http.DetectContentType that texts can meet. */
function sniffedType(bytes: Buffer): string {
  const start = bytes.subarray(0, 512).toString('latin1');
  if (
    /^\s*<(!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|!--)[ >]/i.test(
      start,
    )
  )
    return 'text/html; charset=utf-8';
  if (/^\s*<\?xml/.test(start)) return 'text/xml; charset=utf-8';

  return /[\x00-\x08\x0e-\x1a\x1c-\x1f]/.test(start)
    ? 'application/octet-stream'
    : 'text/plain; charset=utf-8';
}

/** The values of a request's query, and of its body when that is a form, as Request.FormValue has them. */
export async function formValues(request: IncomingMessage): Promise<URLSearchParams> {
  const { searchParams } = new URL(request.url ?? '/', 'http://server');
  if (!(request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded'))
    return searchParams;
  const body = new URLSearchParams(await bodyOf(request));
  // Values of the body come first.
  for (const [name, value] of searchParams) body.append(name, value);
  return body;
}

/** A request's body as text. */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** The headers of a request as Go's http.Header holds them: canonical names, lists of values, without Host. */
export function goHeaders(request: IncomingMessage): Record<string, string[]> {
  const headers: Record<string, string[]> = {};
  for (let at = 0; at < request.rawHeaders.length; at += 2) {
    const [name = '', value = ''] = request.rawHeaders.slice(at, at + 2);
    const canonical = name.toLowerCase().replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
    if (canonical !== 'Host') (headers[canonical] ??= []).push(value);
  }
  return Object.fromEntries(Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The first address of a name. @throws Error in the words of Go's resolver. */
export async function goLookup(context: ProcessContext, host: string): Promise<string> {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(host)) return host;
  try {
    const [address] = await context.resolve(host);
    if (address !== undefined) return address;
  } catch (error) {
    if (!(error instanceof ResolveError)) throw error;
    const server = readResolvConf(context).servers[0] ?? '127.0.0.1';
    const why = error.code === 'ENOTFOUND' ? 'no such host' : 'server misbehaving';
    throw new Error(`lookup ${host} on ${server}:53: ${why}`, { cause: error });
  }
  throw new Error(`lookup ${host}: no such host`);
}

/** What Go says of a dial that failed. */
export function goDialError(error: unknown, to: { address: string; port: number }): string {
  const why = {
    ECONNREFUSED: 'connect: connection refused',
    EHOSTUNREACH: 'connect: no route to host',
    ENETUNREACH: 'connect: network is unreachable',
    ETIMEDOUT: 'i/o timeout',
  }[errorCode(error) ?? ''];
  return `dial tcp ${to.address}:${to.port}: ${why ?? (error instanceof Error ? error.message : String(error))}`;
}
