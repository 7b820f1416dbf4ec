import { isIPv4, isIPv6 } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import type { EndpointAddress, Endpoint, Endpoints, EndpointSlice, EndpointSubset } from '../api/objects.ts';
import { ENDPOINT_SLICES, ENDPOINTS, SERVICES } from '../api/resources.ts';
import { disposeAll, type ControllerContext } from './controller.ts';
import { controllerReference } from './object-helpers.ts';
import { TRIGGER_TIME } from './selected-pods.ts';
import { keyOf, splitKey, WorkQueue } from './work-queue.ts';

const SERVICE_NAME = 'kubernetes.io/service-name';
const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
const CONTROLLER_NAME = 'endpointslicemirroring-controller.k8s.io';
const SKIP_MIRROR = 'endpointslice.kubernetes.io/skip-mirror';
const LEADER = 'control-plane.alpha.kubernetes.io/leader';
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
/** So many addresses of a subset are mirrored (kube-controller-manager's --mirroring-max-endpoints-per-subset). */
const MAX_ENDPOINTS = 1000;

type SliceContent = Pick<EndpointSlice, 'addressType' | 'endpoints'> & {
  ports: NonNullable<EndpointSlice['ports']>;
};

/**
 * Copies Endpoints that somebody made by hand for a Service without a selector into EndpointSlices, which is
 * all that the service proxy reads (kube-controller-manager's endpointslicemirroring controller).
 */
export function startEndpointSliceMirroringController({ api, clock }: ControllerContext): Disposable {
  const queue = new WorkQueue(clock, (key) => sync(api, key));
  return disposeAll([
    queue,
    api.watch(ENDPOINTS, ({ object }) => queue.add(keyOf(object))),
    api.watch(SERVICES, ({ object }) => queue.add(keyOf(object))),
    api.watch(ENDPOINT_SLICES, ({ type, object }) => {
      const { namespace = '', labels = {} } = object.metadata;
      const service = labels[SERVICE_NAME];
      if (type !== 'ADDED' && service !== undefined && labels[MANAGED_BY] === CONTROLLER_NAME)
        queue.add(`${namespace}/${service}`);
    }),
  ]);
}

function sync(api: ControllerContext['api'], key: string): void {
  const { namespace, name } = splitKey(key);
  const endpoints = api.get(ENDPOINTS, namespace, name);
  const service = api.get(SERVICES, namespace, name);
  const existing = api.list(ENDPOINT_SLICES, {
    namespace,
    labelSelector: { matchLabels: { [SERVICE_NAME]: name, [MANAGED_BY]: CONTROLLER_NAME } },
  });
  const mirrored =
    endpoints !== undefined &&
    isMirrored(endpoints) &&
    service !== undefined &&
    service.spec.selector === undefined;
  if (!mirrored) {
    for (const slice of existing) api.delete(ENDPOINT_SLICES, namespace, slice.metadata.name);
    return;
  }
  const labels = { ...endpoints.metadata.labels, [SERVICE_NAME]: name, [MANAGED_BY]: CONTROLLER_NAME };
  const {
    [TRIGGER_TIME]: _time,
    [LAST_APPLIED]: _applied,
    ...annotations
  } = endpoints.metadata.annotations ?? {};
  const unused = [...existing];
  for (const content of (endpoints.subsets ?? []).flatMap(contentOf)) {
    const at = unused.findIndex(
      (slice) =>
        slice.addressType === content.addressType && isDeepStrictEqual(slice.ports ?? [], content.ports),
    );
    const [slice] = at === -1 ? [] : unused.splice(at, 1);
    if (slice === undefined)
      api.create(ENDPOINT_SLICES, {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: {
          namespace,
          generateName: `${name}-`,
          labels,
          ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
          ownerReferences: [controllerReference(endpoints)],
        },
        ...content,
      });
    else
      api.mutate(ENDPOINT_SLICES, namespace, slice.metadata.name, (draft) => {
        draft.endpoints = content.endpoints;
        draft.metadata.labels = labels;
        if (Object.keys(annotations).length > 0) draft.metadata.annotations = annotations;
        else delete draft.metadata.annotations;
      });
  }
  for (const slice of unused) api.delete(ENDPOINT_SLICES, namespace, slice.metadata.name);
}

function isMirrored({ metadata: { labels = {}, annotations = {}, deletionTimestamp } }: Endpoints): boolean {
  return deletionTimestamp === undefined && labels[SKIP_MIRROR] !== 'true' && !(LEADER in annotations);
}

function contentOf(subset: EndpointSubset): SliceContent[] {
  const ports = (subset.ports ?? []).map(({ name = '', ...port }) => ({ name, ...port }));
  const all = [
    ...(subset.addresses ?? []).map((address) => endpointOf(address, true)),
    ...(subset.notReadyAddresses ?? []).map((address) => endpointOf(address, false)),
  ].slice(0, MAX_ENDPOINTS);
  const families = [
    { addressType: 'IPv4' as const, fits: isIPv4 },
    { addressType: 'IPv6' as const, fits: isIPv6 },
  ];
  return families
    .map(({ addressType, fits }) => ({
      addressType,
      endpoints: all
        .filter(({ addresses }) => fits(addresses[0] ?? ''))
        .sort((a, b) => ((a.addresses[0] ?? '') < (b.addresses[0] ?? '') ? -1 : 1)),
      ports,
    }))
    .filter(({ endpoints }) => endpoints.length > 0);
}

function endpointOf({ ip, hostname, nodeName, targetRef }: EndpointAddress, ready: boolean): Endpoint {
  return {
    addresses: [ip],
    conditions: { ready },
    ...(hostname === undefined || hostname === '' ? {} : { hostname }),
    ...(nodeName === undefined ? {} : { nodeName }),
    ...(targetRef === undefined ? {} : { targetRef }),
  };
}
