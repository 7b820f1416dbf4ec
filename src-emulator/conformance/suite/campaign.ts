import { Kubectl } from '../kubectl.ts';
import { askClusterFacts } from './cluster-facts.ts';
import type { Answers } from './recording.ts';
import { runScenario } from './runner.ts';
import type { Scenario } from './scenario.ts';

/** How many scenarios run side by side: most of them wait most of the time. */
const SIDE_BY_SIDE = 5;

/** What came of one scenario with one version of kubectl. */
export interface Outcome {
  readonly scenario: Scenario;
  readonly version: string;
  readonly answers: Answers | Error;
}

export interface Campaign {
  readonly scenarios: readonly Scenario[];
  readonly kubeconfig: string;
  /** Paths of kubectl programs. */
  readonly programs: readonly string[];
  readonly onOutcome: (outcome: Outcome) => void;
}

/**
 * Runs scenarios on one cluster with each kubectl: scenarios side by side, versions one after the other, so that
 * names outside namespaces do not meet.
 *
 * @throws Error when the cluster is not one for the suite (see {@link askClusterFacts}).
 */
export async function runCampaign({ scenarios, kubeconfig, programs, onOutcome }: Campaign): Promise<void> {
  const kubectls = new Map<string, Kubectl>();
  for (const program of programs) {
    const kubectl = new Kubectl(program, kubeconfig, 'default');
    kubectls.set(await kubectl.version(), kubectl);
  }
  const [first] = kubectls.values();
  if (first === undefined)
    throw new Error('There is no kubectl: put one on PATH, or list some in SWITCHYARD_KUBECTLS.');
  const facts = await askClusterFacts(first);
  const run = Math.random().toString(36).slice(2, 5);

  const runVersions = async (scenario: Scenario): Promise<void> => {
    let number = 0;
    for (const [version, kubectl] of kubectls) {
      const answers = await runScenario(scenario, kubectl, facts, `${run}${++number}`).catch(
        (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
      );
      onOutcome({ scenario, version, answers });
    }
  };
  const waiting = scenarios.filter(({ alone }) => alone !== true);
  const work = async (): Promise<void> => {
    for (let scenario = waiting.shift(); scenario !== undefined; scenario = waiting.shift())
      await runVersions(scenario);
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
  for (const scenario of scenarios) if (scenario.alone === true) await runVersions(scenario);
}
