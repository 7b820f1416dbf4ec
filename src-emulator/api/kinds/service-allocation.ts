/**
 * What the server gives out to Services: cluster addresses and node ports
 * (pkg/registry/core/service/storage/alloc.go). What is taken is read from the Services that exist, so nothing
 * has to be given back.
 */
import { isIPv4 } from 'node:net';

import { ApiError } from '../cluster-api.ts';
import type { FieldError, WriteContext } from '../kind-definition.ts';
import type { Service } from '../objects.ts';
import { SERVICES } from '../resources.ts';
import { internalError, invalid as invalidObject } from '../status.ts';
import { invalid } from '../validation/errors.ts';
import type { Ipv4Range } from '../validation/network.ts';
import { ClusterIps, pickFree } from './cluster-ips.ts';
import type { FullServiceSpec } from './service-types.ts';
import {
  allocatesNodePorts,
  isExternallyAccessible,
  needsClusterIp,
  needsHealthCheckPort,
  usesNodePorts,
} from './service-types.ts';
import { validateClusterIpFields } from './service-validation.ts';

export interface ServiceRanges {
  clusterIps: Ipv4Range;
  nodePorts: [first: number, last: number];
  /** Between 0 and 1, as Math.random. */
  random: () => number;
}

function refuse(service: Service, errors: FieldError[]): never {
  throw invalidObject(SERVICES, service.metadata.name, errors);
}

/** On update the server has no better words for this than a bare error. */
function refuseDuplicate(protocol: string, nodePort: number): never {
  throw new ApiError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `duplicate nodePort: {${protocol} ${nodePort}}`,
    code: 500,
  });
}

/** Fills in addresses, families and ports of a new or changed Service. @throws ApiError 422, 500 */
export class ServiceAllocator {
  readonly #ranges: ServiceRanges;
  readonly #clusterIps: ClusterIps;

  constructor(ranges: ServiceRanges) {
    this.#ranges = ranges;
    this.#clusterIps = new ClusterIps(ranges.clusterIps, ranges.random);
  }

  /** With `dryRun` nothing is given out: an address of the range will do, and any port that is not taken. */
  allocate(
    draft: Service,
    stored: Service | undefined,
    context: WriteContext,
    { dryRun }: { dryRun: boolean },
  ): void {
    const others = context
      .list(SERVICES)
      .filter(
        ({ metadata }) =>
          metadata.name !== draft.metadata.name || metadata.namespace !== draft.metadata.namespace,
      );
    this.#initFamilies(draft, stored);
    this.#allocateClusterIp(draft, stored, { others, context, dryRun });
    this.#allocateNodePorts(draft, stored, others, dryRun);
  }

  #initFamilies(draft: Service, stored: Service | undefined): void {
    const spec: FullServiceSpec = draft.spec;
    if (!needsClusterIp(spec)) return;
    const selectorless = Object.keys(spec.selector ?? {}).length === 0;
    spec.ipFamilyPolicy ??=
      stored?.spec.ipFamilyPolicy ??
      (spec.clusterIP === 'None' && selectorless ? 'RequireDualStack' : 'SingleStack');
    const problems = validateClusterIpFields(spec);
    if (problems.length > 0) refuse(draft, problems);
    const errors: FieldError[] = [];
    if (spec.ipFamilyPolicy === 'SingleStack') {
      for (const [list, what] of [
        [spec.clusterIPs, 'cluster IPs'],
        [spec.ipFamilies, 'IP families'],
      ] as const)
        if (list?.length === 2)
          errors.push(
            invalid(
              'spec.ipFamilyPolicy',
              spec.ipFamilyPolicy,
              `must be 'RequireDualStack' or 'PreferDualStack' when multiple ${what} are specified`,
            ),
          );
    }
    for (const [index, ip] of (spec.clusterIPs ?? []).entries()) {
      if (ip === 'None') break;
      if (index < (spec.ipFamilies ?? []).length) continue;
      if (isIPv4(ip)) spec.ipFamilies = [...(spec.ipFamilies ?? []), 'IPv4'];
      else
        errors.push(
          invalid(`spec.clusterIPs[${index}]`, spec.clusterIPs, 'IPv6 is not configured on this cluster'),
        );
    }
    if (errors.length > 0) refuse(draft, errors);
    if (spec.clusterIP === 'None' && selectorless) {
      spec.ipFamilies ??= ['IPv4'];
      if (spec.ipFamilies.length < 2 && spec.ipFamilyPolicy !== 'SingleStack')
        spec.ipFamilies = [...spec.ipFamilies, spec.ipFamilies[0] === 'IPv4' ? 'IPv6' : 'IPv4'];
      return;
    }
    if (spec.ipFamilyPolicy === 'RequireDualStack')
      errors.push(
        invalid(
          'spec.ipFamilyPolicy',
          spec.ipFamilyPolicy,
          'this cluster is not configured for dual-stack services',
        ),
      );
    for (const [index, family] of (spec.ipFamilies ?? []).entries())
      if (family !== 'IPv4')
        errors.push(invalid(`spec.ipFamilies[${index}]`, family, 'not configured on this cluster'));
    if (errors.length > 0) refuse(draft, errors);
    spec.ipFamilies ??= ['IPv4'];
  }

  #allocateClusterIp(
    draft: Service,
    stored: Service | undefined,
    { others, context, dryRun }: { others: Service[]; context: WriteContext; dryRun: boolean },
  ): void {
    const spec: FullServiceSpec = draft.spec;
    if (!needsClusterIp(spec) || spec.clusterIP === 'None') return;
    // A Service that has an address keeps it: changing it is refused by validation.
    if (stored !== undefined && needsClusterIp(stored.spec)) return;
    const taken = new Set(others.flatMap((service) => service.spec.clusterIPs ?? []));
    const asked = spec.clusterIPs?.[0];
    if (asked !== undefined) {
      const problem = this.#clusterIps.problemWith(asked, taken, context, dryRun);
      if (problem !== undefined)
        refuse(draft, [
          invalid('spec.clusterIPs', spec.clusterIPs, `failed to allocate IP ${asked}: ${problem}`),
        ]);
      return;
    }
    const address = this.#clusterIps.free(taken, context);
    spec.clusterIP = address;
    spec.clusterIPs = [address];
  }

  #allocateNodePorts(draft: Service, stored: Service | undefined, others: Service[], dryRun: boolean): void {
    const spec: FullServiceSpec = draft.spec;
    const taken = new Map<number, Set<string>>();
    const take = (port: number, protocol: string): void => {
      taken.set(port, (taken.get(port) ?? new Set()).add(protocol));
    };
    for (const other of others) {
      for (const { nodePort = 0, protocol = 'TCP' } of other.spec.ports ?? [])
        if (nodePort !== 0) take(nodePort, protocol);
      if ((other.spec.healthCheckNodePort ?? 0) !== 0) take(other.spec.healthCheckNodePort ?? 0, 'TCP');
    }
    const kept = new Set((stored?.spec.ports ?? []).map(({ nodePort = 0 }) => nodePort));
    const requested =
      allocatesNodePorts(spec) || (spec.ports ?? []).some(({ nodePort = 0 }) => nodePort !== 0);
    if (requested && spec.type !== 'ClusterIP' && needsClusterIp(spec)) {
      const asked = new Set<string>();
      for (const [index, port] of (spec.ports ?? []).entries()) {
        const { nodePort = 0, protocol = 'TCP' } = port;
        if (nodePort === 0) continue;
        if (stored !== undefined && asked.has(`${protocol}/${nodePort}`)) refuseDuplicate(protocol, nodePort);
        asked.add(`${protocol}/${nodePort}`);
        const problem = this.#problemWithPort(nodePort, protocol, { taken, kept, dryRun });
        if (problem !== undefined)
          refuse(draft, [invalid(`spec.ports[${index}].nodePort`, nodePort, problem)]);
        take(nodePort, protocol);
      }
      if (allocatesNodePorts(spec))
        for (const port of spec.ports ?? []) {
          if ((port.nodePort ?? 0) !== 0) continue;
          port.nodePort = this.#sharedNodePort(spec, port) ?? this.#freePort(taken);
          take(port.nodePort, port.protocol ?? 'TCP');
        }
    }
    if (needsHealthCheckPort(spec)) {
      const asked = spec.healthCheckNodePort ?? 0;
      if (asked === 0) spec.healthCheckNodePort = this.#freePort(taken);
      else if (asked !== stored?.spec.healthCheckNodePort && stored === undefined) {
        const problem = this.#problemWithPort(asked, 'TCP', { taken, kept, dryRun });
        if (problem !== undefined)
          throw internalError(
            new Error(`failed to allocate requested HealthCheck NodePort ${asked}: ${problem}`),
          );
      }
    }
  }

  #problemWithPort(
    port: number,
    protocol: string,
    {
      taken,
      kept,
      dryRun,
    }: { taken: ReadonlyMap<number, ReadonlySet<string>>; kept: ReadonlySet<number>; dryRun: boolean },
  ): string | undefined {
    const [first, last] = this.#ranges.nodePorts;
    if (!dryRun && (port < first || port > last))
      return `provided port is not in the valid range. The range of valid ports is ${first}-${last}`;
    if (kept.has(port) && !taken.has(port)) return undefined;
    return taken.get(port)?.has(protocol) === true ? 'provided port is already allocated' : undefined;
  }

  /** The same port number with another protocol shares its node port (DNS over TCP and UDP). */
  #sharedNodePort(
    spec: FullServiceSpec,
    port: NonNullable<Service['spec']['ports']>[number],
  ): number | undefined {
    return spec.ports?.find((other) => other.port === port.port && (other.nodePort ?? 0) !== 0)?.nodePort;
  }

  #freePort(taken: ReadonlyMap<number, unknown>): number {
    const [first, last] = this.#ranges.nodePorts;
    const size = last - first + 1;
    const band = Math.min(Math.max(16, Math.floor(size / 32)), 128);
    const offset = pickFree(
      this.#ranges.random,
      [size > band ? band : 0, size],
      (candidate) => !taken.has(first + candidate),
    );
    if (offset === undefined) throw internalError(new Error('failed to allocate a nodePort: range is full'));
    return first + offset;
  }
}

/**
 * Takes over from the stored Service what the client left out, and makes clusterIP and clusterIPs agree when only
 * one of them was given or changed (pkg/registry/core/service/storage/storage.go).
 */
export function carryOver(spec: FullServiceSpec, stored: FullServiceSpec | undefined): void {
  if (stored === undefined) {
    if (isGiven(spec.clusterIP) && (spec.clusterIPs ?? []).length === 0) spec.clusterIPs = [spec.clusterIP];
    return;
  }
  if (needsClusterIp(spec) && needsClusterIp(stored)) {
    if (!isGiven(spec.clusterIP) && stored.clusterIP !== undefined) spec.clusterIP = stored.clusterIP;
    if ((spec.clusterIPs ?? []).length === 0 && stored.clusterIPs !== undefined)
      spec.clusterIPs = [...stored.clusterIPs];
  }
  if (usesNodePorts(spec) && usesNodePorts(stored)) carryNodePorts(spec, stored);
  if (needsHealthCheckPort(spec) && needsHealthCheckPort(stored) && stored.healthCheckNodePort !== undefined)
    spec.healthCheckNodePort ??= stored.healthCheckNodePort;
  if ((spec.clusterIP ?? '') === (stored.clusterIP ?? '')) return;
  if (JSON.stringify(spec.clusterIPs ?? []) !== JSON.stringify(stored.clusterIPs ?? [])) return;
  if (isGiven(spec.clusterIP)) spec.clusterIPs = [spec.clusterIP];
  else delete spec.clusterIPs;
}

function isGiven(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}

/** Ports keep their node ports by name, whatever else changes about them. */
function carryNodePorts(spec: FullServiceSpec, stored: FullServiceSpec): void {
  const portsOf = ({ ports = [] }: FullServiceSpec): Set<number> =>
    new Set(ports.map(({ nodePort = 0 }) => nodePort));
  const now = portsOf(spec);
  const used = new Set([...portsOf(stored)].filter((port) => now.has(port)));
  const byName = new Map((stored.ports ?? []).map(({ name = '', nodePort = 0 }) => [name, nodePort]));
  for (const port of spec.ports ?? []) {
    const previous = byName.get(port.name ?? '') ?? 0;
    if ((port.nodePort ?? 0) === 0 && previous !== 0 && !used.has(previous)) port.nodePort = previous;
  }
}

/**
 * Clears what a Service's new type has no use for, where the client did not set it anew
 * (pkg/registry/core/service/strategy.go, dropTypeDependentFields).
 */
export function dropForNewType(spec: FullServiceSpec, stored: FullServiceSpec): void {
  const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
  if (needsClusterIp(stored) && !needsClusterIp(spec)) {
    if (spec.clusterIP === stored.clusterIP && same(spec.clusterIPs, stored.clusterIPs)) {
      delete spec.clusterIP;
      delete spec.clusterIPs;
    }
    if (same(spec.ipFamilies, stored.ipFamilies)) delete spec.ipFamilies;
    if (spec.ipFamilyPolicy === stored.ipFamilyPolicy) delete spec.ipFamilyPolicy;
  }
  const isLoadBalancer = spec.type === 'LoadBalancer';
  const wasLoadBalancer = stored.type === 'LoadBalancer';
  if (usesNodePorts(stored) && !usesNodePorts(spec)) {
    const before = new Set((stored.ports ?? []).map(({ nodePort }) => nodePort));
    if ((spec.ports ?? []).every(({ nodePort }) => nodePort === undefined || before.has(nodePort)))
      for (const port of spec.ports ?? []) delete port.nodePort;
  }
  if (
    needsHealthCheckPort(stored) &&
    !needsHealthCheckPort(spec) &&
    spec.healthCheckNodePort === stored.healthCheckNodePort
  )
    delete spec.healthCheckNodePort;
  if (wasLoadBalancer && !isLoadBalancer) {
    if (spec.allocateLoadBalancerNodePorts === stored.allocateLoadBalancerNodePorts)
      delete spec.allocateLoadBalancerNodePorts;
    if (spec.loadBalancerClass === stored.loadBalancerClass) delete spec.loadBalancerClass;
  }
  if (
    isExternallyAccessible(stored) &&
    !isExternallyAccessible(spec) &&
    spec.externalTrafficPolicy === stored.externalTrafficPolicy
  )
    delete spec.externalTrafficPolicy;
}
