import { isIPv4 } from 'node:net';
import type { Condition, ServiceCIDR } from '../api/objects.ts';
import { IP_ADDRESSES, SERVICE_CIDRS } from '../api/resources.ts';
import { ipv4ToNumber, parseIpv4Range, type Ipv4Range } from '../api/validation/network.ts';
import { disposeAll, type ControllerContext } from './controller.ts';
import { timestamp } from './object-helpers.ts';
import { WorkQueue } from './work-queue.ts';

const FINALIZER = 'networking.k8s.io/service-cidr-finalizer';
/** How long a range stays after its deletion, lest some server still gives out its addresses. */
const DELETION_GRACE_MS = 10_000;
const MANAGED_BY_ALLOCATOR = { 'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io' };

const READY: Condition = {
  type: 'Ready',
  status: 'True',
  reason: '',
  message: 'Kubernetes Service CIDR is ready',
};
const STILL_USED: Condition = {
  type: 'Ready',
  status: 'False',
  reason: 'Terminating',
  message:
    'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR',
};

function rangesOf({ spec }: ServiceCIDR): Ipv4Range[] {
  return (spec.cidrs ?? []).filter((cidr) => isIPv4(cidr.split('/')[0] ?? '')).map(parseIpv4Range);
}

/** Neither the network's own address nor the one for all of it counts as part of a range. */
function contains(cidr: ServiceCIDR, address: number): boolean {
  return rangesOf(cidr).some(({ first, size }) => address > first && address < first + size - 1);
}

function isWithin(inner: Ipv4Range, cidr: ServiceCIDR): boolean {
  return rangesOf(cidr).some(
    ({ first, size }) => inner.first >= first && inner.first + inner.size <= first + size,
  );
}

/**
 * Makes new ranges of Service addresses ready, and keeps those that are deleted until no address needs them
 * (kube-controller-manager's service-cidr-controller).
 */
export function startServiceCidrController({ api, clock }: ControllerContext): Disposable {
  const queue: WorkQueue = new WorkQueue(clock, (name) => {
    const cidr = api.get(SERVICE_CIDRS, undefined, name);
    if (cidr === undefined) return;
    const { deletionTimestamp, finalizers = [] } = cidr.metadata;
    if (deletionTimestamp === undefined) {
      if (!finalizers.includes(FINALIZER))
        api.mutate(SERVICE_CIDRS, undefined, name, (draft) => {
          draft.metadata.finalizers = [...finalizers, FINALIZER];
        });
      setCondition(cidr, READY);
    } else if (isStillUsed(cidr)) setCondition(cidr, STILL_USED);
    else {
      const left = Date.parse(deletionTimestamp) + DELETION_GRACE_MS - clock.now();
      if (left > 0) queue.addAfter(name, left);
      else if (finalizers.includes(FINALIZER))
        api.mutate(SERVICE_CIDRS, undefined, name, (draft) => {
          draft.metadata.finalizers = finalizers.filter((finalizer) => finalizer !== FINALIZER);
        });
    }
  });

  /** Whether addresses would be left that no other range contains. */
  function isStillUsed(cidr: ServiceCIDR): boolean {
    const others = api.list(SERVICE_CIDRS).filter(({ metadata }) => metadata.name !== cidr.metadata.name);
    if (rangesOf(cidr).every((range) => others.some((other) => isWithin(range, other)))) return false;
    return api
      .list(IP_ADDRESSES, { labelSelector: { matchLabels: MANAGED_BY_ALLOCATOR } })
      .filter(({ metadata }) => isIPv4(metadata.name))
      .map(({ metadata }) => ipv4ToNumber(metadata.name))
      .some((address) => contains(cidr, address) && !others.some((other) => contains(other, address)));
  }

  function setCondition({ metadata: { name }, status }: ServiceCIDR, wanted: Condition): void {
    const { conditions = [] } = status ?? {};
    const current = conditions.find(({ type }) => type === wanted.type);
    if (
      current?.status === wanted.status &&
      current.reason === wanted.reason &&
      current.message === wanted.message
    )
      return;
    api.mutate(
      SERVICE_CIDRS,
      undefined,
      name,
      (draft) => {
        draft.status = {
          conditions: [
            ...conditions.filter(({ type }) => type !== wanted.type),
            { ...wanted, lastTransitionTime: timestamp(clock.now()) },
          ],
        };
      },
      { subresource: 'status' },
    );
  }

  const addAll = (): void => {
    for (const { metadata } of api.list(SERVICE_CIDRS))
      if (metadata.deletionTimestamp !== undefined) queue.add(metadata.name);
  };
  return disposeAll([
    queue,
    api.watch(SERVICE_CIDRS, ({ object }) => {
      queue.add(object.metadata.name);
      addAll();
    }),
    api.watch(IP_ADDRESSES, addAll),
  ]);
}
