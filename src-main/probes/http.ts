import type { Evidence } from '#shared/verdict.ts';
import type { KubeClient } from '#main/kube/client.ts';
import { requestFromHost } from './host.ts';
import { execLine, quoted, runIn, type ProbePoint } from './pod.ts';

/** Where a request starts: a pod (of a node's own network, too), or this machine. */
export type Origin = ProbePoint | 'host';

export interface HttpRequest {
  /** As the client writes it: its host names whom it asks for. */
  url: string;
  /** Where it connects to instead of resolving the URL's host. */
  via?: { host: string; port: number };
  headers?: Readonly<Record<string, string>>;
  /** For name, connection and answer together. */
  timeoutSeconds?: number;
  /** Headers of the answer are of interest. */
  withHeaders?: boolean;
}

export interface HttpSeen {
  /** curl's exit code: https://curl.se/docs/manpage.html#EXIT */
  exitCode: number;
  /** 0 when there was no answer. */
  status: number;
  /** Address that was connected to, when one was. */
  ip: string;
  body: string;
  /** Of the answer, in lower case; empty when nobody asked for them. */
  headers: Record<string, string>;
  /** curl's own words. */
  error: string;
  evidence: Evidence;
}

const MARK = '\n@switchyard ';
const DEFAULT_TIMEOUT_SECONDS = 3;

/** Sends one GET and does not follow redirects. Certificates are not verified. */
export async function sendHttp(kube: KubeClient, from: Origin, request: HttpRequest): Promise<HttpSeen> {
  const { timeoutSeconds = DEFAULT_TIMEOUT_SECONDS } = request;
  const options = curlOptions(request);
  const seen =
    from === 'host'
      ? await requestFromHost(request, timeoutSeconds)
      : await curlIn(kube, from, request, timeoutSeconds);
  const argv = ['curl', ...options, '-w', '\\nHTTP %{http_code} %{remote_ip}\\n', request.url];
  const pod = from === 'host' ? undefined : from.pod;
  return {
    ...seen,
    evidence: {
      title:
        pod === undefined
          ? { en: 'A request from this machine', ko: '이 컴퓨터에서 보낸 요청' }
          : { en: `A request from ${pod}`, ko: `${pod}에서 보낸 요청` },
      command: from === 'host' ? argv.map(quoted).join(' ') : execLine(from, argv),
      output: [
        ...Object.entries(seen.headers).map(([name, value]) => `${name}: ${value}`),
        seen.body.slice(0, 2000),
        `HTTP ${String(seen.status).padStart(3, '0')} ${seen.ip}`.trim(),
        seen.error,
        seen.exitCode === 0 ? '' : `command terminated with exit code ${String(seen.exitCode)}`,
      ]
        .filter((line) => line !== '')
        .join('\n'),
      at: Date.now(),
    },
  };
}

/** Sends one GET from a pod. */
export function probeHttp(kube: KubeClient, from: ProbePoint, url: string): Promise<HttpSeen> {
  return sendHttp(kube, from, { url });
}

async function curlIn(
  kube: KubeClient,
  from: ProbePoint,
  request: HttpRequest,
  timeoutSeconds: number,
): Promise<Omit<HttpSeen, 'evidence'>> {
  const argv = ['curl', ...curlOptions(request), '-w', `${MARK}%{http_code} %{remote_ip}\\n`, request.url];
  const { stdout, stderr, exitCode } = await runIn(kube, from, argv, timeoutSeconds);
  const { body: text, status, ip } = parseCurl(stdout);
  const { headers, body } =
    request.withHeaders === true && status > 0 ? splitHead(text) : { headers: {}, body: text };
  return { exitCode, status, ip, headers, body, error: stderr.trim() };
}

/** curl's options for a request, without its URL. */
export function curlOptions({ url, via, headers = {}, timeoutSeconds, withHeaders }: HttpRequest): string[] {
  const { protocol, hostname, port } = new URL(url);
  const named = port === '' ? (protocol === 'https:' ? '443' : '80') : port;
  return [
    '-sS',
    '--max-time',
    String(timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS),
    ...(withHeaders === true ? ['-i'] : []),
    ...(protocol === 'https:' ? ['-k'] : []),
    ...(via === undefined ? [] : ['--connect-to', `${hostname}:${named}:${via.host}:${String(via.port)}`]),
    ...Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]),
  ];
}

/** Splits what curl printed into the body and what `-w` added. */
export function parseCurl(output: string): { body: string; status: number; ip: string } {
  const at = output.lastIndexOf(MARK);
  if (at < 0) return { body: output, status: 0, ip: '' };
  const [status = '0', ip = ''] = output
    .slice(at + MARK.length)
    .trim()
    .split(' ');
  return { body: output.slice(0, at), status: Number(status) || 0, ip };
}

/** Splits what `curl -i` printed into the last answer's headers and its body. */
export function splitHead(text: string): { headers: Record<string, string>; body: string } {
  const head = /^(?:HTTP\/[\d.]+ [^\n]*\n(?:[^\r\n]+\r?\n)*\r?\n)+/.exec(text)?.[0] ?? '';
  const last = head.slice(head.lastIndexOf('HTTP/'));
  const headers = Object.fromEntries(
    [...last.matchAll(/^([\w-]+): *(.*?)\r?$/gm)].map(([, name = '', value = '']) => [
      name.toLowerCase(),
      value,
    ]),
  );
  return { headers, body: text.slice(head.length) };
}

/** What stopped a request, in the order in which things happen. */
export type HttpFailure = 'none' | 'name' | 'refused' | 'timeout' | 'cut' | 'other';

export function httpFailure(seen: Pick<HttpSeen, 'exitCode' | 'error'>): HttpFailure {
  switch (seen.exitCode) {
    case 0:
      return 'none';
    case 6:
      return 'name';
    case 7:
      return /timed out|no route|unreachable/i.test(seen.error) ? 'timeout' : 'refused';
    case 28:
      return /resolv/i.test(seen.error) ? 'name' : 'timeout';
    case 52:
    case 56:
      return 'cut';
    default:
      return 'other';
  }
}
