import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { createSecureContext } from 'node:tls';
import type { Clock } from '../clock.ts';
import type { NetworkStack } from '../network/types.ts';
import { certificateFor } from './authority.ts';

/** What a site answers to a request. */
export interface SiteAnswer {
  status: number;
  headers?: Readonly<Record<string, string>>;
  body: string;
}

/** What stands behind one name of a web server. */
export type Site = (request: IncomingMessage) => SiteAnswer | Promise<SiteAnswer>;

export interface WebServerOptions {
  stack: NetworkStack;
  clock: Clock;
  /** Sites by name. Requests for other names get `otherwise`, and the first name's certificate. */
  sites: Readonly<Record<string, Site>>;
  otherwise: Site;
  /** What the header `Server` says. */
  software: string;
}

const NO_TIMEOUTS = { keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 };

/**
 * Serves several sites on ports 80 and 443 of one address, as the web does: the Host header tells which one is
 * meant, and the server name of the TLS handshake which certificate to show.
 */
export function serveWeb({ stack, clock, sites, otherwise, software }: WebServerOptions): void {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const name = (request.headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
    const site = Object.hasOwn(sites, name) ? (sites[name] ?? otherwise) : otherwise;
    const { status, headers, body } = await site(request);
    response.sendDate = false;
    response.writeHead(status, {
      Date: new Date(clock.now()).toUTCString(),
      Server: software,
      'Content-Length': Buffer.byteLength(body),
      ...headers,
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  };
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    answer(request, response).catch(() => response.destroy());
  };
  const contexts = new Map<string, ReturnType<typeof createSecureContext>>();
  const contextFor = (name: string): ReturnType<typeof createSecureContext> => {
    let context = contexts.get(name);
    if (context === undefined) contexts.set(name, (context = createSecureContext(certificateFor([name]))));
    return context;
  };
  const [defaultName = ''] = Object.keys(sites);
  const plain = createServer(NO_TIMEOUTS, listener);
  const secure = createSecureServer(
    {
      ...NO_TIMEOUTS,
      SNICallback: (name, done) => {
        done(null, contextFor(Object.hasOwn(sites, name.toLowerCase()) ? name.toLowerCase() : defaultName));
      },
    },
    listener,
  );
  // Clients that tell no name, as those that dial an address, never come to the callback.
  let isReady = false;
  stack.listen(80, (socket) => plain.emit('connection', socket));
  stack.listen(443, (socket) => {
    // Keys are made when somebody asks for them: a cluster that nobody leaves starts without.
    if (!isReady) secure.setSecureContext(certificateFor([defaultName]));
    isReady = true;
    secure.emit('connection', socket);
  });
}

/** The text of a request's body. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
