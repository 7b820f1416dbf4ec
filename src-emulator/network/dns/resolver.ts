import type { Clock } from '../../clock.ts';
import { parseIPv4 } from '../ipv4.ts';
import { NetworkError, ResolveError } from '../types.ts';
import type { NetworkStack, ResolveHost } from '../types.ts';
import { queryDns } from './query-dns.ts';
import type { DnsReply } from './query-dns.ts';
import { candidateNames, isEncodable, lookupHosts, parseResolvConf } from './resolver-config.ts';
import type { ResolverConfig } from './resolver-config.ts';

const DNS_PORT = 53;

/**
 * getaddrinfo (IPv4) for one container, as glibc does it: an address is its own answer, then /etc/hosts, then the
 * servers of /etc/resolv.conf with search domains and ndots. The files are read at every call.
 *
 * The resolver rejects with {@link ResolveError}: ENOTFOUND when no candidate has an address, EAI_AGAIN when a
 * server failed or did not answer in time.
 */
export function createResolver(
  stack: NetworkStack,
  readFile: (path: string) => string | undefined,
  clock: Clock,
): ResolveHost {
  return async (name, signal) => {
    if (parseIPv4(name) !== undefined) return [name];
    const fromHosts = lookupHosts(readFile('/etc/hosts') ?? '', name);
    if (fromHosts.length > 0) return fromHosts;
    const config = parseResolvConf(readFile('/etc/resolv.conf') ?? '');
    let hasFailed = false;
    for (const candidate of candidateNames(name, config)) {
      if (!isEncodable(candidate)) continue;
      const reply = await askServers(stack, candidate, config, clock, signal);
      // No server answers: other names would not fare better.
      if (reply === undefined) throw new ResolveError('EAI_AGAIN', `getaddrinfo EAI_AGAIN ${name}`);
      if (reply.rcode === 'NOERROR') {
        const addresses = (reply.answers ?? []).flatMap((record) =>
          record.type === 'A' ? [record.data] : [],
        );
        if (addresses.length > 0) return addresses;
      } else if (reply.rcode !== 'NXDOMAIN') {
        hasFailed = true;
      }
    }
    const code = hasFailed ? 'EAI_AGAIN' : 'ENOTFOUND';
    throw new ResolveError(code, `getaddrinfo ${code} ${name}`);
  };
}

/** The first usable answer of any server, else the last failure; undefined when none answered. */
async function askServers(
  stack: NetworkStack,
  name: string,
  { servers, attempts, timeoutMs }: ResolverConfig,
  clock: Clock,
  signal: AbortSignal | undefined,
): Promise<DnsReply | undefined> {
  let failure: DnsReply | undefined;
  for (let attempt = 0; attempt < attempts; attempt++) {
    for (const address of servers) {
      const server = { address, port: DNS_PORT };
      const options = { clock, timeoutMs, ...(signal !== undefined && { signal }) };
      try {
        const overUdp = await queryDns(stack, server, { name, type: 'A' }, options);
        const reply = overUdp.flag_tc
          ? await queryDns(stack, server, { name, type: 'A' }, { ...options, tcp: true })
          : overUdp;
        if (reply.rcode === 'NOERROR' || reply.rcode === 'NXDOMAIN') return reply;
        failure = reply;
      } catch (error) {
        if (!(error instanceof NetworkError)) throw error;
      }
    }
    if (failure !== undefined) return failure;
  }
  return undefined;
}
