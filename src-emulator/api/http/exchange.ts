import type { IncomingMessage, ServerResponse } from 'node:http';
import type { User } from '../auth/user.ts';
import { ApiError, type Status } from '../cluster-api.ts';
import { badRequest, internalError, tooLarge } from '../status.ts';
import { goJson, wantsIndentedJson } from './go-json.ts';

/** As the real server limits it. */
const MAX_BODY_BYTES = 3 * 1024 * 1024;
const MAX_SKIPPED_BYTES = 5 * MAX_BODY_BYTES;

/** One request and its answer. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Who asks. */
  readonly user: User;
}

export function openExchange(request: IncomingMessage, response: ServerResponse, user: User): Exchange {
  const url = requestUrl(request);
  return {
    request,
    response,
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    user,
  };
}

/** What is asked for. @throws ApiError 400 for what is no address. */
export function requestUrl({ url = '/' }: IncomingMessage): URL {
  // Two slashes at the start are part of the path, not the start of another host.
  const text = url.startsWith('/') ? `https://localhost${url}` : url;
  if (!URL.canParse(text, 'https://localhost')) throw badRequest('Bad Request');
  return new URL(text, 'https://localhost');
}

/**
 * Reads the whole body. One that is too large is taken to its end, within reason, and thrown away: who is cut off
 * while sending does not see the answer.
 * @throws ApiError 413.
 */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
    else chunks.length = 0;
    if (size > MAX_SKIPPED_BYTES) break;
  }
  if (size > MAX_BODY_BYTES) throw tooLarge();
  return Buffer.concat(chunks);
}

export function sendJson(
  response: ServerResponse,
  code: number,
  body: unknown,
  type = 'application/json',
): void {
  sendText(response, code, goJson(body, wantsIndentedJson(response.req)), type);
}

export function sendText(
  response: ServerResponse,
  code: number,
  text: string,
  type = 'text/plain; charset=utf-8',
): void {
  sendBytes(response, code, Buffer.from(text), type);
}

export function sendBytes(response: ServerResponse, code: number, bytes: Buffer, type: string): void {
  response.writeHead(code, {
    'Content-Type': type,
    'Content-Length': bytes.length,
    'Cache-Control': 'no-cache, private',
  });
  response.end(bytes);
}

/** A Warning header as kubectl shows it. */
export function addWarning(response: ServerResponse, text: string): void {
  response.appendHeader('Warning', `299 - ${JSON.stringify(text)}`);
}

/** What a failure is in the API's terms. Anything but an ApiError is a fault of the server. */
export function statusOf(error: unknown): Status {
  if (error instanceof ApiError) return error.status;
  return internalError(error instanceof Error ? error : new Error(String(error))).status;
}

export function sendError(response: ServerResponse, error: unknown): void {
  const status = statusOf(error);
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const retryAfter = status.details?.retryAfterSeconds;
  if (retryAfter !== undefined) response.setHeader('Retry-After', String(retryAfter));
  if (status.code === 413) response.setHeader('Connection', 'close');
  sendJson(response, status.code, status);
}
