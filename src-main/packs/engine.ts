import type { CommandRunner } from '../command/command.ts';
import { askEngines, candidateEngines, firstRunning, type RunningEngine } from '../engine/choice.ts';
import { ENGINES, type EngineId } from '../engine/engine-id.ts';
import type { OperatingSystem } from '../host/platform.ts';
import { noEngineError } from '../providers/container/problems.ts';
import { engineStoppedError } from './image-problems.ts';
import type { PackTool } from './plan.ts';

export interface EngineSearch {
  tools: readonly PackTool[];
  /** The engine that the user insists on. */
  preferred: EngineId | undefined;
  run: CommandRunner;
  system: OperatingSystem;
  signal?: AbortSignal | undefined;
}

/**
 * The engine that images come from or go to: the one that clusters would be made in.
 * @throws AppError that none is installed, or that none runs and why
 */
export async function findEngine(search: EngineSearch): Promise<RunningEngine> {
  const { tools, preferred, run, system, signal } = search;
  const usable = ENGINES.filter((engine) => tools.some(({ engines }) => engines.includes(engine)));
  const ids = candidateEngines(usable, preferred);
  const asked = await askEngines(ids, run, signal);
  const running = firstRunning(asked);
  if (running !== undefined) return running;
  for (const { engine, state } of asked)
    if (state.state === 'stopped') throw engineStoppedError(engine.id, state.words, system);
  throw noEngineError(tools.map(({ id }) => id).join(', '), ids);
}
