import type { CheckSpecOf } from '#shared/lab-checks.ts';
import type { TransitionMoment, TransitionRecord } from '#shared/lab-transitions.ts';
import type { LocalizedText } from '#shared/locale.ts';
import { fieldText, rangeText } from './fields.ts';
import { failed, passed, unable } from './judgements.ts';
import type { Checker } from './types.ts';

type Spec = CheckSpecOf<'transition'>;

export interface TransitionSeen {
  /** What the app has written down; undefined when it did not watch. */
  record: TransitionRecord | undefined;
  at: number;
}

/** Things have happened in their order while the step was open; the app watched. */
export const transitionChecker: Checker<'transition', TransitionSeen> = {
  probe(_check, { transition, clock }) {
    return Promise.resolve({ record: transition(), at: clock.now() });
  },

  judge(check, { record, at }) {
    const expected = expectation(check);
    if (record === undefined)
      return unable({ en: 'The app has not watched this step.', ko: '앱이 이 단계를 지켜보지 않았습니다.' });
    const { reached, broken, gap } = record;
    const evidence = [
      {
        title: { en: 'What the app saw happen', ko: '앱이 지켜본 변화' },
        output:
          reached.map((moment) => `${timeText(moment.at)} ${moment.seen}`).join('\n') || '(nothing yet)',
        at,
      },
    ];
    const next = check.sequence[reached.length];
    const list = reached.map(({ seen }) => seen).join(' → ');
    if (next === undefined) return passed(expected, { en: list, ko: list }, evidence);
    const last = reached.at(-1)?.at ?? record.since;
    const waits = momentText(next);
    const progress = `${String(reached.length)}/${String(check.sequence.length)}`;
    const share =
      check.partial && reached.length > 0 ? { share: reached.length / check.sequence.length } : {};
    const fail = { expected, evidence };
    if (broken !== undefined && reached.length <= 1 && broken.at >= (gap?.to ?? 0))
      return failed({
        ...fail,
        actual: {
          en: `At ${timeText(broken.at)} it was not kept: ${broken.seen}. The sequence begins anew.`,
          ko: `${timeText(broken.at)}에 조건이 깨졌습니다: ${broken.seen}. 처음부터 다시 지켜봅니다.`,
        },
        why: {
          en: 'It has to hold the whole time, also while pods are exchanged: clients notice the moment in which it does not.',
          ko: '파드가 교체되는 동안에도 계속 지켜져야 합니다. 잠깐이라도 깨지면 클라이언트가 알아차립니다.',
        },
        finding: 'not-kept',
      });
    if (gap !== undefined && gap.to >= last)
      return failed({
        ...fail,
        actual: {
          en: `${progress}. Nobody watched from ${timeText(gap.from)} to ${timeText(gap.to)}; waits for: ${waits.en}`,
          ko: `${progress}. ${timeText(gap.from)}부터 ${timeText(gap.to)}까지 지켜보지 못했습니다. 기다리는 변화: ${waits.ko}`,
        },
        why: {
          en: 'The app or its connection was away. If it happened in that time, let it happen once more.',
          ko: '앱이 꺼져 있었거나 연결이 끊겨 있었습니다. 그 사이에 일어난 일이라면 한 번 더 일어나게 해 주세요.',
        },
        finding: 'not-watched',
      });
    return {
      ...failed({
        ...fail,
        actual: { en: `${progress}. Waits for: ${waits.en}`, ko: `${progress}. 기다리는 변화: ${waits.ko}` },
        finding: next.finding ?? 'not-yet',
      }),
      ...share,
    };
  },
};

function timeText(at: number): string {
  return new Date(at).toISOString().slice(11, 19);
}

function momentText(moment: TransitionMoment): LocalizedText {
  if ('endpoints' in moment) {
    const range = rangeText(moment.ready);
    return {
      en: `${range.en} ready endpoint(s) of ${moment.endpoints}`,
      ko: `${moment.endpoints}의 준비된 엔드포인트 ${range.ko}개`,
    };
  }
  if ('rollout' in moment)
    return { en: `a complete rollout of ${moment.rollout}`, ko: `${moment.rollout}의 롤아웃 완료` };
  if ('replaced' in moment) {
    const { kind, name } = moment.replaced;
    return { en: `another ${kind}/${name}`, ko: `새로 만들어진 ${kind}/${name}` };
  }
  const { kind, name } = moment.object;
  const field = fieldText(moment.field);
  return { en: `${kind}/${name}: ${field.en}`, ko: `${kind}/${name}: ${field.ko}` };
}

function expectation({ sequence, throughout }: Spec): LocalizedText {
  const moments = sequence.map(momentText);
  const always = throughout.map(({ endpoints, ready }) => momentText({ endpoints, ready }));
  const join = (locale: 'en' | 'ko', mark: string): string =>
    moments.map((text) => text[locale]).join(' → ') +
    (always.length === 0 ? '' : `${mark}${always.map((text) => text[locale]).join(', ')}`);
  return { en: join('en', '; all the while: '), ko: join('ko', '; 그동안 계속: ') };
}
