import { execa } from 'execa';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { createKubeClient, type KubeClient } from '../../src-main/kube/client.ts';
import { KubeStatusError } from '../../src-main/kube/errors.ts';
import { parseKubeconfig } from '../../src-main/kube/kubeconfig.ts';
import { Transport } from '../../src-main/kube/transport.ts';
import type { Lab } from '../../src-main/labs/lab.ts';
import { MemoryProgressStore } from '../../src-main/labs/progress.ts';
import { createLabRunner, type LabRunner } from '../../src-main/labs/runner.ts';
import { placeLab } from '../../src-main/tenancy/place-lab.ts';
import { tenancyExtensionSchema } from '../../src-main/tenancy/tenancy.ts';
import type { Attempt } from './workshop-attempts.ts';

interface Kubeconfig {
  contexts: { context: { extensions: { extension: unknown }[] } }[];
}

/** One learner of a workshop, who has a kubeconfig and nothing else. */
export class WorkshopLearner {
  readonly id: string;
  readonly kubeconfig: string;
  readonly lab: Lab;
  readonly kube: KubeClient;
  readonly runner: LabRunner;
  readonly #transport: Transport;

  private constructor(id: string, kubeconfig: string, lab: Lab, kube: KubeClient, runner: LabRunner) {
    this.id = id;
    this.kubeconfig = kubeconfig;
    this.lab = lab;
    this.kube = kube;
    this.runner = runner;
    this.#transport = new Transport(parseKubeconfig(readFileSync(kubeconfig, 'utf8'), kubeconfig));
  }

  /** Opens a lab in the namespaces that the kubeconfig says are prepared. */
  static async open(kubeconfig: string, lab: Lab): Promise<WorkshopLearner> {
    const text = readFileSync(kubeconfig, 'utf8');
    const { contexts } = parse(text) as Kubeconfig;
    const tenancy = tenancyExtensionSchema.parse(contexts[0]?.context.extensions[0]?.extension);
    const kube = createKubeClient(text, kubeconfig);
    const placed = placeLab(lab, tenancy);
    const progress = new MemoryProgressStore();
    const runner = await createLabRunner({ lab: placed, kube, progress });
    return new WorkshopLearner(tenancy.learner, kubeconfig, placed, kube, runner);
  }

  /** Namespace that stands for one of the lab. */
  in(namespace: string): string {
    return `${this.id}-${namespace}`;
  }

  /** Checks of a step that are not green, each as `check: outcome`. */
  notGreen(step: string): string[] {
    const { steps } = this.runner.session();
    return (steps.find(({ id }) => id === step)?.checks ?? [])
      .filter(({ verdict }) => verdict.outcome !== 'pass')
      .map(({ id, verdict }) => `${id}: ${verdict.outcome}`);
  }

  /** Status of the answer to a request. */
  async try({ method, path, body }: Attempt): Promise<number> {
    try {
      await this.#transport.request(method, path, {
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(method === 'PATCH' ? { contentType: 'application/merge-patch+json' } : {}),
      });
      return 200;
    } catch (error) {
      if (error instanceof KubeStatusError) return error.code;
      throw error;
    }
  }

  /** Runs kubectl with nothing but the learner's file. */
  async kubectl(...args: string[]): Promise<{ ok: boolean; words: string }> {
    const { failed, stdout, stderr } = await execa('kubectl', ['--kubeconfig', this.kubeconfig, ...args], {
      reject: false,
    });
    return { ok: !failed, words: `${stdout}\n${stderr}`.trim() };
  }

  async close(): Promise<void> {
    await this.runner.close();
    await this.#transport.close();
    await this.kube.close();
  }
}
