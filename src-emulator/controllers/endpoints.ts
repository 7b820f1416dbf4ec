import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { EndpointAddress, EndpointPort, EndpointSubset, Pod, Service } from '../api/objects.ts';
import { ENDPOINTS, SERVICES } from '../api/resources.ts';
import { disposeAll, type ControllerContext } from './controller.ts';
import { isPodReady } from './object-helpers.ts';
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
import { keyOf, splitKey, WorkQueue } from './work-queue.ts';

const MANAGED_BY = 'endpoints.kubernetes.io/managed-by';

/**
 * Keeps the Endpoints object of every Service with a selector (kube-controller-manager's endpoints controller):
 * the form that came before EndpointSlices, and that people still look at.
 */
export function startEndpointsController({ api, clock }: ControllerContext): Disposable {
  const queue = new WorkQueue(clock, (key) => sync(api, key));
  return disposeAll([
    queue,
    watchSelectedPods(api, queue),
    // What somebody deleted comes back. What somebody changed stays so until the Service or a pod changes.
    api.watch(ENDPOINTS, ({ type, object }) => {
      if (type === 'DELETED') queue.add(keyOf(object));
    }),
  ]);
}

function sync(api: ControllerContext['api'], key: string): void {
  const { namespace, name } = splitKey(key);
  const service = api.get(SERVICES, namespace, name);
  if (service === undefined) {
    if (api.get(ENDPOINTS, namespace, name) !== undefined) api.delete(ENDPOINTS, namespace, name);
    return;
  }
  if (!selectsPods(service)) return;

  const pods = endpointPods(api, service).filter(
    (pod) => pod.metadata.deletionTimestamp === undefined || service.spec.publishNotReadyAddresses === true,
  );
  const subsets = repackSubsets(pods.flatMap((pod) => entriesOf(service, pod)));
  const labels = labelsOf(service);
  const annotations = { [TRIGGER_TIME]: lastChange(service, pods) };
  if (api.get(ENDPOINTS, namespace, name) === undefined) {
    api.create(ENDPOINTS, {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { namespace, name, labels, annotations },
      ...(subsets.length === 0 ? {} : { subsets }),
    });
    return;
  }
  api.mutate(ENDPOINTS, namespace, name, (draft) => {
    const same =
      isDeepStrictEqual(draft.subsets ?? [], subsets) && isDeepStrictEqual(draft.metadata.labels, labels);
    if (same) return;
    draft.metadata.labels = labels;
    draft.metadata.annotations = { ...draft.metadata.annotations, ...annotations };
    if (subsets.length === 0) delete draft.subsets;
    else draft.subsets = subsets;
  });
}

function labelsOf(service: Service): Record<string, string> {
  const { [HEADLESS]: _headless, ...labels } = service.metadata.labels ?? {};
  labels[MANAGED_BY] = 'endpoint-controller';
  if (service.spec.clusterIP === 'None') labels[HEADLESS] = '';
  return labels;
}

/** An address at one port; a headless Service may have none. */
interface Entry {
  address: EndpointAddress;
  port: EndpointPort | undefined;
  ready: boolean;
}

function entriesOf(service: Service, pod: Pod): Entry[] {
  const { namespace, name, uid } = pod.metadata;
  const { nodeName } = pod.spec;
  const hostname = hostnameIn(service, pod);
  const address: EndpointAddress = {
    ip: pod.status.podIP ?? '',
    ...(hostname === undefined ? {} : { hostname }),
    ...(nodeName === undefined ? {} : { nodeName }),
    targetRef: { kind: 'Pod', ...(namespace === undefined ? {} : { namespace }), name, uid },
  };
  const ready = service.spec.publishNotReadyAddresses === true || isPodReady(pod);
  const ports = service.spec.ports ?? [];
  if (ports.length === 0)
    return service.spec.clusterIP === 'None' ? [{ address, port: undefined, ready }] : [];
  return ports.flatMap((servicePort) => {
    const protocol = servicePort.protocol ?? 'TCP';
    const number = targetPortIn(pod, { ...servicePort, protocol });
    if (number === undefined) return [];
    const { name: portName, appProtocol } = servicePort;
    const port: EndpointPort = {
      ...(portName === undefined || portName === '' ? {} : { name: portName }),
      port: number,
      protocol,
      ...(appProtocol === undefined ? {} : { appProtocol }),
    };
    return [{ address, port, ready }];
  });
}

/**
 * Ports that have the same addresses share a subset, as k8s.io/kubernetes/pkg/api/v1/endpoints.RepackSubsets
 * packs them: addresses sorted as text, ports by their hash.
 */
function repackSubsets(entries: readonly Entry[]): EndpointSubset[] {
  const byPort = new Map<string, { port: EndpointPort | undefined; entries: Entry[] }>();
  for (const entry of entries) {
    const key = JSON.stringify(entry.port ?? null);
    const group = byPort.get(key) ?? { port: entry.port, entries: [] };
    byPort.set(key, group);
    group.entries.push(entry);
  }
  const byAddresses = new Map<string, { ports: EndpointPort[]; entries: Entry[] }>();
  for (const { port, entries: members } of byPort.values()) {
    members.sort((a, b) => compare(a.address.ip, b.address.ip));
    const key = JSON.stringify(members.map(({ address, ready }) => [address, ready]));
    const group = byAddresses.get(key) ?? { ports: [], entries: members };
    byAddresses.set(key, group);
    if (port !== undefined) group.ports.push(port);
  }
  return [...byAddresses.values()].map(({ ports, entries: members }) => {
    const addresses = members.filter(({ ready }) => ready).map(({ address }) => address);
    const notReadyAddresses = members.filter(({ ready }) => !ready).map(({ address }) => address);
    ports.sort((a, b) => compare(portHash(a), portHash(b)));
    return {
      ...(addresses.length === 0 ? {} : { addresses }),
      ...(notReadyAddresses.length === 0 ? {} : { notReadyAddresses }),
      ...(ports.length === 0 ? {} : { ports }),
    };
  });
}

/** The MD5 of the port as Go prints it: an arbitrary order, but Kubernetes' own. */
function portHash({ name = '', port, protocol = 'TCP', appProtocol }: EndpointPort): string {
  const text = `(v1.EndpointPort){Name:(string)${name} Port:(int32)${port} Protocol:(v1.Protocol)${protocol} AppProtocol:(*string)${appProtocol ?? '<nil>'}}`;
  return createHash('md5').update(text).digest('hex');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
