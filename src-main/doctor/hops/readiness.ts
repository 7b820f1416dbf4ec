import type { LocalizedText } from '#shared/locale.ts';
import type { Evidence } from '#shared/verdict.ts';
import { isPodReady, labelsText, type Pod } from '#main/kube/objects.ts';
import type { Diagnosis } from '../diagnosis.ts';
import type { DiagnosisFinding } from '../findings.ts';
import { endpointsOf, selectedPods } from '../service-state.ts';
import type { DoctorSeen, HopJudgement, PodEvent } from '../types.ts';

/** At least one of the selected pods runs and is ready. */
export function judgeReadiness({ state, events, at }: DoctorSeen): HopJudgement {
  const pods = selectedPods(state);
  const ready = pods.filter(isPodReady);
  const [first] = pods;
  if (first === undefined)
    return {
      state: 'absent',
      seen: { en: 'No pod is selected.', ko: '선택된 파드가 없습니다.' },
    };
  const evidence = [podsEvidence(state.namespace, state.service?.spec.selector ?? {}, pods, at)];
  // A Service may want pods that are not ready: publishNotReadyAddresses.
  if (ready.length > 0 || endpointsOf(state).some((one) => one.ready))
    return {
      state: 'ok',
      seen: {
        en: `${String(ready.length)} of ${String(pods.length)} pod(s) are ready.`,
        ko: `파드 ${String(pods.length)}개 가운데 ${String(ready.length)}개가 준비되었습니다.`,
      },
      evidence,
    };
  const told = eventsOf(first, events);
  const diagnosis =
    notRunning(first, told) ??
    probeFails(first, told) ??
    podsNotReady(state.service?.spec.selector ?? {}, pods);
  const words = told.map(({ reason, message }) => `${reason ?? ''}: ${message ?? ''}`);
  return {
    state: 'broken',
    diagnosis,
    evidence: [
      ...evidence,
      {
        title: { en: `Events of ${first.metadata.name}`, ko: `${first.metadata.name}의 이벤트` },
        command: `kubectl events -n ${state.namespace} --for pod/${first.metadata.name}`,
        output: words.slice(-8).join('\n') || '(no events)',
        at,
      },
    ],
  };
}

/** @param matching the pods that the selector matches, none of them ready */
export function podsNotReady(selector: Record<string, string>, matching: readonly Pod[]): Diagnosis {
  return {
    finding: 'pods-not-ready',
    brokenHop: 'endpoints',
    actual: {
      en: `The selector ${labelsText(selector)} matches ${String(matching.length)} pod(s), none of them Ready`,
      ko: `셀렉터 ${labelsText(selector)}에 맞는 파드가 ${String(matching.length)}개 있지만 준비(Ready)된 파드가 없습니다`,
    },
    why: {
      en: 'Only ready pods become endpoints. Look at the pods: kubectl get pods, kubectl describe pod.',
      ko: '준비된 파드만 엔드포인트가 됩니다. kubectl get pods와 kubectl describe pod로 파드를 살펴보세요.',
    },
  };
}

function eventsOf(pod: Pod, events: readonly PodEvent[]): PodEvent[] {
  return events.filter(({ involvedObject }) => involvedObject.name === pod.metadata.name);
}

/** The latest word on something: the kubelet's and the scheduler's own. */
function messageOf(events: readonly PodEvent[], reason: string, about = /./): string | undefined {
  return events.findLast((one) => one.reason === reason && about.test(one.message ?? ''))?.message;
}

/** Why a pod's containers do not run at all. */
function notRunning(pod: Pod, events: readonly PodEvent[]): Diagnosis | undefined {
  const name = pod.metadata.name;
  const { phase, conditions = [], containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {};
  const scheduled = conditions.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status === 'False')
    return because('pods-pending', name, scheduled.message ?? scheduled.reason ?? 'Pending', {
      en: 'The scheduler finds no node for the pod: what it asks for (resources, nodeSelector, tolerations) no node offers.',
      ko: '스케줄러가 파드를 둘 노드를 찾지 못했습니다. 파드가 요구하는 것(리소스, nodeSelector, 톨러레이션)을 제공하는 노드가 없습니다.',
    });
  for (const { state } of [...initContainerStatuses, ...containerStatuses]) {
    const { reason = '', message = '' } = state?.waiting ?? {};
    if (/^(ErrImage|ImagePull|InvalidImageName|ImageInspect|RegistryUnavailable)/.test(reason))
      return because(
        'image-not-pulled',
        name,
        `${reason}: ${messageOf(events, 'Failed', /pull|image/i) ?? message}`,
        {
          en: 'Without its image the container cannot start. See that the image’s name and tag are right, and that the node may pull it.',
          ko: '이미지가 없으면 컨테이너를 시작할 수 없습니다. 이미지 이름과 태그가 맞는지, 노드가 받을 수 있는 이미지인지 확인하세요.',
        },
      );
    if (reason === 'CrashLoopBackOff')
      return because('crash-loop', name, `${reason}: ${message}`, {
        en: 'The program starts and ends again. What it said last: kubectl logs --previous.',
        ko: '프로그램이 시작했다가 곧 끝나기를 반복합니다. 마지막 출력은 kubectl logs --previous로 확인하세요.',
      });
    if (reason === 'CreateContainerConfigError' || reason === 'CreateContainerError')
      return because('pods-not-running', name, `${reason}: ${message}`, {
        en: 'The container cannot be made: something that it refers to is missing, such as a ConfigMap, a Secret or a key in it.',
        ko: '컨테이너를 만들 수 없습니다. 컨피그맵이나 시크릿, 또는 그 안의 키처럼 참조하는 것이 없습니다.',
      });
    if (state?.terminated !== undefined) {
      const { exitCode, reason: why = '' } = state.terminated;
      return because('crash-loop', name, `${why} (exit code ${String(exitCode ?? '?')})`, {
        en: 'The program has ended. What it said: kubectl logs.',
        ko: '프로그램이 종료되었습니다. 출력은 kubectl logs로 확인하세요.',
      });
    }
  }
  if (phase === 'Running') return undefined;
  return because('pods-not-running', name, phase ?? 'Unknown', {
    en: 'The containers of the pod do not run (yet): kubectl describe pod tells what it waits for.',
    ko: '파드의 컨테이너가 (아직) 실행되지 않습니다. 무엇을 기다리는지는 kubectl describe pod로 확인하세요.',
  });
}

function probeFails(pod: Pod, events: readonly PodEvent[]): Diagnosis | undefined {
  const message = messageOf(events, 'Unhealthy', /^(Readiness|Startup) probe/);
  if (message === undefined) return undefined;
  const which = message.startsWith('Startup') ? 'startupProbe' : 'readinessProbe';
  return because('probe-fails', pod.metadata.name, message.trim(), {
    en: `The pod runs, but its ${which} fails, so it is taken out of the endpoints until the probe succeeds. Either the program is not well, or the probe asks at the wrong place.`,
    ko: `파드는 실행 중이지만 ${which}가 실패하여, 성공할 때까지 엔드포인트에서 빠집니다. 프로그램에 문제가 있거나 프로브가 잘못된 곳을 확인하고 있습니다.`,
  });
}

function because(finding: DiagnosisFinding, pod: string, words: string, why: LocalizedText): Diagnosis {
  const text = words.replace(/[:\s.]+$/, '').slice(0, 600);
  return {
    finding,
    brokenHop: 'endpoints',
    actual: { en: `Pod ${pod} is not ready: ${text}`, ko: `파드 ${pod}이(가) 준비되지 않았습니다: ${text}` },
    why,
  };
}

function podsEvidence(
  namespace: string,
  selector: Record<string, string>,
  pods: readonly Pod[],
  at: number,
): Evidence {
  return {
    title: { en: 'The selected pods', ko: '선택된 파드' },
    command: `kubectl get pods -n ${namespace} -l ${labelsText(selector)}`,
    output: pods
      .slice(0, 20)
      .map((pod) => {
        const waiting = (pod.status?.containerStatuses ?? []).flatMap(
          ({ state }) => state?.waiting?.reason ?? [],
        );
        return [
          pod.metadata.name,
          isPodReady(pod) ? 'Ready' : 'not ready',
          pod.status?.phase ?? '',
          ...waiting,
        ]
          .join(' ')
          .trim();
      })
      .join('\n'),
    at,
  };
}
