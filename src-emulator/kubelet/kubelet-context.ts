import type { ClusterApi } from '../api/cluster-api.ts';
import type { Pod } from '../api/objects.ts';
import type { Clock } from '../clock.ts';
import type { EventRecorder } from '../controllers/events.ts';
import type { ContainerRuntime, FileSystem } from '../images/types.ts';
import type { PortMapping } from '../network/port-mappings.ts';
import type { NetworkStack, ResolveHost } from '../network/types.ts';
import type { BackOff } from './back-off.ts';
import type { ImagePuller } from './image-puller.ts';
import type { NodeMachine } from './node-machine.ts';

/** What the kubelets need of the cluster's network. */
export interface KubeletNetwork {
  /** A network namespace with a fresh pod address. @throws NetworkError when there is none left. */
  createPodStack(nodeName: string, mappings?: readonly PortMapping[]): NetworkStack;
  nodeStack(nodeName: string): NetworkStack;
  /** A machine that is off takes no packets and forwards none. */
  setNodePower?(nodeName: string, on: boolean): void;
  /** getaddrinfo for a namespace whose /etc/hosts and /etc/resolv.conf `readFile` reads. */
  createResolver(stack: NetworkStack, readFile: (path: string) => string, clock: Clock): ResolveHost;
}

/** What a token for a pod is to be like. */
export interface TokenRequest {
  pod: Pod;
  /** Left out: the API server. */
  audience?: string;
  expirationSeconds: number;
}

/** What one node's kubelet shares among its pods. */
export interface KubeletContext {
  readonly nodeName: string;
  readonly node: NodeMachine;
  readonly api: ClusterApi;
  readonly clock: Clock;
  readonly runtime: ContainerRuntime;
  readonly network: KubeletNetwork;
  readonly events: EventRecorder;
  readonly images: ImagePuller;
  readonly restarts: BackOff;
  readonly pulls: BackOff;
  /** Signs a token of the pod's ServiceAccount; undefined when the ServiceAccount is not there. */
  readonly tokenFor: (request: TokenRequest) => string | undefined;
  /** What a PersistentVolumeClaim holds, from whichever node it is mounted; undefined when there is none. */
  readonly claimStorage: (namespace: string, claim: string) => FileSystem | undefined;
  readonly dnsServiceIp: string;
  readonly clusterDomain: string;
}
