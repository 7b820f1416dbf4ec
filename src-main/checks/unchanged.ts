import type { ObjectTarget } from '#shared/lab-basics.ts';
import type { Evidence } from '#shared/verdict.ts';
import type { KubeObject } from '#main/kube/objects.ts';
import { failed, passed } from './judgements.ts';
import { covers, describeTarget, readTarget } from './object-values.ts';
import type { BaselineObject, Checker } from './types.ts';

export interface UnchangedSeen {
  targets: readonly ObjectTarget[];
  objects: KubeObject[];
  baseline: readonly BaselineObject[];
  at: number;
}

/**
 * What the step protects is as it was when the step opened. Named objects: still there, the same spec and
 * labels. Objects by labels (pods): those that still exist have their labels; that they are replaced is fine.
 */
export const unchangedChecker: Checker<'unchanged', UnchangedSeen> = {
  async probe(check, { kube, baseline, clock }) {
    const targets = check.objects ?? [];
    const lists = await Promise.all(
      targets.map(async (target) =>
        'name' in target ? readTarget(kube, target) : kube.list(target, { namespace: target.namespace }),
      ),
    );
    return { targets, objects: lists.flat(), baseline, at: clock.now() };
  },

  judge(_check, { targets, objects, baseline, at }) {
    const names = targets.map(describeTarget).join(', ');
    const expected = {
      en: `${names}: as when the step opened`,
      ko: `${names}: 단계를 시작할 때와 같음`,
    };
    const evidence: Evidence[] = targets.map((target) => ({
      title: { en: `Protected: ${describeTarget(target)}`, ko: `보호 대상: ${describeTarget(target)}` },
      output: objects
        .filter((object) => object.kind === target.kind)
        .map((object) => `${object.metadata.name} ${JSON.stringify(object.metadata.labels ?? {})}`)
        .join('\n'),
      at,
    }));
    for (const target of targets) {
      const before = baseline.filter((object) => covers(target, object));
      for (const was of before) {
        const is = objects.find((o) =>
          'name' in target ? o.kind === was.kind && o.metadata.name === was.name : o.metadata.uid === was.uid,
        );
        const change = compare(was, is, 'name' in target);
        if (change !== undefined) return failed({ expected, ...change, evidence });
      }
    }
    return passed(expected, { en: 'Nothing changed', ko: '바뀐 것이 없음' }, evidence);
  },
};

function compare(
  was: BaselineObject,
  is: KubeObject | undefined,
  whole: boolean,
): Pick<Parameters<typeof failed>[0], 'actual' | 'why' | 'finding'> | undefined {
  const label = `${was.kind}/${was.name}`;
  if (is === undefined) {
    if (!whole) return undefined; // a pod may be replaced
    return {
      actual: { en: `${label} is gone`, ko: `${label}이(가) 없어졌습니다` },
      why: {
        en: 'It was right and is used by others. Two ways back: make it again as it was, or “Reset step”.',
        ko: '이 오브젝트는 올바르며 다른 곳에서도 사용합니다. 되돌리는 방법은 두 가지입니다. 원래대로 다시 만들거나 ‘단계 초기화’를 하세요.',
      },
      finding: 'protected-deleted',
    };
  }
  const labels = is.metadata.labels ?? {};
  const keys = new Set([...Object.keys(was.labels), ...Object.keys(labels)]);
  const changed = [...keys].filter(
    (key) => was.labels[key] !== labels[key] && !key.startsWith('switchyard.dev/'),
  );
  if (changed.length > 0) {
    const text = changed.map((key) => `${key}: ${was.labels[key] ?? '–'} → ${labels[key] ?? '–'}`).join(', ');
    return {
      actual: {
        en: `Labels of ${label} were changed (${text})`,
        ko: `${label}의 레이블이 바뀌었습니다(${text})`,
      },
      why: {
        en: 'The labels were right. Who changes a pod’s labels takes it away from everything that finds it by them. Two ways back: set the labels as they were (kubectl label --overwrite), or “Reset step”.',
        ko: '레이블은 올바랐습니다. 파드의 레이블을 바꾸면 그 레이블로 파드를 찾던 모든 것에서 떨어져 나갑니다. 되돌리는 방법은 두 가지입니다. kubectl label --overwrite로 원래 레이블을 다시 붙이거나 ‘단계 초기화’를 하세요.',
      },
      finding: was.kind === 'Pod' ? 'pod-labels-changed' : 'protected-changed',
    };
  }
  if (whole && stable(was.spec) !== stable(is['spec'] ?? is['data'])) {
    return {
      actual: { en: `${label} was changed`, ko: `${label}이(가) 변경되었습니다` },
      why: {
        en: 'This object was right and is used by others: the fault is to be repaired where it is. Two ways back: undo your change (kubectl edit), or “Reset step”.',
        ko: '이 오브젝트는 올바르며 다른 곳에서도 사용합니다. 잘못된 곳 자체를 고쳐야 합니다. 되돌리는 방법은 두 가지입니다. kubectl edit으로 변경을 취소하거나 ‘단계 초기화’를 하세요.',
      },
      finding: 'protected-changed',
    };
  }
  return undefined;
}

/** JSON with sorted keys: two specs are the same when these are. */
function stable(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
