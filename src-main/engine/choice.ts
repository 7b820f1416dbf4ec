import type { CommandRunner } from '../command/command.ts';
import { Engine, type EngineState } from './engine.ts';
import { ENGINES, type EngineId } from './engine-id.ts';
import type { EngineInfo } from './info.ts';

/** An engine, and how it stands. */
export interface AskedEngine {
  engine: Engine;
  state: EngineState;
}

export interface RunningEngine {
  engine: Engine;
  info: EngineInfo;
}

/** The engine that the user insists on, as kind's own variable says it; undefined when it names none of ours. */
export function preferredEngine(env: Readonly<Record<string, string | undefined>>): EngineId | undefined {
  return ENGINES.find((engine) => engine === env['KIND_EXPERIMENTAL_PROVIDER']);
}

/** The engines to look for, the best first: only the one that the user insists on, where the tool works with it. */
export function candidateEngines(
  engines: readonly EngineId[],
  preferred: EngineId | undefined,
): readonly EngineId[] {
  return preferred !== undefined && engines.includes(preferred) ? [preferred] : engines;
}

/** Asks all of them at once, and answers in their order. */
export function askEngines(
  ids: readonly EngineId[],
  run: CommandRunner,
  signal?: AbortSignal,
): Promise<AskedEngine[]> {
  return Promise.all(
    ids.map(async (id) => {
      const engine = new Engine(id, run);
      return { engine, state: await engine.state(signal) };
    }),
  );
}

/** The engine that clusters are made in: the first that runs. */
export function firstRunning(asked: readonly AskedEngine[]): RunningEngine | undefined {
  for (const { engine, state } of asked) if (state.state === 'running') return { engine, info: state.info };
  return undefined;
}
