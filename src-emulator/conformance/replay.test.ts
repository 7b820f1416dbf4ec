/**
 * Replays the suite on the emulated cluster: what each kubectl prints is compared, line by line, with what it printed
 * of real Kubernetes. The kubectl that is named last runs all of it, others what goes over the wire in ways of their own;
 * `npm run conformance` runs everything with everything.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { availableKubectls, Kubectl } from './kubectl.ts';
import { SCENARIOS } from './scenarios/index.ts';
import { askClusterFacts, type ClusterFacts } from './suite/cluster-facts.ts';
import { startEmulatedProcess } from './suite/emulated-process.ts';
import { emulatedDifferences } from './suite/judge.ts';
import { readRecording } from './suite/recordings.ts';
import { runScenario } from './suite/runner.ts';
import type { Scenario } from './suite/scenario.ts';

/** An emulated cluster, as one kubectl sees it. */
interface Replayer extends AsyncDisposable {
  replay(scenario: Scenario, attempt: number): Promise<void>;
}

async function startReplayer(program: string): Promise<Replayer> {
  const cluster = await startEmulatedProcess();
  const kubectl = new Kubectl(program, cluster.kubeconfig, 'default');
  const version = await kubectl.version();
  const facts: ClusterFacts = await askClusterFacts(kubectl);
  return {
    replay: async (scenario, attempt) => {
      const recording = readRecording(scenario) ?? new Map<string, never>();
      const answers = await runScenario(scenario, kubectl, facts, `run${attempt}`).catch((error: unknown) =>
        error instanceof Error ? error : new Error(String(error)),
      );
      const found = emulatedDifferences(scenario, recording, version, answers);
      expect(found.map(({ step, lines }) => [`$ ${step}`, ...lines].join('\n')).join('\n\n')).toBe('');
    },
    [Symbol.asyncDispose]: () => cluster.stop(),
  };
}

const programs = availableKubectls();
/** A busy machine can upset the timing of a scenario: it is run again in a new namespace before it counts as different. */
const options = { timeout: 180_000, retry: 2 };

describe.concurrent.each(
  programs.map((program, index) => [program.replace(/.*\//, ''), program, index] as const),
)('the emulated cluster answers %s as Kubernetes does', (_label, program, index) => {
  const everything = index === programs.length - 1;
  const scenarios = SCENARIOS.filter(({ everyKubectl }) => everything || everyKubectl === true);
  const attempts = new Map<Scenario, number>();
  let shared: Replayer;
  beforeAll(async () => {
    shared = await startReplayer(program);
  });
  afterAll(() => shared[Symbol.asyncDispose]());

  it.each(scenarios)('$name: $title', options, async (scenario) => {
    const attempt = (attempts.get(scenario) ?? 0) + 1;
    attempts.set(scenario, attempt);
    if (scenario.alone !== true) return shared.replay(scenario, attempt);
    await using own = await startReplayer(program);
    await own.replay(scenario, attempt);
  });
});
