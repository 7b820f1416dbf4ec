import type { Condition, ContainerStatus, Pod, PodStatus } from '../api/objects.ts';
import { findCondition, timestamp } from '../controllers/object-helpers.ts';
import type { ContainerRole, ManagedContainer } from './managed-container.ts';

export interface PodFacts {
  pod: Pod;
  containers: readonly ManagedContainer[];
  /** The pod has its network. */
  hasSandbox: boolean;
  podIp: string | undefined;
  hostIp: string;
  startTime: string;
  failure: PodFailure | undefined;
  now: number;
}

/** Why the kubelet has given a pod up, whatever its containers do. */
export interface PodFailure {
  reason: string;
  message: string;
}

/** The phase a pod is in (getPhase of k8s.io/kubernetes/pkg/kubelet): a sidecar that runs keeps it running. */
function phaseOf({ pod, containers, failure }: PodFacts): PodStatus['phase'] {
  const outcome = failure === undefined ? outcomeOf(pod, containers) : 'Failed';
  const isEnd = outcome === 'Succeeded' || outcome === 'Failed';
  return isEnd && containers.some(({ state }) => state.running !== undefined) ? 'Running' : outcome;
}

/** What becomes of the pod as far as its init and main containers say; sidecars have no word in that. */
export function outcomeOf(pod: Pod, containers: readonly ManagedContainer[]): PodStatus['phase'] {
  const policy = pod.spec.restartPolicy ?? 'Always';
  for (const { role, exitCode, started, state, lastState } of containers) {
    if (role === 'init' && exitCode !== 0)
      return exitCode !== undefined && policy === 'Never' ? 'Failed' : 'Pending';
    const neverRan = state.terminated === undefined && lastState.terminated === undefined;
    if (role === 'sidecar' && !started && neverRan) return 'Pending';
  }
  const main = containers.filter(({ role }) => role === 'main');
  const hasRun = ({ state, lastState }: ManagedContainer): boolean =>
    state.waiting === undefined || lastState.terminated !== undefined;
  if (!main.every(hasRun)) return 'Pending';
  if (main.some(({ state }) => state.running !== undefined)) return 'Running';
  // A pod that is being deleted runs nothing again, whatever its policy.
  const deleting = pod.metadata.deletionTimestamp !== undefined;
  if (policy === 'Always' && !deleting) return 'Running';
  if (main.every(({ exitCode }) => exitCode === 0)) return 'Succeeded';
  return policy === 'OnFailure' && !deleting ? 'Running' : 'Failed';
}

/** The whole status as the kubelet writes it. */
export function buildStatus(facts: PodFacts): PodStatus {
  const { pod, containers, podIp, hostIp, startTime, failure } = facts;
  const before = pod.status;
  const phase = phaseOf(facts);
  const statusesOf = (...roles: ContainerRole[]): ContainerStatus[] =>
    containers.filter(({ role }) => roles.includes(role)).map((container) => container.status());
  const inits = statusesOf('init', 'sidecar');
  const ephemeral = statusesOf('ephemeral').sort(byName);
  const address = podIp ?? before.podIP;
  return {
    ...before,
    observedGeneration: pod.metadata.generation ?? 1,
    phase,
    ...failure,
    conditions: buildConditions(facts, phase),
    hostIP: hostIp,
    hostIPs: [{ ip: hostIp }],
    ...(address === undefined ? {} : { podIP: address, podIPs: [{ ip: address }] }),
    startTime,
    ...(inits.length === 0 ? {} : { initContainerStatuses: inits }),
    containerStatuses: statusesOf('main').sort(byName),
    ...(ephemeral.length === 0 ? {} : { ephemeralContainerStatuses: ephemeral }),
  };
}

function byName(a: ContainerStatus, b: ContainerStatus): number {
  return a.name < b.name ? -1 : 1;
}

type Verdict = Pick<Condition, 'status'> & { reason?: string; message?: string };

function buildConditions(facts: PodFacts, phase: PodStatus['phase']): Condition[] {
  const { pod, hasSandbox, now } = facts;
  const before = pod.status.conditions;
  const isFinished = phase === 'Succeeded' || phase === 'Failed';
  const containersReady = containersReadyVerdict(facts, phase);
  const verdicts: [string, Verdict][] = [
    // The sandbox of a pod that has run to its end is stopped.
    ['PodReadyToStartContainers', { status: hasSandbox && !isFinished ? 'True' : 'False' }],
    ['Initialized', initializedVerdict(facts, phase)],
    ['Ready', readyVerdict(pod, containersReady)],
    ['ContainersReady', containersReady],
    ['PodScheduled', { status: 'True' }],
  ];
  const own = new Set(verdicts.map(([type]) => type));
  const others = (before ?? []).filter(({ type }) => !own.has(type));
  return [
    ...verdicts.map(([type, verdict]): Condition => {
      const earlier = findCondition(before, type);
      const lastTransitionTime =
        (earlier?.status === verdict.status ? earlier.lastTransitionTime : undefined) ?? timestamp(now);
      return {
        type,
        lastProbeTime: null,
        lastTransitionTime,
        observedGeneration: pod.metadata.generation ?? 1,
        ...verdict,
      };
    }),
    ...others,
  ];
}

function initializedVerdict({ containers }: PodFacts, phase: PodStatus['phase']): Verdict {
  const pending = containers.filter(
    (container) =>
      (container.role === 'init' && container.exitCode !== 0) ||
      (container.role === 'sidecar' && !container.started),
  );
  if (phase === 'Succeeded') return { status: 'True', reason: 'PodCompleted' };
  if (
    pending.length === 0 ||
    containers.some(({ role, state }) => role === 'main' && state.waiting === undefined)
  )
    return { status: 'True' };
  return {
    status: 'False',
    reason: 'ContainersNotInitialized',
    message: `containers with incomplete status: [${names(pending)}]`,
  };
}

function containersReadyVerdict({ containers }: PodFacts, phase: PodStatus['phase']): Verdict {
  if (phase === 'Succeeded') return { status: 'False', reason: 'PodCompleted' };
  if (phase === 'Failed') return { status: 'False', reason: 'PodFailed' };
  const unready = containers.filter(({ role, ready }) => role !== 'init' && role !== 'ephemeral' && !ready);
  if (unready.length === 0) return { status: 'True' };
  return {
    status: 'False',
    reason: 'ContainersNotReady',
    message: `containers with unready status: [${names(unready)}]`,
  };
}

function readyVerdict(pod: Pod, containersReady: Verdict): Verdict {
  if (containersReady.status !== 'True') return containersReady;
  const complaints = (pod.spec.readinessGates ?? []).flatMap(({ conditionType }) => {
    const condition = findCondition(pod.status.conditions, conditionType);
    if (condition === undefined)
      return `corresponding condition of pod readiness gate "${conditionType}" does not exist.`;
    return condition.status === 'True'
      ? []
      : `the status of pod readiness gate "${conditionType}" is not "True", but ${condition.status}`;
  });
  if (complaints.length === 0) return { status: 'True' };
  return { status: 'False', reason: 'ReadinessGatesNotReady', message: complaints.join(', ') };
}

function names(containers: readonly ManagedContainer[]): string {
  return containers.map(({ spec }) => spec.name).join(' ');
}
