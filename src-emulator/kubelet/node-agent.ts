import { randomUUID } from 'node:crypto';
import type { ClusterApi } from '../api/cluster-api.ts';
import type { Node } from '../api/objects.ts';
import { LEASES, NODES } from '../api/resources.ts';
import type { Clock, Timer } from '../clock.ts';
import type { EventRecorder } from '../controllers/events.ts';
import { timestamp } from '../controllers/object-helpers.ts';

const LEASE_NAMESPACE = 'kube-node-lease';
const LEASE_SECONDS = 40;
/** A quarter of the lease's duration. */
const RENEW_MS = 10_000;
/** How often a status without changes is reported (nodeStatusReportFrequency). */
const REPORT_MS = 300_000;

/** On a Node, with the value `off`: its machine is switched off. Without it, or with another value, it runs. */
export const MACHINE_ANNOTATION = 'switchyard.dev/machine';

/** Whether somebody has switched the machine off, by the annotation that stands for its power button. */
export function isMachineOff({ metadata }: Node): boolean {
  return metadata.annotations?.[MACHINE_ANNOTATION] === 'off';
}

interface NodeAgentOptions {
  api: ClusterApi;
  clock: Clock;
  events: EventRecorder;
  nodeName: string;
  /** The images that the node has. */
  images: () => NonNullable<Node['status']['images']>;
}

type NodeCondition = NonNullable<Node['status']['conditions']>[number];

/** What a kubelet says of its own node, as long as it is well. */
const CONDITIONS: readonly [type: string, status: 'True' | 'False', reason: string, message: string][] = [
  ['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
  ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'],
];

/** The conditions of a healthy node; a transition time is kept as long as the status stays. */
export function healthyConditions(
  before: readonly NodeCondition[] | undefined,
  now: string,
): NodeCondition[] {
  return CONDITIONS.map(([type, status, reason, message]) => {
    const earlier = before?.find((condition) => condition.type === type);
    const kept = earlier?.status === status ? earlier.lastTransitionTime : undefined;
    return { type, status, lastHeartbeatTime: now, lastTransitionTime: kept ?? now, reason, message };
  });
}

/** Tells the API server that a node lives: renews its lease and reports its status. */
export class NodeAgent {
  readonly #options: NodeAgentOptions;
  #timer: Timer | undefined;
  #reportedMs = 0;
  #unschedulable: boolean | undefined;

  /** @param rebooted the machine was off before: its kubelet says so. */
  constructor(options: NodeAgentOptions, rebooted: boolean) {
    this.#options = options;
    if (rebooted) this.#announceReboot();
    this.#beat();
  }

  close(): void {
    this.#timer?.cancel();
  }

  /** A newer version of the node. */
  update(node: Node): void {
    const unschedulable = node.spec.unschedulable === true;
    const before = this.#unschedulable;
    this.#unschedulable = unschedulable;
    if (before === undefined || before === unschedulable) return;
    this.#tell(node, unschedulable ? 'NodeNotSchedulable' : 'NodeSchedulable');
  }

  #tell(node: Node, status: string): void {
    const message = `Node ${this.#options.nodeName} status is now: ${status}`;
    this.#options.events.record(node, 'Normal', status, message);
  }

  #announceReboot(): void {
    const { api, nodeName, events } = this.#options;
    const bootID = randomUUID();
    const node = api.mutate(
      NODES,
      undefined,
      nodeName,
      (draft) => {
        draft.status.nodeInfo = { ...draft.status.nodeInfo, bootID };
      },
      { subresource: 'status' },
    );
    if (node === undefined) return;
    events.record(node, 'Normal', 'Starting', 'Starting kubelet.');
    const message = `Node ${nodeName} has been rebooted, boot id: ${bootID}`;
    events.record(node, 'Warning', 'Rebooted', message);
  }

  #beat(): void {
    const { api, clock, nodeName } = this.#options;
    this.#timer = clock.setTimeout(() => this.#beat(), RENEW_MS);
    const node = api.get(NODES, undefined, nodeName);
    if (node === undefined) return;
    this.#renewLease(node);
    const ready = node.status.conditions?.find(({ type }) => type === 'Ready');
    const images = this.#options.images();
    const isNews = ready?.status !== 'True' || images.length !== (node.status.images?.length ?? 0);
    if (!isNews && clock.now() - this.#reportedMs < REPORT_MS) return;
    this.#reportedMs = clock.now();
    api.mutate(
      NODES,
      undefined,
      nodeName,
      (draft) => {
        draft.status.conditions = healthyConditions(draft.status.conditions, timestamp(clock.now()));
        if (images.length > 0) draft.status.images = images;
      },
      { subresource: 'status' },
    );
    if (ready !== undefined && ready.status !== 'True') this.#tell(node, 'NodeReady');
  }

  #renewLease({ metadata }: Node): void {
    const { api, clock, nodeName } = this.#options;
    const renewTime = new Date(clock.now()).toISOString().replace('Z', '000Z');
    const renewed = api.mutate(LEASES, LEASE_NAMESPACE, nodeName, (draft) => {
      draft.spec.renewTime = renewTime;
    });
    if (renewed !== undefined) return;
    api.create(LEASES, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: {
        namespace: LEASE_NAMESPACE,
        name: nodeName,
        ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: nodeName, uid: metadata.uid }],
      },
      spec: { holderIdentity: nodeName, leaseDurationSeconds: LEASE_SECONDS, renewTime },
    });
  }
}
