import { cidrContains, formatIPv4, parseCidr, parseIPv4, sizeOf } from './ipv4.ts';
import type { Cidr } from './ipv4.ts';

/**
 * Gives out the pod addresses of one node as the host-local CNI plug-in does: in ascending order, going on after
 * the last one given, so that a freed address is not used again before the range has been walked through.
 */
export class AddressPool {
  /** The node's own address in the range: the pods' default gateway. */
  readonly gateway: string;
  readonly #cidr: Cidr;
  readonly #used = new Set<number>();
  #last: number;

  constructor(cidr: string) {
    this.#cidr = parseCidr(cidr);
    this.#last = this.#cidr.base + 1;
    this.gateway = formatIPv4(this.#last);
  }

  contains(address: string): boolean {
    return cidrContains(this.#cidr, address);
  }

  /** The next free address; undefined when all are in use. */
  allocate(): string | undefined {
    const first = this.#cidr.base + 2;
    const last = this.#cidr.base + sizeOf(this.#cidr.prefixLength) - 2;
    for (let tried = first; tried <= last; tried++) {
      this.#last = this.#last >= last || this.#last < first ? first : this.#last + 1;
      if (!this.#used.has(this.#last)) {
        this.#used.add(this.#last);
        return formatIPv4(this.#last);
      }
    }
    return undefined;
  }

  /** Gives an address back. */
  release(address: string): void {
    const value = parseIPv4(address);
    if (value !== undefined) this.#used.delete(value);
  }
}
