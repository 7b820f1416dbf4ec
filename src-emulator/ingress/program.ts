import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Duplex } from 'node:stream';

import type { ClusterApi } from '../api/cluster-api.ts';
import { formatDate } from '../images/programs/basics.ts';
import { serveHttp } from '../images/programs/http-server.ts';
import { errorCode, program, untilEnded } from '../images/programs/support.ts';
import type { ProcessContext, Program } from '../images/types.ts';
import { Backends, type Server as BackendServer } from './backends.ts';
import { Certificates } from './certificates.ts';
import { parseArguments, type Configuration, type EntryPoint } from './configuration.ts';
import { IngressController } from './controller.ts';
import { Proxy } from './proxy.ts';
import type { Route } from './routes.ts';

const TRAEFIK_VERSION = '3.6.4';

/** Where a request was sent, for the access log. */
interface Destination {
  route: Route | undefined;
  server: BackendServer | undefined;
}

/**
 * Traefik as far as Ingresses go. The real one ranks its routers by the length of their rules; this one serves what
 * the Ingress API says, as the app makes of the real one in its kind clusters.
 */
export function traefikProgram(api: ClusterApi): Program {
  return program('traefik', async (context, args) => {
    const configuration = parseArguments(args);
    const log = (level: string, text: string): Promise<void> =>
      context.stdout.write(`${formatDate('%Y-%m-%dT%H:%M:%SZ', context.clock.now())} ${level} ${text}\n`);
    await log(
      'INF',
      `Traefik version ${TRAEFIK_VERSION} built on 2025-11-04T12:00:00Z version=${TRAEFIK_VERSION}`,
    );
    await log('INF', 'Starting provider aggregator *aggregator.ProviderAggregator');
    using controller = new IngressController(api, configuration.published);
    if (configuration.ingresses) await log('INF', 'Starting provider *ingress.Provider');
    const gateway = new Gateway(context, api, controller, configuration);
    for (const entryPoint of configuration.entryPoints) gateway.serve(entryPoint);
    if (configuration.pingPort !== undefined)
      serveHttp(context, configuration.pingPort, (request, response) => {
        response.end(request.url === '/ping' ? 'OK' : undefined);
      });
    await Promise.race([
      new Promise<void>((resolve) => {
        context.onSignal('SIGTERM', resolve);
        context.onSignal('SIGINT', resolve);
      }),
      untilEnded(context),
    ]);
    await log('INF', 'I have to go...');
    await log('INF', 'Stopping server gracefully');
    return 0;
  });
}

/** The entry points: they take requests, find the backend, and carry them there. */
class Gateway {
  readonly #context: ProcessContext;
  readonly #controller: IngressController;
  readonly #configuration: Configuration;
  readonly #backends: Backends;
  readonly #certificates: Certificates;
  readonly #proxy: Proxy;
  #requests = 0;

  constructor(
    context: ProcessContext,
    api: ClusterApi,
    controller: IngressController,
    configuration: Configuration,
  ) {
    this.#context = context;
    this.#controller = controller;
    this.#configuration = configuration;
    this.#backends = new Backends(api);
    this.#certificates = new Certificates(api, context.clock.now());
    this.#proxy = new Proxy(context);
  }

  serve(entryPoint: EntryPoint): void {
    const handle = (request: IncomingMessage, response: ServerResponse): void => {
      void this.#answer(entryPoint, request, response);
    };
    const options = { requestTimeout: 0, headersTimeout: 0 };
    const server: Server = entryPoint.tls
      ? createHttpsServer(
          {
            ...options,
            SNICallback: (name, done) => done(null, this.#certificates.for(name, this.#controller.served)),
          },
          handle,
        )
      : createHttpServer(options, handle);
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      void this.#upgrade(entryPoint, request, socket, head);
    });
    this.#context.network.listen(entryPoint.port, (socket) => {
      socket.on('error', () => undefined);
      server.emit('connection', socket);
    });
  }

  #find(entryPoint: EntryPoint, { headers, url = '/' }: IncomingMessage): Destination {
    const path = url.split('?')[0] ?? '/';
    const route = this.#configuration.ingresses
      ? this.#controller.route(entryPoint, headers.host ?? '', path)
      : undefined;
    return {
      route,
      server:
        route === undefined
          ? undefined
          : this.#backends.next(route.ingress.metadata.namespace ?? '', route.backend),
    };
  }

  async #answer(entryPoint: EntryPoint, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedMs = this.#context.clock.now();
    const { route, server } = this.#find(entryPoint, request);
    if (route === undefined) refuse(response, 404, '404 page not found\n');
    else if (server === undefined) refuse(response, 503, 'no available server\n');
    else
      try {
        await this.#proxy.forward(request, response, server);
      } catch (error) {
        const timedOut = errorCode(error) === 'ETIMEDOUT';
        if (response.headersSent) response.destroy();
        else refuse(response, timedOut ? 504 : 502, timedOut ? 'Gateway Timeout' : 'Bad Gateway');
      }
    await this.#log(request, response, { route, server }, startedMs);
  }

  async #upgrade(
    entryPoint: EntryPoint,
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
  ): Promise<void> {
    const { server } = this.#find(entryPoint, request);
    try {
      if (server === undefined) throw new Error('no available server');
      await this.#proxy.upgrade(request, socket, head, server);
    } catch {
      socket.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    }
  }

  /** In Traefik's common log format: the CLF, the number of the request, the router, the server, the time. */
  async #log(
    request: IncomingMessage,
    response: ServerResponse,
    { route, server }: Destination,
    startedMs: number,
  ): Promise<void> {
    this.#requests++;
    if (!this.#configuration.accessLog || this.#context.ended.aborted) return;
    const { headers, method = '-', url = '-', httpVersion } = request;
    const when = formatDate('%d/%b/%Y:%H:%M:%S +0000', startedMs);
    const size = Number(response.getHeader('content-length') ?? 0);
    const router = route === undefined ? '-' : `${route.name}@kubernetes`;
    const at =
      server === undefined ? '-' : `${server.tls ? 'https' : 'http'}://${server.host}:${server.port}`;
    const agent = headers['user-agent'] ?? '-';
    await this.#context.stdout.write(
      `${request.socket.remoteAddress ?? '-'} - - [${when}] "${method} ${url} HTTP/${httpVersion}" ${response.statusCode} ${size} "-" "${agent}" ${this.#requests} "${router}" "${at}" ${this.#context.clock.now() - startedMs}ms\n`,
    );
  }
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    ...(status === 404 ? { 'X-Content-Type-Options': 'nosniff' } : {}),
    'Content-Length': Buffer.byteLength(text),
  });
  response.end(text);
}
