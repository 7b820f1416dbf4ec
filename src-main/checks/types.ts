import type { Clock } from '#emulator/clock.ts';
import type { Reach } from '#shared/cluster.ts';
import type { CheckKind, CheckSpecOf } from '#shared/lab-checks.ts';
import type { TransitionRecord } from '#shared/lab-transitions.ts';
import type { Verdict } from '#shared/verdict.ts';
import type { KubeClient } from '#main/kube/client.ts';
import type { ProbePoint } from '#main/probes/pod.ts';

/** One object as it was when a step opened: what `unchanged`, `replaced` and answers compare with. */
export interface BaselineObject {
  apiVersion: string;
  kind: string;
  namespace?: string;
  name: string;
  uid: string;
  labels: Record<string, string>;
  /** `spec`, or `data` of objects that have none. */
  spec: unknown;
  /** `status` of pods: an answer may be about an address that is gone. */
  status?: unknown;
}

/** What a check may look at. It changes nothing that a learner works with. */
export interface CheckContext {
  kube: KubeClient;
  clock: Clock;
  /** The lab's client pod. */
  client: { namespace: string; pod: string };
  /** The lab's own namespaces. */
  namespaces: readonly string[];
  /** Where an object that is missing may have been made by mistake: the lab's namespaces and `default`. */
  lookIn: readonly string[];
  /** Objects when the step opened. */
  baseline: readonly BaselineObject[];
  /** The value last submitted to this check, when it is an `answer`. */
  answer?: string;
  /** What has happened while the step was open, for a `transition`. */
  transition: () => TransitionRecord | undefined;
  /** A ready pod in a node's own network, made when there is none. @throws AppError when there can be none */
  nodePod: (node: string) => Promise<ProbePoint>;
  /** Where the cluster is reached from this machine just now. */
  reach: () => Reach;
}

/** The verdict of a judge: everything but when it was made and how long it took. */
export type Judgement = Omit<Verdict, 'checkedAt' | 'durationMs'>;

/** One kind of check: looking, and judging what was seen. The judge is pure. */
export interface Checker<K extends CheckKind, Seen> {
  probe(check: CheckSpecOf<K>, context: CheckContext): Promise<Seen>;
  judge(check: CheckSpecOf<K>, seen: Seen): Judgement;
}
