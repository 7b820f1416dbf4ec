import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '#emulator/clock.ts';
import type { Problem } from '#shared/app-error.ts';
import {
  providerIdSchema,
  type ClusterSource,
  type ClusterState,
  type KubeContext,
  type Leftover,
  type PreflightReport,
  type ProgressStep,
  type ProviderId,
  type ProviderInfo,
  type SourceReport,
} from '#shared/cluster.ts';
import { createKubeClient, type KubeClient } from '../kube/client.ts';
import { systemClock } from '../kube/time.ts';
import { Observable } from '../observable.ts';
import type { ClusterConnection } from '../providers/open-cluster.ts';
import type { Connect } from '../providers/open-kube.ts';
import {
  isLending,
  type LendingProvider,
  type ProvidedCluster,
  type Provider,
} from '../providers/provider.ts';
import { JsonFile } from '../store/json-file.ts';
import { watchHealth } from './health.ts';
import { kubectlLine } from './kubectl-line.ts';
import { noClusterError, problemOf, unknownProviderError, unreachableProblem } from './problems.ts';

/** Between attempts to bring back a cluster that has stopped answering. */
const RECOVERY_PAUSE_MS = 2000;

const activeSchema = z.object({
  active: z.object({ provider: providerIdSchema, name: z.string() }).optional(),
});
type Active = z.infer<typeof activeSchema>;
type ActiveCluster = NonNullable<Active['active']>;

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
  connect?: Connect;
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
  /** What interrupted attempts of an earlier run left behind. */
  readonly leftovers = new Observable<Leftover[]>([]);
  /** The present cluster as its provider describes it, with a client, as long as there is one that was ready. */
  readonly connection = new Observable<ClusterConnection | undefined>(undefined);
  readonly #providers: readonly Provider[];
  readonly #name: string;
  readonly #active: JsonFile<Active>;
  readonly #platform: NodeJS.Platform;
  readonly #onNotice: (problem: Problem) => void;
  readonly #clock: Clock;
  readonly #connect: Connect;
  #work: Promise<void> = Promise.resolve();
  #cancel = new AbortController();
  /** What goes on while there is a connection: the look after its health, and what its provider does for it. */
  #attending: Disposable[] = [];
  /** The kubeconfig that the connection was made with. */
  #kubeconfig = '';

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

  providers(): ProviderInfo[] {
    return this.#providers.map(({ id, name, description, origin, recommended }) => ({
      id,
      name,
      description,
      origin,
      recommended,
    }));
  }

  preflight(id: ProviderId): Promise<PreflightReport> {
    return this.#provider(id).preflight();
  }

  /** Does what a finding offers, and looks again. */
  async mend(id: ProviderId, item: string, mend: string): Promise<PreflightReport> {
    const provider = this.#provider(id);
    await provider.mend(item, mend);
    await this.lookForLeftovers();
    return provider.preflight();
  }

  contexts(file: string | undefined): Promise<{ contexts: KubeContext[]; problems: Problem[] }> {
    return this.#lender().contexts(file);
  }

  inspect(source: ClusterSource): Promise<SourceReport> {
    return this.#lender().inspect(source);
  }

  /** @throws AppError `no-cluster` */
  kube(): KubeClient {
    const { value } = this.connection;
    if (value === undefined) throw noClusterError();
    return value.kube;
  }

  /** Finds or makes the cluster; {@link state} tells how it goes. Does nothing while that is under way. */
  create(id: ProviderId, source?: ClusterSource): void {
    const { phase, provider } = this.state.value;
    if (phase === 'creating' || phase === 'cancelling' || phase === 'deleting') return;
    if (phase === 'ready' && provider === id && source === undefined) return;
    this.state.set({ phase: 'creating', provider: id, name: this.#name, progress: [] });
    this.#run((signal) => this.#create(id, this.#name, signal, source));
  }

  /** Gives up the making of a cluster. Resolves when nothing of it is left. */
  async cancel(): Promise<void> {
    if (this.state.value.phase !== 'creating') return;
    this.state.set({ ...this.state.value, phase: 'cancelling' });
    this.#cancel.abort();
    await this.#work;
    this.state.set({ phase: 'none', progress: [] });
    await this.lookForLeftovers();
  }

  /** Goes on with the cluster of the last run, when there was one. */
  resume(): void {
    const { active } = this.#active.value;
    if (active !== undefined) {
      this.state.set({ phase: 'creating', provider: active.provider, name: active.name, progress: [] });
      this.#run((signal) => this.#resume(active, signal));
    }
    void this.lookForLeftovers();
  }

  async lookForLeftovers(): Promise<void> {
    const found = await Promise.all(
      this.#providers.map((provider) => provider.leftovers().catch((): Leftover[] => [])),
    );
    this.leftovers.set(found.flat());
  }

  /** @throws AppError when it could not be deleted, for example since its engine is stopped */
  async deleteLeftover(id: ProviderId, name: string): Promise<void> {
    const isLeftover = (await this.#provider(id).leftovers()).some((leftover) => leftover.name === name);
    if (isLeftover) await this.#provider(id).delete(name);
    await this.lookForLeftovers();
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

  #lender(): LendingProvider {
    const lender = this.#providers.find(isLending);
    if (lender === undefined) throw unknownProviderError('existing');
    return lender;
  }

  /** Never rejects: a failure is a state. */
  async #create(id: ProviderId, name: string, signal: AbortSignal, source?: ClusterSource): Promise<void> {
    let steps: ProgressStep[] = [];
    const report = (more: ProgressStep[]): void => {
      if (!signal.aborted)
        this.state.set({ phase: 'creating', provider: id, name, progress: (steps = more) });
    };
    try {
      await this.#disconnect();
      report([]);
      const cluster = await this.#provider(id).create({ name, signal, onProgress: report, source });
      await this.#active.update(() => ({ active: { provider: id, name: cluster.name } }));
      await this.#use(cluster, steps, signal);
    } catch (error) {
      if (!signal.aborted)
        this.state.set({ phase: 'failed', provider: id, name, progress: steps, problem: problemOf(error) });
    }
  }

  /** Never rejects. What cannot be reached now may come back; the app waits for it, and shows the labs as they were left. */
  async #resume(active: ActiveCluster, signal: AbortSignal): Promise<void> {
    const { provider: id, name } = active;
    const report = (progress: ProgressStep[]): void => {
      if (!signal.aborted) this.state.set({ phase: 'creating', provider: id, name, progress });
    };
    await this.#revive(active, signal, report);
    if (this.state.value.phase === 'unreachable') await this.#recover(active, signal);
  }

  /** Asks the provider after a cluster, once. Never rejects. */
  async #revive(
    { provider: id, name }: ActiveCluster,
    signal: AbortSignal,
    report?: (steps: ProgressStep[]) => void,
  ): Promise<void> {
    try {
      const revival = await this.#provider(id).revive(name, signal, report);
      if (signal.aborted || this.state.value.phase === 'ready') return;
      if (revival.state === 'running') await this.#useAgain(revival.cluster, signal);
      else if (revival.state === 'gone') await this.#lose(id, revival.problem);
      else this.#miss(id, name, revival.problem);
    } catch (error) {
      if (!signal.aborted && this.state.value.phase !== 'ready') this.#miss(id, name, problemOf(error));
    }
  }

  /** At another address, or with other credentials, everything that holds the old client changes over. */
  async #useAgain(cluster: ProvidedCluster, signal: AbortSignal): Promise<void> {
    const kubeconfig = await readFile(cluster.kubeconfigPath, 'utf8');
    if (this.connection.value !== undefined && kubeconfig === this.#kubeconfig) return;
    await this.#disconnect();
    await this.#use(cluster, [], signal);
  }

  #miss(id: ProviderId, name: string, problem: Problem): void {
    const known =
      this.connection.value === undefined ? { provider: id, name, progress: [] } : this.state.value;
    this.state.set({ ...known, phase: 'unreachable', problem });
  }

  /** Connects to a cluster that is ready. */
  async #use(cluster: ProvidedCluster, progress: ProgressStep[], signal: AbortSignal): Promise<void> {
    const kubeconfig = await readFile(cluster.kubeconfigPath, 'utf8');
    const kube = this.#connect(kubeconfig, cluster.kubeconfigPath);
    if (signal.aborted) {
      await kube.close();
      return;
    }
    for (const notice of cluster.notices) this.#onNotice(notice);
    this.#kubeconfig = kubeconfig;
    this.connection.set({ cluster, kube });
    this.state.set({
      phase: 'ready',
      provider: cluster.provider,
      name: cluster.title,
      progress,
      server: cluster.server,
      capabilities: cluster.capabilities,
      reach: cluster.reach,
      ...(cluster.tenancy !== undefined && { learner: cluster.tenancy.learner }),
      kubeconfigPath: cluster.kubeconfigPath,
      kubectlLine: kubectlLine(cluster.kubeconfigPath, this.#platform),
    });
    this.#attending = [
      this.#watchHealth(kube, cluster),
      this.#provider(cluster.provider).attend(cluster.name, kube, (reach) => {
        if (this.connection.value?.kube === kube) this.state.set({ ...this.state.value, reach });
      }),
    ];
  }

  /** Keeps the phase in step with whether the API answers. */
  #watchHealth(kube: KubeClient, cluster: ProvidedCluster): Disposable {
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
        const { provider, name } = cluster;
        this.#run((signal) => this.#recover({ provider, name }, signal));
      },
    });
  }

  /** Asks the provider after the cluster until it answers: what died is started again from its state. */
  async #recover(active: ActiveCluster, signal: AbortSignal): Promise<void> {
    const needed = (): boolean => !signal.aborted && this.state.value.phase === 'unreachable';
    while (needed()) {
      await this.#revive(active, signal);
      if (needed()) await this.#clock.sleep(RECOVERY_PAUSE_MS, signal).catch(() => undefined);
    }
  }

  /** The cluster will not come back: the app goes on without one. */
  async #lose(id: ProviderId, problem: Problem): Promise<void> {
    await this.#disconnect();
    await this.#active.update(() => ({}));
    this.state.set({ phase: 'gone', provider: id, progress: [], problem });
  }

  async #disconnect(): Promise<void> {
    for (const attending of this.#attending.splice(0)) attending[Symbol.dispose]();
    const { value } = this.connection;
    this.connection.set(undefined);
    await value?.kube.close();
  }
}
