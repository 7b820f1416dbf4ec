import type { VirtualSocket } from '../../../network/types.ts';
import type { ProcessContext, Program } from '../../types.ts';
import { formatDate } from '../basics.ts';
import { isAddressInUse } from '../http-server.ts';
import { program, untilEnded } from '../support.ts';
import { RedisEngine } from './engine.ts';
import { encodeReply, RespReader } from './resp.ts';

/** redis-server: keeps its data in memory, as the image does without a volume. */
export function redisServer(version: string): Program {
  return program('redis-server', async (context, args) => {
    if (args[0] === '--version' || args[0] === '-v') {
      await context.stdout.write(
        `Redis server v=${version} sha=00000000:0 malloc=libc bits=64 build=0000000000000000\n`,
      );
      return 0;
    }
    const options = readOptions(args, context);
    const port = Number(options['port'] ?? 6379);
    const log = (mark: string, message: string, role = 'M'): Promise<void> =>
      context.stdout.write(`${context.pid}:${role} ${timestamp(context)} ${mark} ${message}\n`);
    await log('*', 'oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo', 'C');
    await log(
      '*',
      `Redis version=${version}, bits=64, commit=00000000, modified=0, pid=${context.pid}, just started`,
      'C',
    );
    if (args.length > 0) await log('*', 'Configuration loaded', 'C');
    else
      await log(
        '#',
        'Warning: no config file specified, using the default config. In order to specify a config file use redis-server /path/to/redis.conf',
        'C',
      );
    await log('*', 'monotonic clock: POSIX clock_gettime');
    const engine = new RedisEngine({ clock: context.clock, version, port, options });
    try {
      context.network.listen(port, (socket) => serveClient(engine, socket, (message) => void log('#', message)), options['bind']?.startsWith('127.') ? '127.0.0.1' : undefined); // prettier-ignore
    } catch (error) {
      if (!isAddressInUse(error)) throw error;
      await log(
        '#',
        `Warning: Could not create server TCP listening socket *:${port}: bind: Address already in use`,
      );
      await log('#', 'Failed listening on port, aborting.');
      return 1;
    }
    await log('*', `Running mode=standalone, port=${port}.`);
    await log('*', 'Server initialized');
    await log('*', 'Ready to accept connections tcp');
    const signal = await Promise.race([
      new Promise<string>((resolve) => {
        context.onSignal('SIGTERM', () => resolve('SIGTERM'));
        context.onSignal('SIGINT', () => resolve('SIGINT'));
      }),
      engine.shutdown,
      untilEnded(context),
    ]);
    if (signal !== 'SHUTDOWN') await log('#', `Received ${signal} scheduling shutdown...`, 'signal-handler');
    await log('*', 'User requested shutdown...');
    await log('#', 'Redis is now ready to exit, bye bye...');
    return 0;
  });
}

/** Options of the command line (`--requirepass secret`) and of a configuration file before them. */
function readOptions(args: readonly string[], context: ProcessContext): Record<string, string> {
  const options: Record<string, string> = {};
  const [first, ...rest] = args;
  const flags = first === undefined || first.startsWith('-') ? args : rest;
  if (first !== undefined && !first.startsWith('-')) {
    for (const line of new TextDecoder().decode(context.fs.readFile(first)).split('\n')) {
      const [name, ...words] = line.trim().split(/\s+/);
      if (name !== undefined && name !== '' && !name.startsWith('#'))
        options[name.toLowerCase()] = words.join(' ').replace(/^"(.*)"$/, '$1');
    }
  }
  let name = '';
  for (const word of flags) {
    if (word.startsWith('--')) options[(name = word.slice(2).toLowerCase())] = '';
    else options[name] = [options[name], word].filter(Boolean).join(' ');
  }
  return options;
}

function timestamp(context: ProcessContext): string {
  const now = context.clock.now();
  return `${formatDate('%d %b %Y %H:%M:%S', now)}.${String(Math.floor(now % 1000)).padStart(3, '0')}`;
}

function serveClient(engine: RedisEngine, socket: VirtualSocket, warn: (message: string) => void): void {
  const reader = new RespReader();
  const session = engine.connect(
    `${socket.remoteAddress}:${socket.remotePort}`,
    `${socket.localAddress}:${socket.localPort}`,
    (reply) => {
      if (!socket.destroyed) socket.write(Buffer.from(encodeReply(reply), 'latin1'));
    },
  );
  // Commands of one client are answered in their order, also when one of them waits.
  let last = Promise.resolve();
  socket.on('data', (chunk: Uint8Array) => {
    reader.push(chunk);
    const commands: string[][] = [];
    for (let words = reader.nextCommand(); words !== undefined; words = reader.nextCommand())
      commands.push(words);
    // A line of an HTTP request: what came with it is not answered either.
    if (commands.some(([name = '']) => ['post', 'host:'].includes(name.toLowerCase()))) {
      warn(
        `Possible SECURITY ATTACK detected. It looks like somebody is sending POST or Host: commands to Redis. This is likely due to an attacker attempting to use Cross Protocol Scripting to compromise your Redis instance. Connection from ${socket.remoteAddress}:${socket.remotePort} aborted.`,
      );
      socket.destroy();
      return;
    }
    for (const command of commands) {
      last = last.then(async () => {
        await session.run(command);
        if (session.quit) socket.end();
      });
    }
  });
  socket.on('end', () => void last.then(() => socket.end()));
  socket.on('close', () => session.close());
}
