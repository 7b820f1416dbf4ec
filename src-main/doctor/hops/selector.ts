import { labelsText, type Pod } from '#main/kube/objects.ts';
import type { Diagnosis } from '../diagnosis.ts';
import { endpointsOf, selectedPods, type ServiceState } from '../service-state.ts';
import type { DoctorSeen, HopJudgement } from '../types.ts';

/** The selector matches pods; a Service without one has endpoints that somebody made. */
export function judgeSelector({ state, at }: DoctorSeen): HopJudgement {
  const { selector = {} } = state.service?.spec ?? {};
  const text = labelsText(selector);
  const evidence = [
    {
      title: { en: 'Labels of the pods', ko: '파드의 레이블' },
      command: `kubectl get pods -n ${state.namespace} --show-labels`,
      output:
        state.pods
          .map(({ metadata }) => `${metadata.name} ${labelsText(metadata.labels)}`)
          .slice(0, 20)
          .join('\n') || '(no pods)',
      at,
    },
  ];
  if (text === '')
    return endpointsOf(state).length === 0
      ? { state: 'broken', diagnosis: missingSelector(state.name), evidence }
      : {
          state: 'ok',
          seen: {
            en: 'No selector: the EndpointSlices are made by hand.',
            ko: '셀렉터가 없고, 엔드포인트슬라이스를 손으로 만들었습니다.',
          },
        };
  const pods = selectedPods(state);
  if (pods.length === 0) return { state: 'broken', diagnosis: selectsNothing(state, selector), evidence };
  return {
    state: 'ok',
    seen: {
      en: `The selector ${text} matches ${String(pods.length)} pod(s).`,
      ko: `셀렉터 ${text}에 맞는 파드가 ${String(pods.length)}개 있습니다.`,
    },
    evidence,
  };
}

export function missingSelector(name: string): Diagnosis {
  return {
    finding: 'selector-missing',
    brokenHop: 'endpoints',
    actual: {
      en: `Service ${name} has no selector`,
      ko: `서비스 ${name}에 셀렉터가 없습니다`,
    },
    why: {
      en: 'Without a selector nobody keeps the endpoints: addresses written by hand are wrong as soon as a pod is replaced.',
      ko: '셀렉터가 없으면 엔드포인트를 갱신해 주는 주체가 없습니다. 손으로 적은 주소는 파드가 교체되는 순간 틀린 주소가 됩니다.',
    },
  };
}

export function selectsNothing(state: ServiceState, selector: Record<string, string>): Diagnosis {
  const near = nearestLabels(state.pods, selector);
  const text = labelsText(selector);
  return {
    finding: 'selector-matches-nothing',
    brokenHop: 'endpoints',
    actual: {
      en: `The selector of Service ${state.name} is ${text}: no pod in ${state.namespace} has these labels`,
      ko: `서비스 ${state.name}의 셀렉터는 ${text}인데, ${state.namespace}에 이 레이블을 모두 가진 파드가 없습니다`,
    },
    why: {
      en: `A pod is selected only when it has every label of the selector.${near === undefined ? '' : ` Pods there have ${near}.`}`,
      ko: `파드는 셀렉터의 레이블을 모두 가져야 선택됩니다.${near === undefined ? '' : ` 이 네임스페이스의 파드 레이블: ${near}.`}`,
    },
  };
}

/** Labels of the pods that come closest to a selector, without those that controllers add. */
function nearestLabels(pods: readonly Pod[], selector: Record<string, string>): string | undefined {
  const score = (pod: Pod): number =>
    Object.entries(selector).reduce((sum, [key, value]) => {
      const own = pod.metadata.labels?.[key];
      return sum + (own === value ? 2 : own === undefined ? 0 : 1);
    }, 0);
  const best = pods.filter((pod) => score(pod) > 0).sort((a, b) => score(b) - score(a));
  const distinct = new Set(
    best.map((pod) =>
      labelsText(
        Object.fromEntries(
          Object.entries(pod.metadata.labels ?? {}).filter(
            ([key]) => key !== 'pod-template-hash' && !key.startsWith('switchyard.dev/'),
          ),
        ),
      ),
    ),
  );
  const texts = [...distinct].filter((text) => text !== '').slice(0, 3);
  return texts.length === 0 ? undefined : texts.join(' / ');
}
