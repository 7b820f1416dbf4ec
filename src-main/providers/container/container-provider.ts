import { join } from 'node:path';
import { claimProcessFile, readLiveProcess } from '#emulator/process-file.ts';
import { makeDirectory } from '#emulator/make-directory.ts';
import { AppError } from '#shared/app-error.ts';
import type { Leftover, PreflightReport, ProgressStep } from '#shared/cluster.ts';
import type { LocalizedText } from '#shared/locale.ts';
import type { Clock } from '#emulator/clock.ts';
import type { CommandRunner } from '../../command/command.ts';
import { cancelledError, CommandFailedError } from '../../command/errors.ts';
import { CommandLog } from '../../command/log.ts';
import { askEngines, candidateEngines, firstRunning, type RunningEngine } from '../../engine/choice.ts';
import { Engine } from '../../engine/engine.ts';
import type { EngineId } from '../../engine/engine-id.ts';
import type { OperatingSystem } from '../../host/platform.ts';
import type { KubeClient } from '../../kube/client.ts';
import { Preflight, type PreflightChecks } from '../../preflight/check.ts';
import { unwritableError } from '../../store/problems.ts';
import { requireClusterName } from '../cluster-name.ts';
import { explainSilence } from '../failures/advice.ts';
import { failureError } from '../failures/explain.ts';
import { openKube, type Connect } from '../open-kube.ts';
import { Progress } from '../progress.ts';
import type { ClusterListing, CreateOptions, ProvidedCluster, Provider, Revival } from '../provider.ts';
import { waitUntilReady, type ReadyCluster } from '../readiness.ts';
import type { StepTimes } from '../step-times.ts';
import { makeCluster } from './make-cluster.ts';
import { findContainers } from './ownership.ts';
import { reachOf, type PortProbe } from './ports.ts';
import {
  beingMadeError,
  deletedElsewhereProblem,
  engineStoppedProblem,
  ingressProblem,
  leftoverText,
  noEngineError,
  pausedProblem,
  replacedElsewhereProblem,
} from './problems.ts';
import { ContainerRecords, type ContainerRecord } from './record.ts';
import { endLeftProcesses } from './tool-process.ts';
import { COMMON_STEPS, type ClusterTool } from './tool.ts';

/** Of one attempt to bring a cluster back; whoever waits for it tries again. */
const REVIVE_DEADLINE_MS = 60_000;
const DELETE_DEADLINE_MS = 3 * 60_000;
const REMAINS_DEADLINE_MS = 30_000;

const GO_ON_STEPS = {
  nodes: { en: 'Starting the nodes', ko: '노드 시작' },
  ready: COMMON_STEPS.ready,
};

export interface ContainerProviderOptions {
  tool: ClusterTool;
  /** Holds one folder for each cluster. */
  directory: string;
  /** Holds the logs. */
  logDirectory: string;
  run: CommandRunner;
  connect: Connect;
  /** Images that labs run: they are in every node before the first pod wants one. */
  labImages: readonly string[];
  stepTimes: StepTimes;
  system: OperatingSystem;
  /** The engine that the user insists on (`KIND_EXPERIMENTAL_PROVIDER`). */
  preferredEngine: EngineId | undefined;
  isPortFree: PortProbe;
  clock: Clock;
  checks: PreflightChecks;
}

/** Clusters whose nodes are containers, made by kind or k3d in docker, podman or nerdctl. */
export class ContainerProvider implements Provider {
  readonly id: ClusterTool['id'];
  readonly name: LocalizedText;
  readonly description: LocalizedText;
  readonly origin = 'made';
  readonly recommended = false;
  readonly #preflight: Preflight;
  readonly #options: ContainerProviderOptions;
  readonly #tool: ClusterTool;
  readonly #records: ContainerRecords;
  /** What is attended to needs the network's addresses, which only the engine knows. */
  readonly #subnets = new Map<string, string>();

  constructor(options: ContainerProviderOptions) {
    this.#options = options;
    this.#tool = options.tool;
    this.#records = new ContainerRecords(options.directory);
    this.id = options.tool.id;
    this.name = options.tool.name;
    this.description = options.tool.description;
    this.#preflight = new Preflight(options.tool.id, options.checks);
  }

  async preflight(): Promise<PreflightReport> {
    const [report, estimates] = await Promise.all([
      this.#preflight.run(),
      this.#options.stepTimes.estimates(this.id),
    ]);
    const estimateMs = Object.values(estimates).reduce((sum, ms) => sum + ms, 0);
    return { ...report, ...(estimateMs > 0 && { estimateMs }) };
  }

  mend(item: string, mend: string): Promise<void> {
    return this.#preflight.mend(item, mend);
  }

  async list(): Promise<ClusterListing[]> {
    const names = await this.#records.names();
    const listings = await Promise.all(
      names.map(async (name): Promise<ClusterListing | undefined> => {
        const record = await this.#records.read(name);
        if (record === undefined) return undefined;
        return {
          provider: this.id,
          name,
          state: record.state === 'making' ? 'half-made' : await this.#runState(record),
          kubeconfigPath: this.#records.kubeconfig(name),
          createdAt: record.createdAt,
        };
      }),
    );
    return listings.filter((listing) => listing !== undefined);
  }

  async leftovers(): Promise<Leftover[]> {
    const names = await this.#records.names();
    const found = await Promise.all(
      names.map(async (name): Promise<Leftover | undefined> => {
        const record = await this.#records.read(name);
        if (record?.state !== 'making' || (await this.#isBeingMade(name))) return undefined;
        return { provider: this.id, name, text: leftoverText(record.cluster, record.createdAt) };
      }),
    );
    return found.filter((leftover) => leftover !== undefined);
  }

  async create(options: CreateOptions): Promise<ProvidedCluster> {
    const { name, onProgress, signal } = options;
    requireClusterName(name);
    const folder = this.#records.folder(name);
    await makeDirectory(folder).catch((cause: unknown) => {
      throw unwritableError(folder, cause);
    });
    const claim = await claimProcessFile(join(folder, 'making.json'));
    if ('pid' in claim) throw beingMadeError(name, claim.pid);
    const log = await CommandLog.open(this.#logFile(name));
    try {
      if (await this.#isThere(name, signal)) {
        const revival = await this.revive(name, signal, onProgress);
        if (revival.state === 'running') return revival.cluster;
        throw new AppError(revival.problem);
      }
      const estimates = await this.#options.stepTimes.estimates(this.id);
      return await this.#make(
        name,
        new Progress({ ...this.#tool.steps }, onProgress, { estimates }),
        log,
        signal,
      );
    } finally {
      await log.close();
      await claim.release();
      await this.#records.removeEmpty(name);
    }
  }

  async revive(
    name: string,
    signal: AbortSignal,
    onProgress: (steps: ProgressStep[]) => void = () => undefined,
  ): Promise<Revival> {
    const progress = new Progress(GO_ON_STEPS, onProgress);
    progress.start('nodes');
    try {
      return await this.#revive(name, progress, signal);
    } catch (error) {
      progress.fail();
      throw this.#explained(error, signal);
    }
  }

  async #revive(name: string, progress: Progress, signal: AbortSignal): Promise<Revival> {
    const record = await this.#records.read(name);
    if (record === undefined) return { state: 'gone', problem: deletedElsewhereProblem(name) };
    const engine = this.#engine(record.engine);
    const state = await engine.state(signal);
    if (state.state !== 'running')
      return {
        state: 'waiting',
        problem: engineStoppedProblem(record.engine, state.state === 'stopped' ? state.words : ''),
      };
    const { ours, foreign } = await findContainers(engine, this.#tool, record, signal);
    if (ours.length === 0)
      return {
        state: 'gone',
        problem: (foreign.length > 0 ? replacedElsewhereProblem : deletedElsewhereProblem)(record.cluster),
      };
    const paused = ours.filter(({ status }) => status === 'paused').map((container) => container.name);
    if (paused.length > 0)
      return { state: 'waiting', problem: pausedProblem(record.cluster, record.engine, paused) };
    const stopped = ours.filter(({ status }) => status !== 'running' && status !== 'restarting');
    if (stopped.length > 0)
      await engine.start(
        stopped.map(({ id }) => id),
        { signal },
      );
    progress.start('ready');
    const ready = await this.#untilReady(name, signal);
    progress.finish();
    return { state: 'running', cluster: await this.#provided(name, record, ready, signal) };
  }

  attend(name: string, kube: KubeClient): Disposable {
    const subnet = this.#subnets.get(name);
    return subnet === undefined ? { [Symbol.dispose]: () => undefined } : this.#tool.attend(kube, { subnet });
  }

  /** Its containers go on: they are the user's cluster, and starting them again would take a minute. */
  release(): Promise<void> {
    return Promise.resolve();
  }

  async delete(name: string): Promise<void> {
    requireClusterName(name);
    const record = await this.#records.read(name);
    if (record !== undefined)
      await this.#removeContainers(name, record).catch((error: unknown) => {
        throw this.#explained(error, undefined, { engine: record.engine, cluster: record.cluster });
      });
    await this.#records.remove(name);
  }

  /** Whether the cluster is whole and still there. What is left of one that is not is removed. */
  async #isThere(name: string, signal: AbortSignal): Promise<boolean> {
    const record = await this.#records.read(name);
    if (record === undefined) return false;
    try {
      if (record.state === 'ready') {
        const { ours } = await findContainers(this.#engine(record.engine), this.#tool, record, signal);
        if (ours.length > 0) return true;
      }
      await this.#removeContainers(name, record);
      return false;
    } catch (error) {
      throw this.#explained(error, signal, { engine: record.engine, cluster: record.cluster });
    }
  }

  async #make(
    name: string,
    progress: Progress,
    log: CommandLog,
    signal: AbortSignal,
  ): Promise<ProvidedCluster> {
    const { engine, info } = await this.#runningEngine(signal);
    try {
      const work = { name, engine, info, records: this.#records, progress, log, signal };
      const { record, ready } = await makeCluster({ ...this.#options, ...work });
      progress.finish();
      await this.#options.stepTimes.add(this.id, progress.durations);
      return await this.#provided(name, record, ready, signal);
    } catch (error) {
      const step = progress.current?.text;
      const explained = this.#explained(error, signal, {
        engine: engine.id,
        cluster: name,
        log,
        ...(step !== undefined && { step }),
      });
      progress.fail();
      // Somebody else made a cluster of this name in the same moment. What is there now is theirs, however young.
      const nothingMade = explained instanceof AppError && explained.problem.code === 'cluster-exists';
      // Nothing half-made is left; when even that fails, the record stays, and says at the next start what to delete.
      await (nothingMade ? this.#records.remove(name) : this.delete(name)).catch((failure: unknown) =>
        log.add(`clean-up failed: ${String(failure)}`),
      );
      throw explained;
    }
  }

  async #untilReady(name: string, signal: AbortSignal): Promise<ReadyCluster> {
    const kube = await openKube(this.#records.kubeconfig(name), this.#options.connect);
    try {
      return await waitUntilReady(kube, {
        clock: this.#options.clock,
        signal,
        deadlineMs: REVIVE_DEADLINE_MS,
        needs: { nodes: 'all' },
      });
    } finally {
      await kube.close();
    }
  }

  async #provided(
    name: string,
    record: ContainerRecord,
    ready: ReadyCluster,
    signal: AbortSignal,
  ): Promise<ProvidedCluster> {
    const subnet = await this.#engine(record.engine).subnet(this.#tool.network(record.cluster), { signal });
    if (subnet !== undefined) this.#subnets.set(name, subnet);
    const { withoutIngress } = record;
    const { ingress, nodePorts } = reachOf(record.ports, this.#tool.workerNames(record.cluster));
    return {
      provider: this.id,
      name,
      title: record.cluster,
      kubeconfigPath: this.#records.kubeconfig(name),
      server: { url: ready.url, version: ready.version, nodes: ready.nodes },
      capabilities: {
        nodes: ready.schedulable,
        has: [
          'loadBalancer',
          ...(withoutIngress === undefined ? (['ingress'] as const) : []),
          'hostPorts',
          'realSourceIp',
        ],
        missing: withoutIngress === undefined ? {} : { ingress: withoutIngress },
      },
      reach: { nodePorts, ...(withoutIngress === undefined && ingress !== undefined && { ingress }) },
      notices: withoutIngress === undefined ? [] : [ingressProblem(withoutIngress)],
    };
  }

  async #runningEngine(signal: AbortSignal): Promise<RunningEngine> {
    const ids = this.#engineIds();
    const asked = await askEngines(ids, this.#options.run, signal);
    const running = firstRunning(asked);
    if (running !== undefined) return running;
    for (const { engine, state } of asked)
      if (state.state === 'stopped') throw this.#stopped(engine.id, state.words);
    throw noEngineError(this.#tool.id, ids);
  }

  /** An engine that does not answer, with what its words say of the reason: it is off, or the user may not use it. */
  #stopped(engine: EngineId, words: string): AppError {
    const { system } = this.#options;
    const explained = explainSilence({ engine, tool: this.#tool.id, cluster: '', system }, words);
    return new AppError(explained ?? engineStoppedProblem(engine, words));
  }

  #engineIds(): readonly EngineId[] {
    return candidateEngines(this.#tool.engines, this.#options.preferredEngine);
  }

  #engine(id: EngineId): Engine {
    return new Engine(id, this.#options.run);
  }

  async #removeContainers(name: string, record: ContainerRecord): Promise<void> {
    await endLeftProcesses(this.#records.toolProcesses(name));
    const engine = this.#engine(record.engine);
    const { ours, foreign } = await findContainers(engine, this.#tool, record);
    // The tool deletes by name, and would take what is not ours along.
    if (ours.length > 0 && foreign.length === 0)
      await this.#options
        .run(this.#tool.deleteCommand(record.engine, record.cluster, this.#records.kubeconfig(name)), {
          deadlineMs: DELETE_DEADLINE_MS,
        })
        // Whether it is installed and does its work or not: what is left is removed below.
        .catch(() => undefined);
    const left = await findContainers(engine, this.#tool, record);
    await engine.remove(left.ours.map(({ id }) => id));
    if (left.foreign.length > 0) return;
    for (const command of this.#tool.remainsCommands(record.engine, record.cluster))
      await this.#options.run(command, { deadlineMs: REMAINS_DEADLINE_MS }).catch(() => undefined);
  }

  async #runState(record: ContainerRecord): Promise<'running' | 'stopped'> {
    try {
      const { ours } = await findContainers(this.#engine(record.engine), this.#tool, record);
      return ours.length > 0 && ours.every(({ status }) => status === 'running') ? 'running' : 'stopped';
    } catch {
      return 'stopped';
    }
  }

  /** Whether a process that still runs makes this cluster just now. */
  async #isBeingMade(name: string): Promise<boolean> {
    return (await readLiveProcess(join(this.#records.folder(name), 'making.json'))) !== undefined;
  }

  /** What to show of a failure: a cancel as it is, the words of a program explained, everything else as it is. */
  #explained(
    error: unknown,
    signal: AbortSignal | undefined,
    {
      engine = this.#engineIds()[0] ?? 'docker',
      cluster = '',
      step = COMMON_STEPS.ready,
      log,
    }: { engine?: EngineId; cluster?: string; step?: LocalizedText; log?: CommandLog } = {},
  ): unknown {
    if (signal?.aborted === true) return cancelledError();
    if (!(error instanceof CommandFailedError)) return error;
    return failureError(
      {
        engine,
        tool: this.#tool.id,
        cluster,
        system: this.#options.system,
        step,
        output: [...error.result.stdout.split('\n'), ...error.result.stderr.split('\n')],
        killed: error.result.exitCode === undefined,
        log,
      },
      error,
    );
  }

  #logFile(name: string): string {
    return join(this.#options.logDirectory, `${this.id}-${name}.log`);
  }
}
