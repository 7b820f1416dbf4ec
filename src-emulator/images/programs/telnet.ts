import { ResolveError, type VirtualSocket } from '../../network/types.ts';
import { errorCode, parseOptions, program, UsageFailure } from './support.ts';

const REASONS: Record<string, string> = {
  ECONNREFUSED: 'Connection refused',
  EHOSTUNREACH: 'No route to host',
  ENETUNREACH: 'Network unreachable',
};

/** busybox's telnet, for trying a port by hand: connects, and copies lines both ways. */
export const telnet = program('telnet', async (context, args) => {
  const [host, portText = '23'] = parseOptions(args, { short: 'al:' }).operands;
  if (host === undefined) throw new UsageFailure('usage: telnet HOST [PORT]');
  const port = Number(portText);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new UsageFailure(`bad port '${portText}'`);
  let address: string;
  try {
    address = (await context.resolve(host, context.ended))[0] ?? '';
  } catch (error) {
    if (error instanceof ResolveError) throw new UsageFailure(`bad address '${host}'`);
    throw error;
  }
  let socket: VirtualSocket;
  try {
    socket = await context.network.connect({ address, port });
  } catch (error) {
    if (context.ended.aborted) throw error;
    const reason = REASONS[errorCode(error) ?? ''] ?? 'Connection timed out';
    throw new UsageFailure(`can't connect to remote host (${address}): ${reason}`);
  }
  await context.stdout.write(`Connected to ${host}\n`);
  const sending = (async () => {
    for (let chunk = await context.stdin.read(); chunk !== undefined; chunk = await context.stdin.read())
      socket.write(new TextDecoder().decode(chunk).replaceAll(/\r?\n/g, '\r\n'));
    socket.end();
  })();
  sending.catch(() => undefined);
  for await (const chunk of socket as AsyncIterable<Uint8Array>) await context.stdout.write(chunk);
  await context.stderr.write('Connection closed by foreign host\n');
  return 1;
});
