import type { ProcessContext, Program } from '../types.ts';
import { formatDate } from './basics.ts';
import { bodyOf, goHeaders, goRespond } from './go-http.ts';
import { endOnTerm, goLog } from './go-program.ts';
import { peerOf, serveHttp } from './http-server.ts';
import { program, UsageFailure, untilEnded } from './support.ts';

/** Small servers that images of courses and examples run. */

/** The value of a Go flag: `-name=value`, `-name value`, with one dash or two. */
function goFlag(args: readonly string[], name: string): string | undefined {
  for (const [index, arg] of args.entries()) {
    const [, flag, , value] = /^--?([a-z]+)(=([^]*))?$/.exec(arg) ?? [];
    if (flag === name) return value ?? args[index + 1];
  }
  return undefined;
}

function httpDate(context: ProcessContext): string {
  return formatDate('%a, %d %b %Y %H:%M:%S GMT', context.clock.now());
}

/** hashicorp/http-echo: answers every request with `-text`. */
export const httpEcho: Program = program('http-echo', async (context, args) => {
  const text = goFlag(args, 'text') ?? context.env['ECHO_TEXT'];
  if (text === undefined) throw new UsageFailure('Missing -text option!', 127);
  const listen = goFlag(args, 'listen') ?? ':5678';
  const status = Number(goFlag(args, 'status-code') ?? goFlag(args, 'statuscode') ?? 200);
  serveHttp(context, Number(listen.split(':').at(-1)), async (request, response) => {
    const body = `${text}\n`;
    response.sendDate = false;
    response.writeHead(status, {
      'X-App-Name': 'http-echo',
      'X-App-Version': '1.0.0',
      Date: httpDate(context),
      'Content-Length': Buffer.byteLength(body),
      'Content-Type': 'text/plain; charset=utf-8',
    });
    response.end(body);
    const { address, port } = peerOf(request);
    const when = formatDate('%Y/%m/%d %H:%M:%S', context.clock.now());
    await context.stdout.write(
      `${when} ${request.headers.host ?? ''} ${address}:${port} "${request.method ?? ''} ${request.url ?? ''} HTTP/1.1" ${status} ${Buffer.byteLength(body)} "${request.headers['user-agent'] ?? ''}" 10µs\n`,
    );
  });
  const when = formatDate('%Y/%m/%d %H:%M:%S', context.clock.now());
  await context.stdout.write(`${when} [INFO] server is listening on ${listen}\n`);
  return endOnTerm(context);
});

/** traefik/whoami: tells about itself and the request. */
export const whoamiServer: Program = program('whoami', async (context, args) => {
  const port = Number(goFlag(args, 'port') ?? context.env['WHOAMI_PORT_NUMBER'] ?? 80);
  const name = goFlag(args, 'name') ?? context.env['WHOAMI_NAME'];
  serveHttp(context, port, (request, response) => {
    const { address, port: remotePort } = peerOf(request);
    const lines = [
      ...(name === undefined ? [] : [`Name: ${name}`]),
      `Hostname: ${context.hostname}`,
      'IP: 127.0.0.1',
      `IP: ${context.network.address}`,
      `RemoteAddr: ${address}:${remotePort}`,
      `${request.method ?? ''} ${request.url ?? ''} HTTP/${request.httpVersion}`,
      `Host: ${request.headers.host ?? ''}`,
    ];
    const headers = Object.entries(request.headers).filter(([header]) => header !== 'host').sort(([a], [b]) => (a < b ? -1 : 1)); // prettier-ignore
    for (const [header, value] of headers)
      lines.push(`${header.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase())}: ${String(value)}`);
    const path = new URL(request.url ?? '/', 'http://whoami').pathname;
    if (path === '/api') {
      const about = {
        hostname: context.hostname,
        ip: ['127.0.0.1', context.network.address],
        headers: goHeaders(request),
        url: request.url,
        host: request.headers.host ?? '',
        method: request.method,
        ...(name !== undefined && { name }),
        remoteAddr: `${address}:${remotePort}`,
      };
      goRespond(context, response, {
        headers: { 'Content-Type': 'application/json' },
        body: `${JSON.stringify(about)}\n`,
      });
      return;
    }
    goRespond(context, response, { body: path === '/health' ? '' : `${lines.join('\n')}\n\n` });
  });
  await context.stdout.write(
    `${formatDate('%Y/%m/%d %H:%M:%S', context.clock.now())} Starting up on port ${port}\n`,
  );
  return endOnTerm(context);
});

/** gcr.io/google-samples/hello-app: says hello, its version and which pod it is. */
export function helloApp(version: string): Program {
  return program('hello-app', async (context) => {
    const port = Number(context.env['PORT'] ?? 8080);
    serveHttp(context, port, async (request, response) => {
      await goLog(context, `Serving request: ${(request.url ?? '/').split('?')[0] ?? ''}`);
      const body = `Hello, world!\nVersion: ${version}\nHostname: ${context.hostname}\n`;
      goRespond(context, response, { body });
    });
    await goLog(context, `Server listening on port ${port}`);
    return endOnTerm(context);
  });
}

/** How the variants of the book's server behave. */
export type KubiaKind = 'plain' | 'unhealthy' | 'v1' | 'v2' | 'v3' | 'pet';

/** luksa/kubia: a Node.js server on 8080 that says which pod was hit. As pid 1 without a handler it ignores SIGTERM. */
export function kubia(kind: KubiaKind): Program {
  return program('node', async (context, args) => {
    if (args[0] !== 'app.js') throw new UsageFailure(`cannot find module '${args[0] ?? ''}'`);
    await context.stdout.write('Kubia server starting...\n');
    let requests = 0;
    let stored = 'No data posted yet';
    serveHttp(context, 8080, async (request, response) => {
      if (kind !== 'pet') await context.stdout.write(`Received request from ${peerOf(request).address}\n`);
      requests++;
      const { hostname } = context;
      let status = 200;
      let body = `You've hit ${hostname}\n`;
      if (kind === 'unhealthy' && requests > 5) [status, body] = [500, "I'm not well. Please restart me!\n"];
      else if (kind === 'v1' || kind === 'v2') body = `This is ${kind} running in pod ${hostname}\n`;
      else if (kind === 'v3')
        [status, body] =
          requests > 4
            ? [500, `Some internal error has occurred! This is pod ${hostname}\n`]
            : [200, `This is v3 running in pod ${hostname}\n`];
      else if (kind === 'pet' && request.method === 'POST') {
        stored = await bodyOf(request);
        await context.stdout.write('New data has been received and stored.\n');
        body = `Data stored on pod ${hostname}\n`;
      } else if (kind === 'pet') body = `You've hit ${hostname}\nData stored on this pod: ${stored}\n`;
      response.sendDate = false;
      response.writeHead(status, { Date: httpDate(context) });
      response.end(body);
    });
    return untilEnded(context);
  });
}
