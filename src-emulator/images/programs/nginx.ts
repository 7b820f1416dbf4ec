import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ProcessContext, Program } from '../types.ts';
import { resolvePath } from '../path.ts';
import { formatDate } from './basics.ts';
import { isAddressInUse, peerOf, serveHttp } from './http-server.ts';
import { type NginxServer, parseNginxConfig } from './nginx-config.ts';
import { program, untilEnded } from './support.ts';

const CONTENT_TYPES: Record<string, string> = {
  html: 'text/html', htm: 'text/html', css: 'text/css', js: 'application/javascript', json: 'application/json',
  txt: 'text/plain', xml: 'text/xml', svg: 'image/svg+xml', png: 'image/png', jpg: 'image/jpeg', ico: 'image/x-icon',
}; // prettier-ignore

const REASONS: Record<number, string> = {
  301: 'Moved Permanently', 302: 'Found', 400: 'Bad Request', 401: 'Authorization Required', 403: 'Forbidden', 404: 'Not Found',
  405: 'Not Allowed', 500: 'Internal Server Error', 502: 'Bad Gateway', 503: 'Service Temporarily Unavailable',
  504: 'Gateway Time-out',
}; // prettier-ignore

/** nginx as a server of files: what the official image does, and the plain directives of a mounted server block. */
export function nginxProgram(version: string): Program {
  return program('nginx', async (context, args) => {
    if (args.includes('-v') || args.includes('-V')) {
      await context.stderr.write(`nginx version: nginx/${version}\n`);
      return 0;
    }
    const nginx = new Nginx(context, version);
    if (args.includes('-t') || args.includes('-T')) return nginx.checkConfig();
    return nginx.run();
  });
}

class Nginx {
  readonly #context: ProcessContext;
  readonly #version: string;
  #connections = 0;

  constructor(context: ProcessContext, version: string) {
    this.#context = context;
    this.#version = version;
  }

  async checkConfig(): Promise<number> {
    const config = this.#readConfig();
    if (typeof config === 'string') {
      await this.#context.stderr.write(
        `nginx: [emerg] ${config}\nnginx: configuration file /etc/nginx/nginx.conf test failed\n`,
      );
      return 1;
    }
    await this.#context.stderr.write(
      'nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\nnginx: configuration file /etc/nginx/nginx.conf test is successful\n',
    );
    return 0;
  }

  async run(): Promise<number> {
    const config = this.#readConfig();
    if (typeof config === 'string') {
      await this.#log('emerg', config);
      await this.#context.stderr.write(`nginx: [emerg] ${config}\n`);
      return 1;
    }
    const byPort = Map.groupBy(config, (server) => server.port);
    const running = [];
    for (const [port, servers] of byPort) {
      try {
        running.push(
          serveHttp(this.#context, port, (request, response) => this.#serve(servers, request, response)),
        );
      } catch (error) {
        if (!isAddressInUse(error)) throw error;
        await this.#log('emerg', `bind() to 0.0.0.0:${port} failed (98: Address already in use)`);
        return 1;
      }
    }
    for (const line of ['using the "epoll" event method', `nginx/${this.#version}`, 'start worker processes'])
      await this.#log('notice', line);
    const signal = await Promise.race([
      new Promise<'fast' | 'graceful'>((resolve) => {
        this.#context.onSignal('SIGTERM', () => resolve('fast'));
        this.#context.onSignal('SIGINT', () => resolve('fast'));
        this.#context.onSignal('SIGQUIT', () => resolve('graceful'));
        // A reload reads files afresh; files are read at each request here.
        this.#context.onSignal(
          'SIGHUP',
          () => void this.#log('notice', 'signal 1 (SIGHUP) received, reconfiguring'),
        );
      }),
      untilEnded(this.#context),
    ]);
    const how =
      signal === 'fast'
        ? 'signal 15 (SIGTERM) received, exiting'
        : 'signal 3 (SIGQUIT) received, shutting down';
    await this.#log('notice', how);
    if (signal === 'graceful') await Promise.all(running.map((server) => server.drain()));
    await this.#log('notice', 'exit');
    return 0;
  }

  /** The servers of the configuration, or what is wrong with it. */
  #readConfig(): NginxServer[] | string {
    const { fs } = this.#context;
    const folder = '/etc/nginx/conf.d';
    const main = '/etc/nginx/nginx.conf';
    const files = [
      ...(fs.exists(main) ? [main] : []),
      ...(fs.exists(folder) ? fs.list(folder).map((name) => `${folder}/${name}`) : []),
    ];
    const servers: NginxServer[] = [];
    for (const file of files.filter((name) => name.endsWith('.conf'))) {
      const parsed = parseNginxConfig(new TextDecoder().decode(fs.readFile(file)), file);
      if (typeof parsed === 'string') return parsed;
      servers.push(...parsed);
    }
    return servers;
  }

  #log(level: string, message: string): Promise<void> {
    const time = formatDate('%Y/%m/%d %H:%M:%S', this.#context.clock.now());
    return this.#context.stderr.write(
      `${time} [${level}] ${this.#context.pid}#${this.#context.pid}: ${message}\n`,
    );
  }

  async #serve(
    servers: readonly NginxServer[],
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const connection = ++this.#connections;
    const host = (request.headers.host ?? '').replace(/:\d+$/, '');
    const server = servers.find((each) => each.names.includes(host)) ?? servers[0];
    const sent = server === undefined ? 0 : await this.#answer(server, request, response, connection);
    const { address } = peerOf(request);
    const when = formatDate('%d/%b/%Y:%H:%M:%S +0000', this.#context.clock.now());
    const line = `${request.method ?? ''} ${request.url ?? ''} HTTP/${request.httpVersion}`;
    const header = (name: string): string => String(request.headers[name] ?? '-');
    await this.#context.stdout.write(
      `${address} - - [${when}] "${line}" ${response.statusCode} ${sent} "${header('referer')}" "${header('user-agent')}" "${header('x-forwarded-for')}"\n`,
    );
  }

  /** Resolves with the bytes of the body that were sent. */
  async #answer(
    server: NginxServer,
    request: IncomingMessage,
    response: ServerResponse,
    connection: number,
  ): Promise<number> {
    const path = decodeURIComponent((request.url ?? '/').split('?')[0] ?? '/');
    const exact = server.locations.find((each) => each.exact && each.path === path);
    const location =
      exact ??
      server.locations
        .filter((each) => !each.exact && path.startsWith(each.path))
        .sort((a, b) => b.path.length - a.path.length)[0];
    const instead = location?.respond ?? server.respond;
    const headers = { ...server.headers, ...location?.headers };
    if (instead !== undefined) {
      if (instead.status >= 300 && instead.status < 400)
        return this.#send(
          response,
          request,
          instead.status,
          errorPage(instead.status, this.#version),
          'text/html',
          { ...headers, Location: this.#fill(instead.text, request) },
        );
      const text = this.#fill(instead.text, request);
      const body = text === '' && instead.status >= 400 ? errorPage(instead.status, this.#version) : text;
      const type =
        text === '' && instead.status >= 400 ? 'text/html' : (location?.defaultType ?? server.defaultType);
      return this.#send(response, request, instead.status, body, type, headers);
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') return this.#fail(response, request, 405);
    return this.#sendFile(location?.root ?? server.root, path, request, response, connection, headers);
  }

  async #sendFile(
    root: string,
    path: string,
    request: IncomingMessage,
    response: ServerResponse,
    connection: number,
    headers: Record<string, string>,
  ): Promise<number> {
    const { fs } = this.#context;
    let file = resolvePath('/', `${root}/${resolvePath('/', path)}`);
    const complain = (what: string): Promise<void> =>
      this.#log(
        'error',
        `*${connection} ${what}, client: ${peerOf(request).address}, server: localhost, request: "${request.method ?? ''} ${request.url ?? ''} HTTP/1.1", host: "${request.headers.host ?? ''}"`,
      );
    if (fs.exists(file) && fs.stat(file).type === 'directory') {
      if (!path.endsWith('/'))
        return this.#send(response, request, 301, errorPage(301, this.#version), 'text/html', {
          ...headers,
          Location: `http://${request.headers.host ?? ''}${path}/`,
        });
      if (!fs.exists(`${file}/index.html`)) {
        await complain(`directory index of "${file}/" is forbidden`);
        return this.#fail(response, request, 403);
      }
      file = resolvePath(file, 'index.html');
    }
    if (!fs.exists(file)) {
      await complain(`open() "${file}" failed (2: No such file or directory)`);
      return this.#fail(response, request, 404);
    }
    const stat = fs.stat(file);
    const extension = file.slice(file.lastIndexOf('.') + 1);
    return this.#send(
      response,
      request,
      200,
      fs.readFile(file),
      CONTENT_TYPES[extension] ?? 'application/octet-stream',
      {
        ...headers,
        'Last-Modified': formatDate('%a, %d %b %Y %H:%M:%S GMT', stat.mtimeMs),
        ETag: `"${Math.floor(stat.mtimeMs / 1000).toString(16)}-${stat.size.toString(16)}"`,
        'Accept-Ranges': 'bytes',
      },
    );
  }

  #fail(response: ServerResponse, request: IncomingMessage, status: number): number {
    return this.#send(response, request, status, errorPage(status, this.#version), 'text/html');
  }

  #send(
    response: ServerResponse,
    request: IncomingMessage,
    status: number,
    body: Uint8Array | string,
    type: string,
    headers: Record<string, string> = {},
  ): number {
    const bytes = Buffer.from(body);
    response.sendDate = false;
    response.writeHead(status, REASONS[status] ?? (status === 200 ? 'OK' : ''), {
      Server: `nginx/${this.#version}`,
      Date: formatDate('%a, %d %b %Y %H:%M:%S GMT', this.#context.clock.now()),
      'Content-Type': type,
      'Content-Length': bytes.length,
      Connection: request.headers.connection === 'close' ? 'close' : 'keep-alive',
      ...headers,
    });
    response.end(bytes);
    return request.method === 'HEAD' ? 0 : bytes.length;
  }

  /** Replaces nginx's variables in the text of a `return` directive. */
  #fill(text: string, request: IncomingMessage): string {
    const values: Record<string, string> = {
      hostname: this.#context.hostname,
      remote_addr: peerOf(request).address,
      remote_port: String(peerOf(request).port),
      server_addr: request.socket.localAddress ?? '',
      server_port: String(request.socket.localPort ?? ''),
      host: (request.headers.host ?? '').replace(/:\d+$/, ''),
      uri: (request.url ?? '').split('?')[0] ?? '',
      request_uri: request.url ?? '',
      request_method: request.method ?? '',
      scheme: 'http',
    };
    return text.replace(
      /\$\{?([a-z_]+)\}?/g,
      (_, name: string) =>
        values[name] ??
        (name.startsWith('http_') ? String(request.headers[name.slice(5).replaceAll('_', '-')] ?? '') : ''),
    );
  }
}

function errorPage(status: number, version: string): string {
  const title = `${status} ${REASONS[status] ?? ''}`.trim();
  return `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx/${version}</center>\r\n</body>\r\n</html>\r\n`;
}
