import { ResolveError, type VirtualSocket } from '../../network/types.ts';
import { untilAborted } from '../descriptors.ts';
import type { ProcessContext, Program } from '../types.ts';
import { errorCode, parseOptions, program, UsageFailure } from './support.ts';

/** netcat in the manner of OpenBSD's: connect, scan (`-z`), listen (`-l`). */
export const nc: Program = program('nc', async (context, args) => {
  const options = parseOptions(args, { short: 'zvw:lnp:ukN4q:' });
  const verbose = options.has('v');
  const timeoutMs = options.value('w') === undefined ? undefined : Number(options.value('w')) * 1000;
  if (options.has('l')) {
    const port = Number(options.value('p') ?? options.operands.at(-1));
    if (!Number.isInteger(port)) throw new UsageFailure('missing port');
    return listen(context, port, options.has('k'), verbose);
  }
  const [host, portText] = options.operands;
  if (host === undefined || portText === undefined) throw new UsageFailure('missing port number');
  const [, from = '', to = from] = /^(\d+)(?:-(\d+))?$/.exec(portText) ?? [];
  if (from === '') throw new UsageFailure(`port number invalid: ${portText}`);
  const address = await lookUp(context, host, portText);
  if (options.has('u')) return sendDatagrams(context, { address, port: Number(from) }, timeoutMs ?? 1000);
  let status = 1;
  for (let port = Number(from); port <= Number(to); port++) {
    const socket = await connect(context, { host, address, port }, timeoutMs, verbose);
    if (socket === undefined) continue;
    status = 0;
    if (verbose)
      await context.stderr.write(
        `Connection to ${host} ${describe(address, host)}${port} port [tcp/*] succeeded!\n`,
      );
    if (options.has('z')) socket.destroy();
    else return pump(context, socket, timeoutMs);
  }
  return status;
});

function describe(address: string, host: string): string {
  return address === host ? '' : `(${address}) `;
}

async function lookUp(context: ProcessContext, host: string, port: string): Promise<string> {
  try {
    return (await context.resolve(host))[0] ?? '';
  } catch (error) {
    if (!(error instanceof ResolveError)) throw error;
    const reason = error.code === 'ENOTFOUND' ? 'Name does not resolve' : 'Try again';
    throw new UsageFailure(`getaddrinfo for host "${host}" port ${port}: ${reason}`);
  }
}

async function connect(
  context: ProcessContext,
  to: { host: string; address: string; port: number },
  timeoutMs: number | undefined,
  verbose: boolean,
): Promise<VirtualSocket | undefined> {
  try {
    return await context.network.connect(to, timeoutMs === undefined ? {} : { timeoutMs });
  } catch (error) {
    if (context.ended.aborted) throw error;
    const code = errorCode(error);
    const reason =
      code === 'ECONNREFUSED'
        ? 'Connection refused'
        : code === 'EHOSTUNREACH'
          ? 'No route to host'
          : timeoutMs === undefined
            ? 'Operation timed out'
            : 'Operation now in progress';
    if (verbose)
      await context.stderr.write(
        `nc: connect to ${to.host} ${describe(to.address, to.host)}port ${to.port} (tcp) ${code === 'ETIMEDOUT' && timeoutMs !== undefined ? 'timed out' : 'failed'}: ${reason}\n`,
      );
    return undefined;
  }
}

/** Copies both ways until the other end closes, or says nothing for `idleMs` once our input has ended. */
async function pump(
  context: ProcessContext,
  socket: VirtualSocket,
  idleMs: number | undefined,
): Promise<number> {
  const send = async (): Promise<void> => {
    for (let chunk = await context.stdin.read(); chunk !== undefined; chunk = await context.stdin.read()) {
      if (!socket.write(chunk)) await new Promise<void>((resolve) => socket.once('drain', resolve));
    }
    socket.end();
    if (idleMs !== undefined) context.clock.setTimeout(() => socket.destroy(), idleMs);
  };
  const sending = send();
  sending.catch(() => undefined);
  try {
    for await (const chunk of socket as AsyncIterable<Uint8Array>) await context.stdout.write(chunk);
  } catch (error) {
    if (context.ended.aborted || !(error instanceof Error) || error.name === 'BrokenPipe') throw error;
  }
  return 0;
}

async function listen(
  context: ProcessContext,
  port: number,
  keep: boolean,
  verbose: boolean,
): Promise<number> {
  if (verbose) await context.stderr.write(`Listening on 0.0.0.0 ${port}\n`);
  const waiting: VirtualSocket[] = [];
  let wake: (() => void) | undefined;
  using listener = context.network.listen(port, (socket) => {
    waiting.push(socket);
    wake?.();
  });
  for (;;) {
    while (waiting.length === 0)
      await untilAborted(new Promise<void>((resolve) => (wake = resolve)), context.ended);
    const socket = waiting.shift();
    if (socket === undefined) continue;
    if (verbose)
      await context.stderr.write(`Connection received on ${socket.remoteAddress} ${socket.remotePort}\n`);
    if (!keep) listener[Symbol.dispose]();
    const status = await pump(context, socket, undefined);
    if (!keep) return status;
  }
}

async function sendDatagrams(
  context: ProcessContext,
  to: { address: string; port: number },
  waitMs: number,
): Promise<number> {
  const socket = context.network.bindUdp(0);
  const refusals: true[] = [];
  socket.onMessage((data) => void context.stdout.write(data).catch(() => undefined));
  socket.onRefused(() => refusals.push(true));
  for (let chunk = await context.stdin.read(); chunk !== undefined; chunk = await context.stdin.read())
    socket.send(chunk, to);
  await context.clock.sleep(waitMs);
  socket.close();
  return refusals.length > 0 ? 1 : 0;
}
