import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
// Real time, and a timer that keeps the process alive: it is real programs that are waited for.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kubectl, KubectlResult } from '../kubectl.ts';
import type { ClusterFacts } from './cluster-facts.ts';
import { Normaliser } from './normaliser.ts';
import { toAnswer, type Answer, type Answers } from './recording.ts';
import type { Following, Scenario, Step } from './scenario.ts';
import { splitWords } from './words.ts';

/** How long a scenario waits for an answer to become what it waits for. */
const PATIENCE_MS = 60_000;
const BETWEEN_TRIES_MS = 150;

/** What an API server says that has not enough of its machine: nothing that tells how it behaves. */
const OVERLOADED = /Timeout: request did not complete within requested timeout|etcdserver: request timed out/;

/**
 * Runs a scenario in a namespace of its own, which it makes and deletes.
 *
 * @param suffix what tells its namespace from those of other runs on the same cluster
 * @returns the normalised answers to its recorded commands.
 * @throws Error, with what kubectl said, when a command fails that only prepares others.
 */
export async function runScenario(
  scenario: Scenario,
  kubectl: Kubectl,
  facts: ClusterFacts,
  suffix: string,
): Promise<Answers> {
  const namespace = `conf-${scenario.name}-${suffix}`;
  const run = new ScenarioRun(
    scenario,
    kubectl.within(namespace),
    new Normaliser(facts, namespace, JSON.stringify([scenario.steps, scenario.files])),
  );
  await kubectl.ok(['create', 'namespace', namespace]);
  try {
    await run.whole();
    return run.answers;
  } finally {
    for (const leftover of scenario.leaves ?? [])
      await kubectl.run(['delete', ...leftover.split('/'), '--ignore-not-found', '--wait=false']);
    const waited = scenario.alone === true || scenario.leaves !== undefined;
    await kubectl.run(['delete', 'namespace', namespace, `--wait=${String(waited)}`], {
      deadlineMs: 2 * PATIENCE_MS,
    });
  }
}

/** The steps of a scenario by the names that they have in recordings: the command, what it is about, which one it is. */
function namedSteps(scenario: Scenario): ReadonlyMap<string, Step> {
  const named = new Map<string, Step>();
  for (const written of scenario.steps) {
    const step = typeof written === 'string' ? { command: written } : written;
    const about = step.about === undefined ? '' : ` # ${step.about}`;
    const title = `kubectl ${step.command}${about}`.replaceAll(/\n\s*/g, '; ');
    let name = title;
    for (let number = 2; named.has(name); number++) name = `${title} (${number})`;
    named.set(name, step);
  }
  return named;
}

/** The names of the steps that are compared. */
export function recordedSteps(scenario: Scenario): string[] {
  return [...namedSteps(scenario)].filter(([, step]) => !isQuiet(step)).map(([name]) => name);
}

function isQuiet(step: Step): boolean {
  return step.quiet === true || step.capture !== undefined;
}

class ScenarioRun {
  readonly answers = new Map<string, Answer>();
  readonly #scenario: Scenario;
  readonly #kubectl: Kubectl;
  readonly #normaliser: Normaliser;
  readonly #folder: string;

  constructor(scenario: Scenario, kubectl: Kubectl, normaliser: Normaliser) {
    this.#scenario = scenario;
    this.#kubectl = kubectl;
    this.#normaliser = normaliser;
    this.#folder = mkdtempSync(join(kubectl.folder, `${scenario.name}-`));
  }

  async whole(): Promise<void> {
    for (const [name, content] of Object.entries(this.#scenario.files ?? {}))
      writeFileSync(join(this.#folder, name), this.#normaliser.expand(content));
    // The API refuses pods until the namespace has it.
    await this.#step('', { command: 'get serviceaccount default -o name', until: /./, quiet: true });
    for (const [name, step] of namedSteps(this.#scenario)) await this.#step(name, step);
  }

  async #step(name: string, step: Step): Promise<void> {
    const result =
      step.during === undefined ? await this.#result(step) : await this.#during(step, step.during);
    if (isQuiet(step) && result.exitCode !== 0)
      throw new Error(
        `kubectl ${step.command} ended with ${result.exitCode}:\n${result.stderr}\n${result.stdout}`,
      );
    if (step.capture !== undefined) this.#normaliser.name(step.capture, result.stdout.trim());
    const stdout = this.#normaliser.normalise(result.stdout);
    const normalised = {
      stdout: step.sorted === true ? stdout.split('\n').toSorted().join('\n') : stdout,
      stderr: this.#normaliser.normalise(result.stderr),
      exitCode: result.exitCode,
    };
    if (!isQuiet(step)) this.answers.set(name, toAnswer(normalised));
  }

  async #result(step: Step): Promise<KubectlResult> {
    const args = this.#arguments(step);
    const options = {
      cwd: this.#folder,
      deadlineMs: 2 * PATIENCE_MS,
      ...(step.environment === undefined ? {} : { environment: { ...step.environment } }),
      ...(step.stdin === undefined ? {} : { stdin: this.#normaliser.expand(step.stdin) }),
    };
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const result = await this.#kubectl.run(args, options);
      if (OVERLOADED.test(result.stderr)) {
        if (!isQuiet(step)) throw new Error(`The cluster is too slow to be judged: ${result.stderr}`);
        if (performance.now() < deadline) continue;
      }
      if (
        step.until === undefined ||
        step.until.test(this.#normaliser.withNames(`${result.stdout}\n${result.stderr}`))
      )
        return result;
      if (performance.now() > deadline && !isQuiet(step)) return result;
      if (performance.now() > deadline)
        throw new Error(
          `kubectl ${step.command} never printed ${String(step.until)}, but:\n${result.stdout}${result.stderr}`,
        );
      await sleep(BETWEEN_TRIES_MS);
    }
  }

  /** Runs the command beside requests to the port that it opens on this machine. */
  async #during(step: Step, { ready, fetch: paths }: Following): Promise<KubectlResult> {
    const following = this.#kubectl.start(this.#arguments(step));
    try {
      const port = (await following.until(ready))[1] ?? '';
      this.#normaliser.name('port', port);
      const bodies: string[] = [];
      for (const path of paths) {
        const response = await fetch(`http://127.0.0.1:${port}${path}`);
        bodies.push(
          `GET ${path}: ${response.status}`,
          this.#normaliser.normalise((await response.text()).trimEnd()),
        );
      }
      return { stdout: [following.output.trimEnd(), ...bodies].join('\n'), stderr: '', exitCode: 0 };
    } finally {
      await following.stop();
    }
  }

  #arguments(step: Step): string[] {
    return splitWords(this.#normaliser.expand(step.command));
  }
}
