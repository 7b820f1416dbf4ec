import type { ProcessContext, Program } from '../types.ts';
import { formatDate } from './basics.ts';
import { endOnTerm } from './go-program.ts';
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
    const body = request.url === '/health' ? '' : `${lines.join('\n')}\n\n`;
    response.sendDate = false;
    response.writeHead(200, {
      Date: httpDate(context),
      'Content-Length': Buffer.byteLength(body),
      'Content-Type': 'text/plain; charset=utf-8',
    });
    response.end(body);
  });
  await context.stdout.write(
    `${formatDate('%Y/%m/%d %H:%M:%S', context.clock.now())} Starting up on port ${port}\n`,
  );
  return endOnTerm(context);
});

/** luksa/kubia: a Node.js server on 8080 that says which pod was hit. As pid 1 without a handler it ignores SIGTERM. */
export const kubia: Program = program('node', async (context, args) => {
  if (args[0] !== 'app.js') throw new UsageFailure(`cannot find module '${args[0] ?? ''}'`);
  await context.stdout.write('Kubia server starting...\n');
  serveHttp(context, 8080, async (request, response) => {
    await context.stdout.write(`Received request from ${peerOf(request).address}\n`);
    response.sendDate = false;
    response.writeHead(200, { Date: httpDate(context) });
    response.end(`You've hit ${context.hostname}\n`);
  });
  return untilEnded(context);
});
