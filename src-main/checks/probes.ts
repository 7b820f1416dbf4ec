import { AppError } from '#shared/app-error.ts';
import type { Evidence } from '#shared/verdict.ts';
import { KubeStatusError } from '#main/kube/errors.ts';
import type { KubeClient } from '#main/kube/client.ts';
import { isPodReady, POD, type Pod } from '#main/kube/objects.ts';

/**
 * Looking from inside the cluster: plain tools run in a pod, and their output read by pure functions. The same
 * on every provider.
 */
export interface ProbePoint {
  namespace: string;
  pod: string;
}

/** The pod to look from is not there or not ready: nothing can be judged. */
class ProbePointError extends AppError {}

/** @throws AppError `client-pod-unready` */
export async function requireClient(kube: KubeClient, from: ProbePoint): Promise<void> {
  const pod = await kube.get<Pod>({ ...POD, namespace: from.namespace, name: from.pod });
  if (pod !== undefined && isPodReady(pod)) return;
  const state =
    pod === undefined
      ? { en: 'does not exist', ko: '없습니다' }
      : { en: 'is not ready', ko: '준비되지 않았습니다' };
  throw new ProbePointError({
    code: 'client-pod-unready',
    message: {
      en: `The client pod ${from.namespace}/${from.pod} ${state.en}, and requests are sent from it.`,
      ko: `요청을 보내는 클라이언트 파드 ${from.namespace}/${from.pod}가 ${state.ko}.`,
    },
  });
}

export interface HttpSeen {
  /** curl's exit code: https://curl.se/docs/manpage.html#EXIT */
  exitCode: number;
  /** 0 when there was no answer. */
  status: number;
  /** Address that was connected to, when one was. */
  ip: string;
  body: string;
  /** curl's own words. */
  error: string;
  evidence: Evidence;
}

const MARK = '\n@switchyard ';

/** Sends one GET from a pod. `timeoutSeconds` is for name, connection and answer together. */
export async function probeHttp(
  kube: KubeClient,
  from: ProbePoint,
  url: string,
  timeoutSeconds = 3,
): Promise<HttpSeen> {
  const argv = [
    'curl',
    '-sS',
    '--max-time',
    String(timeoutSeconds),
    '-w',
    `${MARK}%{http_code} %{remote_ip}\\n`,
    url,
  ];
  const result = await exec(kube, from, argv, timeoutSeconds);
  const { body, status, ip } = parseCurl(result.stdout);
  const error = result.stderr.trim();
  return {
    exitCode: result.exitCode,
    status,
    ip,
    body,
    error,
    evidence: {
      title: { en: `A request from ${from.pod}`, ko: `${from.pod}에서 보낸 요청` },
      command: `kubectl exec -n ${from.namespace} ${from.pod} -- curl -sS --max-time ${String(timeoutSeconds)} -w '\\nHTTP %{http_code} %{remote_ip}\\n' ${url}`,
      output: [
        body.slice(0, 2000),
        `HTTP ${String(status).padStart(3, '0')} ${ip}`.trim(),
        error,
        result.exitCode === 0 ? '' : `command terminated with exit code ${String(result.exitCode)}`,
      ]
        .filter((line) => line !== '')
        .join('\n'),
      at: Date.now(),
    },
  };
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

/** What stopped a request, in the order in which things happen. */
export type HttpFailure = 'none' | 'name' | 'refused' | 'timeout' | 'other';

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
    default:
      return 'other';
  }
}

export interface DnsSeen {
  /** NOERROR, NXDOMAIN, SERVFAIL …; `TIMEOUT` when no server answered. */
  status: string;
  addresses: string[];
  /** The name that was answered for, after the search list. */
  answeredName?: string;
  evidence: Evidence;
}

/** Looks a name up from a pod the way programs do: through the search list of its resolv.conf. */
export async function probeDns(kube: KubeClient, from: ProbePoint, name: string): Promise<DnsSeen> {
  const argv = ['dig', '+search', '+time=2', '+tries=1', name, 'A'];
  const result = await exec(kube, from, argv, 12);
  return {
    ...parseDig(result.stdout),
    evidence: {
      title: { en: `A DNS query from ${from.pod}`, ko: `${from.pod}에서 보낸 DNS 질의` },
      command: `kubectl exec -n ${from.namespace} ${from.pod} -- ${argv.join(' ')}`,
      output: (result.stdout + result.stderr).trim().slice(0, 4000),
      at: Date.now(),
    },
  };
}

export function parseDig(output: string): { status: string; addresses: string[]; answeredName?: string } {
  const status = [...output.matchAll(/status: ([A-Z]+)/g)].at(-1)?.[1];
  const records = [...output.matchAll(/^([^\s;]+)\.\s+\d+\s+IN\s+A\s+(\d+\.\d+\.\d+\.\d+)\s*$/gm)];
  const answeredName = records[0]?.[1];
  return {
    status: status ?? 'TIMEOUT',
    addresses: records.map((record) => record[2] ?? '').sort(),
    ...(answeredName === undefined ? {} : { answeredName }),
  };
}

async function exec(
  kube: KubeClient,
  from: ProbePoint,
  argv: string[],
  timeoutSeconds: number,
): Promise<{ stdout: string; stderr: string; exitCode: number }> {
  try {
    return await kube.exec(from.namespace, from.pod, argv, { timeoutMs: (timeoutSeconds + 5) * 1000 });
  } catch (error) {
    // The pod may have gone between looking at it and the exec: then it is that which is to be said.
    if (error instanceof KubeStatusError) await requireClient(kube, from);
    throw error;
  }
}
