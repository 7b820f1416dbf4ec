import type { Container, Pod } from '../../api/objects.ts';
import { parseQuantity } from '../quantity.ts';

/** What scoring assumes of a container that requests nothing, so that such pods count too. */
const ASSUMED_REQUESTS: Record<string, number> = { cpu: 0.1, memory: 200 * 2 ** 20 };

/**
 * What a pod asks of a resource: the larger of what its main containers and sidecars need together and of what
 * any init container needs with the sidecars started before it, plus overhead (k8s.io/component-helpers/resource).
 */
export function podRequest(pod: Pod, resource: string): number {
  return remembered(
    requests,
    pod,
    resource,
    () => requestBy(pod, (container) => requestOf(container, resource)) + overheadOf(pod, resource),
  );
}

/** {@link podRequest} for scoring: a container without a request counts as a small one. */
export function assumedRequest(pod: Pod, resource: string): number {
  const assumed = ASSUMED_REQUESTS[resource] ?? 0;
  const amount = (container: Container): number =>
    container.resources?.requests?.[resource] === undefined ? assumed : requestOf(container, resource);
  return remembered(assumptions, pod, resource, () => requestBy(pod, amount) + overheadOf(pod, resource));
}

type Amounts = WeakMap<Pod['spec'], Map<string, number>>;

/** What was worked out before: what is stored is frozen, and shared by the versions of a pod. */
const requests: Amounts = new WeakMap();
const assumptions: Amounts = new WeakMap();

function remembered(amounts: Amounts, { spec }: Pod, resource: string, workOut: () => number): number {
  if (!Object.isFrozen(spec)) return workOut();
  let known = amounts.get(spec);
  if (known === undefined) amounts.set(spec, (known = new Map<string, number>()));
  let amount = known.get(resource);
  if (amount === undefined) known.set(resource, (amount = workOut()));
  return amount;
}

function requestBy(pod: Pod, amount: (container: Container) => number): number {
  let sidecars = 0;
  let largestInit = 0;
  for (const init of pod.spec.initContainers ?? []) {
    if (init.restartPolicy === 'Always') {
      sidecars += amount(init);
      largestInit = Math.max(largestInit, sidecars);
    } else largestInit = Math.max(largestInit, sidecars + amount(init));
  }
  const main = pod.spec.containers.reduce((total, container) => total + amount(container), 0);
  return Math.max(main + sidecars, largestInit);
}

function requestOf({ resources }: Container, resource: string): number {
  return parseQuantity(resources?.requests?.[resource] ?? '0');
}

function overheadOf(pod: Pod, resource: string): number {
  return parseQuantity(pod.spec.overhead?.[resource] ?? '0');
}

/** The resources that a pod requests anything of. */
export function requestedResources(pod: Pod): string[] {
  const all = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
  return [...new Set(all.flatMap(({ resources }) => Object.keys(resources?.requests ?? {})))];
}

interface HostPort {
  ip: string;
  protocol: string;
  port: number;
}

function hostPorts(pod: Pod): HostPort[] {
  const all = [
    ...(pod.spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always'),
    ...pod.spec.containers,
  ];
  return all.flatMap(({ ports = [] }) =>
    ports.flatMap(({ hostPort = 0, hostIP = '', protocol = 'TCP' }) =>
      hostPort > 0 ? { ip: hostIP === '' ? '0.0.0.0' : hostIP, protocol, port: hostPort } : [],
    ),
  );
}

/** Whether a pod wants a port of the node that another pod there has. */
export function hasPortConflict(pod: Pod, there: readonly Pod[]): boolean {
  const wanted = hostPorts(pod);
  if (wanted.length === 0) return false;
  const taken = there.flatMap(hostPorts);
  return wanted.some((want) =>
    taken.some(
      (other) =>
        other.port === want.port &&
        other.protocol === want.protocol &&
        (other.ip === want.ip || other.ip === '0.0.0.0' || want.ip === '0.0.0.0'),
    ),
  );
}
