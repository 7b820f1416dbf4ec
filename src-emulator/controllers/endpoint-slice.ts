import { isDeepStrictEqual } from 'node:util';
import type { Endpoint, EndpointSlice, Pod, Service } from '../api/objects.ts';
import { ENDPOINT_SLICES, SERVICES } from '../api/resources.ts';
import { disposeAll, type ControllerContext } from './controller.ts';
import { controllerReference, isPodReady } from './object-helpers.ts';
import {
  endpointPods,
  HEADLESS,
  hostnameIn,
  lastChange,
  selectsPods,
  targetPortIn,
  TRIGGER_TIME,
  watchSelectedPods,
} from './selected-pods.ts';
import { splitKey, WorkQueue } from './work-queue.ts';

const MAX_ENDPOINTS = 100;
const SERVICE_NAME = 'kubernetes.io/service-name';
const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
const CONTROLLER_NAME = 'endpointslice-controller.k8s.io';

type SlicePorts = NonNullable<EndpointSlice['ports']>;
type SliceContent = Pick<EndpointSlice, 'endpoints'> & { ports: SlicePorts };

/** Keeps EndpointSlices for every Service with a selector (kube-controller-manager's endpointslice controller). */
export function startEndpointSliceController(context: ControllerContext): Disposable {
  const { api } = context;
  const queue = new WorkQueue(context.clock, (key) => sync(context, key));
  return disposeAll([
    queue,
    watchSelectedPods(api, queue),
    // A slice that somebody changed or deleted is put right.
    api.watch(ENDPOINT_SLICES, ({ type, object }) => {
      const service = object.metadata.labels?.[SERVICE_NAME];
      if (
        type === 'ADDED' ||
        service === undefined ||
        object.metadata.labels?.[MANAGED_BY] !== CONTROLLER_NAME
      )
        return;
      queue.add(`${object.metadata.namespace ?? ''}/${service}`);
    }),
  ]);
}

function sync({ api }: ControllerContext, key: string): void {
  const { namespace, name } = splitKey(key);
  const service = api.get(SERVICES, namespace, name);
  const selector = { matchLabels: { [SERVICE_NAME]: name, [MANAGED_BY]: CONTROLLER_NAME } };
  const existing = api
    .list(ENDPOINT_SLICES, { namespace, labelSelector: selector })
    .filter((slice) => slice.metadata.deletionTimestamp === undefined);
  // Without a Service the slices go by garbage collection; without a selector they are the user's own business.
  if (service === undefined || service.metadata.deletionTimestamp !== undefined) return;
  if (!selectsPods(service)) return;

  const pods = endpointPods(api, service);
  const plan = planSlices(desiredContent(service, pods), existing);
  const meta = sliceMetadata(service, pods);
  for (const { slice, content } of plan.keep) {
    api.mutate(ENDPOINT_SLICES, namespace, slice.metadata.name, (draft) => {
      const changed =
        !isDeepStrictEqual(draft.endpoints, content.endpoints) ||
        !isDeepStrictEqual(draft.ports ?? [], content.ports);
      if (changed) {
        draft.endpoints = content.endpoints;
        draft.ports = content.ports;
        draft.metadata.annotations = { ...draft.metadata.annotations, ...meta.annotations };
      }
      if (!isDeepStrictEqual(draft.metadata.labels, meta.labels)) draft.metadata.labels = meta.labels;
    });
  }
  for (const content of plan.create)
    api.create(ENDPOINT_SLICES, {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { ...meta, namespace, generateName: `${name}-` },
      addressType: 'IPv4',
      ...content,
    });
  for (const slice of plan.remove) api.delete(ENDPOINT_SLICES, namespace, slice.metadata.name);
}

function sliceMetadata(
  service: Service,
  pods: readonly Pod[],
): {
  labels: Record<string, string>;
  annotations: Record<string, string>;
  ownerReferences: [ReturnType<typeof controllerReference>];
} {
  const { [HEADLESS]: _headless, ...labels } = service.metadata.labels ?? {};
  labels[SERVICE_NAME] = service.metadata.name;
  labels[MANAGED_BY] = CONTROLLER_NAME;
  if (service.spec.clusterIP === 'None') labels[HEADLESS] = '';
  return {
    labels,
    annotations: { [TRIGGER_TIME]: lastChange(service, pods) },
    ownerReferences: [controllerReference(service)],
  };
}

/** The endpoints of a Service, grouped by the ports that they resolve to. */
function desiredContent(service: Service, pods: readonly Pod[]): SliceContent[] {
  const groups = new Map<string, SliceContent>();
  for (const pod of pods) {
    const ports = resolvePorts(service, pod);
    const key = JSON.stringify(ports);
    const group = groups.get(key) ?? { endpoints: [], ports };
    groups.set(key, group);
    group.endpoints.push(endpointOf(service, pod));
  }
  return [...groups.values()];
}

/** A named target port is looked up in each pod; a pod without it has none. */
function resolvePorts(service: Service, pod: Pod): SlicePorts {
  return (service.spec.ports ?? []).flatMap((port) => {
    const protocol = port.protocol ?? 'TCP';
    const number = targetPortIn(pod, { ...port, protocol });
    if (number === undefined) return [];
    return {
      name: port.name ?? '',
      protocol,
      port: number,
      ...(port.appProtocol === undefined ? {} : { appProtocol: port.appProtocol }),
    };
  });
}

function endpointOf(service: Service, pod: Pod): Endpoint {
  const { namespace, name, uid, deletionTimestamp } = pod.metadata;
  const serving = isPodReady(pod);
  const terminating = deletionTimestamp !== undefined;
  const ready = service.spec.publishNotReadyAddresses === true || (serving && !terminating);
  const { nodeName } = pod.spec;
  const hostname = hostnameIn(service, pod);
  return {
    addresses: [pod.status.podIP ?? ''],
    conditions: { ready, serving, terminating },
    ...(hostname === undefined ? {} : { hostname }),
    ...(nodeName === undefined ? {} : { nodeName }),
    targetRef: { kind: 'Pod', ...(namespace === undefined ? {} : { namespace }), name, uid },
  };
}

interface SlicePlan {
  keep: { slice: EndpointSlice; content: SliceContent }[];
  create: SliceContent[];
  remove: EndpointSlice[];
}

/**
 * Distributes endpoints over slices with as few changes as possible: what is in a slice stays there, new ones go
 * where there is room, and a slice that would be deleted is reused for one that would be created. A Service
 * without endpoints keeps one empty slice.
 */
function planSlices(groups: readonly SliceContent[], existing: readonly EndpointSlice[]): SlicePlan {
  const plan: SlicePlan = { keep: [], create: [], remove: [] };
  const unused = new Set(existing);
  for (const { endpoints, ports } of groups) {
    const pending = new Map(endpoints.map((endpoint) => [endpoint.targetRef?.uid, endpoint]));
    const kept: SlicePlan['keep'] = [];
    for (const slice of existing) {
      if (!isDeepStrictEqual(slice.ports ?? [], ports)) continue;
      const staying = slice.endpoints.flatMap((endpoint) => {
        const wanted = pending.get(endpoint.targetRef?.uid);
        pending.delete(endpoint.targetRef?.uid);
        return wanted ?? [];
      });
      if (staying.length === 0) continue;
      unused.delete(slice);
      kept.push({ slice, content: { endpoints: staying, ports } });
    }
    const waiting = [...pending.values()];
    for (const { content } of kept)
      content.endpoints.push(...waiting.splice(0, MAX_ENDPOINTS - content.endpoints.length));
    while (waiting.length > 0) plan.create.push({ endpoints: waiting.splice(0, MAX_ENDPOINTS), ports });
    plan.keep.push(...kept);
  }
  if (plan.keep.length === 0 && plan.create.length === 0) plan.create.push({ endpoints: [], ports: [] });
  for (const slice of unused) {
    const content = plan.create.shift();
    if (content === undefined) plan.remove.push(slice);
    else plan.keep.push({ slice, content });
  }
  return plan;
}
