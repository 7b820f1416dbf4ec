import type { Duplex } from 'node:stream';
import type { AttachedProcess, ProcessIo } from '../images/types.ts';
import type { ByteSource } from '../streams.ts';

export interface PodReference {
  namespace: string;
  name: string;
}

export interface LogOptions {
  container: string;
  follow: boolean;
  previous: boolean;
  timestamps: boolean;
  tailLines?: number;
  sinceSeconds?: number;
  sinceTime?: string;
  limitBytes?: number;
}

/**
 * What the API server asks of the nodes: the streaming half of the kubelet's API. The implementation finds the
 * kubelet of the pod's node. Arguments have been checked against the pod by the API server; failures that only
 * the node sees are thrown as Error with the kubelet's words.
 */
export interface NodeProxy {
  logs(pod: PodReference, options: LogOptions): ByteSource;
  /** Whether a container is there to run commands in, or to be attached to. */
  isRunning(pod: PodReference, container: string): boolean;
  exec(pod: PodReference, container: string, command: readonly string[], io: ProcessIo): AttachedProcess;
  attach(pod: PodReference, container: string, io: ProcessIo): AttachedProcess;
  /** Dials a port on the pod's loopback, as port-forward does. */
  portForward(pod: PodReference, port: number): Promise<Duplex>;
}
