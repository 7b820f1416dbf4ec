import { parseIPv4 } from '../ipv4.ts';

/** What resolv.conf(5) says. */
export interface ResolverConfig {
  servers: string[];
  search: string[];
  /** Names with fewer dots are tried with the search domains first. */
  ndots: number;
  timeoutMs: number;
  attempts: number;
}

/** Reads /etc/resolv.conf as glibc does: the last search line counts, at most three servers. */
export function parseResolvConf(text: string): ResolverConfig {
  const config: ResolverConfig = { servers: [], search: [], ndots: 1, timeoutMs: 5000, attempts: 2 };
  for (const line of text.split('\n')) {
    const [keyword, ...values] = line
      .replace(/[#;].*$/, '')
      .trim()
      .split(/\s+/);
    if (keyword === 'nameserver' && values[0] !== undefined) config.servers.push(values[0]);
    else if (keyword === 'search' || keyword === 'domain')
      config.search = values.map((it) => it.replace(/\.$/, ''));
    else if (keyword === 'options') for (const option of values) applyOption(config, option);
  }
  config.servers = config.servers.length === 0 ? ['127.0.0.1'] : config.servers.slice(0, 3);
  return config;
}

function applyOption(config: ResolverConfig, option: string): void {
  const [name, value] = option.split(':');
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0) return;
  if (name === 'ndots') config.ndots = Math.min(number, 15);
  else if (name === 'timeout') config.timeoutMs = Math.min(number, 30) * 1000;
  else if (name === 'attempts') config.attempts = Math.min(number, 5);
}

/** The names to ask for, in order. A trailing dot makes a name absolute. */
export function candidateNames(
  name: string,
  { search, ndots }: Pick<ResolverConfig, 'search' | 'ndots'>,
): string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)];
  const searched = search.map((domain) => (domain === '' ? name : `${name}.${domain}`));
  const dots = name.split('.').length - 1;
  return [...new Set(dots >= ndots ? [name, ...searched] : [...searched, name])];
}

/** The IPv4 addresses that /etc/hosts gives a name. */
export function lookupHosts(text: string, name: string): string[] {
  const wanted = name.replace(/\.$/, '').toLowerCase();
  return text.split('\n').flatMap((line) => {
    const [address = '', ...names] = line.replace(/#.*$/, '').trim().split(/\s+/);
    const matches = names.some((candidate) => candidate.toLowerCase() === wanted);
    return matches && parseIPv4(address) !== undefined ? [address] : [];
  });
}

/** Whether a name can be put into a DNS question at all (RFC 1035, 2.3.4). */
export function isEncodable(name: string): boolean {
  return name.length <= 253 && name.split('.').every((label) => label.length > 0 && label.length <= 63);
}
