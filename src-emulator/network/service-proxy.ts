import type { ClusterApi } from '../api/cluster-api.ts';
import type { Clock } from '../clock.ts';
import { ServiceIndex } from './service-index.ts';
import { rulesOf, selectBackends } from './service-rules.ts';
import type { Backend, ServiceRule, TrafficPolicy, TransportProtocol } from './service-rules.ts';
import type { SocketAddress } from './types.ts';

export type Choice = { verdict: 'forward'; backend: Backend } | { verdict: 'reject' } | { verdict: 'drop' };

export interface ServiceProxyOptions {
  api: ClusterApi;
  clock: Clock;
  /** A number in [0, 1): picks the backend of each connection. */
  random: () => number;
  /** Told once, a turn later, of changes of Services or EndpointSlices, however many there were. */
  onChange?: () => void;
}

/**
 * The role of kube-proxy in iptables mode, for all nodes: which rule a destination matches, and which backend a
 * new connection goes to. The rules follow Services and EndpointSlices; they are computed at the first lookup
 * after a change.
 */
export class ServiceProxy implements Disposable {
  readonly #options: ServiceProxyOptions;
  readonly #index: ServiceIndex;
  #version = 0;
  /** Services whose rules are to be computed anew, as `namespace/name`. */
  readonly #changed = new Set<string>();
  readonly #rules = new Map<string, ServiceRule[]>();
  readonly #byAddress = new Map<string, ServiceRule>();
  readonly #byExternalIP = new Map<string, ServiceRule>();
  readonly #byLoadBalancerIP = new Map<string, ServiceRule>();
  readonly #byNodePort = new Map<string, ServiceRule>();
  readonly #affinity = new Map<string, { backend: Backend; until: number }>();

  constructor(options: ServiceProxyOptions) {
    this.#options = options;
    this.#index = new ServiceIndex(options.api, (service) => {
      if (this.#changed.size === 0) options.clock.setTimeout(() => options.onChange?.(), 0);
      this.#changed.add(service);
      this.#version++;
    });
  }

  /** Grows with every change of Services or EndpointSlices. */
  get version(): number {
    return this.#version;
  }

  /** The rule of a ClusterIP and port. */
  clusterIPRule(protocol: TransportProtocol, to: SocketAddress): ServiceRule | undefined {
    this.#refresh();
    return this.#byAddress.get(`${protocol}/${to.address}:${to.port}`);
  }

  /** The rule of one of a Service's `externalIPs` and port. */
  externalIPRule(protocol: TransportProtocol, to: SocketAddress): ServiceRule | undefined {
    this.#refresh();
    return this.#byExternalIP.get(`${protocol}/${to.address}:${to.port}`);
  }

  /** The rule of a load balancer's address and port. */
  loadBalancerRule(protocol: TransportProtocol, to: SocketAddress): ServiceRule | undefined {
    this.#refresh();
    return this.#byLoadBalancerIP.get(`${protocol}/${to.address}:${to.port}`);
  }

  /** Every rule, Service by Service in the order of their names. */
  rules(): ServiceRule[] {
    this.#refresh();
    return [...this.#rules].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, rules]) => rules);
  }

  /**
   * Whether a UDP flow to a Service is to be forgotten, because its backend serves no more while others do. Flows
   * of Services that are gone or have no endpoint left are kept (kube-proxy's conntrack clean-up).
   */
  isStaleFlow(to: SocketAddress, backend: SocketAddress): boolean {
    const rule =
      this.clusterIPRule('UDP', to) ??
      this.externalIPRule('UDP', to) ??
      this.loadBalancerRule('UDP', to) ??
      this.nodePortRule('UDP', to.port);
    if (rule === undefined || rule.serving.length === 0) return false;
    return !rule.serving.some(({ address, port }) => address === backend.address && port === backend.port);
  }

  nodePortRule(protocol: TransportProtocol, port: number): ServiceRule | undefined {
    this.#refresh();
    return this.#byNodePort.get(`${protocol}/${port}`);
  }

  /** Picks the backend for a new connection of `client` that meets the rules of `nodeName`. */
  choose(rule: ServiceRule, policy: TrafficPolicy, nodeName: string, client: string): Choice {
    const selection = selectBackends(rule, policy, nodeName);
    if (selection.verdict !== 'forward') return selection;
    const { backends } = selection;
    const now = this.#options.clock.now();
    const affinityKey = `${nodeName} ${rule.protocol} ${rule.name} ${client}`;
    const stuck = rule.affinitySeconds === undefined ? undefined : this.#affinity.get(affinityKey);
    const kept =
      stuck !== undefined && now < stuck.until ? backends.find((b) => isSame(b, stuck.backend)) : undefined;
    const backend = kept ?? backends[Math.floor(this.#options.random() * backends.length)];
    if (backend === undefined) return { verdict: 'drop' };
    // Every new connection renews the time-out, as the `recent` match does.
    if (rule.affinitySeconds !== undefined)
      this.#affinity.set(affinityKey, { backend, until: now + rule.affinitySeconds * 1000 });
    return { verdict: 'forward', backend };
  }

  [Symbol.dispose](): void {
    this.#index[Symbol.dispose]();
  }

  #refresh(): void {
    if (this.#changed.size === 0) return;
    // First all removals: a Service may have taken over the address or port of one that went.
    for (const key of this.#changed) {
      for (const rule of this.#rules.get(key) ?? []) this.#remove(rule);
      this.#rules.delete(key);
    }
    for (const key of this.#changed) {
      const [namespace = '', name = ''] = key.split('/');
      const service = this.#index.service(namespace, name);
      if (service === undefined) continue;
      const rules = rulesOf(service, this.#index.slicesOf(namespace, name));
      this.#rules.set(key, rules);
      for (const rule of rules) this.#add(rule);
    }
    this.#changed.clear();
    const now = this.#options.clock.now();
    for (const [key, entry] of this.#affinity) if (entry.until <= now) this.#affinity.delete(key);
  }

  #remove(rule: ServiceRule): void {
    const forget = (rules: Map<string, ServiceRule>, key: string): void => {
      if (rules.get(key) === rule) rules.delete(key);
    };
    forget(this.#byAddress, `${rule.protocol}/${rule.clusterIP}:${rule.port}`);
    for (const ip of rule.externalIPs) forget(this.#byExternalIP, `${rule.protocol}/${ip}:${rule.port}`);
    for (const ip of rule.loadBalancerIPs)
      forget(this.#byLoadBalancerIP, `${rule.protocol}/${ip}:${rule.port}`);
    if (rule.nodePort !== undefined) forget(this.#byNodePort, `${rule.protocol}/${rule.nodePort}`);
  }

  #add(rule: ServiceRule): void {
    this.#byAddress.set(`${rule.protocol}/${rule.clusterIP}:${rule.port}`, rule);
    for (const ip of rule.externalIPs) this.#byExternalIP.set(`${rule.protocol}/${ip}:${rule.port}`, rule);
    for (const ip of rule.loadBalancerIPs)
      this.#byLoadBalancerIP.set(`${rule.protocol}/${ip}:${rule.port}`, rule);
    if (rule.nodePort !== undefined) this.#byNodePort.set(`${rule.protocol}/${rule.nodePort}`, rule);
  }
}

function isSame(a: Backend, b: Backend): boolean {
  return a.address === b.address && a.port === b.port;
}
