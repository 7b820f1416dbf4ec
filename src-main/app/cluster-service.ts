import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '#emulator/clock.ts';
import type { Problem } from '#shared/app-error.ts';
import {
  providerIdSchema,
  type ClusterState,
  type ProgressStep,
  type ProviderId,
  type ProviderInfo,
} from '#shared/contract.ts';
import { createKubeClient, type KubeClient } from '../kube/client.ts';
import { systemClock } from '../kube/time.ts';
import { Observable } from '../observable.ts';
import { Progress } from '../providers/progress.ts';
import type { ProvidedCluster, Provider } from '../providers/provider.ts';
import { waitUntilReady } from '../providers/readiness.ts';
import { JsonFile } from '../store/json-file.ts';
import { watchHealth } from './health.ts';
import { kubectlLine } from './kubectl-line.ts';
import { noClusterError, problemOf, unknownProviderError, unreachableProblem } from './problems.ts';

const READY_DEADLINE_MS = 60_000;
/** Between attempts to bring back a cluster that has stopped answering. */
const RECOVERY_PAUSE_MS = 2000;

const activeSchema = z.object({
  active: z.object({ provider: providerIdSchema, name: z.string() }).optional(),
});
type Active = z.infer<typeof activeSchema>;

export interface ClusterServiceOptions {
  providers: readonly Provider[];
  /** The name of the cluster that the app makes. */
  name: string;
  /** Remembers the cluster for the next start. */
  active: JsonFile<Active>;
  platform: NodeJS.Platform;
  /** Told of what the user should know although the cluster runs. */
  onNotice?: (problem: Problem) => void;
  clock?: Clock;
  /** Makes the client of a cluster from its kubeconfig's text and path. */
  connect?: (kubeconfig: string, file: string) => KubeClient;
}

/** What the app remembers of its cluster between runs. */
export function openActiveCluster(directory: string): Promise<JsonFile<Active>> {
  return JsonFile.open({ path: join(directory, 'active-cluster.json'), schema: activeSchema, initial: {} });
}

/**
 * The one cluster that the app works with: made, found again after a restart, watched for whether it answers,
 * brought back when its process has died.
 */
export class ClusterService {
  readonly state = new Observable<ClusterState>({ phase: 'none', progress: [] });
  /** The client of the present cluster, as long as it has one that was ready. */
  readonly connection = new Observable<KubeClient | undefined>(undefined);
  readonly #providers: readonly Provider[];
  readonly #name: string;
  readonly #active: JsonFile<Active>;
  readonly #platform: NodeJS.Platform;
  readonly #onNotice: (problem: Problem) => void;
  readonly #clock: Clock;
  readonly #connect: (kubeconfig: string, file: string) => KubeClient;
  #work: Promise<void> = Promise.resolve();
  #cancel = new AbortController();
  #health: Disposable | undefined;
  #cluster: ProvidedCluster | undefined;

  constructor({
    providers,
    name,
    active,
    platform,
    onNotice = () => undefined,
    clock = systemClock,
    connect = createKubeClient,
  }: ClusterServiceOptions) {
    this.#providers = providers;
    this.#name = name;
    this.#active = active;
    this.#platform = platform;
    this.#onNotice = onNotice;
    this.#clock = clock;
    this.#connect = connect;
  }

  providers(): Promise<ProviderInfo[]> {
    return Promise.all(
      this.#providers.map(async (provider) => {
        const { id, name, description } = provider;
        return { id, name, description, ...(await provider.preflight()) };
      }),
    );
  }

  /** @throws AppError `no-cluster` */
  kube(): KubeClient {
    const { value } = this.connection;
    if (value === undefined) throw noClusterError();
    return value;
  }

  /** Finds or makes the cluster; {@link state} tells how it goes. Does nothing while that is under way. */
  create(id: ProviderId): void {
    const { phase, provider } = this.state.value;
    if (phase === 'creating' || phase === 'deleting' || (phase === 'ready' && provider === id)) return;
    this.state.set({ phase: 'creating', provider: id, name: this.#name, progress: [] });
    this.#run((signal) => this.#create(id, this.#name, signal));
  }

  /** Goes on with the cluster of the last run, when there was one. */
  resume(): void {
    const { active } = this.#active.value;
    if (active !== undefined) this.#run((signal) => this.#create(active.provider, active.name, signal));
  }

  /** Resolves when the cluster is gone. @throws AppError */
  async delete(): Promise<void> {
    this.#cancel.abort();
    await this.#work;
    const { active } = this.#active.value;
    if (active === undefined) {
      this.state.set({ phase: 'none', progress: [] });
      return;
    }
    this.state.set({ phase: 'deleting', provider: active.provider, name: active.name, progress: [] });
    try {
      await this.#disconnect();
      await this.#provider(active.provider).delete(active.name);
      await this.#active.update(() => ({}));
      this.state.set({ phase: 'none', progress: [] });
    } catch (error) {
      this.state.set({ phase: 'failed', provider: active.provider, progress: [], problem: problemOf(error) });
      throw error;
    }
  }

  /** Lets go of the cluster, and stops it when this process started it. Its state is kept. */
  async close(): Promise<void> {
    this.#cancel.abort();
    await this.#work;
    await this.#disconnect();
    await Promise.all(this.#providers.map((provider) => provider.release()));
    await this.#active.flush();
  }

  #run(work: (signal: AbortSignal) => Promise<void>): void {
    this.#cancel.abort();
    const cancel = new AbortController();
    this.#cancel = cancel;
    this.#work = this.#work.then(() => work(cancel.signal));
  }

  #provider(id: ProviderId): Provider {
    const provider = this.#providers.find((candidate) => candidate.id === id);
    if (provider === undefined) throw unknownProviderError(id);
    return provider;
  }

  /** Never rejects: a failure is a state. */
  async #create(id: ProviderId, name: string, signal: AbortSignal): Promise<void> {
    let steps: ProgressStep[] = [];
    const report = (more: ProgressStep[]): void => {
      if (!signal.aborted) this.state.set({ phase: 'creating', provider: id, name, progress: more });
    };
    try {
      await this.#disconnect();
      report([]);
      const provider = this.#provider(id);
      const cluster = await provider.ensure({ name, signal, onProgress: (more) => report((steps = more)) });
      for (const notice of cluster.notices ?? []) this.#onNotice(notice);
      await this.#active.update(() => ({ active: { provider: id, name } }));
      const before = steps;
      const progress = new Progress(
        { nodes: { en: 'Waiting for the nodes to be ready', ko: '노드 준비 대기' } },
        (more) => report((steps = [...before, ...more])),
      );
      progress.start('nodes');
      const kube = this.#connect(await readFile(cluster.kubeconfigPath, 'utf8'), cluster.kubeconfigPath);
      const { version, nodes } = await waitUntilReady(kube, {
        clock: this.#clock,
        signal,
        deadlineMs: READY_DEADLINE_MS,
      }).catch(async (error: unknown) => {
        progress.fail();
        await kube.close();
        throw error;
      });
      progress.finish();
      if (signal.aborted) {
        await kube.close();
        return;
      }
      this.#cluster = cluster;
      this.connection.set(kube);
      this.state.set({
        phase: 'ready',
        provider: id,
        name,
        progress: steps,
        server: { url: kube.server, version, nodes },
        kubeconfigPath: cluster.kubeconfigPath,
        kubectlLine: kubectlLine(cluster.kubeconfigPath, this.#platform),
      });
      this.#health = this.#watchHealth(kube);
    } catch (error) {
      if (signal.aborted) return;
      this.state.set({ phase: 'failed', provider: id, name, progress: steps, problem: problemOf(error) });
    }
  }

  /** Keeps the phase in step with whether the API answers. */
  #watchHealth(kube: KubeClient): Disposable {
    return watchHealth(kube, this.#clock, {
      answers: () => {
        if (this.state.value.phase !== 'unreachable') return;
        const { problem: _, ...rest } = this.state.value;
        this.state.set({ ...rest, phase: 'ready' });
      },
      silent: (error) => {
        if (this.state.value.phase !== 'ready') return;
        const problem = unreachableProblem(kube.server, error);
        this.state.set({ ...this.state.value, phase: 'unreachable', problem });
        this.#run((signal) => this.#recover(signal));
      },
    });
  }

  /** Asks the provider for the cluster again until it answers: what died is started from its state. */
  async #recover(signal: AbortSignal): Promise<void> {
    const needed = (): boolean => !signal.aborted && this.state.value.phase === 'unreachable';
    while (needed() && this.#cluster !== undefined) {
      const { provider: id, name, url } = this.#cluster;
      try {
        const cluster = await this.#provider(id).ensure({ name, signal, onProgress: () => undefined });
        for (const notice of cluster.notices ?? []) this.#onNotice(notice);
        // At another address, or with other credentials, everything that holds the old client changes over.
        if (cluster.url !== url || (cluster.notices ?? []).length > 0) {
          await this.#create(id, name, signal);
          return;
        }
      } catch (error) {
        if (needed()) this.state.set({ ...this.state.value, problem: problemOf(error) });
      }
      await this.#clock.sleep(RECOVERY_PAUSE_MS, signal).catch(() => undefined);
    }
  }

  async #disconnect(): Promise<void> {
    this.#health?.[Symbol.dispose]();
    this.#health = undefined;
    this.#cluster = undefined;
    const { value } = this.connection;
    this.connection.set(undefined);
    await value?.close();
  }
}
