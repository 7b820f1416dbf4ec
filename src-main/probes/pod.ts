import { AppError } from '#shared/app-error.ts';
import type { KubeClient } from '#main/kube/client.ts';
import { KubeStatusError } from '#main/kube/errors.ts';
import type { ExecResult } from '#main/kube/exec.ts';
import { isPodReady, POD, type Pod } from '#main/kube/objects.ts';

/**
 * Looking from inside the cluster: plain tools run in a pod, and their output read by pure functions. The same
 * on every provider.
 */
export interface ProbePoint {
  namespace: string;
  pod: string;
  /** The pod's default one when left out. */
  container?: string;
}

/** The pod to look from is not there or not ready: nothing can be judged. */
class ProbePointError extends AppError {}

/** @throws AppError `client-pod-unready` */
export async function requireClient(kube: KubeClient, from: ProbePoint): Promise<Pod> {
  const pod = await kube.get<Pod>({ ...POD, namespace: from.namespace, name: from.pod });
  if (pod !== undefined && isPodReady(pod)) return pod;
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

/** Runs a program in a pod to its end. @param timeoutSeconds of the program itself */
export async function runIn(
  kube: KubeClient,
  from: ProbePoint,
  argv: readonly string[],
  timeoutSeconds: number,
): Promise<ExecResult> {
  try {
    return await kube.exec(from.namespace, from.pod, argv, {
      timeoutMs: (timeoutSeconds + 5) * 1000,
      ...(from.container === undefined ? {} : { container: from.container }),
    });
  } catch (error) {
    // The pod may have gone between looking at it and the exec: then it is that which is to be said.
    if (error instanceof KubeStatusError) await requireClient(kube, from);
    throw error;
  }
}

/** The command with which a person runs the same. */
export function execLine(from: ProbePoint, argv: readonly string[]): string {
  const container = from.container === undefined ? '' : ` -c ${from.container}`;
  return `kubectl exec -n ${from.namespace} ${from.pod}${container} -- ${argv.map(quoted).join(' ')}`;
}

/** As a shell takes it. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
