import { Agent, type buildConnector } from 'undici';
import { AppError } from '#shared/app-error.ts';
import { KubeStatusError, KubeUnreachableError } from './errors.ts';
import type { ClusterAccess } from './kubeconfig.ts';
import type { StatusBody } from './objects.ts';
import { connectOwnWay, tlsOptions } from './tls.ts';

export interface RequestOptions {
  query?: Record<string, string | undefined>;
  body?: string;
  contentType?: string;
  accept?: string;
  /** Whole exchange, in milliseconds. Default 15 000. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

export interface Answer {
  body: unknown;
  /** Texts of the server's `Warning` headers. */
  warnings: string[];
}

/** One connection pool to one API server. Every request has a deadline and fails with an `AppError`. */
export class Transport {
  readonly access: ClusterAccess;
  readonly #requests: Agent;
  readonly #streams: Agent;

  constructor(access: ClusterAccess) {
    this.access = access;
    const options: Agent.Options = {
      // Each watch keeps a connection for itself, so that none holds up another or a request.
      allowH2: false,
      connectTimeout: 5000,
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: connectorOf(access),
    };
    this.#requests = new Agent({ ...options, connections: 16 });
    this.#streams = new Agent(options);
  }

  /** Path and query of a request under the server's address (which may have a path of its own). */
  target(path: string, query: Record<string, string | undefined> = {}): URL {
    const url = new URL(this.access.server + path);
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, value);
    return url;
  }

  /** Sends a request and reads its JSON answer. @throws KubeStatusError, KubeUnreachableError */
  async request(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
    const what = `${method} ${path}`;
    const deadline = AbortSignal.timeout(options.timeoutMs ?? 15_000);
    const signal = options.signal === undefined ? deadline : AbortSignal.any([deadline, options.signal]);
    const { statusCode, headers, text } = await this.#exchange(method, path, options, signal, what);
    const body = parseBody(text);
    if (statusCode >= 400) throw new KubeStatusError(statusCode, statusOf(body, text), what);
    return { body, warnings: warningsOf(headers['warning']) };
  }

  /**
   * Opens a streamed answer (a watch, a followed log). The deadline holds until the headers are here; the
   * stream lasts until the server or `signal` ends it.
   */
  async stream(path: string, options: RequestOptions = {}): Promise<AsyncIterable<Buffer>> {
    const what = `GET ${path}`;
    const opening = new AbortController();
    const timer = setTimeout(() => {
      opening.abort(new Error('no answer in time'));
    }, options.timeoutMs ?? 15_000);
    const signal =
      options.signal === undefined ? opening.signal : AbortSignal.any([opening.signal, options.signal]);
    try {
      const response = await this.#send(this.#streams, 'GET', path, options, signal);
      if (response.statusCode >= 400) {
        const text = await response.body.text();
        throw new KubeStatusError(response.statusCode, statusOf(parseBody(text), text), what);
      }
      return response.body as AsyncIterable<Buffer>;
    } catch (error) {
      throw this.#translate(error, what);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends every connection. */
  async close(): Promise<void> {
    await Promise.all([this.#requests.destroy(), this.#streams.destroy()]);
  }

  async #exchange(
    method: string,
    path: string,
    options: RequestOptions,
    signal: AbortSignal,
    what: string,
  ): Promise<{ statusCode: number; headers: Record<string, string | string[] | undefined>; text: string }> {
    try {
      const response = await this.#send(this.#requests, method, path, options, signal);
      return {
        statusCode: response.statusCode,
        headers: response.headers,
        text: await response.body.text(),
      };
    } catch (error) {
      throw this.#translate(error, what);
    }
  }

  async #send(
    agent: Agent,
    method: string,
    path: string,
    options: RequestOptions,
    signal: AbortSignal,
  ): ReturnType<Agent['request']> {
    const authorization = await this.access.authorization();
    const url = this.target(path, options.query);
    return agent.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: method,
      headers: {
        accept: options.accept ?? 'application/json',
        ...(options.body === undefined ? {} : { 'content-type': options.contentType ?? 'application/json' }),
        ...(authorization === undefined ? {} : { authorization }),
      },
      ...(options.body === undefined ? {} : { body: options.body }),
      signal,
    });
  }

  #translate(error: unknown, what: string): Error {
    // The server refused, or nobody could be logged in.
    if (error instanceof AppError) return error;
    return new KubeUnreachableError(this.access.server, what, error);
  }
}

function connectorOf(access: ClusterAccess): buildConnector.connector | buildConnector.BuildOptions {
  const { dial } = access;
  if (dial === undefined) return tlsOptions(access);
  return (_options, callback) => {
    connectOwnWay(access, dial).then(
      (socket) => callback(null, socket),
      (error: unknown) => callback(asError(error), null),
    );
  };
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

function parseBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function statusOf(body: unknown, text: string): StatusBody {
  return typeof body === 'object' && body !== null ? body : { message: text.slice(0, 500) };
}

/** Texts of RFC 7234 warning headers: `299 - "unknown field \"spec.foo\""`. */
function warningsOf(header: string | string[] | undefined): string[] {
  const joined = Array.isArray(header) ? header.join(', ') : (header ?? '');
  return [...joined.matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)].map((match) =>
    (match[1] ?? '').replace(/\\(.)/g, '$1'),
  );
}
