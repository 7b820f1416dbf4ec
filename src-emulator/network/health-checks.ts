import { createServer, type Server, type ServerResponse } from 'node:http';
import type { Clock } from '../clock.ts';
import type { ServiceRule } from './service-rules.ts';
import type { NetworkStack } from './types.ts';

interface HealthCheck {
  port: number;
  server: Server;
  listener: Disposable;
}

/** Where kube-proxy tells load balancers whether it works (its `healthzBindAddress`). */
const PROXY_PORT = 10256;
const NO_SNIFFING = { 'X-Content-Type-Options': 'nosniff' };

/** A node, as far as its health checks need it. */
interface CheckedNode {
  name: string;
  stack: NetworkStack;
}

/**
 * The health checks of Services with `externalTrafficPolicy: Local`: on every node an HTTP server at the Service's
 * `healthCheckNodePort`, which says whether this node has a ready endpoint, so that load balancers leave out those
 * that have none; and one that says whether kube-proxy itself works (kube-proxy, pkg/proxy/healthcheck).
 */
export class HealthChecks {
  readonly #node: CheckedNode;
  readonly #clock: Clock;
  readonly #own: { server: Server; listener: Disposable };
  #syncedMs: number;
  readonly #checks = new Map<string, HealthCheck>();
  readonly #endpoints = new Map<string, number>();

  constructor(node: CheckedNode, clock: Clock) {
    this.#node = node;
    this.#clock = clock;
    this.#syncedMs = clock.now();
    const server = createServer(({ url = '' }, response) => this.#tellOwnHealth(url, response));
    const listener = node.stack.listen(PROXY_PORT, (socket) => server.emit('connection', socket));
    this.#own = { server, listener };
  }

  /** Opens and closes servers, and counts endpoints anew. @param rules of all Services */
  sync(rules: readonly ServiceRule[]): void {
    this.#syncedMs = this.#clock.now();
    const wanted = new Map<string, { port: number; addresses: Set<string> }>();
    for (const { service, healthCheckNodePort: port = 0, externalPolicy, ready } of rules) {
      if (port === 0 || externalPolicy !== 'Local') continue;
      const entry = wanted.get(service) ?? { port, addresses: new Set() };
      for (const { address, nodeName } of ready)
        if (nodeName === this.#node.name) entry.addresses.add(address);
      wanted.set(service, entry);
    }
    for (const [service, check] of this.#checks)
      if (wanted.get(service)?.port !== check.port) this.#close(service, check);
    for (const [service, { port, addresses }] of wanted) {
      this.#endpoints.set(service, addresses.size);
      if (!this.#checks.has(service)) this.#open(service, port);
    }
  }

  close(): void {
    for (const [service, check] of this.#checks) this.#close(service, check);
    this.#own.listener[Symbol.dispose]();
    this.#own.server.closeAllConnections();
  }

  /** Of kube-proxy, and at /healthz whether load balancers may send their traffic to this node. */
  #tellOwnHealth(url: string, response: ServerResponse): void {
    const [path] = url.split('?');
    if (path !== '/healthz' && path !== '/livez') {
      response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8', ...NO_SNIFFING });
      response.end('404 page not found\n');
      return;
    }
    const now = new Date(this.#clock.now()).toISOString();
    const family = { lastUpdated: new Date(this.#syncedMs).toISOString(), healthy: true };
    const body = JSON.stringify({
      lastUpdated: now,
      currentTime: now,
      ...(path === '/healthz' ? { nodeEligible: true } : {}),
      healthy: true,
      status: { IPv4: family, IPv6: family },
    });
    response.writeHead(200, {
      'Content-Type': 'application/json',
      ...NO_SNIFFING,
      'Content-Length': body.length,
    });
    response.end(body);
  }

  #open(service: string, port: number): void {
    const server = createServer((_, response) => {
      const count = this.#endpoints.get(service) ?? 0;
      const [namespace, name] = service.split('/');
      const body =
        '{\n\t"service": {\n' +
        `\t\t"namespace": "${namespace ?? ''}",\n\t\t"name": "${name ?? ''}"\n` +
        `\t},\n\t"localEndpoints": ${count},\n\t"serviceProxyHealthy": true\n}`;
      response.writeHead(count > 0 ? 200 : 503, {
        'Content-Type': 'application/json',
        'Content-Length': body.length,
        ...NO_SNIFFING,
        'X-Load-Balancing-Endpoint-Weight': count,
      });
      response.end(body);
    });
    try {
      const listener = this.#node.stack.listen(port, (socket) => server.emit('connection', socket));
      this.#checks.set(service, { port, server, listener });
    } catch {
      // Something else on the node has the port: tried again at the next change.
    }
  }

  #close(service: string, { server, listener }: HealthCheck): void {
    listener[Symbol.dispose]();
    server.closeAllConnections();
    this.#checks.delete(service);
    this.#endpoints.delete(service);
  }
}
