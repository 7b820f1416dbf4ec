import { join } from 'node:path';
import { z } from 'zod';
import { JsonFile } from '../store/json-file.ts';
import type { Estimates } from './progress.ts';

/** So many runs are remembered: enough to leave a bad one out of account, few enough to follow a new laptop. */
const RUNS = 5;
/** What took less was found, not made. */
const SHORTEST_MS = 200;

const schema = z.record(z.string(), z.record(z.string(), z.array(z.number())));

/** How long the steps of making clusters took on this machine, by provider: `step-times.json` in the data folder. */
export class StepTimes {
  readonly #file: Promise<JsonFile<z.infer<typeof schema>>>;

  constructor(dataDirectory: string) {
    this.#file = JsonFile.open({ path: join(dataDirectory, 'step-times.json'), schema, initial: {} });
    // Estimates are a courtesy: who asks for them gets none from a file that cannot be read.
    this.#file.catch(() => undefined);
  }

  /** The median of the last runs, by step. Never rejects. */
  async estimates(provider: string): Promise<Estimates> {
    const times = await this.#file.then((file) => file.value[provider]).catch(() => undefined);
    return Object.fromEntries(Object.entries(times ?? {}).map(([step, runs]) => [step, median(runs)]));
  }

  /** Remembers a run that went well. Never rejects. */
  async add(provider: string, durations: Readonly<Record<string, number>>): Promise<void> {
    const made = Object.entries(durations).filter(([, ms]) => ms >= SHORTEST_MS);
    await this.#file
      .then((file) =>
        file.update((all) => {
          const before = all[provider] ?? {};
          const now = made.map(([step, ms]) => [step, [...(before[step] ?? []), ms].slice(-RUNS)]);
          return { ...all, [provider]: { ...before, ...(Object.fromEntries(now) as typeof before) } };
        }),
      )
      .catch(() => undefined);
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
