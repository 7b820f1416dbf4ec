import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { Pod } from '../api/objects.ts';
import type { NetworkStack } from '../network/types.ts';

const PORT = 10250;
const CHECKS = ['ping', 'log', 'syncloop', 'device-plugin'];
const MIRROR = 'kubernetes.io/config.mirror';

/** What a kubelet shows its callers by, and by what it knows them. PEM. */
export interface KubeletCertificates {
  certificate: string;
  key: string;
  /** Whoever has a certificate of this authority may ask. */
  authority: string;
}

/** A pod of the node, and when the kubelet first saw it (milliseconds since the epoch). */
export interface SeenPod {
  pod: Pod;
  seenMs: number;
}

/**
 * The kubelet's own HTTPS API on port 10250 of its node: its health and its pods
 * (k8s.io/kubernetes/pkg/kubelet/server/server.go). What goes on in containers is asked for by another way.
 */
export class KubeletServer implements Disposable {
  readonly #certificates: KubeletCertificates;
  readonly #pods: () => readonly SeenPod[];
  readonly #listener: Disposable;
  /** Made with the first connection: most clusters never see one. */
  #server: Server | undefined;

  /** @throws NetworkError EADDRINUSE */
  constructor(stack: NetworkStack, certificates: KubeletCertificates, pods: () => readonly SeenPod[]) {
    this.#certificates = certificates;
    this.#pods = pods;
    this.#listener = stack.listen(PORT, (socket) => {
      this.#server ??= this.#makeServer();
      this.#server.emit('connection', socket);
    });
  }

  [Symbol.dispose](): void {
    this.#listener[Symbol.dispose]();
    this.#server?.closeAllConnections();
  }

  #makeServer(): Server {
    const { certificate, key, authority } = this.#certificates;
    const server = createServer(
      { cert: certificate, key, ca: authority, requestCert: true, rejectUnauthorized: false },
      (request, response) => this.#answer(request, response),
    );
    server.on('tlsClientError', (_error, socket) => socket.destroy());
    return server;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    if (!(request.socket instanceof TLSSocket) || !request.socket.authorized) {
      sendText(response, 401, 'Unauthorized');
      return;
    }
    const { pathname, searchParams } = new URL(request.url ?? '/', 'https://node');
    if (pathname === '/pods' || pathname === '/pods/') {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(podList(this.#pods())));
      return;
    }
    const [, check] = /^\/healthz(?:\/([^/]*))?$/.exec(pathname) ?? [];
    const isHealth = pathname === '/healthz' || (check !== undefined && CHECKS.includes(check));
    if (!isHealth) sendText(response, 404, '404 page not found\n');
    else if (check === undefined && searchParams.has('verbose'))
      sendText(response, 200, `${CHECKS.map((name) => `[+]${name} ok\n`).join('')}healthz check passed\n`);
    else sendText(response, 200, 'ok');
  }
}

function sendText(response: ServerResponse, code: number, text: string): void {
  response.writeHead(code, {
    'Content-Type': 'text/plain; charset=utf-8',
    'X-Content-Type-Options': 'nosniff',
    'Content-Length': Buffer.byteLength(text),
  });
  response.end(text);
}

/** The pods as the kubelet keeps them, with a note of where it has each from. */
function podList(pods: readonly SeenPod[]): unknown {
  return {
    kind: 'PodList',
    apiVersion: 'v1',
    metadata: {},
    items: pods.map(({ pod: { metadata, spec, status }, seenMs }) => {
      const { [MIRROR]: _mirror, ...annotations } = metadata.annotations ?? {};
      const origin = {
        'kubernetes.io/config.seen': new Date(seenMs).toISOString(),
        'kubernetes.io/config.source': 'api',
      };
      return { metadata: { ...metadata, annotations: { ...origin, ...annotations } }, spec, status };
    }),
  };
}
