/**
 * Fields of a pod's specification that only defaulting and validation read, beside those of `objects.ts`.
 */
import type { Container, ContainerPort, PodSpec, Probe, Volume } from '../objects.ts';

export interface FullProbe extends Probe {
  grpc?: { port: number; service?: string };
  terminationGracePeriodSeconds?: number;
}

export interface LifecycleHandler {
  exec?: { command?: string[] };
  httpGet?: NonNullable<Probe['httpGet']>;
  tcpSocket?: NonNullable<Probe['tcpSocket']>;
  sleep?: { seconds: number };
}

export interface FullContainer extends Omit<Container, 'image' | 'ports' | 'lifecycle'> {
  /** Required, which validation says when it is not there. */
  image?: string;
  ports?: (ContainerPort & { hostIP?: string })[];
  terminationMessagePath?: string;
  terminationMessagePolicy?: string;
  lifecycle?: { postStart?: LifecycleHandler; preStop?: LifecycleHandler };
  readinessProbe?: FullProbe;
  livenessProbe?: FullProbe;
  startupProbe?: FullProbe;
}

interface ObjectFieldSelector {
  apiVersion?: string;
  fieldPath: string;
}

export interface DownwardApiItem {
  path: string;
  fieldRef?: ObjectFieldSelector;
  resourceFieldRef?: { containerName?: string; resource: string; divisor?: string };
}

interface ProjectedSource {
  configMap?: { name?: string };
  secret?: { name?: string };
  serviceAccountToken?: { path: string; expirationSeconds?: number };
  downwardAPI?: { items?: DownwardApiItem[] };
}

export interface FullVolume extends Omit<Volume, 'projected'> {
  projected?: { defaultMode?: number; sources?: ProjectedSource[] };
  downwardAPI?: { defaultMode?: number; items?: DownwardApiItem[] };
  hostPath?: { path: string; type?: string };
  persistentVolumeClaim?: { claimName: string };
}

export interface FullPodSpec extends Omit<
  PodSpec,
  'containers' | 'initContainers' | 'ephemeralContainers' | 'volumes'
> {
  containers: FullContainer[];
  initContainers?: FullContainer[];
  ephemeralContainers?: FullContainer[];
  volumes?: FullVolume[];
  securityContext?: Record<string, unknown>;
  serviceAccount?: string;
  automountServiceAccountToken?: boolean;
  preemptionPolicy?: string;
  priorityClassName?: string;
  activeDeadlineSeconds?: number;
  schedulingGates?: { name: string }[];
  imagePullSecrets?: { name: string }[];
}
