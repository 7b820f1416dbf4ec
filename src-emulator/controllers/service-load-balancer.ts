import { isDeepStrictEqual } from 'node:util';
import type { Service } from '../api/objects.ts';
import { NODES, SERVICES } from '../api/resources.ts';
import { disposeAll, type ControllerContext } from './controller.ts';
import { createEventRecorder } from './events.ts';
import { keyOf, splitKey, WorkQueue } from './work-queue.ts';

/** Keeps a Service until its load balancer is gone (k8s.io/cloud-provider/service/helpers). */
const CLEANUP_FINALIZER = 'service.kubernetes.io/load-balancer-cleanup';
/** From one attempt to the next for a Service that found no address (the controller's shortest delay). */
const RETRY_MS = 5000;

export interface ServiceLoadBalancerOptions extends ControllerContext {
  /** What Services may get, in the order in which they are given out. */
  addresses: readonly string[];
}

/** As much of a Service as a load balancer goes by. */
type BalancedService = Service & {
  spec: Service['spec'] & {
    externalIPs?: string[];
    loadBalancerIP?: string;
    loadBalancerSourceRanges?: string[];
  };
};

/**
 * The service controller of a cloud provider: gives each Service of type LoadBalancer without a class an address,
 * says so in Events and in the status, and takes it back when the Service goes or changes its type
 * (k8s.io/cloud-provider/controllers/service). The packets find their way by themselves: the service proxy takes
 * what comes to the address.
 */
export function startServiceLoadBalancerController(options: ServiceLoadBalancerOptions): Disposable {
  const { api, clock, addresses } = options;
  const events = createEventRecorder({ api, clock, component: 'service-controller' });
  const range = `${addresses.at(0) ?? ''}-${addresses.at(-1) ?? ''}`;
  /** As each Service was when it was looked at last: what changed since tells whether to look again. */
  const ensured = new Map<string, BalancedService>();

  /** An address for the Service: what it asks for when that is free, what it has, or the first free one. */
  const addressFor = (service: BalancedService): { address: string | undefined; refused?: string } => {
    const others = api.list(SERVICES).filter(({ metadata }) => metadata.uid !== service.metadata.uid);
    const taken = new Set([
      ...api.list(NODES).flatMap(({ status }) => (status.addresses ?? []).map(({ address }) => address)),
      ...others.flatMap(ingressOf),
      ...[...others, service].flatMap((one: BalancedService) => one.spec.externalIPs ?? []),
    ]);
    const isFree = (address: string): boolean => addresses.includes(address) && !taken.has(address);
    const { loadBalancerIP: wish = '' } = service.spec;
    if (wish !== '' && isFree(wish)) return { address: wish };
    const address = ingressOf(service).find(isFree) ?? addresses.find(isFree);
    return wish === '' ? { address } : { address, refused: wish };
  };

  const setIngress = (service: Service, ingress: { ip: string; ipMode: 'VIP' }[] | undefined): void => {
    const { namespace, name } = service.metadata;
    const write = (draft: Service): void => {
      draft.status.loadBalancer = ingress === undefined ? {} : { ingress };
    };
    api.mutate(SERVICES, namespace, name, write, { subresource: 'status' });
  };

  const changeFinalizers = (service: Service, change: (finalizers: string[]) => string[]): void => {
    api.mutate(SERVICES, service.metadata.namespace, service.metadata.name, (draft) => {
      draft.metadata.finalizers = change(draft.metadata.finalizers ?? []);
    });
  };

  const ensure = (key: string, service: BalancedService): void => {
    events.record(service, 'Normal', 'EnsuringLoadBalancer', 'Ensuring load balancer');
    if (!hasFinalizer(service)) changeFinalizers(service, (finalizers) => [...finalizers, CLEANUP_FINALIZER]);
    const { address, refused } = addressFor(service);
    if (refused !== undefined) {
      const message = `Address ${refused} is in use, or not one of ${range}`;
      events.record(service, 'Warning', 'LoadBalancerIPNotAvailable', message);
    }
    if (address === undefined) {
      const message = `Error syncing load balancer: failed to ensure load balancer: every address of ${range} is in use`;
      events.record(service, 'Warning', 'SyncLoadBalancerFailed', message);
      queue.addAfter(key, RETRY_MS);
      return;
    }
    setIngress(service, [{ ip: address, ipMode: 'VIP' }]);
    events.record(service, 'Normal', 'EnsuredLoadBalancer', 'Ensured load balancer');
    ensured.set(key, service);
  };

  const cleanUp = (service: Service): void => {
    events.record(service, 'Normal', 'DeletingLoadBalancer', 'Deleting load balancer');
    setIngress(service, undefined);
    changeFinalizers(service, (finalizers) => finalizers.filter((one) => one !== CLEANUP_FINALIZER));
    events.record(service, 'Normal', 'DeletedLoadBalancer', 'Deleted load balancer');
  };

  const queue = new WorkQueue(clock, (key) => {
    const { namespace, name } = splitKey(key);
    const service: BalancedService | undefined = api.get(SERVICES, namespace, name);
    if (service === undefined || needsCleanup(service) || !wantsLoadBalancer(service)) {
      ensured.delete(key);
      if (service !== undefined && needsCleanup(service)) cleanUp(service);
      return;
    }
    const before = ensured.get(key);
    // After a restart of the cluster an address that was given before goes on as if nothing had been.
    const isKept = ingressOf(service).some((address) => addresses.includes(address));
    if (before === undefined && isKept) ensured.set(key, service);
    else if (before === undefined || needsUpdate(before, service)) ensure(key, service);
  });
  return disposeAll([queue, api.watch(SERVICES, ({ object }) => queue.add(keyOf(object)))]);
}

function ingressOf({ status }: { status: Partial<Service['status']> }): string[] {
  return (status.loadBalancer?.ingress ?? []).flatMap(({ ip }) => ip ?? []);
}

function wantsLoadBalancer({ spec }: Service): boolean {
  return spec.type === 'LoadBalancer' && (spec.loadBalancerClass ?? '') === '';
}

function hasFinalizer({ metadata }: Service): boolean {
  return metadata.finalizers?.includes(CLEANUP_FINALIZER) ?? false;
}

/** The Service has a load balancer, and is to lose it. */
function needsCleanup(service: Service): boolean {
  return (
    hasFinalizer(service) &&
    (service.metadata.deletionTimestamp !== undefined || service.spec.type !== 'LoadBalancer')
  );
}

/** Whether something changed that a load balancer is built from. */
function needsUpdate(before: BalancedService, now: BalancedService): boolean {
  return !isDeepStrictEqual(balancedBy(before), balancedBy(now));
}

function balancedBy({ metadata, spec }: BalancedService): unknown[] {
  return [
    metadata.uid,
    metadata.annotations ?? {},
    spec.ports,
    spec.sessionAffinity,
    spec.sessionAffinityConfig,
    spec.loadBalancerIP,
    spec.loadBalancerSourceRanges,
    spec.externalIPs,
    spec.externalTrafficPolicy,
    spec.healthCheckNodePort,
    spec.ipFamilies?.length,
  ];
}
