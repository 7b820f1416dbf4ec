/** IP addresses and ports. */
import { BlockList, isIP, isIPv4 } from 'node:net';

import type { FieldError } from '../kind-definition.ts';
import { invalid, invalidEach } from './errors.ts';
import { portName, portNumber } from './names.ts';

/** The number of bits after which an IPv6 address holds an IPv4 address, as `::ffff:1.2.3.4` writes it. */
const MAPPED_PREFIX = /^::ffff:(?=\d+\.)/i;

/** An address as it is written today: without leading zeros, and not as IPv6 when it is IPv4. */
function standardSpelling(value: string): string {
  const plain = value.replace(MAPPED_PREFIX, '');
  const octets = /^\d+\.\d+\.\d+\.\d+$/.test(plain) ? plain.split('.').map(Number) : [];
  return octets.length === 4 && octets.every((octet) => octet <= 255) ? octets.join('.') : value;
}

/** What a `Warning` header says of an address in an old spelling. */
export function warningsForIp(field: string, value: string): string[] {
  const standard = standardSpelling(value);
  if (isIP(standard) === 0) return [];
  if (standard !== value)
    return [
      `${field}: non-standard IP address "${value}" will be considered invalid in a future Kubernetes release: use "${standard}"`,
    ];
  if (isIPv4(value)) return [];
  const canonical = new URL(`http://[${value}]`).hostname.slice(1, -1);
  return canonical === value
    ? []
    : [`${field}: IPv6 address "${value}" should be in RFC 5952 canonical format ("${canonical}")`];
}

/** An IPv4 or IPv6 address, in any spelling that Kubernetes takes. */
export function validateIP(field: string, value: string): FieldError[] {
  return isIP(standardSpelling(value)) === 0
    ? [invalid(field, value, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')]
    : [];
}

/** An address in its one canonical spelling. */
export function validateCanonicalIP(field: string, value: string): FieldError[] {
  const errors = validateIP(field, value);
  if (errors.length > 0 || isIP(value) !== 6) return errors;
  const canonical = new URL(`http://[${value}]`).hostname.slice(1, -1);
  return canonical === value
    ? []
    : [invalid(field, value, `must be in canonical form (${JSON.stringify(canonical)})`)];
}

interface ParsedCidr {
  address: string;
  family: 'ipv4' | 'ipv6';
  bits: number;
}

function parseCidr(value: string): ParsedCidr | undefined {
  const [, address = '', length = ''] = /^(.+)\/(\d{1,3})$/.exec(value) ?? [];
  const version = isIP(standardSpelling(address));
  const bits = Number(length);
  if (version === 0 || bits > (version === 4 ? 32 : 128)) return undefined;
  return { address: standardSpelling(address), family: version === 4 ? 'ipv4' : 'ipv6', bits };
}

/** A range of addresses, with or without bits after its prefix. */
export function validateCidr(field: string, value: string): FieldError[] {
  return parseCidr(value) === undefined
    ? [invalid(field, value, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)')]
    : [];
}

/** A range of addresses without bits after its prefix. */
export function validateCanonicalCidr(field: string, value: string): FieldError[] {
  const errors = validateCidr(field, value);
  const parsed = parseCidr(value);
  if (parsed?.family !== 'ipv4') return errors;
  const { first } = parseIpv4Range(value);
  if (numberToIpv4(first) !== parsed.address)
    errors.push(invalid(field, value, 'must not have bits set beyond the prefix length'));
  return errors;
}

/** Whether one valid range lies in another and is smaller. */
export function isStrictSubset(inner: string, outer: string): boolean {
  const [within, around] = [parseCidr(inner), parseCidr(outer)];
  if (within === undefined || around === undefined || within.family !== around.family) return false;
  const range = new BlockList();
  range.addSubnet(around.address, around.bits, around.family);
  return around.bits < within.bits && range.check(within.address, within.family);
}

/** An address that may be an endpoint: none of the special ranges. */
export function validateEndpointIP(field: string, value: string): FieldError[] {
  const problem = specialAddress(value);
  return problem === undefined ? [] : [invalid(field, value, problem)];
}

function specialAddress(value: string): string | undefined {
  const octets = isIPv4(value) ? value.split('.').map(Number) : undefined;
  const text = value.toLowerCase();
  const [first = 0, second = 0, third = 0] = octets ?? [];
  if (text === '0.0.0.0' || text === '::') return `may not be unspecified (${value})`;
  if (octets === undefined ? text === '::1' : first === 127)
    return 'may not be in the loopback range (127.0.0.0/8, ::1/128)';
  if (octets === undefined ? /^fe[89ab]/.test(text) : first === 169 && second === 254)
    return 'may not be in the link-local range (169.254.0.0/16, fe80::/10)';
  if (octets === undefined ? text.startsWith('ff02') : first === 224 && second === 0 && third === 0)
    return 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)';
  return undefined;
}

/** A targetPort or a probe's port. */
export function validatePortNumberOrName(field: string, value: number | string): FieldError[] {
  return typeof value === 'number'
    ? invalidEach(field, value, portNumber(value))
    : invalidEach(field, value, portName(value));
}

/** An IPv4 range such as `10.96.0.0/16`. Addresses are 32-bit numbers. */
export interface Ipv4Range {
  cidr: string;
  /** The network address. */
  first: number;
  /** How many addresses the range has, the network and the broadcast address included. */
  size: number;
}

/** @throws Error for what is not an IPv4 CIDR. */
export function parseIpv4Range(cidr: string): Ipv4Range {
  const [address = '', length = ''] = cidr.split('/');
  const bits = Number(length);
  if (!isIPv4(address) || !/^\d+$/.test(length) || bits > 32) throw new Error(`not an IPv4 range: ${cidr}`);
  const size = 2 ** (32 - bits);
  const number = ipv4ToNumber(address);
  return { cidr, first: number - (number % size), size };
}

export function ipv4ToNumber(address: string): number {
  return address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
}

export function numberToIpv4(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}
