import { isIPv4 } from 'node:net';
import type { WriteContext } from '../kind-definition.ts';
import type { ServiceCIDR } from '../objects.ts';
import { SERVICE_CIDRS } from '../resources.ts';
import { internalError } from '../status.ts';
import { ipv4ToNumber, numberToIpv4, parseIpv4Range, type Ipv4Range } from '../validation/network.ts';

/** One that has no condition is taken for ready: so it is where no controller runs. */
function isReady({ metadata, status }: ServiceCIDR): boolean {
  if (metadata.deletionTimestamp !== undefined) return false;
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return ready === undefined || ready.status === 'True';
}

/** A random free number from `start` to `end` (exclusive), else the first free one below `start`. */
export function pickFree(
  random: () => number,
  [start, end]: readonly [number, number],
  isFree: (candidate: number) => boolean,
): number | undefined {
  const span = end - start;
  const from = Math.floor(random() * span);
  for (let step = 0; step < span; step++) {
    const candidate = start + ((from + step) % span);
    if (isFree(candidate)) return candidate;
  }
  for (let candidate = 0; candidate < start; candidate++) if (isFree(candidate)) return candidate;
  return undefined;
}

/**
 * Gives out the addresses of all ranges that are ready, the server's own and those of ServiceCIDRs
 * (pkg/registry/core/service/ipallocator/cidrallocator.go).
 */
export class ClusterIps {
  readonly #own: Ipv4Range;
  readonly #random: () => number;

  /** @param own the range that the server was started with; it counts until there is a ServiceCIDR. */
  constructor(own: Ipv4Range, random: () => number) {
    this.#own = own;
    this.#random = random;
  }

  /**
   * Why an address cannot be had, if so. The server has other words for one outside its ranges when it only pretends
   * to give it out.
   */
  problemWith(
    address: string,
    taken: ReadonlySet<string>,
    context: WriteContext,
    dryRun: boolean,
  ): string | undefined {
    const number = ipv4ToNumber(address);
    const ranges = this.#ranges(context);
    // The network's own address and the one for all of it are not given out.
    const isInside = ranges.some(({ first, size }) => number > first && number < first + size - 1);
    if (!isInside)
      return dryRun
        ? `the provided IP (${address}) is not in the valid range. The range of valid IPs is ${(ranges[0] ?? this.#own).cidr}`
        : 'the provided network does not match the current range';
    return !dryRun && taken.has(address) ? 'provided IP is already allocated' : undefined;
  }

  /** @throws ApiError 500 when no range has an address left. */
  free(taken: ReadonlySet<string>, context: WriteContext): string {
    const ranges = this.#ranges(context);
    // Real servers ask their ranges in the order in which Go goes through a map: in any.
    const first = ranges.length > 1 ? Math.floor(this.#random() * ranges.length) : 0;
    for (const range of [...ranges.slice(first), ...ranges.slice(0, first)]) {
      const address = this.#freeIn(range, taken);
      if (address !== undefined) return address;
    }
    throw internalError(new Error('failed to allocate a serviceIP: range is full'));
  }

  /** A random address above the band that is kept for hand-picked ones (KEP-3070), and below it when that is full. */
  #freeIn({ first, size }: Ipv4Range, taken: ReadonlySet<string>): string | undefined {
    const usable = size - 2;
    const band = Math.min(Math.max(16, Math.floor(size / 16)), 256);
    const start = usable > band ? band : 0;
    const offset = pickFree(
      this.#random,
      [start, usable],
      (candidate) => !taken.has(numberToIpv4(first + 1 + candidate)),
    );
    return offset === undefined ? undefined : numberToIpv4(first + 1 + offset);
  }

  #ranges(context: WriteContext): Ipv4Range[] {
    const stored = context.list(SERVICE_CIDRS);
    if (stored.length === 0) return [this.#own];
    const ready = stored.filter(isReady).flatMap(({ spec }) => spec.cidrs ?? []);
    return [...new Set(ready)].filter((cidr) => isIPv4(cidr.split('/')[0] ?? '')).map(parseIpv4Range);
  }
}
