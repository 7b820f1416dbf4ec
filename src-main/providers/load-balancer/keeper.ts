import type { Clock } from '#emulator/clock.ts';
import type { KubeClient } from '../../kube/client.ts';
import { NODE, SERVICE, type KubeObject, type NamedRef } from '../../kube/objects.ts';
import { allocateAddresses, type AddressChange } from './address-allocation.ts';
import { recordEvent } from './events.ts';
import { serviceAddresses } from './ipv4.ts';
import { steerNodePorts, type NodePortChange, type NodePortPool } from './node-port-steering.ts';
import { Reconciler } from './reconciler.ts';
import { FIELD_MANAGER, type LoadBalancedService } from './services.ts';
import { watchAll } from './triggers.ts';

export interface LoadBalancerOptions {
  clock: Clock;
  /** The network of the nodes, `172.18.0.0/16`. Left out where something else gives Services their addresses. */
  subnet?: string;
  /** NodePorts that are published on this machine's loopback. Left out: NodePorts stay what they are. */
  nodePorts?: NodePortPool;
  /** Told what went wrong each time; it is tried again. */
  onFailure?: (error: unknown) => void;
}

interface Node extends KubeObject {
  status?: { addresses?: { address: string }[] };
}

/**
 * The load balancer of clusters that have none: gives Services of type LoadBalancer an address, which kube-proxy
 * then serves inside of the cluster, and moves their NodePorts to where this machine reaches them. Several apps may
 * do this at once; all want the same, and each change is refused when it comes from an outdated view.
 */
export class LoadBalancerKeeper implements Disposable {
  readonly #kube: KubeClient;
  readonly #clock: Clock;
  readonly #pool: readonly string[] | undefined;
  readonly #nodePorts: NodePortPool | undefined;
  readonly #reconciler: Reconciler;
  readonly #watches: Disposable;
  /** Warnings that hold, by Service and reason: each is told once. */
  #warned = new Set<string>();

  /** @throws RangeError when the subnet is no IPv4 network with room for Services */
  constructor(kube: KubeClient, { clock, subnet, nodePorts, onFailure }: LoadBalancerOptions) {
    this.#kube = kube;
    this.#clock = clock;
    this.#pool = subnet === undefined ? undefined : serviceAddresses(subnet);
    this.#nodePorts = nodePorts;
    this.#reconciler = new Reconciler({
      clock,
      reconcile: (signal) => this.#reconcile(signal),
      ...(onFailure === undefined ? {} : { onFailure }),
    });
    this.#watches = watchAll(kube, clock, subnet === undefined ? [SERVICE] : [SERVICE, NODE], () => {
      this.#reconciler.trigger();
    });
  }

  async #reconcile(signal: AbortSignal): Promise<void> {
    let services = await this.#kube.list<LoadBalancedService>(SERVICE);
    const warnings = new Set<string>();
    const failures: unknown[] = [];
    /** One Service that cannot be changed does not hold up the others. */
    const attempt = async (work: () => Promise<void>): Promise<void> => {
      signal.throwIfAborted();
      await work().catch((error: unknown) => failures.push(error));
    };
    if (this.#pool !== undefined) {
      const taken = await this.#nodeAddresses();
      const changes = allocateAddresses({ services, pool: this.#pool, taken });
      for (const change of changes) await attempt(() => this.#setAddress(change, warnings));
      // Those have moved on, and would be refused a second change.
      if (changes.length > 0) services = await this.#kube.list<LoadBalancedService>(SERVICE);
    }
    if (this.#nodePorts !== undefined)
      for (const change of steerNodePorts(services, this.#nodePorts))
        await attempt(() => this.#setPorts(change, warnings));
    this.#warned = warnings;
    if (failures.length > 0) throw new AggregateError(failures);
  }

  async #nodeAddresses(): Promise<string[]> {
    const nodes = await this.#kube.list<Node>(NODE);
    return nodes.flatMap(({ status }) => (status?.addresses ?? []).map(({ address }) => address));
  }

  async #setAddress({ service, address, refused }: AddressChange, warnings: Set<string>): Promise<void> {
    if (refused !== undefined)
      await this.#warn(
        warnings,
        service,
        'LoadBalancerIPNotAvailable',
        `Address ${refused} is in use, or not one of ${this.#range()}`,
      );
    if (address === undefined) {
      const message = `Error syncing load balancer: every address of ${this.#range()} is in use`;
      await this.#warn(warnings, service, 'SyncLoadBalancerFailed', message);
      return;
    }
    if (address !== null) await this.#tell(service, 'EnsuringLoadBalancer', 'Ensuring load balancer');
    await this.#kube.patch(
      refOf(service),
      {
        metadata: { resourceVersion: service.metadata.resourceVersion },
        status: { loadBalancer: { ingress: address === null ? null : [{ ip: address }] } },
      },
      { subresource: 'status', fieldManager: FIELD_MANAGER },
    );
    if (address !== null) await this.#tell(service, 'EnsuredLoadBalancer', 'Ensured load balancer');
  }

  async #setPorts({ service, ports, unreachable }: NodePortChange, warnings: Set<string>): Promise<void> {
    if (unreachable.length > 0) {
      const { first, count } = this.#nodePorts ?? { first: 0, count: 0 };
      const message =
        `Port ${unreachable.join(', ')} cannot be reached from outside of the cluster: all ${count} NodePorts ` +
        `published there (${first}-${first + count - 1}) are in use`;
      await this.#warn(warnings, service, 'PublishedNodePortsExhausted', message);
    }
    if (ports.every(({ nodePort }, index) => nodePort === service.spec.ports?.[index]?.nodePort)) return;
    await this.#kube.patch(
      refOf(service),
      { metadata: { resourceVersion: service.metadata.resourceVersion }, spec: { ports } },
      { fieldManager: FIELD_MANAGER },
    );
  }

  #range(): string {
    return `${this.#pool?.at(0) ?? ''}-${this.#pool?.at(-1) ?? ''}`;
  }

  async #warn(
    warnings: Set<string>,
    service: LoadBalancedService,
    reason: 'LoadBalancerIPNotAvailable' | 'SyncLoadBalancerFailed' | 'PublishedNodePortsExhausted',
    message: string,
  ): Promise<void> {
    const key = `${service.metadata.uid ?? ''} ${reason}`;
    warnings.add(key);
    if (!this.#warned.has(key))
      await recordEvent(this.#kube, this.#clock, service, 'Warning', reason, message);
  }

  #tell(
    service: LoadBalancedService,
    reason: 'EnsuringLoadBalancer' | 'EnsuredLoadBalancer',
    message: string,
  ): Promise<void> {
    return recordEvent(this.#kube, this.#clock, service, 'Normal', reason, message);
  }

  [Symbol.dispose](): void {
    this.#watches[Symbol.dispose]();
    this.#reconciler[Symbol.dispose]();
  }
}

function refOf({ metadata: { namespace = '', name } }: LoadBalancedService): NamedRef {
  return { ...SERVICE, namespace, name };
}
