import type { LocalizedText } from '#shared/locale.ts';
import type { Evidence } from '#shared/verdict.ts';
import type { Condition, KubeObject, Pod } from '#main/kube/objects.ts';
import type { DnsSeen } from '#main/probes/dns.ts';
import type { TcpSeen } from '#main/probes/tcp.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { Ingress, IngressClass } from '#main/kube/ingress-objects.ts';
import type { NetworkPolicy } from './network-policy.ts';
import type { ServiceState } from './service-state.ts';
import type { Sockets } from './sockets.ts';

/** What the judge of one hop says. */
export type HopJudgement =
  | { state: 'ok' | 'absent' | 'unknown'; seen: LocalizedText; evidence?: Evidence[] }
  /** It does not work here; `otherwise` is what is said when no later hop explains it. */
  | { state: 'symptom'; seen: LocalizedText; evidence: Evidence[]; otherwise: Diagnosis }
  | { state: 'broken'; diagnosis: Diagnosis; evidence: Evidence[] };

/** A connection that was tried. */
export interface Dialled {
  host: string;
  port: number;
  /** The pod that has the address, when one has. */
  pod?: Pod;
  /** The node that was dialled, when it was one. */
  node?: string;
  tcp: TcpSeen;
}

export interface NodeState extends KubeObject {
  status?: { conditions?: Condition[] };
}

/** Why the kubelet or the scheduler is not content with a pod. */
export interface PodEvent extends KubeObject {
  involvedObject: { kind?: string; name?: string };
  reason?: string;
  message?: string;
  lastTimestamp?: string | null;
}

/** Everything that the doctor has looked at, for the judges of the hops. */
export interface DoctorSeen {
  at: number;
  state: ServiceState;
  /** Names of the namespace's Services. */
  services: string[];
  /** The port that the client dials, when one was named. */
  port?: number;
  from: 'pod' | 'host' | 'nowhere';
  /** The pod that was looked from. */
  client?: Pod;
  /** The name that the client uses, and what DNS answers. */
  name?: { asked: string; dns: DnsSeen; usual?: { name: string; dns: DnsSeen } };
  /** Connections to the Service's address; to where it is published when looked at from this machine. */
  address: Dialled[];
  /** Connections to each ready endpoint, with no Service in between. */
  direct: Dialled[];
  /** What programs in the pods listen on, by the pod's name; without those that could not be asked. */
  sockets: ReadonlyMap<string, Sockets>;
  events: PodEvent[];
  policies: NetworkPolicy[];
  namespaceLabels: ReadonlyMap<string, Record<string, string>>;
  nodes: NodeState[];
  ingresses: Ingress[];
  classes: IngressClass[];
  /**
   * The TLS Secrets that the Ingresses name, by name: the certificate's PEM, undefined when there is no such Secret.
   * Those that may not be read are left out.
   */
  secrets: ReadonlyMap<string, string | undefined>;
  /** What a client of the Ingress asks for. */
  url?: URL;
}
