import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { Clock } from '../clock.ts';
import type { NodeProxy } from '../kubelet/types.ts';
import { NetworkError } from '../network/types.ts';
import type { AccessControl } from './auth/access-control.ts';
import { ISSUER } from './auth/service-account-tokens.ts';
import type { Credentials } from './credentials.ts';
import { authorize } from './http/authorization.ts';
import { serveComponentStatuses } from './http/component-statuses.ts';
import { ENDPOINTS } from './resources.ts';
import { Discovery } from './http/discovery.ts';
import { openExchange, sendBytes, sendError, sendJson, sendText, type Exchange } from './http/exchange.ts';
import { answerHealth } from './http/health.ts';
import { openApiV2, OPENAPI_V2_TYPE } from './http/openapi-v2.ts';
import { serveBindings } from './http/pod-actions.ts';
import { serveProxy } from './http/proxy.ts';
import type { Dial } from './streams/kubelet-connection.ts';
import { serveResource } from './http/resources.ts';
import { REVIEWS } from './http/review-types.ts';
import { serveReview } from './http/reviews.ts';
import { parseResourcePath } from './http/route.ts';
import { serveTokenRequest } from './http/token-request.ts';
import { VERSION } from './http/version.ts';
import { servedType } from './machinery/registry.ts';
import type { ApiMachinery } from './machinery/machinery.ts';
import { unknownPath } from './status.ts';
import { serveLog } from './streams/log.ts';
import { refuseUpgrade, serveUpgrade } from './streams/upgrade.ts';

export interface ApiServerOptions {
  machinery: ApiMachinery;
  access: AccessControl;
  credentials: Credentials;
  /** On 127.0.0.1; 0 picks a free one. */
  port: number;
  nodeProxy: NodeProxy;
  /** For the proxy subresource. Left out: there is no network to reach pods in. */
  dial?: Dial;
  clock: Clock;
}

export interface ApiServer {
  /** `https://127.0.0.1:<port>`. */
  readonly url: string;
  readonly port: number;
  /** Serves the same HTTPS on a connection that did not come through the host's network. */
  acceptConnection(socket: Duplex): void;
  /** Ends every connection and gives the port back. */
  close(): Promise<void>;
}

/** As Go's server limits them. */
const MAX_HEADER_BYTES = 1024 * 1024;

/** Starts serving and resolves when the port is open. Rejects with the listen error (EADDRINUSE, EACCES). */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { machinery, access, credentials, nodeProxy, dial } = options;
  const proxying = { dial: dial ?? noNetwork, client: credentials.administrator };
  const discovery = new Discovery(machinery.registry, () => advertisedAddress(machinery, options.port));
  const groups = new Set(
    [...machinery.registry.served.map(servedType), ...REVIEWS].map(({ group }) => group),
  );
  const server = createServer({
    cert: credentials.server.certificate,
    key: credentials.server.key,
    ca: credentials.authority.certificate,
    // Who has no certificate is told so in the API's words, not by a failed handshake.
    requestCert: true,
    rejectUnauthorized: false,
    minVersion: 'TLSv1.2',
    maxHeaderSize: MAX_HEADER_BYTES,
  });
  server.keepAliveTimeout = 90_000;
  server.requestTimeout = 0;
  const sockets = new Set<Duplex>();
  // Those that never finish their handshake are among them.
  server.on('connection', (socket: Duplex) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('secureConnection', (socket: TLSSocket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  });
  server.on('clientError', refuseMalformed);
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    response.setHeader('Audit-Id', crypto.randomUUID());
    response.on('error', () => response.destroy());
    answer(request, response).catch((error: unknown) => sendError(response, error));
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    serveUpgrade({
      machinery,
      nodeProxy,
      dial,
      request,
      socket,
      head,
      authorize: () => authorize(access, request),
    }).catch((error: unknown) => refuseUpgrade(socket, error));
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const exchange = openExchange(request, response, authorize(access, request));
    const { path } = exchange;
    if (await answerCommonPath(machinery, access, discovery, exchange)) return;
    const route = parseResourcePath(path);
    // The server's router does not get to what the API says of resources of a group that it has not.
    if (route === undefined || !groups.has(route.group)) {
      sendText(response, 404, '404 page not found\n');
      return;
    }
    if (await serveReview(machinery, access, route, exchange)) return;
    if (serveComponentStatuses(route, exchange)) return;
    if (await serveBindings(machinery, route, exchange)) return;
    if (route.subresource === 'token' && route.plural === 'serviceaccounts')
      await serveTokenRequest(machinery, access.tokens, route, exchange);
    else if (await serveProxy(machinery, proxying, route, exchange)) return;
    else if (route.subresource === 'log' && route.plural === 'pods')
      await serveLog(machinery, { nodeProxy, dial }, route, exchange);
    else await serveResource(machinery, route, exchange);
  }

  const port = await listen(server, options.port);
  return {
    url: `https://127.0.0.1:${port}`,
    port,
    acceptConnection: (socket) => {
      server.emit('connection', socket);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Where the cluster's own network finds the server: what its Endpoints say; on its own, this machine. */
function advertisedAddress(machinery: ApiMachinery, port: number): string {
  const [subset] = machinery.get(ENDPOINTS, 'default', 'kubernetes')?.subsets ?? [];
  const ip = subset?.addresses?.[0]?.ip ?? '127.0.0.1';
  return `${ip}:${subset?.ports?.[0]?.port ?? port}`;
}

/** Answers what is not HTTP as Go's server does: in plain text, before the connection is closed. */
function refuseMalformed(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const line =
    error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
  socket.end(
    `HTTP/1.1 ${line}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n${line}`,
    () => socket.destroy(),
  );
}

function noNetwork(): Promise<never> {
  return Promise.reject(new NetworkError('ENETUNREACH', 'no network'));
}

/** How others can verify the tokens of ServiceAccounts (OpenID Connect Discovery). */
const OPENID_CONFIGURATION = {
  issuer: ISSUER,
  jwks_uri: `${ISSUER}/openid/v1/jwks`,
  response_types_supported: ['id_token'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['ES256'],
};

/** Everything that is not about resources. Returns false for other paths. */
async function answerCommonPath(
  machinery: ApiMachinery,
  access: AccessControl,
  discovery: Discovery,
  exchange: Exchange,
): Promise<boolean> {
  const { path, request, response } = exchange;
  if (answerHealth(exchange)) return true;
  if (path === '/version' || path === '/version/') {
    sendJson(response, 200, VERSION);
    return true;
  }
  if (path === '/.well-known/openid-configuration') {
    sendJson(response, 200, OPENID_CONFIGURATION);
    return true;
  }
  if (path === '/openid/v1/jwks') {
    sendJson(response, 200, access.tokens.keySet(), 'application/jwk-set+json');
    return true;
  }
  if (path === '/openapi/v2') {
    sendBytes(response, 200, openApiV2(machinery.registry), OPENAPI_V2_TYPE);
    return true;
  }
  if (path === '/openapi/v3' || path === '/openapi/v3/') {
    sendJson(response, 200, machinery.schemas.openApiIndex());
    return true;
  }
  // kubectl looks here before it says that it knows no such kind. There are no custom resources.
  if (path === '/apis/apiextensions.k8s.io/v1/customresourcedefinitions' && request.method === 'GET') {
    sendJson(response, 200, {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinitionList',
      metadata: { resourceVersion: String(machinery.store.revision) },
      items: [],
    });
    return true;
  }
  if (path.startsWith('/openapi/v3/')) {
    const document = await machinery.schemas.openApiDocument(path.slice('/openapi/v3/'.length));
    if (document === undefined) throw unknownPath();
    sendText(response, 200, document, 'application/json');
    return true;
  }
  const found = discovery.answer(path, request.headers.accept);
  if (found === undefined) return false;
  response.setHeader('Vary', 'Accept');
  sendJson(response, 200, found.body, found.type);
  return true;
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
