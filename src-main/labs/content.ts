import type { LabCheckSpec } from '#shared/lab-checks.ts';
import type { LabCheck, LabContent, LabSummary } from '#shared/lab-view.ts';
import type { LocalizedText } from '#shared/locale.ts';
import type { Lab, Step } from './lab.ts';
import type { LabProgress } from './progress.ts';
import { totals } from './scoring.ts';

/**
 * What the list of labs shows.
 * @param unmet what the present cluster lacks of what the lab needs
 */
export function labSummary(
  lab: Lab,
  progress: LabProgress | undefined,
  unmet: LocalizedText[] = [],
): LabSummary {
  const { earned, total } = totals(lab, progress);
  const { metadata } = lab.file;
  return {
    id: lab.id,
    version: metadata.version,
    title: { en: lab.text.en.title, ko: lab.text.ko.title },
    summary: { en: lab.text.en.summary, ko: lab.text.ko.summary },
    difficulty: metadata.difficulty,
    durationMinutes: metadata.durationMinutes,
    tags: metadata.tags,
    steps: lab.steps.length,
    unmet,
    progress: {
      started: progress !== undefined && Object.keys(progress.steps).length > 0,
      finishedSteps: Object.values(progress?.steps ?? {}).filter((step) => step.state === 'done').length,
      earnedPoints: earned,
      totalPoints: total,
    },
  };
}

/** What the lesson shows. Solutions, hints and right answers are not in it. */
export function labContent(lab: Lab): LabContent {
  const { focus } = lab.file.spec;
  return {
    id: lab.id,
    title: { en: lab.text.en.title, ko: lab.text.ko.title },
    objectives: lab.objectives,
    debrief: lab.debrief,
    namespaces: lab.file.spec.namespaces,
    client: lab.file.spec.client.pod,
    ...focusOf(focus),
    steps: lab.steps.map((step) => ({
      id: step.id,
      ...focusOf(step.spec.focus ?? focus),
      title: {
        en: lab.text.en.steps[step.id]?.title ?? step.id,
        ko: lab.text.ko.steps[step.id]?.title ?? step.id,
      },
      prose: step.prose,
      setup: step.setup,
      starters: step.starters,
      hints: step.hints.length,
      checks: step.spec.checks.map((check) => checkContent(lab, step, check)),
    })),
  };
}

function focusOf(focus: string | undefined): { focus?: string } {
  return focus === undefined ? {} : { focus };
}

function checkContent(lab: Lab, step: Step, check: LabCheckSpec): LabCheck {
  const en = lab.text.en.steps[step.id]?.checks[check.id];
  const ko = lab.text.ko.steps[step.id]?.checks[check.id];
  const choices = check.kind === 'answer' ? check.choices : undefined;
  return {
    id: check.id,
    kind: check.kind,
    points: check.points,
    trigger: check.trigger,
    title: { en: en?.title ?? check.id, ko: ko?.title ?? check.id },
    ...(en?.question === undefined ? {} : { question: { en: en.question, ko: ko?.question ?? en.question } }),
    ...(choices === undefined
      ? {}
      : {
          choices: choices.map((id) => ({
            id,
            text: { en: en?.choices?.[id] ?? id, ko: ko?.choices?.[id] ?? id },
          })),
        }),
  };
}

/** The lab's own words for a finding, when it has some. */
export function whyOf(lab: Lab, stepId: string, checkId: string, finding: string): LocalizedText | undefined {
  const en = lab.text.en.steps[stepId]?.checks[checkId]?.why[finding];
  const ko = lab.text.ko.steps[stepId]?.checks[checkId]?.why[finding];
  return en === undefined || ko === undefined ? undefined : { en, ko };
}
