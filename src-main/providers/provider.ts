import type { Problem } from '#shared/app-error.ts';
import type { ProgressStep, ProviderId } from '#shared/contract.ts';
import type { LocalizedText } from '#shared/locale.ts';

/** What a provider found out before making anything. */
export type Preflight = { available: true } | { available: false; reason: LocalizedText };

/** A cluster that a provider has made or found. */
export interface ProvidedCluster {
  provider: ProviderId;
  name: string;
  /** A private file: never the user's own, never with a context switched. */
  kubeconfigPath: string;
  url: string;
  /** What the user should know although the cluster runs. */
  notices?: Problem[];
}

export interface EnsureOptions {
  name: string;
  /** The whole list of steps, at every change. */
  onProgress: (steps: ProgressStep[]) => void;
  signal: AbortSignal;
}

/** Makes clusters in one way. Everything that it throws is an `AppError`. */
export interface Provider {
  readonly id: ProviderId;
  readonly name: LocalizedText;
  readonly description: LocalizedText;
  /** Looks whether clusters can be made here; changes nothing. */
  preflight(): Promise<Preflight>;
  /** Clusters made by this provider for this data folder, running or not. */
  list(): Promise<ClusterListing[]>;
  /**
   * Finds the cluster, starts it again, or makes it. Resolves when its API answers; has a deadline of its own.
   * After a failure or a cancel nothing half-made is left.
   */
  ensure(options: EnsureOptions): Promise<ProvidedCluster>;
  /** Stops what was started for whoever uses this provider, and keeps its state. Resolves when it is down. */
  release(): Promise<void>;
  /** Deletes the cluster and everything in it; does nothing when there is none. */
  delete(name: string): Promise<void>;
}

export interface ClusterListing {
  provider: ProviderId;
  name: string;
  running: boolean;
  url?: string;
  kubeconfigPath: string;
  /** ISO 8601. */
  createdAt?: string;
}
