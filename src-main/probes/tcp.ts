import type { Evidence } from '#shared/verdict.ts';
import type { KubeClient } from '#main/kube/client.ts';
import { connectFromHost } from './host.ts';
import type { Origin } from './http.ts';
import { execLine, runIn } from './pod.ts';

/** What a connection met. `name`: there was nothing to connect to, the name did not resolve. */
export type TcpState = 'open' | 'refused' | 'silent' | 'name' | 'other';

export interface TcpResult {
  state: TcpState;
  /** The tool's own. */
  words: string;
}

export interface TcpSeen extends TcpResult {
  evidence: Evidence;
}

/** Opens a TCP connection and closes it: from a pod with `agnhost connect`. */
export async function probeTcp(
  kube: KubeClient,
  from: Origin,
  to: { host: string; port: number },
  timeoutSeconds: number,
): Promise<TcpSeen> {
  const target = `${to.host}:${String(to.port)}`;
  const at = Date.now();
  if (from === 'host') {
    const result = await connectFromHost(to.host, to.port, timeoutSeconds);
    return {
      ...result,
      evidence: {
        title: { en: 'A connection from this machine', ko: '이 컴퓨터에서 연 연결' },
        command: `nc -vz -w ${String(Math.ceil(timeoutSeconds))} ${to.host} ${String(to.port)}`,
        output: result.words === '' ? 'connected' : result.words,
        at,
      },
    };
  }
  const argv = ['/agnhost', 'connect', `--timeout=${String(timeoutSeconds)}s`, target];
  const { stdout, stderr, exitCode } = await runIn(kube, from, argv, timeoutSeconds + 10);
  const words = (stdout + stderr).trim();
  return {
    state: parseConnect(exitCode, words),
    words,
    evidence: {
      title: { en: `A connection from ${from.pod}`, ko: `${from.pod}에서 연 연결` },
      command: execLine(from, argv),
      output: `${words}${words === '' ? '' : '\n'}exit code ${String(exitCode)}`,
      at,
    },
  };
}

/** Reads the first word of `agnhost connect`: https://pkg.go.dev/k8s.io/kubernetes/test/images/agnhost/connect */
export function parseConnect(exitCode: number, words: string): TcpState {
  if (exitCode === 0) return 'open';
  if (words.startsWith('REFUSED')) return 'refused';
  if (words.startsWith('TIMEOUT')) return 'silent';
  return words.startsWith('DNS') ? 'name' : 'other';
}
