import type { PodView } from '#shared/live.ts';
import type { Condition, ContainerPort, KubeObject } from '../kube/objects.ts';
import { baseOf } from './project-base.ts';

interface ContainerStatus {
  name: string;
  ready?: boolean;
  started?: boolean;
  restartCount?: number;
  state?: {
    running?: object;
    waiting?: { reason?: string };
    terminated?: { reason?: string; exitCode?: number; signal?: number };
  };
}
interface Container {
  name: string;
  image?: string;
  ports?: ContainerPort[];
  restartPolicy?: string;
}
interface PodObject extends KubeObject {
  spec?: { nodeName?: string; containers?: Container[]; initContainers?: Container[] };
  status?: {
    phase?: string;
    reason?: string;
    podIP?: string;
    conditions?: Condition[];
    containerStatuses?: ContainerStatus[];
    initContainerStatuses?: ContainerStatus[];
  };
}

export function projectPod(object: KubeObject): PodView {
  const pod = object as PodObject;
  const statuses = new Map(
    [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])].map((status) => [
      status.name,
      status,
    ]),
  );
  // A sidecar runs beside the others for the pod's whole life: kubectl counts it under READY (KEP-753).
  const containers = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? []).filter(isSidecar)];
  const owner = pod.metadata.ownerReferences?.find((reference) => reference.controller === true);
  const { nodeName } = pod.spec ?? {};
  const { podIP } = pod.status ?? {};
  return {
    kind: 'Pod',
    ...baseOf(pod),
    labels: pod.metadata.labels ?? {},
    status: podStatus(pod),
    phase: pod.status?.phase ?? 'Unknown',
    ready: hasCondition(pod, 'Ready'),
    readyContainers: containers.filter(({ name }) => statuses.get(name)?.ready === true).length,
    containers: containers.map(({ name, image }) => ({
      name,
      image: image ?? '',
      ready: statuses.get(name)?.ready === true,
      running: statuses.get(name)?.state?.running !== undefined,
    })),
    ports: containers.flatMap(({ ports }) =>
      (ports ?? []).map(({ name, containerPort, protocol }) => ({
        ...(name !== undefined && { name }),
        port: containerPort,
        protocol: protocol ?? 'TCP',
      })),
    ),
    restarts: containers.reduce((sum, { name }) => sum + (statuses.get(name)?.restartCount ?? 0), 0),
    ...(podIP !== undefined && podIP !== '' && { ip: podIP }),
    ...(nodeName !== undefined && nodeName !== '' && { node: nodeName }),
    terminating: pod.metadata.deletionTimestamp !== undefined,
    ...(owner !== undefined && { owner: `${owner.kind}/${owner.name}` }),
  };
}

function isSidecar({ restartPolicy }: Container): boolean {
  return restartPolicy === 'Always';
}

function hasCondition(pod: PodObject, type: string): boolean {
  return (pod.status?.conditions ?? []).some(
    (condition) => condition.type === type && condition.status === 'True',
  );
}

/**
 * What `kubectl get pods` prints under STATUS. The rules are those of the API server's table printer
 * (kubernetes/kubernetes, pkg/printers/internalversion, printPod): the pod's own reason, then what its init
 * containers wait for, then the first container that has something to say, then its deletion.
 */
export function podStatus(pod: PodObject): string {
  const phase = pod.status?.phase ?? 'Unknown';
  const own = pod.status?.reason ?? '';
  const deleting = pod.metadata.deletionTimestamp !== undefined;
  if (deleting && own === 'NodeLost') return 'Unknown';
  if (deleting && phase !== 'Succeeded' && phase !== 'Failed') return 'Terminating';

  const gated = pod.status?.conditions?.some(
    ({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated',
  );
  const before = gated === true ? 'SchedulingGated' : own === '' ? phase : own;
  const init = initStatus(pod);
  if (init !== undefined && !hasCondition(pod, 'Initialized')) return init;
  return containersStatus(pod, init ?? before);
}

/** Undefined when no init container holds the pod up. */
function initStatus(pod: PodObject): string | undefined {
  const specs = pod.spec?.initContainers ?? [];
  const sidecars = new Set(specs.filter(isSidecar).map(({ name }) => name));
  for (const [index, { name, started, state }] of (pod.status?.initContainerStatuses ?? []).entries()) {
    const { terminated, waiting } = state ?? {};
    if (terminated?.exitCode === 0 || (sidecars.has(name) && started === true)) continue;
    if (terminated !== undefined) return `Init:${endOf(terminated)}`;
    if (waiting?.reason !== undefined && waiting.reason !== '' && waiting.reason !== 'PodInitializing')
      return `Init:${waiting.reason}`;
    return `Init:${index}/${specs.length}`;
  }
  return undefined;
}

function containersStatus(pod: PodObject, before: string): string {
  let status: string | undefined;
  let running = false;
  for (const { ready, state } of pod.status?.containerStatuses ?? []) {
    const { terminated, waiting } = state ?? {};
    // The first container with something to say wins.
    if (waiting?.reason !== undefined && waiting.reason !== '') status ??= waiting.reason;
    else if (terminated !== undefined) status ??= endOf(terminated);
    else if (ready === true && state?.running !== undefined) running = true;
  }
  status ??= before;
  if (status === 'Completed' && running) return hasCondition(pod, 'Ready') ? 'Running' : 'NotReady';
  return status;
}

function endOf({
  reason,
  signal,
  exitCode,
}: {
  reason?: string;
  signal?: number;
  exitCode?: number;
}): string {
  if (reason !== undefined && reason !== '') return reason;
  return signal !== undefined && signal !== 0 ? `Signal:${signal}` : `ExitCode:${exitCode ?? 0}`;
}
