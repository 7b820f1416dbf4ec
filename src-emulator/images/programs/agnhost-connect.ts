import { parseGoDuration } from '../../go-duration.ts';
import type { ProcessContext } from '../types.ts';
import { parseGoFlags } from './go-flags.ts';
import { goDialError, goLookup } from './go-http.ts';
import { errorCode, UsageFailure, untilEnded } from './support.ts';

/** `agnhost connect`: one word on stderr says how a connection went wrong. */
export async function connect(context: ProcessContext, args: string[]): Promise<number> {
  const { values, operands } = parseGoFlags(args, { timeout: '0s', protocol: 'tcp', 'udp-data': 'hostname' });
  if (operands.length !== 1) throw new UsageFailure(`Error: accepts 1 arg(s), received ${operands.length}`);
  const timeoutMs = parseGoDuration(values.timeout);
  if (timeoutMs === undefined)
    throw new UsageFailure(
      `Error: invalid argument "${values.timeout}" for "--timeout" flag: time: invalid duration "${values.timeout}"`,
    );
  const failure = await attempt(context, operands[0] ?? '', { ...values, timeoutMs });
  if (failure === undefined) return 0;
  await context.stderr.write(`${failure}\n`);
  return 1;
}

async function attempt(
  context: ProcessContext,
  target: string,
  options: { protocol: string; timeoutMs: number; 'udp-data': string },
): Promise<string | undefined> {
  const colon = target.lastIndexOf(':');
  if (colon === -1) return `UNKNOWN: address ${target}: missing port in address`;
  const port = Number(target.slice(colon + 1));
  let address: string;
  try {
    address = await goLookup(context, target.slice(0, colon));
  } catch (error) {
    if (context.ended.aborted) throw error;
    return `DNS: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (options.protocol === 'udp') return attemptUdp(context, { address, port }, options);
  if (options.protocol !== 'tcp') return 'Unsupported protocol';
  try {
    const limit = options.timeoutMs > 0 ? { timeoutMs: options.timeoutMs } : {};
    (await context.network.connect({ address, port }, limit)).destroy();
    return undefined;
  } catch (error) {
    if (context.ended.aborted) throw error;
    const code = errorCode(error);
    if (code === 'ETIMEDOUT') return 'TIMEOUT';
    return code === 'ECONNREFUSED' ? 'REFUSED' : `OTHER: ${goDialError(error, { address, port })}`;
  }
}

/** Sends one datagram and waits for an answer, without a limit unless there is one. */
async function attemptUdp(
  context: ProcessContext,
  to: { address: string; port: number },
  options: { timeoutMs: number; 'udp-data': string },
): Promise<string | undefined> {
  const socket = context.network.bindUdp(0);
  const flow = `read udp ${context.network.address}:${socket.localPort}->${to.address}:${to.port}`;
  const answer = new Promise<string | undefined>((resolve) => {
    socket.onMessage(() => resolve(undefined));
    socket.onRefused(() => resolve(`REFUSED: ${flow}: read: connection refused`));
    if (options.timeoutMs > 0)
      context.clock.setTimeout(() => resolve(`TIMEOUT: ${flow}: i/o timeout`), options.timeoutMs);
  });
  socket.send(new TextEncoder().encode(`${options['udp-data']}\n`), to);
  try {
    return await Promise.race([answer, untilEnded(context)]);
  } finally {
    socket.close();
  }
}
