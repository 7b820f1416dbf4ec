import type { ProcessClaim } from '#emulator/process-file.ts';
import type { Problem } from '#shared/app-error.ts';
import type { Settings } from '#shared/contract.ts';
import type { LiveBatch } from '#shared/live.ts';
import { imagesOf, loadLibrary, type LabLibrary } from '../labs/library.ts';
import { followPresent } from '../live/follow-present.ts';
import { LiveState } from '../live/live-state.ts';
import { Observable } from '../observable.ts';
import { CLUSTER_NAME } from '../providers/cluster-name.ts';
import { labSpaces } from '../providers/existing/lab-space.ts';
import type { ClusterLauncher } from '../providers/emulated/launcher.ts';
import type { JsonFile } from '../store/json-file.ts';
import { lockDataDirectory } from '../store/lock.ts';
import { openSettings } from '../store/settings.ts';
import { Terminals } from '../terminal/terminals.ts';
import { ClusterService, openActiveCluster } from './cluster-service.ts';
import { LabsService } from './labs-service.ts';
import { problemOf } from './problems.ts';
import { ProgressFiles } from './progress-files.ts';
import { createProviders } from './providers.ts';

/** What a host brings along. */
export interface AppOptions {
  version: string;
  host: 'web' | 'electron';
  dataDirectory: string;
  /** The lab content. */
  labsDirectory: string;
  launchCluster: ClusterLauncher;
  /** A cluster that somebody else made, offered as the provider `existing`. */
  kubeconfig?: string | undefined;
}

/** The app, whichever host shows it: its parts, wired together. */
export class App {
  readonly info: { version: string; host: 'web' | 'electron'; dataDirectory: string };
  readonly settings: Observable<Settings>;
  readonly notices: Observable<Problem[]>;
  readonly cluster: ClusterService;
  readonly terminals: Terminals;
  readonly labs: LabsService;
  readonly #settingsFile: JsonFile<Settings>;
  readonly #live = new Observable<LiveState | undefined>(undefined);
  readonly #lock: ProcessClaim;

  private constructor(parts: {
    options: AppOptions;
    settings: JsonFile<Settings>;
    cluster: ClusterService;
    library: LabLibrary;
    lock: ProcessClaim;
  }) {
    const { version, host, dataDirectory } = parts.options;
    this.info = { version, host, dataDirectory };
    this.#settingsFile = parts.settings;
    this.settings = new Observable(parts.settings.value);
    this.notices = new Observable(parts.library.problems);
    this.cluster = parts.cluster;
    this.terminals = new Terminals(() => this.cluster.kube());
    this.#lock = parts.lock;
    this.labs = new LabsService({
      library: parts.library,
      progress: new ProgressFiles(dataDirectory, (problem) => this.notify(problem)),
      connection: this.cluster.connection,
      reach: () => this.cluster.state.value.reach ?? { nodePorts: [] },
      onError: (error) => this.notify(problemOf(error)),
    });
    this.cluster.connection.subscribe((connection) => {
      this.#live.set(connection === undefined ? undefined : new LiveState(connection.kube));
      if (connection === undefined) this.terminals.closeAll();
    });
  }

  /**
   * Opens the data folder, and goes on with the cluster of the last run.
   * @throws AppError `already-running`, `data-folder-unwritable`, `disk-full`.
   */
  static async open(options: AppOptions): Promise<App> {
    const lock = await lockDataDirectory(options.dataDirectory);
    try {
      const [settings, active, library] = await Promise.all([
        openSettings(options.dataDirectory),
        openActiveCluster(options.dataDirectory),
        loadLibrary(options.labsDirectory),
      ]);
      const cluster = new ClusterService({
        providers: createProviders({
          ...options,
          startedBy: 'app',
          labImages: imagesOf(library),
          labSpaces: labSpaces(library),
        }),
        name: CLUSTER_NAME,
        active,
        platform: process.platform,
        onNotice: (problem) => app.notify(problem),
      });
      const app: App = new App({ options, settings, cluster, library, lock });
      for (const { problem } of [settings, active]) if (problem !== undefined) app.notify(problem);
      cluster.resume();
      return app;
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  async changeSettings(change: { [K in keyof Settings]?: Settings[K] | undefined }): Promise<Settings> {
    const known = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
    const written = this.#settingsFile.update((settings) => ({ ...settings, ...known }));
    this.settings.set(this.#settingsFile.value);
    await written;
    return this.settings.value;
  }

  /** Adds a problem that is not the answer to a call. */
  notify(problem: Problem): void {
    this.notices.set([...this.notices.value, problem]);
  }

  /** Tells a second copy, which is refused, where this one is. */
  setAddress(address: string): Promise<void> {
    return this.#lock.setUrl(address);
  }

  live(
    namespaces: readonly string[],
    signal: AbortSignal | undefined,
  ): AsyncGenerator<LiveBatch, void, void> {
    return followPresent(this.#live, namespaces, signal ?? new AbortController().signal);
  }

  /** Closes terminals, stops the cluster that this process started (its state is kept), frees the data folder. */
  async close(): Promise<void> {
    this.terminals.closeAll();
    await this.labs.close();
    await this.cluster.close();
    await this.#settingsFile.flush();
    await this.#lock.release();
  }
}
