import type { Evidence } from '#shared/verdict.ts';
import type { KubeClient } from '#main/kube/client.ts';
import { curlOptions, httpFailure, sendHttp, type HttpRequest, type Origin } from './http.ts';
import { requestsOnOneConnection } from './host-many.ts';
import { execLine, quoted, runIn } from './pod.ts';

/** Answers to the same request, sent again and again. */
export interface ManySeen {
  /** Bodies, in order; as many as were answered with 200. */
  bodies: string[];
  /** What went wrong with the others, in the tool's words. */
  errors: string[];
  evidence: Evidence;
}

const MARK = '@switchyard';

/**
 * Sends the same GET `count` times, one after the other, on a connection each (`Connection: close` ends it) or all on
 * one. One run of curl does all of them in a pod: it keeps a connection that the server leaves open.
 */
export async function sendMany(
  kube: KubeClient,
  from: Origin,
  request: HttpRequest & { timeoutSeconds: number },
  options: { count: number; keepAlive: boolean },
): Promise<ManySeen> {
  const { count, keepAlive } = options;
  const asked = keepAlive ? request : { ...request, headers: { ...request.headers, Connection: 'close' } };
  const at = Date.now();
  const { bodies, errors } =
    from !== 'host'
      ? await curlMany(kube, from, asked, count)
      : keepAlive
        ? await requestsOnOneConnection(asked, count)
        : await oneByOne(kube, asked, count);
  const one = ['curl', ...curlOptions(asked)];
  const urls = keepAlive ? Array.from({ length: count }, () => request.url) : [request.url];
  const line = [...one, ...urls].map(quoted).join(' ');
  const script = keepAlive ? line : `for i in $(seq ${String(count)}); do ${line}; echo; done`;
  return {
    bodies,
    errors,
    evidence: {
      title: {
        en: `${String(count)} requests from ${from === 'host' ? 'this machine' : from.pod}`,
        ko: `${from === 'host' ? '이 컴퓨터' : from.pod}에서 보낸 요청 ${String(count)}개`,
      },
      command: from === 'host' ? script : execLine(from, ['sh', '-c', script]),
      output: [
        ...tally(bodies).map(([body, times]) => `${String(times)} × ${body}`),
        ...new Set(errors),
      ].join('\n'),
      at,
    },
  };
}

/** How often each body came, the most frequent first. */
export function tally(bodies: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const body of bodies) counts.set(body, (counts.get(body) ?? 0) + 1);
  return [...counts].sort(([a, x], [b, y]) => y - x || a.localeCompare(b));
}

async function curlMany(
  kube: KubeClient,
  from: Exclude<Origin, 'host'>,
  request: HttpRequest & { timeoutSeconds: number },
  count: number,
): Promise<Pick<ManySeen, 'bodies' | 'errors'>> {
  const urls = Array.from({ length: count }, () => request.url);
  const argv = ['curl', ...curlOptions(request), '-w', `\\n${MARK} %{http_code}\\n`, ...urls];
  const { stdout, stderr } = await runIn(kube, from, argv, request.timeoutSeconds * count);
  const errors = stderr
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return readMany(stdout, errors);
}

/** Reads the answers of one run of curl, each with its mark behind it. */
export function readMany(stdout: string, errors: readonly string[]): Pick<ManySeen, 'bodies' | 'errors'> {
  const answers = [...stdout.matchAll(new RegExp(`([^]*?)\\n${MARK} (\\d+)\\n`, 'g'))];
  return {
    bodies: answers.filter(([, , status]) => status === '200').map(([, body = '']) => body.trim()),
    errors: [
      ...errors,
      ...answers.flatMap(([, , status = '']) =>
        status === '200' || status === '000' ? [] : [`HTTP ${status}`],
      ),
    ],
  };
}

async function oneByOne(
  kube: KubeClient,
  request: HttpRequest,
  count: number,
): Promise<Pick<ManySeen, 'bodies' | 'errors'>> {
  const bodies: string[] = [];
  const errors: string[] = [];
  for (let turn = 0; turn < count; turn++) {
    const seen = await sendHttp(kube, 'host', request);
    if (httpFailure(seen) !== 'none') return { bodies, errors: [...errors, seen.error] };
    if (seen.status === 200) bodies.push(seen.body.trim());
    else errors.push(`HTTP ${String(seen.status)}`);
  }
  return { bodies, errors };
}
