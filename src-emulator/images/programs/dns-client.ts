import type { Answer } from 'dns-packet';
import { type DnsReply, queryDns } from '../../network/dns/query-dns.ts';
import { parseResolvConf, type ResolverConfig } from '../../network/dns/resolver-config.ts';
import type { SocketAddress } from '../../network/types.ts';
import type { ProcessContext } from '../types.ts';
import { errorCode } from './support.ts';

export type { DnsReply };

/** No server answered: why, as the last try saw it. */
export interface NoAnswer {
  failure: 'timed out' | 'connection refused' | 'host unreachable' | 'network unreachable';
}

export function readResolvConf(context: ProcessContext): ResolverConfig {
  const path = '/etc/resolv.conf';
  return parseResolvConf(context.fs.exists(path) ? new TextDecoder().decode(context.fs.readFile(path)) : '');
}

export interface AskOptions {
  timeoutMs: number;
  tcp?: boolean;
  recursionDesired?: boolean;
  udpPayloadSize?: number;
  cookie?: Uint8Array;
}

/** Asks one server once; over TCP again when the answer was cut off. */
export async function ask(
  context: ProcessContext,
  server: SocketAddress,
  question: { name: string; type: string },
  options: AskOptions,
): Promise<DnsReply | NoAnswer> {
  const full = { ...options, clock: context.clock, signal: context.ended };
  try {
    const reply = await queryDns(context.network, server, question, full);
    return reply.flag_tc && options.tcp !== true
      ? await queryDns(context.network, server, question, { ...full, tcp: true })
      : reply;
  } catch (error) {
    if (context.ended.aborted) throw error;
    const failure = {
      ECONNREFUSED: 'connection refused',
      EHOSTUNREACH: 'host unreachable',
      ENETUNREACH: 'network unreachable',
    }[errorCode(error) ?? ''] as NoAnswer['failure'] | undefined;
    return { failure: failure ?? 'timed out' };
  }
}

/** The name that answers for an address: `4.3.2.1.in-addr.arpa`. */
export function reverseName(address: string): string {
  return `${address.split('.').reverse().join('.')}.in-addr.arpa`;
}

/** A name with its final dot. */
export function absolute(name: string): string {
  return name.endsWith('.') ? name : `${name}.`;
}

/** A record's data as master files have it. */
export function recordData(answer: Answer): string {
  switch (answer.type) {
    case 'A':
    case 'AAAA':
      return answer.data;
    case 'CNAME':
    case 'NS':
    case 'PTR':
    case 'DNAME':
      return absolute(answer.data);
    case 'SRV':
      return `${answer.data.priority ?? 0} ${answer.data.weight ?? 0} ${answer.data.port} ${absolute(answer.data.target)}`;
    case 'MX':
      return `${answer.data.preference ?? 0} ${absolute(answer.data.exchange)}`;
    case 'SOA': {
      const { mname, rname, serial = 0, refresh = 0, retry = 0, expire = 0, minimum = 0 } = answer.data;
      return `${absolute(mname)} ${absolute(rname)} ${serial} ${refresh} ${retry} ${expire} ${minimum}`;
    }
    case 'TXT': {
      const parts = Array.isArray(answer.data) ? answer.data : [answer.data];
      return parts.map((part) => JSON.stringify(part.toString())).join(' ');
    }
    default:
      return '';
  }
}
