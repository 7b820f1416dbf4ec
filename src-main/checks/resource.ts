import type { FieldExpectation } from '#shared/lab-basics.ts';
import type { CheckSpecOf } from '#shared/lab-checks.ts';
import type { LocalizedText } from '#shared/locale.ts';
import type { Evidence } from '#shared/verdict.ts';
import type { KubeObject } from '#main/kube/objects.ts';
import { fieldHolds, fieldText } from './fields.ts';
import { assess, failed, passed, type FailDetails } from './judgements.ts';
import {
  covers,
  describeTarget,
  isReady,
  readTarget,
  readValue,
  show,
  valueAt,
  withoutUndefined,
} from './object-values.ts';
import { namespacesWith } from '#main/doctor/service-state.ts';
import type { BaselineObject, Checker, Judgement } from './types.ts';

type Spec = CheckSpecOf<'resource'>;

export interface ResourceSeen {
  objects: KubeObject[];
  /** Namespaces where an object of the wanted name exists instead. */
  elsewhere: string[];
  baseline: readonly BaselineObject[];
  /** What the fields with `sameAs` are compared with, in the order of the expectations. */
  references: unknown[];
  at: number;
}

/** Live objects are there, ready, as many as wanted, replaced, and have the expected fields. */
export const resourceChecker: Checker<'resource', ResourceSeen> = {
  async probe(check, { kube, baseline, clock, lookIn }) {
    const target = check.object;
    const objects = await readTarget(kube, target);
    const elsewhere =
      objects.length === 0 && 'name' in target && target.namespace !== undefined
        ? await namespacesWith(kube, withoutUndefined(target), lookIn)
        : [];
    const references = await Promise.all(
      check.expect.map(async ({ sameAs }) =>
        sameAs?.object === undefined
          ? undefined
          : await readValue(kube, { object: sameAs.object, path: sameAs.path }),
      ),
    );
    return { objects, elsewhere, baseline, references, at: clock.now() };
  },

  judge(check, seen) {
    const target = check.object;
    const label = describeTarget(target);
    const alive = seen.objects.filter((object) => object.metadata.deletionTimestamp === undefined);
    const counted = check.ready ? alive.filter(isReady) : alive;
    const evidence = [evidenceOf(check, seen)];
    const expected = expectation(check);
    if (check.absent === true) return judgeAbsent(target.kind, label, alive, expected, evidence);

    if (alive.length === 0 && (check.count?.min ?? 1) > 0) {
      const [other] = seen.elsewhere;
      const kind = target.kind.toLowerCase();
      return other === undefined
        ? failed({
            expected,
            actual: { en: `${label} does not exist`, ko: `${label}이(가) 없습니다` },
            evidence,
            finding: `${kind}-missing`,
            ...(kind === 'service' ? { brokenHop: 'service' as const } : {}),
          })
        : failed({
            expected,
            actual: {
              en: `${label} is not in namespace ${target.namespace ?? ''}, but in ${seen.elsewhere.join(', ')}`,
              ko: `${label}이(가) 네임스페이스 ${target.namespace ?? ''}이 아니라 ${seen.elsewhere.join(', ')}에 있습니다`,
            },
            why: {
              en: 'Names belong to a namespace. The same name in another namespace is another object.',
              ko: '이름은 네임스페이스에 속합니다. 다른 네임스페이스의 같은 이름은 다른 오브젝트입니다.',
            },
            evidence,
            finding: 'wrong-namespace',
            ...(kind === 'service' ? { brokenHop: 'service' as const } : {}),
          });
    }
    const { min = 1, max } = check.count ?? {};
    if (counted.length < min || (max !== undefined && counted.length > max)) {
      const unready = check.ready && alive.length >= min;
      return failed({
        expected,
        actual: {
          en: `${String(counted.length)} ${check.ready ? 'ready ' : ''}of ${String(alive.length)} ${label}`,
          ko: `${label} ${String(alive.length)}개 중 ${check.ready ? '준비된 것 ' : ''}${String(counted.length)}개`,
        },
        evidence,
        finding: unready ? 'not-ready' : counted.length < min ? 'too-few' : 'too-many',
      });
    }
    if (check.replaced !== undefined) {
      const now = new Set(alive.map((object) => object.metadata.uid));
      const before = seen.baseline.filter((object) => covers(check.object, object));
      const gone = before.filter((object) => !now.has(object.uid));
      if (gone.length < check.replaced) {
        return failed({
          expected,
          actual: {
            en: `None of the ${String(before.length)} that were there when the step opened has been replaced: ${before.map((o) => o.name).join(', ')}`,
            ko: `단계를 시작할 때 있던 ${String(before.length)}개가 모두 그대로입니다: ${before.map((o) => o.name).join(', ')}`,
          },
          evidence,
          finding: 'not-replaced',
        });
      }
    }
    const names = counted.map((object) => object.metadata.name).join(', ');
    const parts = counted.flatMap((object) =>
      check.expect.map((field, index): FailDetails | undefined => {
        const value = valueAt(object, field.path);
        const reference = referenceOf(field, object, seen.references[index]);
        if (fieldHolds(field, value, reference)) return undefined;
        return {
          expected: fieldText(field, reference),
          actual: {
            en: `${object.kind}/${object.metadata.name}: ${field.path} is ${show(value)}`,
            ko: `${object.kind}/${object.metadata.name}: ${field.path} 값은 ${show(value)}`,
          },
          evidence,
          finding: field.finding ?? 'field-differs',
        };
      }),
    );
    return assess(check.partial, parts, passed(expected, { en: names, ko: names }, evidence));
  },
};

/** A field that is compared with another one of the same object has its reference there. */
function referenceOf({ sameAs }: FieldExpectation, object: KubeObject, read: unknown): unknown {
  return sameAs !== undefined && sameAs.object === undefined ? valueAt(object, sameAs.path) : read;
}

function judgeAbsent(
  kind: string,
  label: string,
  alive: readonly KubeObject[],
  expected: LocalizedText,
  evidence: Evidence[],
): Judgement {
  const names = alive.map((object) => object.metadata.name).join(', ');
  if (alive.length === 0) return passed(expected, { en: 'none', ko: '없음' }, evidence);
  return failed({
    expected,
    actual: { en: `${label} is there: ${names}`, ko: `${label}이(가) 있습니다: ${names}` },
    evidence,
    finding: `${kind.toLowerCase()}-exists`,
  });
}

function expectation(check: Spec): LocalizedText {
  const label = describeTarget(check.object);
  if (check.absent === true) return { en: `No ${label}`, ko: `${label} 없음` };
  const { min, max } = check.count ?? {};
  const amount =
    min === undefined && max === undefined
      ? { en: '', ko: '' }
      : min === max
        ? { en: `${String(min)} × `, ko: `${String(min)}개의 ` }
        : max === undefined
          ? { en: `at least ${String(min)} × `, ko: `${String(min)}개 이상의 ` }
          : { en: `${String(min ?? 0)} to ${String(max)} × `, ko: `${String(min ?? 0)}~${String(max)}개의 ` };
  const fields = check.expect.map((field) => fieldText(field));
  const join = (parts: string[]): string => parts.filter((part) => part !== '').join('; ');
  return {
    en: join([
      `${amount.en}${label}${check.ready ? ', ready' : ''}${check.replaced === undefined ? '' : `, at least ${String(check.replaced)} of them new`}`,
      ...fields.map((field) => field.en),
    ]),
    ko: join([
      `${amount.ko}${label}${check.ready ? ', 준비됨' : ''}${check.replaced === undefined ? '' : `, ${String(check.replaced)}개 이상 새로 만들어짐`}`,
      ...fields.map((field) => field.ko),
    ]),
  };
}

function evidenceOf(check: Spec, seen: ResourceSeen): Evidence {
  const lines = seen.objects.map((object) => {
    const state = isReady(object) ? '' : ' (not ready)';
    const fields = check.expect
      .map((field) => ` ${field.path}=${show(valueAt(object, field.path))}`)
      .join('');
    return `${object.kind.toLowerCase()}/${object.metadata.name}${state}${fields}`;
  });
  return {
    title: { en: 'What the cluster has', ko: '클러스터에 있는 것' },
    output: lines.length === 0 ? 'No resources found' : lines.join('\n'),
    at: seen.at,
  };
}
