import { cidrContains, formatIPv4, parseCidr, parseIPv4 } from '../../network/ipv4.ts';
import type { Cidr } from '../../network/ipv4.ts';
import type { NetworkInterface, RouteEntry } from '../../network/types.ts';
import type { ProcessContext } from '../types.ts';
import { parseOptions, program, UsageFailure } from './support.ts';

/** Programs that show the network namespace. */

export const ip = program('ip', async (context, args) => {
  const [object = '', ...rest] = args.filter((arg) => !arg.startsWith('-'));
  const { kernel } = context.network;
  if ('route'.startsWith(object) && object !== '') {
    if (rest[0] === 'get') return routeGet(context, rest[1] ?? '');
    await context.stdout.write(
      kernel
        .routes()
        .map((route) => `${routeText(route)} \n`)
        .join(''),
    );
    return 0;
  }
  if (!'address'.startsWith(object) && !'link'.startsWith(object))
    throw new UsageFailure(`Object "${object}" is unknown, try "ip help".`);
  const wanted = rest.at(-1);
  const shown = kernel
    .interfaces()
    .filter(({ name }) => !/^(eth|veth|lo)/.test(wanted ?? '') || name === wanted);
  const isBrief = args.includes('-br') || args.includes('-brief');
  const text = shown.map((one) => (isBrief ? briefText(one) : interfaceText(one, 'link'.startsWith(object))));
  await context.stdout.write(text.join(''));
  return 0;
});

function routeText({ destination, via, device, protocol, scope, source }: RouteEntry): string {
  return [
    destination,
    ...(via === undefined ? [] : ['via', via]),
    'dev',
    device,
    ...(protocol === undefined ? [] : ['proto', protocol]),
    ...(scope === undefined ? [] : ['scope', scope]),
    ...(source === undefined ? [] : ['src', source]),
  ].join(' ');
}

/** The route that a packet to an address takes: the narrowest one. */
async function routeGet({ network, stdout }: ProcessContext, address: string): Promise<number> {
  if (parseIPv4(address) === undefined)
    throw new UsageFailure(`any valid prefix is expected rather than "${address}".`);
  const rangeOf = ({ destination }: RouteEntry): Cidr =>
    parseCidr(
      destination === 'default' ? '0.0.0.0/0' : destination.includes('/') ? destination : `${destination}/32`,
    );
  const route = network.kernel
    .routes()
    .filter((entry) => cidrContains(rangeOf(entry), address))
    .sort((a, b) => rangeOf(b).prefixLength - rangeOf(a).prefixLength)[0];
  if (address === network.address || route === undefined) {
    await stdout.write(`local ${address} dev lo src ${address} uid 0 \n    cache <local> \n`);
    return 0;
  }
  const via = route.via === undefined ? '' : ` via ${route.via}`;
  await stdout.write(`${address}${via} dev ${route.device} src ${network.address} uid 0 \n    cache \n`);
  return 0;
}

function nameOf({ name, peerIndex }: NetworkInterface): string {
  return peerIndex === undefined ? name : `${name}@if${peerIndex}`;
}

function briefText(one: NetworkInterface): string {
  const state = one.peerIndex === undefined ? 'UNKNOWN' : 'UP';
  return `${nameOf(one).padEnd(16)} ${state.padEnd(14)} ${one.address}/${one.prefixLength} \n`;
}

function interfaceText(one: NetworkInterface, linkOnly: boolean): string {
  const { index, peerIndex, macAddress, address, prefixLength, name } = one;
  const isLoopback = peerIndex === undefined;
  const broadcast = isLoopback || prefixLength === 32 ? '' : ` brd ${broadcastOf(address, prefixLength)}`;
  const scope = isLoopback ? 'host' : 'global';
  return (
    (isLoopback
      ? `${index}: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000\n`
      : `${index}: ${nameOf(one)}: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default \n`) +
    (isLoopback
      ? `    link/loopback ${macAddress} brd 00:00:00:00:00:00\n`
      : `    link/ether ${macAddress} brd ff:ff:ff:ff:ff:ff link-netnsid 0\n`) +
    (linkOnly
      ? ''
      : `    inet ${address}/${prefixLength}${broadcast} scope ${scope} ${name}\n` +
        '       valid_lft forever preferred_lft forever\n')
  );
}

function broadcastOf(address: string, prefixLength: number): string {
  const { base } = parseCidr(`${address}/${prefixLength}`);
  return formatIPv4(base + 2 ** (32 - prefixLength) - 1);
}

export const netstat = program('netstat', async (context, args) => {
  parseOptions(args, { short: 'lntuapwe' });
  await context.stdout.write(
    'Active Internet connections (only servers)\nProto Recv-Q Send-Q Local Address           Foreign Address         State       \n',
  );
  for (const { address, port } of context.network.listeners())
    await context.stdout.write(
      `tcp        0      0 ${`${address}:${port}`.padEnd(23)} ${'0.0.0.0:*'.padEnd(23)} LISTEN      \n`,
    );
  return 0;
});

export const ss = program('ss', async (context, args) => {
  parseOptions(args, { short: 'lntuapH4' });
  await context.stdout.write('State   Recv-Q  Send-Q   Local Address:Port    Peer Address:Port  Process  \n');
  for (const { address, port } of context.network.listeners())
    await context.stdout.write(
      `LISTEN  0       4096     ${address.padStart(13)}:${String(port).padEnd(8)} ${'0.0.0.0'.padStart(11)}:*\n`,
    );
  return 0;
});
