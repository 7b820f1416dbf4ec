import { Stack } from './network-stack.ts';
import type { Fabric } from './network-stack.ts';
import { NetworkError } from './types.ts';
import type { NetworkStack } from './types.ts';

/** What the world's DNS has under a name: addresses, or another name that it stands for. */
export type OutsideRecord = { addresses: readonly string[] } | { canonicalName: string };

/**
 * The world outside the cluster. Pods, nodes and the learner's machine reach its hosts, which see the machine's
 * public address; its hosts reach one another, and nothing inside. Its names are what the cluster's DNS server
 * learns from the server that it forwards to.
 */
export interface OutsideWorld {
  /**
   * Adds a host: a network namespace in which programs may listen, as in any other. Closing it takes it away,
   * with its names.
   * @param names in lower case, without a dot at the end.
   * @throws NetworkError EADDRINUSE when another host has the address.
   */
  addHost(options: { address: string; names?: readonly string[] }): NetworkStack;
  /** Makes a name stand for another one (CNAME). */
  addAlias(name: string, canonicalName: string): void;
  /** What DNS has under a name, in lower case; undefined when there is no such name. */
  lookup(name: string): OutsideRecord | undefined;
  /** Whether any name at or below this one is known: such a domain's servers say what it does not have. */
  hasDomain(name: string): boolean;
}

export class Outside implements OutsideWorld {
  /** By address. */
  readonly hosts = new Map<string, Stack>();
  readonly #addresses = new Map<string, string[]>();
  readonly #aliases = new Map<string, string>();
  readonly #fabric: Fabric;

  constructor(fabric: Fabric) {
    this.#fabric = fabric;
  }

  addHost({ address, names = [] }: { address: string; names?: readonly string[] }): NetworkStack {
    if (this.hosts.has(address))
      throw new NetworkError('EADDRINUSE', `another host outside has the address ${address}`);
    for (const name of names) this.#addresses.set(name, [...(this.#addresses.get(name) ?? []), address]);
    const stack = new Stack({
      kind: 'outside',
      nodeName: undefined,
      address,
      fabric: this.#fabric,
      onClosed: () => {
        this.hosts.delete(address);
        for (const name of names) this.#forget(name, address);
      },
    });
    this.hosts.set(address, stack);
    return stack;
  }

  addAlias(name: string, canonicalName: string): void {
    this.#aliases.set(name, canonicalName);
  }

  lookup(name: string): OutsideRecord | undefined {
    const canonicalName = this.#aliases.get(name);
    if (canonicalName !== undefined) return { canonicalName };
    const addresses = this.#addresses.get(name);
    return addresses === undefined ? undefined : { addresses };
  }

  hasDomain(name: string): boolean {
    return [...this.#addresses.keys(), ...this.#aliases.keys()].some(
      (known) => known === name || known.endsWith(`.${name}`),
    );
  }

  close(): void {
    for (const host of [...this.hosts.values()]) host.close();
  }

  #forget(name: string, address: string): void {
    const left = (this.#addresses.get(name) ?? []).filter((other) => other !== address);
    if (left.length > 0) this.#addresses.set(name, left);
    else this.#addresses.delete(name);
  }
}
