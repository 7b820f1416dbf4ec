import { Command } from 'commander';
import { release } from 'node:os';
import { resolve } from 'node:path';
import { clusterTools } from '../../app/providers.ts';
import { preferredEngine } from '../../engine/choice.ts';
import { problemOf } from '../../app/problems.ts';
import type { CommandRunner } from '../../command/command.ts';
import { runCommand } from '../../command/run.ts';
import type { RunningEngine } from '../../engine/choice.ts';
import type { EngineId } from '../../engine/engine-id.ts';
import { operatingSystemOf, type OperatingSystem } from '../../host/platform.ts';
import { checkAirgap, readAirgap } from '../../packs/airgap.ts';
import { createPack } from '../../packs/create.ts';
import { findEngine } from '../../packs/engine.ts';
import { loadPack } from '../../packs/load.ts';
import { planPack, type PackLab, type PackTool } from '../../packs/plan.ts';
import { openPack, type PackFile } from '../../packs/reader.ts';
import { damagedEntries, entriesToLoad, gapsOf, readinessOf, type Readiness } from '../../packs/verify.ts';
import type { CliContext, ExitStatus } from './context.ts';
import { untilInterrupted } from './interrupt.ts';
import { readLabs } from './lab-session.ts';
import { command, sayProblem } from './output.ts';
import { chosenArchitectures, chosenLabs, chosenTools } from './pack-choice.ts';
import * as report from './pack-report.ts';
import { PackTeller } from './pack-teller.ts';

/** What packs are made of and loaded into. */
export interface PackMachine {
  tools: readonly PackTool[];
  preferred: EngineId | undefined;
  run: CommandRunner;
  system: OperatingSystem;
  /** Aborts when the user gives it up. */
  untilInterrupted(context: CliContext): AbortSignal;
}

interface Choice {
  provider?: string;
  lab?: string;
  json?: boolean;
}

/** `switchyard pack create|load|verify`. */
export function packCommand(
  context: CliContext,
  finish: (status: ExitStatus) => void,
  machine: PackMachine = presentMachine(),
): Command {
  const { locale, out, dataDirectory } = context;
  const say = (lines: readonly string[]): void => {
    for (const line of lines) out(line);
  };
  const toolsOf = ({ manifest }: PackFile): PackTool[] =>
    machine.tools.filter(({ id }) => manifest.providers.includes(id));
  const withChoice = (target: Command): Command =>
    target
      .option(
        '--provider <list>',
        `for which providers (default: ${machine.tools.map(({ id }) => id).join(',')})`,
      )
      .option('--lab <list>', 'for which labs (default: all of them)');

  const create = withChoice(
    command('create', 'write one file with all images, for machines without a network'),
  )
    .argument('<file>', 'the file to write')
    .option('--arch <list>', "for which architectures: amd64,arm64 (default: the engine's)")
    .option(
      '--k3s-airgap <file>',
      "k3s' own archive of its release (repeat it for each architecture)",
      collect,
      [],
    )
    .action(async (name: string, options: Choice & { arch?: string; k3sAirgap: string[] }) => {
      const startedAt = performance.now();
      const file = resolve(name);
      const tools = chosenTools(machine.tools, options.provider);
      const labs = chosenLabs(await readLabs(context), options.lab);
      const signal = machine.untilInterrupted(context);
      const running = await findEngine({ ...machine, tools, signal });
      const architectures = chosenArchitectures(options.arch, running.info.architecture);
      const airgap = [];
      for (const path of options.k3sAirgap) airgap.push(await readAirgap(resolve(path)));
      checkAirgap(
        airgap,
        tools.map(({ id }) => id),
        architectures,
      );
      const manifest = await createPack({
        ...running,
        file,
        plan: planPack(tools, labs, architectures, airgap),
        createdBy: `Switchyard ${context.version}`,
        system: machine.system,
        tell: new PackTeller(context, options.json === true).tell,
        signal,
      });
      if (options.json === true) out(JSON.stringify({ file, manifest }));
      else say(report.createdLines(file, manifest, performance.now() - startedAt, locale));
    });

  const load = command(
    'load',
    'give the container engine here what a pack holds, and look that all of it arrived',
  )
    .argument('<file>')
    .action(async (name: string, { json }: { json?: boolean }) => {
      const pack = await openPack(resolve(name));
      const signal = machine.untilInterrupted(context);
      const tools = toolsOf(pack);
      const running = await findEngine({ ...machine, signal });
      const { system } = machine;
      const { tell } = new PackTeller(context, json === true);
      const result = await loadPack({ ...running, pack, tools, dataDirectory, system, tell, signal });
      const labs = chosenLabs(await readLabs(context), undefined);
      const { inPack, others } = labsOf(labs, pack);
      const ready = await readinessOf(tools, inPack, running, signal);
      if (json === true)
        out(
          JSON.stringify({ file: pack.path, ...engineOf(running), ...result, ready, labsNotInPack: others }),
        );
      else say([...report.readinessLines(ready, locale), ...report.otherLabsLines(others, locale)]);
      finish(areReady(ready) ? 0 : 1);
    });

  const verifyStore = async (tools: readonly PackTool[], labs: readonly PackLab[], json: boolean) => {
    const running = await findEngine({ ...machine, tools });
    const ready = await readinessOf(tools, labs, running);
    const ok = areReady(ready);
    if (json) out(JSON.stringify({ ok, ...engineOf(running), ready }));
    else say([...report.readinessLines(ready, locale), ...(ok ? [] : [report.missingAdvice(locale)])]);
    finish(ok ? 0 : 1);
  };

  const verifyFile = async (
    path: string,
    chosen: readonly PackTool[] | undefined,
    labs: readonly PackLab[],
    json: boolean,
  ) => {
    const pack = await openPack(path);
    const tools = chosen ?? toolsOf(pack);
    const signal = machine.untilInterrupted(context);
    const damaged = await damagedEntries(pack, new PackTeller(context, json).tell, signal);
    const gaps = gapsOf(pack, tools, labs);
    // The file can be looked at where there is no engine.
    const found = await findEngine({ ...machine, signal }).then(
      (running) => ({ running }),
      (error: unknown) => ({ problem: problemOf(error) }),
    );
    const toLoad =
      'running' in found
        ? await entriesToLoad({ ...found.running, pack, tools, dataDirectory, signal })
        : undefined;
    const { manifest } = pack;
    const ok = damaged.length === 0 && gaps.length === 0;
    if (json) out(JSON.stringify({ ok, file: path, manifest, damaged, gaps, toLoad }));
    else {
      say(report.contentLines(manifest, locale));
      say([...report.damageLines(damaged, locale), ...report.gapLines(gaps, locale)]);
      if (toLoad !== undefined) say(report.toLoadLines(toLoad, locale));
      if ('problem' in found) sayProblem(found.problem, context);
    }
    finish(ok ? 0 : 1);
  };

  const verify = withChoice(
    command(
      'verify',
      'look whether a pack is whole and has all that is needed (without a file: what is missing here)',
    ),
  )
    .argument('[file]')
    .action(async (name: string | undefined, options: Choice) => {
      const tools = chosenTools(machine.tools, options.provider);
      const labs = chosenLabs(await readLabs(context), options.lab);
      const json = options.json === true;
      if (name === undefined) await verifyStore(tools, labs, json);
      else await verifyFile(resolve(name), options.provider === undefined ? undefined : tools, labs, json);
    });

  const pack = new Command('pack').description('carry all images to machines without a network');
  for (const sub of [create, load, verify]) pack.addCommand(sub);
  return pack;
}

function presentMachine(): PackMachine {
  return {
    tools: clusterTools(),
    preferred: preferredEngine(process.env),
    run: runCommand,
    system: operatingSystemOf(process.platform, release()),
    untilInterrupted,
  };
}

/** The labs of this version of the app that a pack was made for, and the names of the others. */
function labsOf<T extends { id: string }>(
  labs: readonly T[],
  { manifest }: PackFile,
): { inPack: T[]; others: string[] } {
  const inPack = labs.filter(({ id }) => manifest.labs.includes(id));
  return { inPack, others: labs.filter((lab) => !inPack.includes(lab)).map(({ id }) => id) };
}

function areReady(ready: readonly Readiness[]): boolean {
  return ready.every(({ missing, engines }) => missing.length === 0 && engines === undefined);
}

function engineOf({ engine, info }: RunningEngine): { engine: EngineId; architecture: string } {
  return { engine: engine.id, architecture: info.architecture };
}

function collect(value: string, previous: string[]): string[] {
  return [...previous, value];
}
