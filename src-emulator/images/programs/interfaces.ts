import { parseOptions, program, UsageFailure } from './support.ts';

/** Programs that show the network namespace. */

/** The address that pods of a node have for their way out: the first of the node's range, as kindnet and others do. */
function gatewayOf(address: string): string {
  return address.replace(/\d+$/, '1');
}

export const ip = program('ip', async (context, args) => {
  const [object = '', ...rest] = args.filter((arg) => !arg.startsWith('-'));
  const { address } = context.network;
  const gateway = gatewayOf(address);
  if ('route'.startsWith(object) && object !== '') {
    if (rest[0] === 'get') {
      await context.stdout.write(`${rest[1] ?? ''} via ${gateway} dev eth0  src ${address}\n`);
      return 0;
    }
    await context.stdout.write(
      `default via ${gateway} dev eth0 \n${gateway} dev eth0 scope link  src ${address} \n`,
    );
    return 0;
  }
  if (!'address'.startsWith(object) && !'link'.startsWith(object))
    throw new UsageFailure(`Object "${object}" is unknown, try "ip help".`);
  if (args.includes('-br') || args.includes('-brief')) {
    await context.stdout.write(
      `lo               UNKNOWN        127.0.0.1/8 \neth0@if2         UP             ${address}/24 \n`,
    );
    return 0;
  }
  const inet = (text: string): string => ('link'.startsWith(object) ? '' : text);
  await context.stdout.write(
    '1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN qlen 1000\n' +
      '    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n' +
      inet('    inet 127.0.0.1/8 scope host lo\n       valid_lft forever preferred_lft forever\n') +
      '2: eth0@if2: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP qlen 1000\n' +
      `    link/ether ${macOf(address)} brd ff:ff:ff:ff:ff:ff\n` +
      inet(
        `    inet ${address}/24 brd ${address.replace(/\d+$/, '255')} scope global eth0\n       valid_lft forever preferred_lft forever\n`,
      ),
  );
  return 0;
});

/** A locally administered MAC address made of the IPv4 address. */
function macOf(address: string): string {
  return ['02', '42', ...address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'))].join(
    ':',
  );
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
