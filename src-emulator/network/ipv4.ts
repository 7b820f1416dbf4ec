/** A range of IPv4 addresses: `10.244.1.0/24`, parsed. */
export interface Cidr {
  /** The first address, as an unsigned 32-bit number. */
  base: number;
  prefixLength: number;
}

/** `10.0.0.1` as an unsigned 32-bit number; undefined when it is not an IPv4 address in dotted form. */
export function parseIPv4(text: string): number | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0;
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part) || (part.length > 1 && part.startsWith('0'))) return undefined;
    const byte = Number(part);
    if (byte > 255) return undefined;
    value = value * 256 + byte;
  }
  return value;
}

/** The inverse of {@link parseIPv4}. */
export function formatIPv4(value: number): string {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255].join('.');
}

/** @throws RangeError when `text` is not an IPv4 range. */
export function parseCidr(text: string): Cidr {
  const [address, length] = text.split('/');
  const base = parseIPv4(address ?? '');
  const prefixLength = Number(length);
  if (base === undefined || !Number.isInteger(prefixLength) || prefixLength < 0 || prefixLength > 32)
    throw new RangeError(`not an IPv4 range: ${text}`);
  return { base: base - (base % sizeOf(prefixLength)), prefixLength };
}

/** The inverse of {@link parseCidr}. */
export function formatCidr({ base, prefixLength }: Cidr): string {
  return `${formatIPv4(base)}/${prefixLength}`;
}

/** Whether the range holds the address. */
export function cidrContains(cidr: Cidr, address: string): boolean {
  const value = parseIPv4(address);
  return value !== undefined && value >= cidr.base && value < cidr.base + sizeOf(cidr.prefixLength);
}

/** How many addresses a range of this prefix length has. */
export function sizeOf(prefixLength: number): number {
  return 2 ** (32 - prefixLength);
}
