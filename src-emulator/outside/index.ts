import type { Clock } from '../clock.ts';
import type { Container, ContainerRuntime } from '../images/types.ts';
import type { OutsideWorld } from '../network/outside.ts';
import type { NetworkStack } from '../network/types.ts';
import type { ByteSink } from '../streams.ts';
import { httpApi } from './http-api.ts';
import { serveWeb, type Site } from './web-server.ts';

export interface OutsideOptions {
  outside: OutsideWorld;
  runtime: ContainerRuntime;
  clock: Clock;
}

/** Addresses of ranges that are set aside for documentation (RFC 5737), names of RFC 2606. */
const WEB_ADDRESS = '203.0.113.10';
const API_ADDRESS = '203.0.113.20';
const DATABASE_ADDRESS = '203.0.113.30';
const ECHO_ADDRESS = '203.0.113.40';

/** The passwords that lessons name. */
const DATABASE_PASSWORD = 'legacy';

function page(title: string, text: string): string {
  return `<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><title>${title}</title></head>\n<body>\n<h1>${title}</h1>\n<p>${text}</p>\n</body>\n</html>\n`;
}

function site(title: string, text: string): Site {
  return (request) => {
    const path = (request.url ?? '/').split('?')[0];
    const headers = { 'Content-Type': 'text/html; charset=utf-8' };
    if (path === '/') return { status: 200, headers, body: page(title, text) };
    return { status: 404, headers, body: page('404 Not Found', 'There is no such page here.') };
  };
}

/** What a server of many sites says when none of them is meant. */
const noSuchSite: Site = (request) => ({
  status: 404,
  headers: { 'Content-Type': 'text/html; charset=utf-8' },
  body: page(
    '404 Not Found',
    `No site is configured here for the host name "${escapeHtml(request.headers.host ?? '')}".`,
  ),
});

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

const nowhere: ByteSink = { write: () => Promise.resolve(), end: () => undefined };

/**
 * Puts a small internet around the cluster, so that lessons about the outside need no real one:
 *
 * - `example.com`, `www.example.com`, `example.org`, `www.example.org`, `docs.example.net`: sites that share one
 *   address; the Host header and the TLS server name tell them apart, and any other name gets a 404.
 *   `www.example.org` is an alias of `cdn.example.net`.
 * - `api.example.com`: a service that tells what it has received (see {@link httpApi}).
 * - `db.example.net`: a database from before the cluster, Redis on 6379 and PostgreSQL on 5432
 *   (user postgres, password {@link DATABASE_PASSWORD}).
 * - `echo.example.org`: agnhost on 80 and, for UDP, on 8081; its `/clientip` is the address that the outside sees.
 */
export function startOutside({ outside, runtime, clock }: OutsideOptions): Disposable {
  const example = site('Example Domain', 'This domain is for use in examples and documentation.');
  const organization = site('Example Organization', 'A second site on the same address as example.com.');
  serveWeb({
    stack: outside.addHost({
      address: WEB_ADDRESS,
      names: ['example.com', 'www.example.com', 'example.org', 'cdn.example.net', 'docs.example.net'],
    }),
    clock,
    software: 'nginx',
    sites: {
      'example.com': example,
      'www.example.com': example,
      'example.org': organization,
      'www.example.org': organization,
      'docs.example.net': site('Documentation', 'Pages of documentation.'),
    },
    otherwise: noSuchSite,
  });
  outside.addAlias('www.example.org', 'cdn.example.net');

  serveWeb({
    stack: outside.addHost({ address: API_ADDRESS, names: ['api.example.com'] }),
    clock,
    software: 'api',
    sites: { 'api.example.com': httpApi(clock) },
    otherwise: noSuchSite,
  });

  const containers: Container[] = [];
  const database = outside.addHost({ address: DATABASE_ADDRESS, names: ['db.example.net'] });
  const run = (
    image: string,
    stack: NetworkStack,
    hostname: string,
    env: Record<string, string> = {},
    args?: string[],
  ): void => {
    const found = runtime.images.lookup(image);
    if (found === undefined) throw new Error(`the catalog has no image ${image}`);
    const container = runtime.createContainer({
      image: found,
      ...(args !== undefined && { args }),
      env,
      hostname,
      network: stack,
      resolve: () => Promise.resolve([]),
      clock,
      mounts: [],
    });
    container.start({ stdout: nowhere, stderr: nowhere });
    containers.push(container);
  };
  run('redis:7.2', database, 'db');
  run('postgres:16', database, 'db', { POSTGRES_PASSWORD: DATABASE_PASSWORD, POSTGRES_DB: 'legacy' });
  const echo = outside.addHost({ address: ECHO_ADDRESS, names: ['echo.example.org'] });
  run('registry.k8s.io/e2e-test-images/agnhost:2.53', echo, 'echo', {}, ['netexec', '--http-port=80']);
  return {
    [Symbol.dispose]: () => {
      for (const container of containers) container.kill();
    },
  };
}
