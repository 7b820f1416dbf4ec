import type { ClusterApi } from '../api/cluster-api.ts';
import type { Clock } from '../clock.ts';
import type { EventRecorder } from '../controllers/events.ts';
import type { ContainerRuntime } from '../images/types.ts';
import type { NetworkStack, ResolveHost } from '../network/types.ts';
import type { BackOff } from './back-off.ts';
import type { ImagePuller } from './image-puller.ts';
import type { RequestToken } from './pod-tokens.ts';
import type { NodeMachine } from './node-machine.ts';

/** What the kubelets need of the cluster's network. */
export interface KubeletNetwork {
  /** A network namespace with a fresh pod address. @throws NetworkError when there is none left. */
  createPodStack(nodeName: string): NetworkStack;
  nodeStack(nodeName: string): NetworkStack;
  /** getaddrinfo for a namespace whose /etc/hosts and /etc/resolv.conf `readFile` reads. */
  createResolver(stack: NetworkStack, readFile: (path: string) => string, clock: Clock): ResolveHost;
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
  readonly dnsServiceIp: string;
  readonly clusterDomain: string;
  readonly requestToken: RequestToken;
}
