/** What kubectl shows of a pod: READY, STATUS, RESTARTS (pkg/printers/internalversion, printPod). */
import type { ContainerStatus, Pod } from '../objects.ts';
import { ageOf } from './age.ts';

export interface PodSummary {
  /** `1/2` */
  ready: string;
  /** `Running`, `CrashLoopBackOff`, `Init:0/1`, `Terminating`, … */
  status: string;
  /** `3 (5s ago)` */
  restarts: string;
}

class Restarts {
  count = 0;
  last: string | undefined;

  add(container: ContainerStatus): void {
    this.count += container.restartCount;
    const finished = container.lastState.terminated?.finishedAt;
    if (finished !== undefined && (this.last === undefined || finished > this.last)) this.last = finished;
  }

  print(now: number): string {
    return this.count !== 0 && this.last !== undefined
      ? `${this.count} (${ageOf(this.last, now)} ago)`
      : String(this.count);
  }
}

export function summarizePod(pod: Pod, now: number): PodSummary {
  const { spec, status } = pod;
  const sidecars = new Set(
    (spec.initContainers ?? [])
      .filter(({ restartPolicy }) => restartPolicy === 'Always')
      .map(({ name }) => name),
  );
  const total = spec.containers.length + sidecars.size;
  let reason: string = status.reason ?? status.phase;
  if (
    status.conditions?.some(
      (condition) => condition.type === 'PodScheduled' && condition.reason === 'SchedulingGated',
    )
  )
    reason = 'SchedulingGated';

  let restarts = new Restarts();
  const sidecarRestarts = new Restarts();
  let ready = 0;
  let initializing = false;
  for (const [index, container] of (status.initContainerStatuses ?? []).entries()) {
    const isSidecar = sidecars.has(container.name);
    restarts.add(container);
    if (isSidecar) sidecarRestarts.add(container);
    if (container.state.terminated?.exitCode === 0) continue;
    if (isSidecar && container.started === true) {
      if (container.ready) ready++;
      continue;
    }
    initializing = true;
    reason = initReason(container, index, spec.initContainers?.length ?? 0);
    break;
  }

  if (!initializing || hasCondition(pod, 'Initialized')) {
    restarts = sidecarRestarts;
    let hasRunning = false;
    for (const container of [...(status.containerStatuses ?? [])].reverse()) {
      restarts.add(container);
      const { waiting, terminated, running } = container.state;
      if (waiting?.reason !== undefined && waiting.reason !== '') reason = waiting.reason;
      else if (terminated !== undefined) reason = terminatedReason(terminated);
      else if (container.ready && running !== undefined) {
        hasRunning = true;
        ready++;
      }
    }
    if (reason === 'Completed' && hasRunning) reason = hasCondition(pod, 'Ready') ? 'Running' : 'NotReady';
  }

  if (pod.metadata.deletionTimestamp !== undefined) {
    if (status.reason === 'NodeLost') reason = 'Unknown';
    else if (status.phase !== 'Succeeded' && status.phase !== 'Failed') reason = 'Terminating';
  }
  return { ready: `${ready}/${total}`, status: reason, restarts: restarts.print(now) };
}

function terminatedReason(terminated: NonNullable<ContainerStatus['state']['terminated']>): string {
  if (terminated.reason !== undefined && terminated.reason !== '') return terminated.reason;
  return terminated.signal !== undefined && terminated.signal !== 0
    ? `Signal:${terminated.signal}`
    : `ExitCode:${terminated.exitCode}`;
}

function initReason(container: ContainerStatus, index: number, total: number): string {
  const { waiting, terminated } = container.state;
  if (terminated !== undefined) return `Init:${terminatedReason(terminated)}`;
  if (waiting?.reason !== undefined && waiting.reason !== '' && waiting.reason !== 'PodInitializing')
    return `Init:${waiting.reason}`;
  return `Init:${index}/${total}`;
}

function hasCondition(pod: Pod, type: string): boolean {
  return (
    pod.status.conditions?.some((condition) => condition.type === type && condition.status === 'True') ??
    false
  );
}
