/** An IPv4 address as a number. Undefined for what is none. */
function parseAddress(text: string): number | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256))
    return undefined;
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0);
}

function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
}

/**
 * The addresses that Services get, out of the network of the nodes: .200 to .250 of its last 256, or the upper
 * quarter of a smaller network. Docker gives nodes addresses from the lower end.
 *
 * @param subnet `172.18.0.0/16`
 * @throws RangeError when that is no IPv4 network, or has no room
 */
export function serviceAddresses(subnet: string): string[] {
  const [network = '', prefix = ''] = subnet.split('/');
  const base = parseAddress(network);
  const length = Number(prefix);
  if (base === undefined || !/^\d{1,2}$/.test(prefix) || length > 29)
    throw new RangeError(`${subnet} is no IPv4 network with room for Services`);
  const size = 2 ** (32 - length);
  const end = Math.floor(base / size) * size + size;
  const [first, last] = size >= 256 ? [end - 56, end - 6] : [end - size / 4, end - 2];
  return Array.from({ length: last - first + 1 }, (_, index) => formatAddress(first + index));
}
