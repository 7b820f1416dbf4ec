import type { Program } from '../types.ts';
import { resolvePath } from '../path.ts';
import { formatDate } from './basics.ts';
import { peerOf, serveHttp } from './http-server.ts';
import { program, untilEnded } from './support.ts';

const ROOT = '/usr/local/apache2/htdocs';
const VERSION = 'Apache/2.4.65 (Unix)';

function page(title: string, text: string): string {
  return `<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>${title}</title>\n</head><body>\n<h1>${title.slice(4)}</h1>\n<p>${text}</p>\n</body></html>\n`;
}

/** Apache httpd as a server of the files in its htdocs. */
export const httpdProgram: Program = program('httpd', async (context) => {
  const notice = async (message: string): Promise<void> => {
    const time = formatDate('%a %b %d %H:%M:%S', context.clock.now());
    await context.stderr.write(
      `[${time}.000000 ${formatDate('%Y', context.clock.now())}] [mpm_event:notice] [pid ${context.pid}:tid 1] ${message}\n`,
    );
  };
  const server = serveHttp(context, 80, async (request, response) => {
    const url = (request.url ?? '/').split('?')[0] ?? '/';
    let path = resolvePath(ROOT, `.${resolvePath('/', decodeURIComponent(url))}`);
    if (context.fs.exists(path) && context.fs.stat(path).type === 'directory')
      path = resolvePath(path, 'index.html');
    const found = context.fs.exists(path);
    const body = found
      ? context.fs.readFile(path)
      : Buffer.from(page('404 Not Found', 'The requested URL was not found on this server.'));
    const isHtml = path.endsWith('.html') || !found;
    response.sendDate = false;
    response.writeHead(found ? 200 : 404, {
      Date: formatDate('%a, %d %b %Y %H:%M:%S GMT', context.clock.now()),
      Server: VERSION,
      'Content-Length': body.length,
      'Content-Type': isHtml ? (found ? 'text/html' : 'text/html; charset=iso-8859-1') : 'text/plain',
    });
    response.end(body);
    const when = formatDate('%d/%b/%Y:%H:%M:%S +0000', context.clock.now());
    await context.stdout.write(
      `${peerOf(request).address} - - [${when}] "${request.method ?? ''} ${request.url ?? ''} HTTP/1.1" ${found ? 200 : 404} ${body.length}\n`,
    );
  });
  await notice(`AH00489: ${VERSION} configured -- resuming normal operations`);
  const graceful = await Promise.race([
    new Promise<boolean>((resolve) => {
      context.onSignal('SIGTERM', () => resolve(false));
      context.onSignal('SIGQUIT', () => resolve(true));
    }),
    untilEnded(context),
  ]);
  await notice(
    graceful
      ? 'AH00492: caught SIGWINCH, shutting down gracefully'
      : 'AH00491: caught SIGTERM, shutting down',
  );
  if (graceful) await server.drain();
  return 0;
});
