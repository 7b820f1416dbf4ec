import type { Problem } from '#shared/app-error.ts';
import type {
  ClusterCapabilities,
  ClusterSource,
  KubeContext,
  Leftover,
  PreflightReport,
  ProgressStep,
  ProviderId,
  ProviderInfo,
  Reach,
  SourceReport,
} from '#shared/cluster.ts';
import type { KubeClient } from '../kube/client.ts';

/** A cluster that a provider has made or found, ready for labs. */
export interface ProvidedCluster {
  provider: ProviderId;
  /** What the other calls of the provider know it by. */
  name: string;
  /** What people know it by: the context's name, for a cluster that somebody else made. */
  title: string;
  /** A private file: never the user's own, never with a context switched. */
  kubeconfigPath: string;
  server: { url: string; version: string; nodes: number };
  capabilities: ClusterCapabilities;
  /** Where it is reached from this machine. */
  reach: Reach;
  /** Whose prepared namespaces labs use in it; labs make their own without. */
  tenancy?: Tenancy;
  /** What the user should know although the cluster runs. */
  notices: Problem[];
}

/** A learner's part of a cluster that several share. */
export interface Tenancy {
  learner: string;
  /** Put before the name of each namespace of a lab: `alice-` makes `alice-shop` of `shop`. */
  prefix: string;
}

export interface CreateOptions {
  name: string;
  /** The whole list of steps, at every change. */
  onProgress: (steps: ProgressStep[]) => void;
  signal: AbortSignal;
  /** For a provider that uses what exists: which cluster. The one of last time when left out. */
  source?: ClusterSource | undefined;
  /**
   * For the built-in cluster: whether Services of type LoadBalancer get an address. As last time when left out, and
   * true at first. One that runs is started again when it is not as wanted.
   */
  loadBalancer?: boolean | undefined;
}

/** What has become of a cluster that stopped answering. */
export type Revival =
  /** It runs, or was started again: as it is now. */
  | { state: 'running'; cluster: ProvidedCluster }
  /** It may come back: what keeps it away. */
  | { state: 'waiting'; problem: Problem }
  /** It will not come back by itself. */
  | { state: 'gone'; problem: Problem };

/** Makes clusters in one way. Everything that it throws is an `AppError`. */
export interface Provider extends ProviderInfo {
  /** Looks whether clusters can be made here; changes nothing. Never rejects: what cannot be seen is a finding. */
  preflight(): Promise<PreflightReport>;
  /** Does what a finding of the preflight offers. @throws AppError `mend-unknown` */
  mend(item: string, mend: string): Promise<void>;
  /** Clusters of this provider that belong to this data folder, running or not. */
  list(): Promise<ClusterListing[]>;
  /** What interrupted attempts of an earlier run left behind. */
  leftovers(): Promise<Leftover[]>;
  /**
   * Finds the cluster, starts it again, or makes it. Resolves when everything that labs need is ready; has a
   * deadline of its own. After a failure or a cancel nothing half-made is left.
   */
  create(options: CreateOptions): Promise<ProvidedCluster>;
  /** Looks after a cluster that does not answer, and starts again what can be started. Makes nothing anew. */
  revive(name: string, signal: AbortSignal, onProgress?: (steps: ProgressStep[]) => void): Promise<Revival>;
  /**
   * Does for a cluster what has to go on while somebody uses it, until disposed.
   * @param onReach told where the cluster is reached, whenever that has changed
   */
  attend(name: string, kube: KubeClient, onReach?: (reach: Reach) => void): Disposable;
  /** Stops what was started for whoever uses this provider, and keeps its state. Resolves when it is down. */
  release(): Promise<void>;
  /** Deletes the cluster and everything in it; does nothing when there is none. Touches only what was made here. */
  delete(name: string): Promise<void>;
}

export interface ClusterListing {
  provider: ProviderId;
  name: string;
  /** `half-made`: an attempt to make it was interrupted. */
  state: 'running' | 'stopped' | 'half-made';
  url?: string;
  kubeconfigPath: string;
  /** ISO 8601. */
  createdAt?: string;
}

/** A provider that uses clusters which exist. */
export interface LendingProvider extends Provider {
  readonly origin: 'given';
  /** The clusters of a kubeconfig file; of the user's own without one. */
  contexts(file: string | undefined): Promise<{ contexts: KubeContext[]; problems: Problem[] }>;
  /** Looks at one of them, and changes nothing in it. @throws AppError when it does not answer */
  inspect(source: ClusterSource): Promise<SourceReport>;
}

export function isLending(provider: Provider): provider is LendingProvider {
  return provider.origin === 'given';
}
