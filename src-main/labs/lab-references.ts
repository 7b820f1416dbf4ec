import type { LabCheckSpec } from '#shared/lab-checks.ts';
import type { LabFile, LabText } from '#shared/lab-format.ts';
import type { Locale } from '#shared/locale.ts';
import { COULD_NOT_LOOK, findingsOf } from '../checks/findings.ts';
import type { Defects, PlacedYaml } from './defects.ts';

const FIX_ID = {
  en: 'Correct the id, or remove this entry.',
  ko: 'id를 고치거나 이 항목을 지우세요.',
};

/** Ids are used once: step ids in the lab, check ids in their step. Namespaces that are named are the lab's. */
export function checkIds(file: LabFile, placed: PlacedYaml, folder: string, defects: Defects): void {
  if (file.metadata.id !== folder)
    defects.add(
      'id-not-folder',
      placed.at(['metadata', 'id']),
      {
        en: `The lab's id is "${file.metadata.id}", its folder is "${folder}".`,
        ko: `실습 id는 "${file.metadata.id}"인데 폴더 이름은 "${folder}"입니다.`,
      },
      { en: 'Give both the same name.', ko: '두 이름을 같게 하세요.' },
    );
  const clientNamespace = file.spec.client.pod.split('/')[0] ?? '';
  if (!file.spec.namespaces.includes(clientNamespace))
    defects.add(
      'unknown-namespace',
      placed.at(['spec', 'client', 'pod']),
      {
        en: `The client's namespace "${clientNamespace}" is not in spec.namespaces.`,
        ko: `클라이언트의 네임스페이스 "${clientNamespace}"이(가) spec.namespaces에 없습니다.`,
      },
      { en: 'Add it to spec.namespaces.', ko: 'spec.namespaces에 추가하세요.' },
    );
  const steps = new Set<string>();
  for (const [s, step] of file.spec.steps.entries()) {
    duplicate(steps, step.id, placed.at(['spec', 'steps', s, 'id']), defects);
    const checks = new Set<string>();
    for (const [c, check] of step.checks.entries()) {
      duplicate(checks, check.id, placed.at(['spec', 'steps', s, 'checks', c, 'id']), defects);
      if (check.kind === 'unchanged' && check.objects === undefined && step.protect.length === 0)
        defects.add(
          'nothing-protected',
          placed.at(['spec', 'steps', s, 'checks', c, 'id']),
          {
            en: `The check "${check.id}" has nothing to compare: the step protects no objects.`,
            ko: `검사 "${check.id}"이(가) 비교할 대상이 없습니다. 단계에 protect가 없습니다.`,
          },
          { en: 'Name objects under protect.', ko: 'protect에 오브젝트를 적으세요.' },
        );
    }
  }
}

function duplicate(
  seen: Set<string>,
  id: string,
  where: ReturnType<PlacedYaml['at']>,
  defects: Defects,
): void {
  if (seen.has(id))
    defects.add(
      'duplicate-id',
      where,
      { en: `The id "${id}" is used twice.`, ko: `id "${id}"이(가) 두 번 사용되었습니다.` },
      { en: 'Give each its own id.', ko: '서로 다른 id를 사용하세요.' },
    );
  seen.add(id);
}

/** text/<locale>.yaml has a text for every step, check, choice and hint of lab.yaml, and for nothing else. */
export function checkText(
  file: LabFile,
  lab: PlacedYaml,
  locale: Locale,
  text: LabText,
  placed: PlacedYaml,
  defects: Defects,
): void {
  const missing = (what: string, where: ReturnType<PlacedYaml['at']>): void => {
    defects.add(
      'missing-translation',
      where,
      {
        en: `text/${locale}.yaml has no ${what}.`,
        ko: `text/${locale}.yaml에 ${what} 항목이 없습니다.`,
      },
      { en: `Add ${what} to text/${locale}.yaml.`, ko: `text/${locale}.yaml에 ${what} 항목을 추가하세요.` },
    );
  };
  for (const [s, step] of file.spec.steps.entries()) {
    const at = lab.at(['spec', 'steps', s, 'id']);
    const words = text.steps[step.id];
    if (words === undefined) {
      missing(`steps.${step.id}`, at);
      continue;
    }
    if (words.hints.length !== step.hints)
      defects.add(
        'missing-translation',
        placed.at(['steps', step.id, 'hints']),
        {
          en: `Step "${step.id}" has ${String(step.hints)} hints in lab.yaml, ${String(words.hints.length)} here.`,
          ko: `lab.yaml에는 단계 "${step.id}"의 힌트가 ${String(step.hints)}개인데 여기에는 ${String(words.hints.length)}개입니다.`,
        },
        { en: 'Write as many hints as lab.yaml says.', ko: 'lab.yaml에 적힌 수만큼 힌트를 작성하세요.' },
      );
    for (const [c, check] of step.checks.entries()) {
      const checkAt = lab.at(['spec', 'steps', s, 'checks', c, 'id']);
      const entry = words.checks[check.id];
      const path = `steps.${step.id}.checks.${check.id}`;
      if (entry === undefined) {
        missing(path, checkAt);
        continue;
      }
      for (const finding of Object.keys(entry.why))
        checkFinding(
          check,
          finding,
          placed.at(['steps', step.id, 'checks', check.id, 'why', finding], 'key'),
          defects,
        );
      if (check.kind !== 'answer') continue;
      if (entry.question === undefined) missing(`${path}.question`, checkAt);
      for (const choice of check.choices ?? [])
        if (entry.choices?.[choice] === undefined) missing(`${path}.choices.${choice}`, checkAt);
    }
    for (const id of Object.keys(words.checks))
      if (!step.checks.some((check) => check.id === id))
        unknown('check', id, placed.at(['steps', step.id, 'checks', id], 'key'), defects);
  }
  for (const id of Object.keys(text.steps))
    if (!file.spec.steps.some((step) => step.id === id))
      unknown('step', id, placed.at(['steps', id], 'key'), defects);
}

/** Notes an id that names nothing. */
export function unknown(
  what: 'step' | 'check',
  id: string,
  where: ReturnType<PlacedYaml['at']>,
  defects: Defects,
): void {
  const ko = what === 'step' ? '단계' : '검사';
  defects.add(
    `unknown-${what}`,
    where,
    { en: `There is no ${what} "${id}" in lab.yaml.`, ko: `lab.yaml에 ${ko} "${id}"이(가) 없습니다.` },
    FIX_ID,
  );
}

/** Notes a finding that the check can never have. */
export function checkFinding(
  check: LabCheckSpec,
  finding: string,
  where: ReturnType<PlacedYaml['at']>,
  defects: Defects,
): void {
  const possible = [...findingsOf(check), COULD_NOT_LOOK];
  if (possible.includes(finding)) return;
  const list = possible.join(', ');
  defects.add(
    'unknown-finding',
    where,
    {
      en: `The check "${check.id}" (${check.kind}) never has the finding "${finding}".`,
      ko: `검사 "${check.id}"(${check.kind})에서는 "${finding}" 결과가 나올 수 없습니다.`,
    },
    { en: `Use one of: ${list}.`, ko: `다음 중 하나를 쓰세요: ${list}.` },
  );
}
