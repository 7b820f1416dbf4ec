import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { ResolveError, type VirtualSocket } from '../../network/types.ts';
import type { ByteSink } from '../../streams.ts';
import { resolvePath } from '../path.ts';
import { openSink } from '../open.ts';
import { isTerminal } from '../process.ts';
import { FileError, type ProcessContext, type Program } from '../types.ts';
import { CurlFailure, receiveFailure, timedOut, tlsFailure } from './curl-failure.ts';
import { type Connection, KeptConnections, routeOf } from './curl-connections.ts';
import { type CurlOptions, parseCurlOptions } from './curl-options.ts';
import {
  describeCertificates,
  describeTls,
  emptyReport,
  formatWriteOut,
  ProgressMeter,
  type TransferReport,
} from './curl-report.ts';
import { parseUrl, requestData, requestHeaders, type Target, urlOf } from './curl-request.ts';
import { exchange, startTls } from './http-exchange.ts';
import { errorCode, program, UsageFailure } from './support.ts';

/** Where curl looks for trusted certificates. */
const CERTIFICATES_FILE = '/etc/ssl/certs/ca-certificates.crt';

/** How long Linux tries to reach a silent peer: six retries of SYN. */
const KERNEL_TIMEOUT_MS = 127_000;

/** curl for HTTP and HTTPS, with the messages and exit codes of curl 8. */
export function curlProgram(version: string): Program {
  return program('curl', async (context, args) => {
    if (args[0] === '--version' || args[0] === '-V') {
      await context.stdout.write(
        `curl ${version} (x86_64-pc-linux-gnu) libcurl/${version} OpenSSL/3.3.2\nProtocols: http https\n`,
      );
      return 0;
    }
    if (args[0] === '--help' || args[0] === '-h') {
      await context.stdout.write('Usage: curl [options...] <url>\n');
      return 0;
    }
    const options = parseCurlOptions(args);
    if (options.urls.length === 0) throw new UsageFailure(`(2) no URL specified`, 2);
    let status = 0;
    const connections = new KeptConnections();
    try {
      for (const url of options.urls)
        status = await new Transfer(context, options, version, connections).run(url);
    } finally {
      connections.closeAll();
    }
    return status;
  });
}

class Transfer {
  readonly #context: ProcessContext;
  readonly #options: CurlOptions;
  readonly #version: string;
  readonly #connections: KeptConnections;
  readonly #startedAt: number;
  #report: TransferReport;
  #sink: ByteSink | undefined;

  constructor(context: ProcessContext, options: CurlOptions, version: string, connections: KeptConnections) {
    this.#context = context;
    this.#options = options;
    this.#version = version;
    this.#connections = connections;
    this.#startedAt = context.clock.now();
    this.#report = emptyReport('GET', '');
  }

  async run(url: string): Promise<number> {
    const options = this.#options;
    const toTerminal = options.output === undefined && !options.remoteName && isTerminal(this.#context, 1);
    const meter = new ProgressMeter(this.#context, !options.silent && !toTerminal && !options.head);
    await meter.start();
    for (let attempt = 0; ; attempt++) {
      const failure = await this.#attempt(url);
      this.#report.timeTotal = this.#elapsed();
      const transient =
        failure === undefined
          ? [408, 429, 500, 502, 503, 504].includes(this.#report.status)
          : failure.exitCode === 28 ||
            failure.exitCode === 6 ||
            (options.retryConnectionRefused && failure.exitCode === 7);
      if (attempt < options.retries && transient) {
        await this.#context.clock.sleep(options.retryDelayMs || Math.min(600_000, 1000 * 2 ** attempt));
        continue;
      }
      this.#report.exitCode = failure?.exitCode ?? 0;
      this.#report.errorMessage = failure?.message ?? '';
      break;
    }
    await meter.finish(this.#report);
    const { exitCode, errorMessage } = this.#report;
    if (exitCode !== 0 && (!options.silent || options.showError))
      await this.#context.stderr.write(`curl: (${exitCode}) ${errorMessage}\n`);
    if (options.writeOut !== undefined) {
      const written = formatWriteOut(options.writeOut, this.#report);
      await this.#context.stderr.write(written.stderr);
      await this.#context.stdout.write(written.stdout);
    }
    return exitCode;
  }

  /** One try, with all the redirects that it leads to. Resolves with what went wrong. */
  async #attempt(url: string): Promise<CurlFailure | undefined> {
    const options = this.#options;
    const deadline = new AbortController();
    const timer =
      options.maxTimeMs === undefined || options.maxTimeMs === 0
        ? undefined
        : this.#context.clock.setTimeout(() => deadline.abort(new Error('deadline')), options.maxTimeMs);
    try {
      let next: string | undefined = url;
      for (let redirects = 0; next !== undefined; redirects++) {
        if (redirects > options.maxRedirects)
          throw new CurlFailure(47, `Maximum (${options.maxRedirects}) redirects followed`);
        const target = parseUrl(next);
        const method =
          redirects > 0 && this.#report.method === 'POST' && options.method === undefined ? 'GET' : undefined;
        this.#report = { ...emptyReport(method ?? this.#method(), urlOf(target)), redirects };
        next = await this.#transfer(target, deadline.signal);
      }
      return undefined;
    } catch (error) {
      if (this.#context.ended.aborted) throw error;
      if (error instanceof CurlFailure) return error;
      if (deadline.signal.aborted) return timedOut(this.#report, this.#elapsed());
      if (error instanceof FileError) return new CurlFailure(23, 'Failure writing output to destination');
      throw error;
    } finally {
      timer?.cancel();
    }
  }

  #method(): string {
    const { method, head, data, asQuery } = this.#options;
    return method ?? (head ? 'HEAD' : data !== undefined && !asQuery ? 'POST' : 'GET');
  }

  #elapsed(): number {
    return this.#context.clock.now() - this.#startedAt;
  }

  async #say(line: string): Promise<void> {
    if (this.#options.verbose) await this.#context.stderr.write(`${line}\n`);
  }

  /** Resolves with where a redirect leads that is to be followed. */
  async #transfer(target: Target, signal: AbortSignal): Promise<string | undefined> {
    const connection = await this.#open(target, signal);
    const { socket, stream } = connection;
    let finished = false;
    try {
      this.#report.timePretransfer = this.#elapsed();
      const next = await this.#request(target, stream, signal);
      finished = true;
      return next;
    } finally {
      if (finished && this.#staysOpen()) this.#connections.keep(target, connection);
      else socket.destroy();
    }
  }

  /** The connection of an earlier URL to the same host, or a new one. */
  async #open(target: Target, signal: AbortSignal): Promise<Connection> {
    const kept = this.#connections.take(target);
    if (kept !== undefined) {
      this.#noteSocket(kept.socket);
      await this.#say(`* Re-using existing connection with host ${target.host}`);
      return kept;
    }
    const route = routeOf(target, this.#options.connectTo);
    const addresses = await this.#lookUp({ ...target, ...route }, signal);
    this.#report.timeNameLookup = Math.max(0.05, this.#elapsed());
    const socket = await this.#connect({ ...target, ...route }, addresses, signal);
    try {
      return { socket, stream: target.scheme === 'https' ? await this.#startTls(target, socket) : socket };
    } catch (error) {
      socket.destroy();
      throw error;
    }
  }

  /** Whether both sides leave the connection open: https://www.rfc-editor.org/rfc/rfc9112#section-9.3 */
  #staysOpen(): boolean {
    const asked = this.#options.headers.some((header) => /^connection:\s*close\s*$/i.test(header));
    return !asked && !/close/i.test(this.#report.headers['connection'] ?? '');
  }

  #noteSocket({ remoteAddress, remotePort, localAddress, localPort }: VirtualSocket): void {
    Object.assign(this.#report, { remoteAddress, remotePort, localAddress, localPort });
  }

  async #lookUp(target: Target, signal: AbortSignal): Promise<string[]> {
    const { host, port } = target;
    for (const entry of this.#options.resolve) {
      const [name, entryPort, address] = entry.replace(/^[+]/, '').split(':');
      if (address !== undefined && (name === host || name === '*') && Number(entryPort) === port) {
        await this.#say(
          `* Added ${host}:${port}:${address} to DNS cache\n* Hostname ${host} was found in DNS cache`,
        );
        return address.split(',');
      }
    }
    if (/^\d{1,3}(\.\d{1,3}){3}$/.test(host)) return [host];
    try {
      const addresses = await this.#context.resolve(host, signal);
      await this.#say(
        `* Host ${host}:${port} was resolved.\n* IPv6: (none)\n* IPv4: ${addresses.join(', ')}`,
      );
      return addresses;
    } catch (error) {
      if (!(error instanceof ResolveError)) throw error;
      const message = `Could not resolve host: ${host}`;
      await this.#say(`* ${message}\n* closing connection #0`);
      throw new CurlFailure(6, message);
    }
  }

  async #connect(target: Target, addresses: readonly string[], signal: AbortSignal): Promise<VirtualSocket> {
    const { host, port } = target;
    const startedAt = this.#elapsed();
    // curl itself gives up after five minutes; without a limit of the user's the kernel gives up first.
    const limit = this.#options.connectTimeoutMs ?? KERNEL_TIMEOUT_MS;
    let reason = "Couldn't connect to server";
    let code = 7;
    for (const address of addresses) {
      const timeoutMs = Math.max(1, limit - (this.#elapsed() - startedAt));
      await this.#say(`*   Trying ${address}:${port}...`);
      try {
        const socket = await this.#context.network.connect({ address, port }, { signal, timeoutMs });
        this.#report.timeConnect = Math.max(0.1, this.#elapsed());
        this.#report.connects = 1;
        this.#noteSocket(socket);
        await this.#say(`* Connected to ${host} (${address}) port ${port}`);
        return socket;
      } catch (error) {
        if (signal.aborted || this.#context.ended.aborted) throw error;
        const network = errorCode(error) ?? '';
        const words = {
          ECONNREFUSED: 'Connection refused',
          EHOSTUNREACH: 'No route to host',
          ENETUNREACH: 'Network is unreachable',
        }[network];
        if (network === 'ETIMEDOUT') {
          code = 28;
          if (this.#options.connectTimeoutMs !== undefined) reason = 'Timeout was reached';
          if (addresses.length === 1 && this.#options.connectTimeoutMs !== undefined)
            await this.#say(`* ipv4 connect timeout after ${Math.round(timeoutMs)}ms, move on!`);
        } else
          await this.#say(
            `* connect to ${address} port ${port} from ${this.#context.network.address} port 0 failed: ${words ?? 'Connection timed out'}`,
          );
      }
    }
    const message = `Failed to connect to ${host} port ${port} after ${Math.round(this.#elapsed() - startedAt)} ms: ${reason}`;
    await this.#say(`* ${message}\n* closing connection #0`);
    throw new CurlFailure(code, message);
  }

  async #startTls(target: Target, socket: VirtualSocket): Promise<TLSSocket> {
    const { insecure } = this.#options;
    const ca = insecure ? undefined : this.#trusted();
    try {
      const tls = await startTls(socket, {
        serverName: target.host,
        insecure,
        ...(ca === undefined ? {} : { ca }),
      });
      this.#report.timeAppConnect = this.#elapsed();
      this.#report.certificates = describeCertificates(tls);
      await this.#say(describeTls(tls));
      return tls;
    } catch (error) {
      throw tlsFailure(error, target.host);
    }
  }

  /** The certificates to trust, as PEM. @throws CurlFailure when there is no such file. */
  #trusted(): string {
    const { env, fs, cwd } = this.#context;
    const file = this.#options.caFile ?? env['CURL_CA_BUNDLE'] ?? env['SSL_CERT_FILE'] ?? CERTIFICATES_FILE;
    try {
      return new TextDecoder().decode(fs.readFile(resolvePath(cwd, file)));
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      throw new CurlFailure(77, `error setting certificate file: ${file}`);
    }
  }

  async #request(
    target: Target,
    stream: VirtualSocket | TLSSocket,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const options = this.#options;
    const { method } = this.#report;
    const sendsBody = options.data !== undefined && !options.asQuery && method !== 'GET';
    const data = options.data === undefined ? undefined : await requestData(this.#context, options.data);
    const path =
      data !== undefined && options.asQuery
        ? `${target.path}${target.path.includes('?') ? '&' : '?'}${data.toString()}`
        : target.path;
    const body =
      sendsBody || (options.method !== undefined && data !== undefined && !options.asQuery)
        ? data
        : undefined;
    const headers = requestHeaders(target, options, this.#version, body);
    const head = [`${method} ${path} HTTP/1.1`, ...headers.map(([name, value]) => `${name}: ${value}`)];
    this.#report.sizeRequest = head.join('\r\n').length + 4;
    this.#report.sizeUpload = body?.length ?? 0;
    await this.#say(`${head.map((line) => `> ${line}`).join('\n')}\n> `);
    if (body !== undefined && body.length > 0) await this.#say(`} [${body.length} bytes data]`);
    await this.#say(
      body === undefined
        ? '* Request completely sent off'
        : `* upload completely sent off: ${body.length} bytes`,
    );
    try {
      const response = await exchange(stream, { method, path, headers, body, keepAlive: true }, signal);
      return await this.#receive(target, response);
    } catch (error) {
      if (
        signal.aborted ||
        this.#context.ended.aborted ||
        error instanceof CurlFailure ||
        error instanceof FileError
      )
        throw error;
      if (error instanceof Error && error.name === 'BrokenPipe')
        throw new CurlFailure(23, 'Failure writing output to destination');
      throw receiveFailure(error, this.#report);
    }
  }

  async #receive(target: Target, response: IncomingMessage): Promise<string | undefined> {
    const options = this.#options;
    const report = this.#report;
    report.timeStartTransfer = this.#elapsed();
    report.status = response.statusCode ?? 0;
    report.contentType = response.headers['content-type'];
    const lines = [`HTTP/${response.httpVersion} ${report.status} ${response.statusMessage ?? ''}`];
    for (let at = 0; at < response.rawHeaders.length; at += 2) {
      const [name = '', value = ''] = response.rawHeaders.slice(at, at + 2);
      lines.push(`${name}: ${value}`);
      report.headers[name.toLowerCase()] ??= value;
    }
    const headText = `${lines.join('\r\n')}\r\n\r\n`;
    report.sizeHeader = headText.length;
    await this.#say(`${lines.map((line) => `< ${line}`).join('\n')}\n< `);
    const location = response.headers.location;
    const redirect =
      location !== undefined && report.status >= 300 && report.status < 400
        ? new URL(location, report.url).href
        : undefined;
    report.redirectUrl = redirect ?? '';
    if (options.include || options.head) await this.#write(headText);
    const failed = report.status >= 400 && (options.fail || options.failWithBody);
    if (failed && !options.failWithBody)
      throw new CurlFailure(22, `The requested URL returned error: ${report.status}`);
    for await (const chunk of response as AsyncIterable<Uint8Array>) {
      report.sizeDownload += chunk.length;
      if (redirect === undefined || !options.location) await this.#write(chunk);
    }
    this.#sink?.end();
    await this.#say(`* Connection #0 to host ${target.host} left intact`);
    if (failed) throw new CurlFailure(22, `The requested URL returned error: ${report.status}`);
    return options.location ? redirect : undefined;
  }

  async #write(data: Uint8Array | string): Promise<void> {
    const { output, remoteName } = this.#options;
    const file = output ?? (remoteName ? (this.#report.url.split('/').at(-1) ?? '') : undefined);
    if (file === undefined || file === '-') {
      await this.#context.stdout.write(data);
      return;
    }
    this.#report.output = file;
    this.#sink ??= openSink(this.#context.fs, resolvePath(this.#context.cwd, file), false);
    await this.#sink.write(data);
  }
}
