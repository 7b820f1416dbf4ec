import type { LocalizedText } from '#shared/locale.ts';
import type { Command, CommandRunner } from '../../command/command.ts';
import type { CommandLog } from '../../command/log.ts';
import type { Engine } from '../../engine/engine.ts';
import type { EngineId } from '../../engine/engine-id.ts';
import type { EngineInfo } from '../../engine/info.ts';
import type { KubeClient } from '../../kube/client.ts';
import type { Connect } from '../open-kube.ts';
import type { Progress } from '../progress.ts';
import type { HostPorts } from './ports.ts';

/** What the making of a cluster works with. */
export interface Making {
  cluster: string;
  /** The node image as it is found in the engine's store. */
  image: string;
  ports: HostPorts;
  engine: Engine;
  info: EngineInfo;
  run: CommandRunner;
  connect: Connect;
  /** The cluster's own folder, for what its tool is given. */
  folder: string;
  /** Where the private kubeconfig goes. */
  kubeconfig: string;
  /** An archive of the images that the nodes must have: where it is, as soon as it is whole. */
  archived: Promise<string>;
  /** What is in it. */
  images: readonly string[];
  progress: Progress;
  log: CommandLog;
  signal: AbortSignal;
}

/** One way of making clusters of containers: kind, or k3d. Everything that both do is in `container-provider.ts`. */
export interface ClusterTool {
  readonly id: 'kind' | 'k3d';
  readonly name: LocalizedText;
  readonly description: LocalizedText;
  readonly engines: readonly EngineId[];
  /** Every step of making a cluster, in order; beside its own, those of {@link COMMON_STEPS}. */
  readonly steps: Readonly<Record<string, LocalizedText>>;
  readonly workers: number;
  readonly nodeImage: string;
  /** Images of its own that it takes from the engine, beside the node image. */
  readonly toolImages: readonly string[];
  /** Images that the cluster's own pods run and that its nodes do not bring along. */
  readonly systemImages: readonly string[];
  /** Images that pods of ours run, beside those of labs. */
  readonly addOnImages: readonly string[];
  /** The label of a cluster's containers: `key=value`. */
  label(cluster: string): string;
  /** The network of a cluster's containers. */
  network(cluster: string): string;
  workerNames(cluster: string): string[];
  /** Makes containers and Kubernetes in them, with the images of the archive in every node, and the kubeconfig. */
  make(making: Making): Promise<void>;
  /** Deletes a cluster, as far as there is one. */
  deleteCommand(engine: EngineId, cluster: string, kubeconfig: string): Command;
  /** Removes what it makes beside containers, as far as there is any: its own deletion needs a container to begin with. */
  remainsCommands(engine: EngineId, cluster: string): Command[];
  /** Sets up what makes Ingress work. Resolves when it is served in the cluster. */
  installIngress(kube: KubeClient, signal: AbortSignal): Promise<void>;
  /** What has to go on while the cluster is used: addresses of load balancers, precedence of Ingress rules. */
  attend(kube: KubeClient, network: AttendedNetwork): Disposable;
}

/** Where the addresses of load balancers are taken from. */
export interface AttendedNetwork {
  /** IPv4, `172.18.0.0/16`: of the containers. */
  subnet: string;
}

/** Steps that every making has, beside the tool's own. */
export const COMMON_STEPS = {
  images: { en: 'Fetching the images that are missing', ko: '없는 이미지 받기' },
  ready: { en: 'Waiting for nodes and DNS', ko: '노드와 DNS 준비 대기' },
  ingress: { en: 'Setting up Ingress', ko: 'Ingress 준비' },
} as const satisfies Record<string, LocalizedText>;
