import { errors, Pool, type Dispatcher } from 'undici';
import { parse } from 'yaml';
import type { Step } from './case.ts';

interface Kubeconfig {
  clusters: { cluster: { server: string; 'certificate-authority-data': string } }[];
  users: { user: { 'client-certificate-data': string; 'client-key-data': string } }[];
}

/** As the raw API answers, before anything is taken out. */
export interface RawAnswer {
  code: number;
  warnings: string[];
  body: unknown;
}

const AGENT = 'fuzz';
/** A server that is busy says how long to wait; one that goes on being busy is an error. */
const MAX_ATTEMPTS = 20;
const MAX_CONNECTIONS_LOST = 5;

/** Speaks to a cluster as its administrator, over connections that are kept. */
export class Client {
  readonly #pool: Pool;

  /** @param connections how many requests may be under way at once */
  constructor(kubeconfig: string, connections: number) {
    const { clusters, users } = parse(kubeconfig) as Kubeconfig;
    const cluster = clusters[0]?.cluster;
    const user = users[0]?.user;
    if (cluster === undefined || user === undefined) throw new Error('the kubeconfig names no cluster');
    const decode = (text: string): string => Buffer.from(text, 'base64').toString();
    this.#pool = new Pool(cluster.server, {
      connections,
      // A refused stream of HTTP/2 would take the other requests of its connection with it.
      allowH2: false,
      connect: {
        ca: decode(cluster['certificate-authority-data']),
        cert: decode(user['client-certificate-data']),
        key: decode(user['client-key-data']),
      },
    });
  }

  /** Sends a step and waits where the server asks for it. @throws the system's error of a broken connection */
  async send(step: Step): Promise<RawAnswer> {
    const { body } = step;
    for (let attempt = 1; ; attempt++) {
      const response = await this.#request({
        method: step.method,
        path: step.path,
        headers: {
          accept: 'application/json',
          'user-agent': AGENT,
          ...(body === undefined ? {} : { 'content-type': step.type ?? 'application/json' }),
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.body.text();
      if (
        response.statusCode === 429 &&
        response.headers['retry-after'] !== undefined &&
        attempt < MAX_ATTEMPTS
      ) {
        const { promise, resolve } = Promise.withResolvers<undefined>();
        AbortSignal.timeout(Number(response.headers['retry-after']) * 1000).addEventListener('abort', () =>
          resolve(undefined),
        );
        await promise;
        continue;
      }
      return {
        code: response.statusCode,
        warnings: warningsOf(response.headers['warning']),
        body: jsonOr(text),
      };
    }
  }

  /** A connection that the server closes in the same moment is not the request's fault: it is sent again. */
  async #request(options: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#pool.request(options);
      } catch (error) {
        if (attempt >= MAX_CONNECTIONS_LOST || !(error instanceof errors.SocketError)) throw error;
      }
    }
  }

  /**
   * Follows a watch: each event as it comes, until `signal` ends it.
   * @param path with its query
   */
  async *watch(path: string, signal: AbortSignal): AsyncGenerator {
    const response = await this.#pool.request({
      method: 'GET',
      path,
      signal,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    let rest = '';
    for await (const chunk of response.body) {
      const lines = (rest + String(chunk)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) yield JSON.parse(line) as unknown;
    }
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}

/** The texts of `Warning: 299 - "text"`. Several headers come as one, with commas between. */
function warningsOf(header: string | string[] | undefined): string[] {
  const lines = header === undefined ? [] : typeof header === 'string' ? [header] : header;
  return lines.flatMap((line) =>
    [...line.matchAll(/299 - ("(?:[^"\\]|\\.)*")/g)].map((match) => jsonOr(match[1] ?? '') as string),
  );
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
