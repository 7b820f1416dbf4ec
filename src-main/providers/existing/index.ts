import { homedir } from 'node:os';
import type { Clock } from '#emulator/clock.ts';
import { AppError, type Problem } from '#shared/app-error.ts';
import type { ClusterSource, KubeContext, Leftover, PreflightReport, SourceReport } from '#shared/cluster.ts';
import { systemClock } from '../../kube/time.ts';
import { Preflight, type PreflightChecks } from '../../preflight/check.ts';
import { requireClusterName } from '../cluster-name.ts';
import type { Connect } from '../open-kube.ts';
import { Progress } from '../progress.ts';
import type {
  ClusterListing,
  CreateOptions,
  LendingProvider,
  ProvidedCluster,
  Revival,
} from '../provider.ts';
import { waitUntilReady, type ReadyCluster } from '../readiness.ts';
import { chooseContext, listContexts, type ChosenContext } from './chosen-context.ts';
import { connectionError } from './connection-problems.ts';
import { inspectCluster, unusableError } from './inspect.ts';
import { ownKubeconfigFiles, readKubeconfig, writtenPath, type Kubeconfig } from './kubeconfig-file.ts';
import type { LabSpace } from './lab-space.ts';
import { ExistingRecords, isAbandoned, isCommandCluster, type ExistingRecord } from './record.ts';
import { goneProblem, noSourceError, replacedProblem } from './problems.ts';

const READY_DEADLINE_MS = 60_000;

const STEPS = {
  read: { en: 'Reading the kubeconfig', ko: 'kubeconfig 읽기' },
  look: { en: 'Looking at the cluster', ko: '클러스터 확인' },
  ready: { en: 'Waiting for nodes and DNS', ko: '노드와 DNS 준비 대기' },
};

export interface ExistingProviderOptions {
  /** Holds one folder for each cluster that is used. */
  directory: string;
  /** A kubeconfig file that is offered beside the user's own. */
  kubeconfig: string | undefined;
  env: Readonly<Record<string, string | undefined>>;
  labs: readonly LabSpace[];
  connect: Connect;
  checks: PreflightChecks;
  clock?: Clock;
}

/**
 * A cluster that somebody else made, known by its kubeconfig. Labs use namespaces of their own in it, or those that
 * were prepared for the learner; it is never made and never deleted. The user's kubeconfig is read, never written.
 */
export class ExistingProvider implements LendingProvider {
  readonly id = 'existing';
  readonly origin = 'given';
  readonly recommended = false;
  readonly name = { en: 'A cluster you have', ko: '이미 있는 클러스터' };
  readonly description = {
    en: 'Uses the cluster of a kubeconfig file. Labs make and delete namespaces of their own in it.',
    ko: 'kubeconfig 파일이 가리키는 클러스터를 사용합니다. 실습은 그 안에 전용 네임스페이스를 만들고 지웁니다.',
  };
  readonly #options: ExistingProviderOptions;
  readonly #clock: Clock;
  readonly #records: ExistingRecords;
  readonly #preflight: Preflight;

  constructor(options: ExistingProviderOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#records = new ExistingRecords(options.directory);
    this.#preflight = new Preflight(this.id, options.checks);
  }

  preflight(): Promise<PreflightReport> {
    return this.#preflight.run();
  }

  mend(item: string, mend: string): Promise<void> {
    return this.#preflight.mend(item, mend);
  }

  async contexts(file: string | undefined): Promise<{ contexts: KubeContext[]; problems: Problem[] }> {
    if (file === undefined) {
      const { kubeconfig } = this.#options;
      const given =
        kubeconfig === undefined
          ? { contexts: [], problems: [] }
          : listContexts(await readKubeconfig([writtenPath(kubeconfig)]));
      const own = listContexts(await readKubeconfig(this.#ownFiles()));
      // Of a given file the user knows; their own need not be there then.
      const problems =
        given.contexts.length > 0
          ? own.problems.filter(({ code }) => code !== 'kubeconfig-missing')
          : own.problems;
      const contexts = own.contexts.filter(
        (one) => !given.contexts.some((other) => other.file === one.file && other.context === one.context),
      );
      return { contexts: [...given.contexts, ...contexts], problems: [...given.problems, ...problems] };
    }
    const listed = listContexts(await readKubeconfig([writtenPath(file)]));
    const [problem] = listed.problems;
    if (listed.contexts.length === 0 && problem !== undefined) throw new AppError(problem);
    return listed;
  }

  async inspect(source: ClusterSource): Promise<SourceReport> {
    return (await this.#inspect(await this.#choose(source))).report;
  }

  async list(): Promise<ClusterListing[]> {
    const names = await this.#records.names();
    const records = await Promise.all(names.map((name) => this.#records.read(name)));
    return names.flatMap((name, index) => {
      const record = records[index];
      if (record === undefined || isCommandCluster(name)) return [];
      const { server: url, usedSince: createdAt } = record;
      const kubeconfigPath = this.#records.kubeconfig(name);
      return [{ provider: this.id, name, state: 'running' as const, url, kubeconfigPath, createdAt }];
    });
  }

  /** Private copies of kubeconfigs whose cluster never came into use. */
  async leftovers(): Promise<Leftover[]> {
    const names = await this.#records.names();
    const records = await Promise.all(names.map((name) => this.#records.read(name)));
    return names
      .filter((name, index) => (isCommandCluster(name) ? isAbandoned(name) : records[index] === undefined))
      .map((name) => ({
        provider: this.id,
        name,
        text: {
          en: `A private copy of a kubeconfig ("${name}") is left of an attempt that was interrupted.`,
          ko: `중단된 시도에서 kubeconfig의 개인 사본("${name}")이 남았습니다.`,
        },
      }));
  }

  async create({ name, onProgress, signal, source }: CreateOptions): Promise<ProvidedCluster> {
    requireClusterName(name);
    const progress = new Progress(STEPS, onProgress);
    try {
      progress.start('read');
      const known = source ?? (await this.#records.read(name))?.source;
      if (known === undefined) throw noSourceError();
      const chosen = await this.#choose(known);
      progress.start('look');
      const looked = await this.#inspect(chosen);
      const { report, uid } = looked;
      const unusable = unusableError(looked);
      if (unusable !== undefined) throw unusable;
      progress.start('ready');
      const ready = await this.#ready(chosen, signal);
      signal.throwIfAborted();
      const record: ExistingRecord = {
        source: chosen.source,
        server: report.server,
        ...(uid !== undefined && { uid }),
        usedSince: new Date(this.#clock.now()).toISOString(),
      };
      await this.#records.write(name, record, chosen.kubeconfig);
      progress.finish();
      return this.#provided(name, chosen, report, ready);
    } catch (error) {
      progress.fail();
      throw error;
    }
  }

  /** What the user's kubeconfig says today counts, as long as it is the cluster that they have confirmed. */
  async revive(name: string, signal: AbortSignal): Promise<Revival> {
    const record = await this.#records.read(name);
    if (record === undefined) return { state: 'gone', problem: goneProblem(name) };
    let chosen: ChosenContext;
    try {
      chosen = await this.#choose(record.source);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const gone = ['kubeconfig-missing', 'context-unknown'].includes(error.problem.code);
      return { state: gone ? 'gone' : 'waiting', problem: error.problem };
    }
    if (chosen.server !== record.server)
      return { state: 'gone', problem: replacedProblem(record.source.context, record.server, chosen.server) };
    try {
      const looked = await this.#inspect(chosen);
      const { report, uid } = looked;
      if (record.uid !== undefined && uid !== undefined && uid !== record.uid)
        return {
          state: 'gone',
          problem: replacedProblem(record.source.context, record.server, chosen.server),
        };
      const unusable = unusableError(looked);
      if (unusable !== undefined) return { state: 'waiting', problem: unusable.problem };
      const ready = await this.#ready(chosen, signal);
      await this.#records.writeKubeconfig(name, chosen.kubeconfig);
      return { state: 'running', cluster: this.#provided(name, chosen, report, ready) };
    } catch (error) {
      if (error instanceof AppError) return { state: 'waiting', problem: error.problem };
      throw error;
    }
  }

  attend(): Disposable {
    return { [Symbol.dispose]: () => undefined };
  }

  release(): Promise<void> {
    return Promise.resolve();
  }

  /** Forgets the cluster and the private copy of its kubeconfig; what is in it is not ours to delete unasked. */
  async delete(name: string): Promise<void> {
    requireClusterName(name);
    await this.#records.remove(name);
  }

  #ownFiles(): string[] {
    return ownKubeconfigFiles(this.#options.env, homedir());
  }

  /** A context of one of the user's own files may name a cluster in another of them, as with kubectl. */
  async #choose({ file, context }: ClusterSource): Promise<ChosenContext> {
    const path = writtenPath(file);
    const own = this.#ownFiles();
    let config: Kubeconfig = await readKubeconfig([path]);
    if (own.length > 1 && own.includes(path) && config.contexts.has(context))
      config = await readKubeconfig([path, ...own.filter((other) => other !== path)]);
    return chooseContext(config, { file: path, context });
  }

  #inspect(chosen: ChosenContext): ReturnType<typeof inspectCluster> {
    const { labs, connect } = this.#options;
    return inspectCluster(chosen, { labs, connect, clock: this.#clock });
  }

  async #ready(chosen: ChosenContext, signal: AbortSignal): Promise<ReadyCluster> {
    const kube = this.#options.connect(chosen.kubeconfig, chosen.source.file);
    try {
      return await waitUntilReady(kube, {
        clock: this.#clock,
        signal,
        deadlineMs: READY_DEADLINE_MS,
        needs: { nodes: 'some' },
      });
    } catch (error) {
      throw signal.aborted ? error : connectionError(chosen.server, error);
    } finally {
      await kube.close();
    }
  }

  #provided(name: string, chosen: ChosenContext, report: SourceReport, ready: ReadyCluster): ProvidedCluster {
    const { tenancy, source } = chosen;
    return {
      provider: this.id,
      name,
      title: source.context,
      kubeconfigPath: this.#records.kubeconfig(name),
      server: {
        url: report.server,
        version: ready.version,
        nodes: Math.max(ready.nodes, report.capabilities.nodes),
      },
      capabilities: report.capabilities,
      reach: { nodePorts: [] },
      ...(tenancy !== undefined && { tenancy: { learner: tenancy.learner, prefix: tenancy.prefix } }),
      notices: report.problems,
    };
  }
}
