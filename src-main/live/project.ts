import type { ConfigView, EventView, NodeView, ObjectView, WorkloadView } from '#shared/live.ts';
import {
  NODE,
  POD,
  SERVICE,
  ENDPOINT_SLICE,
  type Condition,
  type KindRef,
  type KubeObject,
} from '../kube/objects.ts';
import { baseOf, timeOf } from './project-base.ts';
import { projectPod } from './project-pod.ts';
import { projectEndpointSlice, projectService } from './project-service.ts';

/** One kind that the live state shows. */
export interface LiveKind {
  ref: KindRef;
  namespaced: boolean;
  /** Makes the view model. Pure; secrets lose their values here. */
  project: (object: KubeObject) => ObjectView;
}

export const LIVE_KINDS: readonly LiveKind[] = [
  { ref: POD, namespaced: true, project: projectPod },
  { ref: SERVICE, namespaced: true, project: projectService },
  { ref: ENDPOINT_SLICE, namespaced: true, project: projectEndpointSlice },
  { ref: { apiVersion: 'apps/v1', kind: 'Deployment' }, namespaced: true, project: projectDeployment },
  { ref: { apiVersion: 'v1', kind: 'ConfigMap' }, namespaced: true, project: projectConfig },
  { ref: { apiVersion: 'v1', kind: 'Secret' }, namespaced: true, project: projectConfig },
  { ref: { apiVersion: 'v1', kind: 'Event' }, namespaced: true, project: projectEvent },
  { ref: NODE, namespaced: false, project: projectNode },
];

interface DeploymentObject extends KubeObject {
  spec?: { replicas?: number };
  status?: { readyReplicas?: number; updatedReplicas?: number; availableReplicas?: number };
}

function projectDeployment(object: KubeObject): WorkloadView {
  const { spec, status } = object as DeploymentObject;
  return {
    kind: 'Deployment',
    ...baseOf(object),
    replicas: spec?.replicas ?? 1,
    ready: status?.readyReplicas ?? 0,
    updated: status?.updatedReplicas ?? 0,
    available: status?.availableReplicas ?? 0,
  };
}

interface NodeObject extends KubeObject {
  spec?: { unschedulable?: boolean };
  status?: {
    conditions?: Condition[];
    addresses?: { type: string; address: string }[];
    nodeInfo?: { kubeletVersion?: string };
  };
}

const ROLE = 'node-role.kubernetes.io/';

export function projectNode(object: KubeObject): NodeView {
  const { metadata, spec, status } = object as NodeObject;
  const address = status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
  return {
    kind: 'Node',
    ...baseOf(object),
    ready: (status?.conditions ?? []).some(({ type, status }) => type === 'Ready' && status === 'True'),
    schedulable: spec?.unschedulable !== true,
    roles: Object.keys(metadata.labels ?? {})
      .filter((label) => label.startsWith(ROLE) && label.length > ROLE.length)
      .map((label) => label.slice(ROLE.length))
      .sort(),
    ...(address !== undefined && { address }),
    version: status?.nodeInfo?.kubeletVersion ?? '',
  };
}

interface ConfigObject extends KubeObject {
  data?: Record<string, string> | null;
  binaryData?: Record<string, string> | null;
}

/** Keys only: a secret's values stay out of the live state. */
export function projectConfig(object: KubeObject): ConfigView {
  const { data, binaryData } = object as ConfigObject;
  return {
    kind: object.kind === 'Secret' ? 'Secret' : 'ConfigMap',
    ...baseOf(object),
    keys: [...Object.keys(data ?? {}), ...Object.keys(binaryData ?? {})].sort(),
  };
}

interface EventObject extends KubeObject {
  type?: string;
  reason?: string;
  message?: string;
  count?: number;
  series?: { count?: number; lastObservedTime?: string } | null;
  eventTime?: string | null;
  lastTimestamp?: string | null;
  involvedObject?: { kind?: string; name?: string };
}

export function projectEvent(object: KubeObject): EventView {
  const event = object as EventObject;
  const base = baseOf(event);
  const seen = [event.series?.lastObservedTime, event.lastTimestamp, event.eventTime].map(timeOf);
  return {
    kind: 'Event',
    ...base,
    type: event.type ?? 'Normal',
    reason: event.reason ?? '',
    message: event.message ?? '',
    object: `${event.involvedObject?.kind ?? ''}/${event.involvedObject?.name ?? ''}`,
    count: event.series?.count ?? event.count ?? 1,
    lastSeenAt: Math.max(base.createdAt, ...seen),
  };
}
