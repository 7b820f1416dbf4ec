import type { LocalizedText } from '#shared/locale.ts';
import { AppError } from '#shared/app-error.ts';
import type { KubeObject, Pod } from '../kube/objects.ts';
import { wordsOf } from '../store/problems.ts';

/** Starts bash where there is one, else sh. */
export const SHELL = [
  'sh',
  '-c',
  'export TERM=xterm-256color; command -v bash >/dev/null && exec bash || exec sh',
];

/** Interrupts what runs and ends the shell: closing the stream alone leaves its process behind in the pod. */
export const GOODBYE = Uint8Array.of(0x03, 0x04);

export function endedMessage(exitCode: number): LocalizedText {
  if (exitCode === 126 || exitCode === 127) return NO_SHELL;
  return {
    en: `The shell ended with exit status ${exitCode}.`,
    ko: `셸이 종료 상태 ${exitCode}(으)로 끝났습니다.`,
  };
}

const NO_SHELL: LocalizedText = {
  en: 'This container has no shell. Open a terminal in another pod, or use one whose image has a shell.',
  ko: '이 컨테이너에는 셸이 없습니다. 다른 파드에서 터미널을 열거나 셸이 있는 이미지를 사용하세요.',
};

/** Why a stream broke or would not open. */
export function brokenMessage(error: unknown): LocalizedText {
  if (/executable file not found|no such file or directory/i.test(wordsOf(error))) return NO_SHELL;
  if (error instanceof AppError) return error.problem.message;
  const words = wordsOf(error);
  return { en: `The connection to the pod broke: ${words}`, ko: `파드와의 연결이 끊어졌습니다: ${words}` };
}

export function absentMessage(pod: string): LocalizedText {
  return { en: `There is no pod ${pod}.`, ko: `파드 ${pod}이(가) 없습니다.` };
}

export function goneMessage(pod: string): LocalizedText {
  return {
    en: `Pod ${pod} is gone. Reconnect opens a shell in its replacement, if there is one.`,
    ko: `파드 ${pod}이(가) 없어졌습니다. 다시 연결하면 대신 만들어진 파드가 있을 경우 그 안에서 셸을 엽니다.`,
  };
}

export function waitingMessage(container: string, reason: string): LocalizedText {
  return {
    en: `Waiting for container ${container} to run (${reason}).`,
    ko: `컨테이너 ${container}이(가) 실행되기를 기다립니다(${reason}).`,
  };
}

export function notRunningMessage(container: string, reason: string): LocalizedText {
  return {
    en: `Container ${container} does not run (${reason}), so there is no shell to open.`,
    ko: `컨테이너 ${container}이(가) 실행 중이 아니어서(${reason}) 셸을 열 수 없습니다.`,
  };
}

/** How one container stands. */
export type ContainerReadiness = { state: 'running' } | { state: 'waiting' | 'ended'; reason: string };

export function containerReadiness(pod: Pod, container: string): ContainerReadiness {
  const phase = pod.status?.phase ?? 'Pending';
  const statuses = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])];
  const status = statuses.find(({ name }) => name === container);
  if (status?.state?.running !== undefined) return { state: 'running' };
  const reason = status?.state?.waiting?.reason ?? status?.state?.terminated?.reason ?? phase;
  return { state: phase === 'Succeeded' || phase === 'Failed' ? 'ended' : 'waiting', reason };
}

/** The container that `kubectl exec` would take: the annotated one, else the first. */
export function defaultContainer(pod: Pod): string | undefined {
  const annotated = pod.metadata.annotations?.['kubectl.kubernetes.io/default-container'];
  const names = pod.spec.containers.map(({ name }) => name);
  return annotated !== undefined && names.includes(annotated) ? annotated : names[0];
}

/** What a pod must have in common with one that is gone to count as its replacement. */
export function isReplacement(candidate: KubeObject, gone: KubeObject): boolean {
  if (candidate.metadata.deletionTimestamp !== undefined || candidate.metadata.uid === gone.metadata.uid)
    return false;
  return kinship(candidate) === kinship(gone);
}

/** A rollout changes the owner ReplicaSet and this label; the rest of the labels stay. */
function kinship({ metadata }: KubeObject): string {
  const labels = Object.entries(metadata.labels ?? {})
    .filter(([key]) => key !== 'pod-template-hash' && key !== 'controller-revision-hash')
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  return JSON.stringify([owner?.kind, labels]);
}
