import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadLab } from '#main/labs/library.ts';
import { MemoryProgressStore } from '#main/labs/progress.ts';
import { createLabRunner, type LabRunner } from '#main/labs/runner.ts';
import { startBenchCluster } from './cluster.ts';
import { type Figure, timed } from './figure.ts';

const LAB = join(import.meta.dirname, '..', 'labs', 'cluster-ip');
const SOLUTION = readFileSync(join(LAB, 'solution', 'service', 'web-service.yaml'), 'utf8');
const STEP = 'service';
const CHECK = 'answers-by-name';

/** Resolves when the session shows this outcome for the check. */
function shows(runner: LabRunner, outcome: string): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      const check = runner
        .session()
        .steps.find(({ id }) => id === STEP)
        ?.checks.find(({ id }) => id === CHECK);
      if (check?.verdict.outcome !== outcome) return;
      listening[Symbol.dispose]();
      resolve();
    };
    const listening = runner.onChange(look);
    look();
  });
}

/** How long a learner waits for a verdict, asked for and watched. */
export async function benchChecks(runs: number, scratch: string): Promise<Figure[]> {
  const { lab } = await loadLab(LAB);
  if (lab === undefined) throw new Error('The lab cluster-ip cannot be read: run `switchyard labs verify`.');
  const cluster = await startBenchCluster(join(scratch, 'checks'));
  const runner = await createLabRunner({ lab, kube: cluster.kube, progress: new MemoryProgressStore() });
  const asked: number[] = [];
  const watched: number[] = [];
  try {
    await runner.start();
    await runner.solve('addresses');
    await runner.goTo(STEP);
    for (let run = 0; run < runs; run++) {
      await runner.reset(STEP);
      await runner.check(STEP, CHECK);
      await shows(runner, 'fail');
      const green = shows(runner, 'pass');
      watched.push(
        await timed(async () => {
          await cluster.kube.apply(SOLUTION, { namespace: 'shop' });
          await green;
        }),
      );
      asked.push(await timed(() => runner.check(STEP, CHECK)));
    }
  } finally {
    await runner.close();
    await cluster.stop();
  }
  return [
    { name: 'HTTP check: asked for to verdict', unit: 'ms', goal: '≤ 300', values: asked },
    { name: 'watched HTTP check: Service applied to green', unit: 'ms', goal: '≤ 300', values: watched },
  ];
}
