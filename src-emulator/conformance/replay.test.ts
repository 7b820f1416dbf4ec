/**
 * Replays the suite on the emulated cluster: what each kubectl prints is compared, line by line, with what it printed
 * of real Kubernetes. The kubectl that is named last runs all of it, others what goes over the wire in ways of their own;
 * `npm run conformance` runs everything with everything.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { availableKubectls, Kubectl } from './kubectl.ts';
import { SCENARIOS } from './scenarios/index.ts';
import { askClusterFacts, type ClusterFacts } from './suite/cluster-facts.ts';
import { startEmulatedProcess, type EmulatedProcess } from './suite/emulated-process.ts';
import { emulatedDifferences } from './suite/judge.ts';
import { readRecording } from './suite/recordings.ts';
import { runScenario } from './suite/runner.ts';
import type { Scenario } from './suite/scenario.ts';

const programs = availableKubectls();
const DEADLINE_MS = 180_000;
/** A busy machine can upset the timing of a scenario: it is run again in a new namespace before it counts as different. */
const options = { timeout: DEADLINE_MS, retry: 2 };

describe.each(programs.map((program, index) => [program.replace(/.*\//, ''), program, index] as const))(
  'the emulated cluster answers %s as Kubernetes does',
  (_label, program, index) => {
    const everything = index === programs.length - 1;
    const scenarios = SCENARIOS.filter(({ everyKubectl }) => everything || everyKubectl === true);
    let cluster: EmulatedProcess;
    let kubectl: Kubectl;
    let version: string;
    let facts: ClusterFacts;
    beforeAll(async () => {
      cluster = await startEmulatedProcess();
      kubectl = new Kubectl(program, cluster.kubeconfig, 'default');
      version = await kubectl.version();
      facts = await askClusterFacts(kubectl);
    });
    afterAll(() => cluster.stop());

    const attempts = new Map<Scenario, number>();
    const replay = async (scenario: Scenario): Promise<void> => {
      const attempt = (attempts.get(scenario) ?? 0) + 1;
      attempts.set(scenario, attempt);
      const recording = readRecording(scenario) ?? new Map<string, never>();
      const answers = await runScenario(scenario, kubectl, facts, `run${attempt}`).catch((error: unknown) =>
        error instanceof Error ? error : new Error(String(error)),
      );
      const found = emulatedDifferences(scenario, recording, version, answers);
      expect(found.map(({ step, lines }) => [`$ ${step}`, ...lines].join('\n')).join('\n\n')).toBe('');
    };

    describe.concurrent('side by side', () => {
      it.each(scenarios.filter(({ alone }) => alone !== true))('$name: $title', options, replay);
    });
    describe('alone', () => {
      it.each(scenarios.filter(({ alone }) => alone === true))('$name: $title', options, replay);
    });
  },
);
