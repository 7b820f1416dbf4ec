/**
 * Fields of a pod's specification that only defaulting and validation read, beside those of `objects.ts`.
 */
import type { Container, ContainerPort, EnvVar, PodSpec, Probe, Volume } from '../objects.ts';
import type { Affinity, TopologySpreadConstraint } from './affinity-validation.ts';
import type { PodSecurityContext, SecurityContext } from './security-context-validation.ts';

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

export interface VolumeMount {
  name?: string;
  mountPath?: string;
  subPath?: string;
  subPathExpr?: string;
  readOnly?: boolean;
  mountPropagation?: string;
  recursiveReadOnly?: string;
}

export interface FullContainer extends Omit<
  Container,
  'image' | 'ports' | 'lifecycle' | 'env' | 'volumeMounts'
> {
  env?: FullEnvVar[];
  volumeMounts?: VolumeMount[];
  volumeDevices?: { name?: string; devicePath?: string }[];
  resizePolicy?: { resourceName?: string; restartPolicy?: string }[];
  securityContext?: SecurityContext;
  targetContainerName?: string;
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

export interface ObjectFieldSelector {
  apiVersion?: string;
  fieldPath?: string;
}

export interface ResourceFieldSelector {
  containerName?: string;
  resource?: string;
  divisor?: string;
}

export interface FullEnvVar extends Omit<EnvVar, 'name' | 'valueFrom'> {
  name?: string;
  valueFrom?: {
    fieldRef?: ObjectFieldSelector;
    resourceFieldRef?: ResourceFieldSelector;
    configMapKeyRef?: { name?: string; key?: string };
    secretKeyRef?: { name?: string; key?: string };
  };
}

export interface KeyToPath {
  key?: string;
  path?: string;
  mode?: number;
}

export interface DownwardApiItem {
  path?: string;
  fieldRef?: ObjectFieldSelector;
  resourceFieldRef?: ResourceFieldSelector;
  mode?: number;
}

export interface ProjectedSource {
  configMap?: { name?: string; items?: KeyToPath[] };
  secret?: { name?: string; items?: KeyToPath[] };
  serviceAccountToken?: { path: string; expirationSeconds?: number };
  downwardAPI?: { items?: DownwardApiItem[] };
}

export interface FullVolume extends Omit<
  Volume,
  'projected' | 'configMap' | 'secret' | 'downwardAPI' | 'persistentVolumeClaim'
> {
  configMap?: { name?: string; items?: KeyToPath[]; defaultMode?: number };
  secret?: { secretName?: string; items?: KeyToPath[]; defaultMode?: number };
  gitRepo?: { repository?: string; directory?: string };
  nfs?: { server?: string; path?: string };
  csi?: { driver?: string; nodePublishSecretRef?: { name?: string } };
  ephemeral?: { volumeClaimTemplate?: Record<string, unknown> };
  image?: { reference?: string; pullPolicy?: string };
  projected?: { defaultMode?: number; sources?: ProjectedSource[] };
  downwardAPI?: { defaultMode?: number; items?: DownwardApiItem[] };
  hostPath?: { path: string; type?: string };
  persistentVolumeClaim?: { claimName?: string };
}

export interface FullPodSpec extends Omit<
  PodSpec,
  | 'containers'
  | 'initContainers'
  | 'ephemeralContainers'
  | 'volumes'
  | 'affinity'
  | 'topologySpreadConstraints'
  | 'hostAliases'
  | 'dnsConfig'
> {
  containers: FullContainer[];
  initContainers?: FullContainer[];
  ephemeralContainers?: FullContainer[];
  volumes?: FullVolume[];
  securityContext?: PodSecurityContext;
  affinity?: Affinity;
  topologySpreadConstraints?: TopologySpreadConstraint[];
  hostAliases?: { ip?: string; hostnames?: string[] }[];
  dnsConfig?: { nameservers?: string[]; searches?: string[]; options?: { name?: string; value?: string }[] };
  hostPID?: boolean;
  hostIPC?: boolean;
  hostUsers?: boolean;
  shareProcessNamespace?: boolean;
  runtimeClassName?: string;
  overhead?: Record<string, string>;
  os?: { name?: string };
  setHostnameAsFQDN?: boolean;
  hostnameOverride?: string;
  serviceAccount?: string;
  automountServiceAccountToken?: boolean;
  preemptionPolicy?: string;
  priorityClassName?: string;
  activeDeadlineSeconds?: number;
  schedulingGates?: { name: string }[];
  imagePullSecrets?: { name: string }[];
}
