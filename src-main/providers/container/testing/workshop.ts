import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProgressStep } from '#shared/cluster.ts';
import { Programs } from '../../../../e2e/programs/install.ts';
import { commandLine, type CommandRunner } from '../../../command/command.ts';
import { runCommand } from '../../../command/run.ts';
import { createKubeClient } from '../../../kube/client.ts';
import { systemClock } from '../../../kube/time.ts';
import { kindTool } from '../../kind/tool.ts';
import type { ProvidedCluster } from '../../provider.ts';
import { StepTimes } from '../../step-times.ts';
import { ContainerProvider, type ContainerProviderOptions } from '../container-provider.ts';
import type { ClusterTool } from '../tool.ts';

export const NODE_IMAGE = 'kindest/node:v1.34.4';
const LAB_IMAGES = ['nginx:1.27'];

/** Runs programs as they are found with an environment. */
export function runnerOn(environment: Readonly<Record<string, string>>): CommandRunner {
  return (command, options) => runCommand({ ...command, env: { ...command.env, ...environment } }, options);
}

/** A provider whose programs are found with an environment. */
export function providerOn(
  environment: Readonly<Record<string, string>>,
  directory: string,
  tool: ClusterTool,
  options: Partial<ContainerProviderOptions> = {},
): ContainerProvider {
  return new ContainerProvider({
    tool,
    directory: join(directory, tool.id),
    logDirectory: join(directory, 'logs'),
    run: runnerOn(environment),
    connect: createKubeClient,
    labImages: LAB_IMAGES,
    stepTimes: new StepTimes(directory),
    system: 'linux',
    preferredEngine: undefined,
    isPortFree: () => Promise.resolve(true),
    clock: systemClock,
    checks: [],
    ...options,
  });
}

/** A container provider on stand-ins for the programs, with a data folder of its own. */
export class Workshop {
  readonly programs: Programs;
  readonly directory: string;
  /** A command that is given a second, in place of what it may take. */
  impatientWith: string | undefined;
  /** The steps of the last making, as they stand. */
  steps: ProgressStep[] = [];
  /** Every change of theirs. */
  readonly history: ProgressStep[][] = [];

  constructor(programs = new Programs(), directory = mkdtempSync(join(tmpdir(), 'switchyard-workshop-'))) {
    this.programs = programs;
    this.directory = directory;
  }

  provider(
    tool: ClusterTool = kindTool(NODE_IMAGE),
    options: Partial<ContainerProviderOptions> = {},
  ): ContainerProvider {
    const run = runnerOn(this.programs.environment);
    return providerOn(this.programs.environment, this.directory, tool, {
      run: (command, runOptions) => {
        const impatient =
          this.impatientWith !== undefined && commandLine(command).startsWith(this.impatientWith);
        return run(command, { ...runOptions, ...(impatient && { deadlineMs: 1000 }) });
      },
      ...options,
    });
  }

  /** @param onStep told of each change */
  create(
    provider = this.provider(),
    {
      name = 'switchyard',
      signal = new AbortController().signal,
      onStep = () => undefined,
    }: { name?: string; signal?: AbortSignal; onStep?: (steps: ProgressStep[]) => void } = {},
  ): Promise<ProvidedCluster> {
    return provider.create({
      name,
      signal,
      onProgress: (steps) => {
        this.steps = steps;
        this.history.push(steps);
        onStep(steps);
      },
    });
  }

  /** The step that runs, or that failed. */
  get current(): string | undefined {
    return this.steps.find(({ state }) => state === 'running' || state === 'failed')?.id;
  }

  /** Resolves when something hangs, or the step runs. @throws Error that says what runs in its place */
  async until(what: { hangs: true } | { step: string }): Promise<void> {
    for (let waited = 0; waited < 30_000; waited += 20) {
      if ('step' in what ? this.current === what.step : this.programs.hanging.length > 0) return;
      await sleep(20);
    }
    throw new Error(`${JSON.stringify(what)} never came; the step is ${this.current ?? 'none'}`);
  }

  /** Puts everything that a cluster needs into the engine's store, so that nothing is pulled. */
  haveImages(tool: ClusterTool = kindTool(NODE_IMAGE)): void {
    this.programs.have(tool.nodeImage, ...tool.toolImages, ...tool.systemImages);
    this.programs.have(...tool.addOnImages, ...LAB_IMAGES);
  }

  dispose(): void {
    this.programs.dispose();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
