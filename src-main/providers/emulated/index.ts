import { readFile, readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeDirectory } from '#emulator/make-directory.ts';
import { processArguments, type ProcessArguments, type ProcessMessage } from '#emulator/process-arguments.ts';
import { readLiveProcess } from '#emulator/process-file.ts';
import { isProcessAlive } from '#emulator/process-identity.ts';
import type { Clock } from '#emulator/clock.ts';
import { AppError, type Problem } from '#shared/app-error.ts';
import {
  CAPABILITIES,
  type Capability,
  type PreflightReport,
  type ProgressStep,
  type Reach,
} from '#shared/cluster.ts';
import { cancelledError } from '../../command/errors.ts';
import type { KubeClient } from '../../kube/client.ts';
import { systemClock } from '../../kube/time.ts';
import { Preflight, type PreflightChecks } from '../../preflight/check.ts';
import { writeAtomically } from '../../store/atomic-write.ts';
import { corruptFileProblem, unwritableError } from '../../store/problems.ts';
import { isClusterName, requireClusterName } from '../cluster-name.ts';
import { openKube, type Connect } from '../open-kube.ts';
import { Progress } from '../progress.ts';
import type { ClusterListing, CreateOptions, ProvidedCluster, Provider, Revival } from '../provider.ts';
import { waitUntilReady } from '../readiness.ts';
import type { ClusterLauncher, LaunchedProcess } from './launcher.ts';
import { startDeadlineError, startFailedError } from './problems.ts';
import { followReach, readReach } from './reach.ts';
import { clusterRecordSchema, logTail, portOf, type ClusterRecord } from './record.ts';

/** Starting takes a fraction of a second; a laptop that has just woken up may need far longer. */
const START_DEADLINE_SECONDS = 30;
/** Writing the state takes milliseconds; after this the process is ended by force. */
const STOP_DEADLINE_SECONDS = 8;
const READY_DEADLINE_MS = 60_000;

const STEPS = {
  process: { en: 'Starting the emulated cluster', ko: '에뮬레이션 클러스터 시작' },
  api: { en: 'Waiting for the Kubernetes API to answer', ko: 'Kubernetes API 응답 대기' },
  ready: { en: 'Waiting for nodes and DNS', ko: '노드와 DNS 준비 대기' },
};

/** What needs the addresses of load balancers. The Ingress controller stands behind one. */
const BY_LOAD_BALANCER: readonly Capability[] = ['loadBalancer', 'ingress'];
const SWITCHED_OFF = {
  en: 'It was switched off for this cluster; on again with: switchyard cluster create --load-balancer',
  ko: '이 클러스터에서는 꺼져 있습니다. 다시 켜려면: switchyard cluster create --load-balancer',
};

export interface EmulatedProviderOptions {
  /** Holds one folder for each cluster. */
  directory: string;
  launch: ClusterLauncher;
  /** On whose behalf clusters are started. */
  startedBy: ClusterRecord['startedBy'];
  connect: Connect;
  checks: PreflightChecks;
  clock?: Clock;
}

/** Clusters that this product emulates, each in a process of its own and a folder of its own. */
export class EmulatedProvider implements Provider {
  readonly id = 'emulated';
  readonly name = { en: 'Built-in cluster', ko: '내장 클러스터' };
  readonly description = {
    en: 'Starts in a second or two, with nothing to install. Your own kubectl works with it.',
    ko: '설치할 것 없이 1~2초 만에 시작됩니다. 사용하던 kubectl이 그대로 동작합니다.',
  };
  readonly origin = 'made';
  readonly recommended = true;
  readonly #directory: string;
  readonly #launch: ClusterLauncher;
  readonly #startedBy: ClusterRecord['startedBy'];
  readonly #connect: Connect;
  readonly #preflight: Preflight;
  readonly #clock: Clock;
  readonly #started = new Map<string, LaunchedProcess>();
  /** To be stopped by {@link release}: started here, or by an earlier run of the app that was killed. */
  readonly #own = new Set<string>();

  constructor({
    directory,
    launch,
    startedBy,
    connect,
    checks,
    clock = systemClock,
  }: EmulatedProviderOptions) {
    this.#directory = directory;
    this.#launch = launch;
    this.#startedBy = startedBy;
    this.#connect = connect;
    this.#preflight = new Preflight(this.id, checks);
    this.#clock = clock;
  }

  preflight(): Promise<PreflightReport> {
    return this.#preflight.run();
  }

  mend(item: string, mend: string): Promise<void> {
    return this.#preflight.mend(item, mend);
  }

  leftovers(): Promise<[]> {
    return Promise.resolve([]);
  }

  /** Everything goes on in the cluster's own process, which says what it has opened. */
  attend(name: string, _kube: KubeClient, onReach?: (reach: Reach) => void): Disposable {
    return onReach === undefined
      ? { [Symbol.dispose]: () => undefined }
      : followReach(this.#folder(name), onReach);
  }

  async list(): Promise<ClusterListing[]> {
    const names = await readdir(this.#directory).catch(() => []);
    const listings = await Promise.all(names.filter(isClusterName).map((name) => this.#listing(name)));
    return listings.filter((listing) => listing !== undefined);
  }

  async create({ name, onProgress, signal, loadBalancer }: CreateOptions): Promise<ProvidedCluster> {
    requireClusterName(name);
    try {
      return await this.#open(name, signal, onProgress, loadBalancer);
    } catch (error) {
      // A cluster that never was is not left half-made; one that has been is kept with its state.
      if (signal.aborted && (await this.#record(name)) === undefined) await this.delete(name);
      throw error;
    }
  }

  /** What has died is started again from its state. */
  async revive(
    name: string,
    signal: AbortSignal,
    onProgress: (steps: ProgressStep[]) => void = () => undefined,
  ): Promise<Revival> {
    try {
      return { state: 'running', cluster: await this.#open(name, signal, onProgress) };
    } catch (error) {
      if (error instanceof AppError) return { state: 'waiting', problem: error.problem };
      throw error;
    }
  }

  async release(): Promise<void> {
    await Promise.all([...this.#own].map((name) => this.#stop(name)));
  }

  async delete(name: string): Promise<void> {
    requireClusterName(name);
    await this.#stop(name);
    await rm(this.#folder(name), { recursive: true, force: true }).catch((cause: unknown) => {
      throw unwritableError(this.#folder(name), cause);
    });
  }

  async #open(
    name: string,
    signal: AbortSignal,
    onProgress: (steps: ProgressStep[]) => void,
    loadBalancer?: boolean,
  ): Promise<ProvidedCluster> {
    const progress = new Progress(STEPS, onProgress);
    progress.start('process');
    try {
      const notices = await this.#ensure(name, signal, () => progress.start('api'), loadBalancer);
      progress.start('ready');
      const cluster = { ...(await this.#provided(name, signal)), notices };
      progress.finish();
      return cluster;
    } catch (error) {
      progress.fail();
      throw error;
    }
  }

  /** Sees to it that the cluster's process runs, and says which files it had to set aside. */
  async #ensure(
    name: string,
    signal: AbortSignal,
    onLaunched: () => void,
    wanted: boolean | undefined,
  ): Promise<Problem[]> {
    const folder = this.#folder(name);
    await makeDirectory(folder).catch((cause: unknown) => {
      throw unwritableError(folder, cause);
    });
    const known = await this.#record(name);
    const loadBalancer = wanted ?? known?.loadBalancer ?? true;
    if (loadBalancer !== (known?.loadBalancer ?? true)) await this.#stop(name);
    const running = await this.#running(name, signal);
    const { url, setAside = [] } =
      running ?? (await this.#start({ name, port: known?.port ?? 0, loadBalancer }, signal, onLaunched));
    const record: ClusterRecord = {
      name,
      createdAt: known?.createdAt ?? new Date().toISOString(),
      port: portOf(url),
      loadBalancer,
      startedBy: running === undefined ? this.#startedBy : (known?.startedBy ?? this.#startedBy),
    };
    await writeAtomically(join(folder, 'cluster.json'), `${JSON.stringify(record, undefined, 2)}\n`);
    const apps = this.#startedBy === 'app' && record.startedBy === 'app';
    if (apps || this.#started.has(name)) this.#own.add(name);
    return setAside.map(({ path, keptAs, reason }) => corruptFileProblem(path, keptAs, reason));
  }

  async #provided(name: string, signal: AbortSignal): Promise<Omit<ProvidedCluster, 'notices'>> {
    const kubeconfigPath = join(this.#folder(name), 'kubeconfig');
    const kube = await openKube(kubeconfigPath, this.#connect);
    try {
      const { version, nodes, schedulable } = await waitUntilReady(kube, {
        clock: this.#clock,
        signal,
        deadlineMs: READY_DEADLINE_MS,
        needs: { nodes: 'all' },
      });
      const off = (await this.#record(name))?.loadBalancer === false;
      const missing = off ? BY_LOAD_BALANCER : [];
      return {
        provider: this.id,
        name,
        title: name,
        kubeconfigPath,
        server: { url: kube.server, version, nodes },
        capabilities: {
          nodes: schedulable,
          has: CAPABILITIES.filter((capability) => !missing.includes(capability)),
          missing: Object.fromEntries(missing.map((capability) => [capability, SWITCHED_OFF])),
        },
        reach: await readReach(this.#folder(name)),
      };
    } finally {
      await kube.close();
    }
  }

  #folder(name: string): string {
    return join(this.#directory, name);
  }

  async #record(name: string): Promise<ClusterRecord | undefined> {
    const text = await readFile(join(this.#folder(name), 'cluster.json'), 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    try {
      return clusterRecordSchema.parse(JSON.parse(text));
    } catch {
      // Nothing in it is needed: the cluster's own state says what the cluster is.
      return undefined;
    }
  }

  async #listing(name: string): Promise<ClusterListing | undefined> {
    const [record, running] = await Promise.all([
      this.#record(name),
      readLiveProcess(join(this.#folder(name), 'process.json')),
    ]);
    if (record === undefined && running === undefined) return undefined;
    return {
      provider: this.id,
      name,
      state: running === undefined ? 'stopped' : 'running',
      kubeconfigPath: join(this.#folder(name), 'kubeconfig'),
      ...(running?.url !== undefined && { url: running.url }),
      ...(record !== undefined && { createdAt: record.createdAt }),
    };
  }

  /** The cluster that is up already. One that was killed just now may still look alive, but does not answer. */
  async #running(
    name: string,
    signal: AbortSignal,
  ): Promise<{ url: string; setAside?: undefined } | undefined> {
    const file = join(this.#folder(name), 'process.json');
    for (let waited = 0; waited < START_DEADLINE_SECONDS * 1000; waited += 100) {
      const running = await readLiveProcess(file);
      if (running === undefined) return undefined;
      const url = running.url ?? (await this.#adopt(name, signal));
      if (await isListening(url)) return { url };
      if (signal.aborted) throw cancelledError();
      await sleep(100);
    }
    throw startDeadlineError(START_DEADLINE_SECONDS, join(this.#folder(name), 'cluster.log'), '');
  }

  /** Starts the process and resolves with the API's address, and with files that it had to set aside. */
  async #start(
    process: Omit<ProcessArguments, 'stateDirectory'>,
    signal: AbortSignal,
    onLaunched: () => void,
  ): Promise<Pick<Extract<ProcessMessage, { type: 'ready' }>, 'url' | 'setAside'>> {
    const { name } = process;
    const folder = this.#folder(name);
    const logFile = join(folder, 'cluster.log');
    const outcome = Promise.withResolvers<
      ProcessMessage | { type: 'exit'; code: number | null } | { type: 'deadline' } | { type: 'cancel' }
    >();
    const cancel = (): void => outcome.resolve({ type: 'cancel' });
    signal.addEventListener('abort', cancel);
    const deadline = setTimeout(() => outcome.resolve({ type: 'deadline' }), START_DEADLINE_SECONDS * 1000);
    try {
      const child = await this.#launch({
        arguments: processArguments({ ...process, stateDirectory: folder }),
        logFile,
        onMessage: outcome.resolve,
        onExit: (code) => {
          outcome.resolve({ type: 'exit', code });
          if (this.#started.get(name) === child) this.#started.delete(name);
        },
      });
      this.#started.set(name, child);
      onLaunched();
      if (signal.aborted) cancel();
      const result = await outcome.promise;
      if (result.type === 'ready') {
        child.detach();
        return result;
      }
      if (result.type === 'running') return { url: await this.#adopt(name, signal) };
      await this.#stop(name);
      if (result.type === 'cancel') throw cancelledError();
      const log = logTail(await readFile(logFile, 'utf8').catch(() => ''));
      if (result.type === 'deadline') throw startDeadlineError(START_DEADLINE_SECONDS, logFile, log);
      throw startFailedError(
        logFile,
        result.type === 'failed' ? result.message : log || `exit status ${result.code ?? '?'}`,
      );
    } finally {
      clearTimeout(deadline);
      signal.removeEventListener('abort', cancel);
    }
  }

  /** Another process has started this cluster a moment ago: waits until it says where. */
  async #adopt(name: string, signal: AbortSignal): Promise<string> {
    for (let waited = 0; waited < START_DEADLINE_SECONDS * 1000; waited += 50) {
      const running = await readLiveProcess(join(this.#folder(name), 'process.json'));
      if (running?.url !== undefined) return running.url;
      if (running === undefined) {
        const log = join(this.#folder(name), 'cluster.log');
        throw startFailedError(log, logTail(await readFile(log, 'utf8').catch(() => '')));
      }
      if (signal.aborted) throw cancelledError();
      await sleep(50);
    }
    throw startDeadlineError(START_DEADLINE_SECONDS, join(this.#folder(name), 'cluster.log'), '');
  }

  /** Ends the cluster's process, gently first, and resolves when it is gone. */
  async #stop(name: string): Promise<void> {
    const child = this.#started.get(name);
    const pid = child?.pid ?? (await readLiveProcess(join(this.#folder(name), 'process.json')))?.pid;
    this.#started.delete(name);
    this.#own.delete(name);
    if (pid === undefined) return;
    if (child === undefined) kill(pid, 'SIGTERM');
    else child.stop();
    for (let waited = 0; isProcessAlive(pid); waited += 20) {
      if (waited >= STOP_DEADLINE_SECONDS * 1000) {
        kill(pid, 'SIGKILL');
        return;
      }
      await sleep(20);
    }
  }
}

/** A process that is being killed may take one more connection, and drops it within this time. */
const LAST_GASP_MS = 60;

/** True when something takes and keeps connections at a loopback address, asked within two seconds. */
function isListening(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: portOf(url), timeout: 2000 });
    const end = (listening: boolean): void => {
      socket.destroy();
      resolve(listening);
    };
    socket.once('connect', () => setTimeout(end, LAST_GASP_MS, true));
    socket.once('close', () => end(false));
    socket.once('timeout', () => end(false));
    socket.once('error', () => end(false));
  });
}

function kill(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended by itself in the meantime.
  }
}
