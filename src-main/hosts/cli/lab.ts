import { Command } from 'commander';
import type { LabSession, StepState } from '#shared/lab-view.ts';
import type { LocalizedText } from '#shared/locale.ts';
import { ProgressFiles } from '../../app/progress-files.ts';
import type { Lab } from '../../labs/lab.ts';
import { requireCapabilities } from '../../labs/requirements.ts';
import { createLabRunner, type LabRunner } from '../../labs/runner.ts';
import { lockDataDirectory } from '../../store/lock.ts';
import type { CliContext, ExitStatus } from './context.ts';
import { connect, pickLab, placedOn, readLabs, withCluster, type ClusterChoice } from './lab-session.ts';
import { command, sayProblem } from './output.ts';

interface LabOptions extends ClusterChoice {
  step?: string;
  json?: boolean;
}

interface Work {
  lab: Lab;
  runner: LabRunner;
  /** The step that was named, or the current one. */
  step: string;
  options: LabOptions;
}

/** `switchyard lab start|check|answer|hint|solve|reset|catch-up`. */
export function labCommand(context: CliContext, finish: (status: ExitStatus) => void): Command {
  const { locale, out, err } = context;

  /** Opens the lab with its kept progress, works, and closes everything again. */
  const withLab = async (
    id: string,
    options: LabOptions,
    work: (w: Work) => Promise<ExitStatus>,
  ): Promise<void> => {
    const picked = pickLab(await readLabs(context), id);
    const lock = await lockDataDirectory(context.dataDirectory);
    try {
      const open = await connect(context, options);
      try {
        requireCapabilities(picked, open.cluster.capabilities);
        const lab = placedOn(open.cluster, picked);
        const progress = new ProgressFiles(context.dataDirectory, (problem) => {
          sayProblem(problem, context);
        });
        const runner = await createLabRunner({
          lab,
          kube: open.kube,
          progress,
          reach: () => open.reach(),
        });
        let said = '';
        runner.onChange(({ activity }) => {
          if (activity !== undefined && activity.en !== said && options.json !== true)
            err(`${activity[locale]} …`);
          said = activity?.en ?? '';
        });
        try {
          finish(await work({ lab, runner, step: options.step ?? runner.session().currentStep, options }));
        } finally {
          await runner.close();
        }
      } finally {
        await open.close();
      }
    } finally {
      await lock.release();
    }
  };

  const print = ({ lab, runner, options }: Work, stepId?: string): void => {
    const session = runner.session();
    if (options.json === true) out(JSON.stringify(session));
    else for (const line of sessionLines(lab, session, stepId ?? session.currentStep, locale)) out(line);
  };

  const sub = (name: string, description: string): Command =>
    withCluster(command(name, description), "the app's own")
      .argument('<lab>')
      .option('--step <id>', 'a step; the current one when left out');

  const start = sub('start', 'set up a lab and go on where it was left').action(
    (id: string, options: LabOptions) =>
      withLab(id, options, async (work) => {
        await (options.step === undefined ? work.runner.start() : work.runner.goTo(work.step));
        print(work);
        return 0;
      }),
  );

  const check = sub('check', "run a step's checks").action((id: string, options: LabOptions) =>
    withLab(id, options, async (work) => {
      await work.runner.check(work.step);
      print(work, work.step);
      return statusOf(stateOf(work.runner.session(), work.step));
    }),
  );

  const answer = sub('answer', 'answer a question of a step')
    .argument('<check>', 'id of the check that asks')
    .argument('<value>')
    .action((id: string, checkId: string, value: string, options: LabOptions) =>
      withLab(id, options, async (work) => {
        await work.runner.answer(work.step, checkId, value);
        print(work, work.step);
        const verdict = stateOf(work.runner.session(), work.step)?.checks.find(
          (c) => c.id === checkId,
        )?.verdict;
        return verdict?.outcome === 'pass' ? 0 : verdict?.outcome === 'fail' ? 1 : 2;
      }),
    );

  const hint = sub('hint', 'print the next hint').action((id: string, options: LabOptions) =>
    withLab(id, options, async (work) => {
      const before = stateOf(work.runner.session(), work.step)?.hints.length ?? 0;
      await work.runner.hint(work.step);
      const hints = stateOf(work.runner.session(), work.step)?.hints ?? [];
      const more = hints.length > before;
      if (options.json === true) out(JSON.stringify({ hints, more }));
      else {
        for (const [index, text] of hints.entries()) out(`${String(index + 1)}. ${text[locale].trim()}\n`);
        if (!more) out(noMoreHints(work.lab.id)[locale]);
      }
      return 0;
    }),
  );

  const solve = sub('solve', 'apply the worked solution; marks the step as assisted').action(
    (id: string, options: LabOptions) =>
      withLab(id, options, async (work) => {
        await work.runner.solve(work.step);
        print(work, work.step);
        return statusOf(stateOf(work.runner.session(), work.step));
      }),
  );

  const reset = sub('reset', 'with --step: back to how the step began; without: remove the whole lab').action(
    (id: string, options: LabOptions) =>
      withLab(id, options, async (work) => {
        await (options.step === undefined ? work.runner.resetLab() : work.runner.reset(options.step));
        print(work);
        return 0;
      }),
  );

  const catchUp = sub('catch-up', 'solve the steps before --step; marks them as assisted').action(
    (id: string, options: LabOptions) =>
      withLab(id, options, async (work) => {
        const last = work.lab.steps.at(-1)?.id ?? work.step;
        await work.runner.catchUp(options.step ?? last);
        print(work);
        return 0;
      }),
  );

  const lab = new Command('lab').description('work on a lab from the command line');
  for (const each of [start, check, answer, hint, solve, reset, catchUp]) lab.addCommand(each);
  return lab;
}

function stateOf(session: LabSession, stepId: string): StepState | undefined {
  return session.steps.find((step) => step.id === stepId);
}

/** 0 all passed, 1 something failed, 2 something could not be judged. */
function statusOf(step: StepState | undefined): ExitStatus {
  const outcomes = step?.checks.map((check) => check.verdict.outcome) ?? ['error'];
  if (outcomes.includes('error')) return 2;
  return outcomes.every((outcome) => outcome === 'pass') ? 0 : 1;
}

function noMoreHints(labId: string): LocalizedText {
  const solve = `switchyard lab solve ${labId}`;
  return {
    en: `There are no more hints. The worked solution: ${solve}`,
    ko: `힌트가 더 없습니다. 풀이 적용: ${solve}`,
  };
}

const STATES: Record<StepState['state'], LocalizedText> = {
  locked: { en: 'locked', ko: '잠김' },
  preparing: { en: 'being prepared', ko: '준비 중' },
  open: { en: 'open', ko: '진행 중' },
  done: { en: 'done', ko: '완료' },
};

const MARKS = { pass: '✓', fail: '✗', error: '!', 'not-run': '·' };

function sessionLines(lab: Lab, session: LabSession, stepId: string, locale: 'en' | 'ko'): string[] {
  const step = stateOf(session, stepId);
  const text = lab.text[locale].steps[stepId];
  const lines = [
    `${lab.text[locale].title}: ${String(session.earnedPoints)}/${String(session.totalPoints)}`,
    `${text?.title ?? stepId} [${STATES[step?.state ?? 'locked'][locale]}]`,
  ];
  for (const check of step?.checks ?? []) {
    const { verdict } = check;
    lines.push(`  ${MARKS[verdict.outcome]} ${text?.checks[check.id]?.title ?? check.id}`);
    if (verdict.outcome === 'pass' || verdict.outcome === 'not-run') continue;
    for (const words of [verdict.actual, verdict.why])
      if (words !== undefined) lines.push(`      ${words[locale]}`);
  }
  return lines;
}
