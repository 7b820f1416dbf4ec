import { ResolveError } from '../../network/types.ts';
import type { Program } from '../types.ts';
import { parseOptions, program, UsageFailure } from './support.ts';

/** ping as busybox prints it. */
export const ping: Program = program('ping', async (context, args) => {
  const options = parseOptions(args, { short: '4c:W:i:w:s:qnI:t:A' });
  const [host] = options.operands;
  if (host === undefined) throw new UsageFailure('missing host operand');
  const count = options.value('c') === undefined ? Infinity : Number(options.value('c'));
  const size = Number(options.value('s') ?? 56);
  const intervalMs = Number(options.value('i') ?? 1) * 1000;
  const replyTimeoutMs = Number(options.value('W') ?? 10) * 1000;
  const deadlineMs =
    options.value('w') === undefined ? Infinity : context.clock.now() + Number(options.value('w')) * 1000;
  let address: string;
  try {
    [address = ''] = await context.resolve(host);
  } catch (error) {
    if (!(error instanceof ResolveError)) throw error;
    throw new UsageFailure(`bad address '${host}'`);
  }

  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    context.onSignal(signal, () => stop.abort(new Error('stopped')));
  const times: number[] = [];
  let sent = 0;
  await context.stdout.write(`PING ${host} (${address}): ${size} data bytes\n`);
  const awaited: Promise<void>[] = [];
  const once = async (sequence: number): Promise<void> => {
    const timeoutMs = Math.min(replyTimeoutMs, deadlineMs - context.clock.now());
    const time = await context.network.ping(address, { timeoutMs, signal: stop.signal });
    if (time === undefined) return;
    times.push(time);
    if (!options.has('q'))
      await context.stdout.write(
        `${size + 8} bytes from ${address}: seq=${sequence} ttl=62 time=${time.toFixed(3)} ms\n`,
      );
  };
  try {
    while (sent < count && context.clock.now() < deadlineMs) {
      const reply = once(sent++);
      reply.catch(() => undefined);
      awaited.push(reply);
      if (awaited.length > 16) void awaited.shift();
      if (sent < count)
        await context.clock.sleep(Math.min(intervalMs, deadlineMs - context.clock.now()), stop.signal);
    }
    // The last echo gets its whole time to come back.
    await Promise.all(awaited);
  } catch (error) {
    if (!stop.signal.aborted || context.ended.aborted) throw error;
  }
  const loss = sent === 0 ? 0 : Math.floor(((sent - times.length) * 100) / sent);
  await context.stdout.write(
    `\n--- ${host} ping statistics ---\n${sent} packets transmitted, ${times.length} packets received, ${loss}% packet loss\n`,
  );
  if (times.length > 0) {
    const average = times.reduce((sum, time) => sum + time, 0) / times.length;
    const figures = [Math.min(...times), average, Math.max(...times)].map((time) => time.toFixed(3));
    await context.stdout.write(`round-trip min/avg/max = ${figures.join('/')} ms\n`);
  }
  return times.length > 0 ? 0 : 1;
});
