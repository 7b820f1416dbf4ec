import type { Command } from 'commander';
import { resolve } from 'node:path';
import type { Clock } from '#emulator/clock.ts';
import { AppError } from '#shared/app-error.ts';
import { systemClock } from '../../kube/time.ts';
import { openFacilitator } from '../../workshops/facilitator.ts';
import { readFacts } from '../../workshops/facts.ts';
import { requireWorkshopName } from '../../workshops/learner-id.ts';
import { readLearnerList } from '../../workshops/learner-list.ts';
import { DEFAULT_LIMITS, parseCpu, parseMemory, parsePods, parseValidity } from '../../workshops/limits.ts';
import { requireRightsToPrepare, requireRightsToUnprepare } from '../../workshops/permissions.ts';
import { planWorkshop } from '../../workshops/plan.ts';
import { prepareWorkshop } from '../../workshops/prepare.ts';
import { findRemains, unprepare } from '../../workshops/unprepare.ts';
import { warningsOf } from '../../workshops/warnings.ts';
import { askOnTerminal, requireConsent, type Ask } from './confirm.ts';
import type { CliContext, ExitStatus } from './context.ts';
import { untilInterrupted } from './interrupt.ts';
import { pickLabs, readLabs } from './lab-session.ts';
import { command, sayProblem } from './output.ts';
import * as report from './workshop-report.ts';

/** What workshops are prepared with. */
export interface WorkshopMachine {
  open: typeof openFacilitator;
  clock: Clock;
  ask: Ask;
  /** Aborts when the user gives it up. */
  untilInterrupted(context: CliContext): AbortSignal;
}

const PRESENT: WorkshopMachine = {
  open: openFacilitator,
  clock: systemClock,
  ask: askOnTerminal,
  untilInterrupted,
};

const DEFAULT_NAME = 'workshop';

interface Target {
  kubeconfig: string;
  context?: string;
  workshop?: string;
  learners?: string;
  yes?: boolean;
  json?: boolean;
}

interface PrepareChoice extends Target {
  learners: string;
  lab?: string;
  out?: string;
  validFor: string;
  cpu?: string;
  memory?: string;
  pods?: string;
}

/** `switchyard cluster prepare|unprepare`. */
export function workshopCommands(
  context: CliContext,
  finish: (status: ExitStatus) => void,
  machine: WorkshopMachine = PRESENT,
): Command[] {
  const { locale, out } = context;
  const say = (lines: readonly string[]): void => {
    for (const line of lines) out(line);
  };
  const withTarget = (target: Command): Command =>
    target
      .requiredOption('--kubeconfig <file>', 'the cluster, with the rights of who runs it')
      .option('--context <name>', 'a context of that file (default: its current one)')
      .option('--yes', 'do not ask before the cluster is changed');

  const prepare = withTarget(
    command('prepare', 'give each learner of a list namespaces and a kubeconfig of their own'),
  )
    .requiredOption('--learners <file>', 'CSV; its first line names the columns: name, or id, or both')
    .option('--workshop <name>', 'tells it from others in the cluster', DEFAULT_NAME)
    .option('--lab <list>', 'for which labs (default: all of them)')
    .option('--out <folder>', 'where the kubeconfigs are written (default: switchyard-<workshop>)')
    .option('--valid-for <time>', 'how long the kubeconfigs are good: 12h, 7d', '7d')
    .option('--cpu <cores>', 'what each namespace may take at most (default: 4)')
    .option('--memory <bytes>', 'what each namespace may take at most (default: 2Gi)')
    .option('--pods <number>', 'pods in each namespace at most (default: 16)')
    .action(async (choice: PrepareChoice) => {
      const { workshop = DEFAULT_NAME, json = false } = choice;
      requireWorkshopName(workshop);
      const limits = limitsOf(choice);
      const validSeconds = parseValidity(choice.validFor);
      const labs = pickLabs(await readLabs(context), choice.lab);
      const list = await readLearnerList(choice.learners);
      const plan = planWorkshop(workshop, list, labs, choice.learners);
      if (plan.problems.length > 0) {
        for (const problem of plan.problems) sayProblem(problem, context);
        if (json) out(JSON.stringify({ ok: false, problems: plan.problems }));
        finish(2);
        return;
      }
      const directory = resolve(choice.out ?? `switchyard-${workshop}`);
      const facilitator = await machine.open(resolve(choice.kubeconfig), choice.context);
      try {
        await requireRightsToPrepare(facilitator.kube);
        const facts = await readFacts(facilitator.kube);
        const warnings = warningsOf(facts, facilitator.address, plan);
        if (!json) say(report.planLines(plan, facts, limits, directory, locale));
        for (const warning of warnings) sayProblem(warning, context);
        await requireConsent(machine.ask, choice, context);
        const tell = report.learnerTeller(context, plan.learners.length, json);
        const results = await prepareWorkshop({
          facilitator,
          plan,
          facts,
          limits,
          validSeconds,
          directory,
          clock: machine.clock,
          signal: machine.untilInterrupted(context),
          onResult: tell,
        });
        const ok = results.every(({ state }) => state !== 'failed');
        const { server, version } = facts;
        if (json)
          out(JSON.stringify({ ok, workshop, server, version, directory, learners: results, warnings }));
        else say(report.preparedLines(results, directory, validSeconds, machine.clock.now(), locale));
        finish(ok ? 0 : 1);
      } finally {
        await facilitator.close();
      }
    });

  const remove = withTarget(command('unprepare', 'take back what was prepared, and nothing else'))
    .option('--workshop <name>', 'all of this workshop')
    .option('--learners <file>', `only the learners of this list (workshop: ${DEFAULT_NAME}, if not named)`)
    .action(async (choice: Target) => {
      const { workshop = DEFAULT_NAME, json = false } = choice;
      if (choice.workshop === undefined && choice.learners === undefined) throw nothingNamedError();
      requireWorkshopName(workshop);
      const ids = choice.learners === undefined ? undefined : await idsOf(choice.learners, context);
      const facilitator = await machine.open(resolve(choice.kubeconfig), choice.context);
      const { kube } = facilitator;
      try {
        await requireRightsToUnprepare(kube);
        const remains = await findRemains(kube, workshop, ids);
        if (!json) say(report.remainsLines(remains, kube.server, locale));
        if (remains.objects.length > 0) await requireConsent(machine.ask, choice, context);
        await unprepare(kube, remains, {
          clock: machine.clock,
          signal: machine.untilInterrupted(context),
          onGone: ({ kind, metadata }) => {
            if (!json) out(report.goneLine(kind, metadata.name, locale));
          },
        });
        const removed = remains.objects.map(({ kind, metadata }) => ({ kind, name: metadata.name }));
        if (json) out(JSON.stringify({ ok: true, workshop, learners: remains.learners, removed }));
        else say(report.unpreparedLines(remains, locale));
        finish(0);
      } finally {
        await facilitator.close();
      }
    });

  return [prepare, remove];
}

function limitsOf({ cpu, memory, pods }: PrepareChoice): typeof DEFAULT_LIMITS {
  return {
    milliCpu: cpu === undefined ? DEFAULT_LIMITS.milliCpu : parseCpu(cpu),
    memoryBytes: memory === undefined ? DEFAULT_LIMITS.memoryBytes : parseMemory(memory),
    pods: pods === undefined ? DEFAULT_LIMITS.pods : parsePods(pods),
  };
}

/** @throws AppError the first problem of the list, after the others were printed */
async function idsOf(file: string, context: CliContext): Promise<string[]> {
  const { learners, problems } = await readLearnerList(file);
  const [first, ...others] = problems;
  for (const problem of others) sayProblem(problem, context);
  if (first !== undefined) throw new AppError(first);
  return learners.map(({ id }) => id);
}

function nothingNamedError(): AppError {
  return new AppError({
    code: 'workshop-unnamed',
    message: { en: 'It was not said what to take back.', ko: '무엇을 정리할지 지정하지 않았습니다.' },
    fix: {
      en: 'Name the workshop with --workshop, or a list of learners with --learners.',
      ko: '--workshop으로 워크숍을, 또는 --learners로 학습자 목록을 지정하세요.',
    },
  });
}
