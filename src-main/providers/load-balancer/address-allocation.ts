import { addressesOf, compareAge, isOurs, type LoadBalancedService } from './services.ts';

export interface AddressInput {
  /** Every Service of the cluster. */
  services: readonly LoadBalancedService[];
  /** What Services may get: see `serviceAddresses`. */
  pool: readonly string[];
  /** Addresses of nodes and whatever else is in their network. */
  taken: readonly string[];
}

export interface AddressChange {
  service: LoadBalancedService;
  /** Null to take away; undefined when there is none to be had. */
  address: string | null | undefined;
  /** The address that was asked for and could not be given. */
  refused?: string;
}

/**
 * Which Services get which address. A Service keeps its address, unless it asks for another one
 * (`spec.loadBalancerIP`) that is free; of two with the same the older keeps it. Everybody who looks at the same
 * cluster comes to the same answer. What has an address from outside of the pool is left to whoever gave that.
 */
export function allocateAddresses({ services, pool, taken }: AddressInput): AddressChange[] {
  const ours = services.filter((service) => isOurs(service) && !isForeign(service, pool)).sort(compareAge);
  const others = services.filter((service) => !ours.includes(service));
  const used = new Set([
    ...taken,
    ...services.flatMap(({ spec }) => spec.externalIPs ?? []),
    ...others.filter(isLoadBalancer).flatMap(addressesOf),
  ]);
  const given = new Map<LoadBalancedService, string>();
  const give = (service: LoadBalancedService, address: string): void => {
    used.delete(given.get(service) ?? '');
    used.add(address);
    given.set(service, address);
  };
  const isFree = (address: string): boolean => pool.includes(address) && !used.has(address);

  for (const service of ours) {
    const current = addressesOf(service)[0];
    if (current !== undefined && isFree(current)) give(service, current);
  }
  for (const service of ours) {
    const wish = service.spec.loadBalancerIP;
    if (wish !== undefined && isFree(wish)) give(service, wish);
  }
  for (const service of ours) {
    const free = given.has(service) ? undefined : pool.find(isFree);
    if (free !== undefined) give(service, free);
  }

  return [
    ...others
      .filter((service) => !isLoadBalancer(service) && addressesOf(service).some((at) => pool.includes(at)))
      .map((service) => ({ service, address: null })),
    ...ours.flatMap((service) => changeOf(service, given.get(service))),
  ];
}

function changeOf(service: LoadBalancedService, address: string | undefined): AddressChange[] {
  const current = addressesOf(service)[0];
  if (address !== undefined && current === address) return [];
  const wish = service.spec.loadBalancerIP;
  const refused = wish !== undefined && wish !== '' && wish !== address ? { refused: wish } : {};
  return [{ service, address, ...refused }];
}

function isLoadBalancer({ spec }: LoadBalancedService): boolean {
  return spec.type === 'LoadBalancer';
}

function isForeign(service: LoadBalancedService, pool: readonly string[]): boolean {
  const [current] = addressesOf(service);
  return current !== undefined && !pool.includes(current);
}
