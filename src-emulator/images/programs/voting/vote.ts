import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { ProcessContext, Program } from '../../types.ts';
import { formatDate } from '../basics.ts';
import { bodyOf } from '../go-http.ts';
import { peerOf, serveHttp } from '../http-server.ts';
import { ConnectFailure, RedisClient } from '../redis/client.ts';
import { program, untilEnded } from '../support.ts';

const PORT = 80;

/** The front end of the example voting app: pushes each vote to the list `votes` of the Redis at `redis`. */
export const voteServer: Program = program('gunicorn', async (context) => {
  const options = { a: context.env['OPTION_A'] ?? 'Cats', b: context.env['OPTION_B'] ?? 'Dogs' };
  const log = (message: string): Promise<void> => {
    const time = formatDate('%Y-%m-%d %H:%M:%S +0000', context.clock.now());
    return context.stderr.write(`[${time}] [${context.pid}] [INFO] ${message}\n`);
  };
  await log('Starting gunicorn 23.0.0');
  serveHttp(context, PORT, async (request, response) => {
    const path = (request.url ?? '/').split('?')[0];
    const cookie = /(?:^|;\s*)voter_id=([0-9a-f]+)/.exec(request.headers.cookie ?? '')?.[1];
    const voter = cookie ?? randomBytes(8).toString('hex');
    let status = 200;
    if (path !== '/') status = 404;
    else if (request.method === 'POST') {
      const vote = new URLSearchParams(await bodyOf(request)).get('vote') ?? '';
      await log(`Received vote for ${vote}`);
      const failure = await pushVote(context, JSON.stringify({ voter_id: voter, vote }));
      if (failure === undefined) send(context, response, 200, page(options, context.hostname, vote), voter);
      else {
        status = 500;
        await log(
          `Exception on / [POST]: redis.exceptions.ConnectionError: Error connecting to redis:6379. ${failure}.`,
        );
      }
    } else if (request.method === 'GET' || request.method === 'HEAD')
      send(context, response, 200, page(options, context.hostname, undefined), voter);
    else status = 405;
    if (status !== 200) send(context, response, status, errorPage(status), undefined);
    const when = formatDate('%d/%b/%Y:%H:%M:%S +0000', context.clock.now());
    await context.stdout.write(
      `${peerOf(request).address} - - [${when}] "${request.method ?? ''} ${request.url ?? ''} HTTP/${request.httpVersion}" ${status} - "-" "${request.headers['user-agent'] ?? '-'}"\n`,
    );
  });
  await log(`Listening at: http://0.0.0.0:${PORT} (${context.pid})`);
  await Promise.race([
    new Promise<void>((resolve) => {
      for (const signal of ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const) context.onSignal(signal, resolve);
    }),
    untilEnded(context),
  ]);
  await log('Shutting down: Master');
  return 0;
});

/** Resolves with what went wrong, if anything did. */
async function pushVote(context: ProcessContext, vote: string): Promise<string | undefined> {
  try {
    const redis = await RedisClient.connect(context, 'redis', 6379);
    const reply = await redis.send(['RPUSH', 'votes', vote]);
    redis.close();
    return typeof reply === 'number' ? undefined : 'Connection closed by server';
  } catch (error) {
    if (!(error instanceof ConnectFailure)) throw error;
    return error.message;
  }
}

function send(
  context: ProcessContext,
  response: ServerResponse,
  status: number,
  body: string,
  voter: string | undefined,
): void {
  response.sendDate = false;
  response.writeHead(status, {
    Server: 'gunicorn',
    Date: formatDate('%a, %d %b %Y %H:%M:%S GMT', context.clock.now()),
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    ...(voter !== undefined && { 'Set-Cookie': `voter_id=${voter}; Path=/` }),
  });
  response.end(body);
}

/** Text as it may stand in HTML: what a voter sends comes back in the page. */
function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (char) => entities[char] ?? char);
}

function page(options: { a: string; b: string }, hostname: string, vote: string | undefined): string {
  const [a, b] = [escapeHtml(options.a), escapeHtml(options.b)];
  const button = (value: 'a' | 'b', label: string): string =>
    `      <button name="vote" value="${value}"${vote === value ? ' disabled aria-pressed="true"' : ''}>${label}${vote === value ? ' ✓' : ''}</button>\n`;
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>${a} vs ${b}!</title>
    <style>
      body { font: 1rem/1.5 system-ui, sans-serif; max-width: 32rem; margin: 3rem auto; padding: 0 1rem; text-align: center }
      form { display: grid; gap: 1rem }
      button { font: inherit; font-size: 2rem; padding: 1.5rem; border: 0; border-radius: .5rem; color: #fff; background: #1a6fb0; cursor: pointer }
      button + button { background: #0b7a4b }
      button:disabled { opacity: .6; cursor: default }
    </style>
  </head>
  <body>
    <h1>${a} vs ${b}!</h1>
    <form method="POST" action="/">
${button('a', a)}${button('b', b)}    </form>
    <p>(Tip: you can change your vote)</p>
    <p>Processed by container ID ${escapeHtml(hostname)}</p>
  </body>
</html>
`;
}

function errorPage(status: number): string {
  const title = { 404: 'Not Found', 405: 'Method Not Allowed', 500: 'Internal Server Error' }[status] ?? '';
  const text =
    status === 500
      ? 'The server encountered an internal error and was unable to complete your request.'
      : 'The requested URL cannot be answered by this server.';
  return `<!doctype html>\n<html lang=en>\n<title>${status} ${title}</title>\n<h1>${title}</h1>\n<p>${text}</p>\n`;
}
