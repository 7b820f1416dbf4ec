import type { Clock } from './clock.ts';

export interface ClusterOptions {
  /** Default: real time. */
  clock?: Clock;
  /** Port of the HTTPS API on 127.0.0.1; 0, the default, picks a free one. */
  port?: number;
  /** The cluster's name in the kubeconfig and the first part of its nodes' names. Default `switchyard`. */
  name?: string;
  /** Where objects and credentials are kept across restarts. Left out: nothing is written. */
  stateDirectory?: string;
}

/** A running emulated cluster. */
export interface Cluster {
  /** `https://127.0.0.1:<port>`. */
  readonly url: string;
  /** A complete kubeconfig (YAML) with an administrator's client certificate. */
  readonly kubeconfig: string;
  /** Stops everything and writes the last state. */
  stop(): Promise<void>;
}

/** Starts a cluster of one control plane and two workers, and resolves when the API answers. */
export function startCluster(_options: ClusterOptions = {}): Promise<Cluster> {
  return Promise.reject(new Error('composition follows'));
}
