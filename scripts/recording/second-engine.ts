import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A Docker engine of our own: what is done to it harms nobody else's. */
export interface SecondEngine {
  socket: string;
  root: string;
  /** Leaves so many megabytes of its disk free. */
  fill: (freeMegabytes: number) => void;
  stop: () => Promise<void>;
}

export interface EngineOptions {
  /** Size of its disk, which is in memory. */
  megabytes: number;
  args?: readonly string[];
  env?: Record<string, string>;
}

/**
 * Starts a `dockerd`. Must be called in a network namespace of its own (`unshare --net`): an engine makes bridges
 * and rules, and takes away those that it thinks are its own.
 */
export async function startEngine(folder: string, options: EngineOptions): Promise<SecondEngine> {
  const root = join(folder, 'root');
  const socket = join(folder, 'docker.sock');
  mkdirSync(root, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${options.megabytes}m`, 'recorder', root]);
  writeFileSync(join(folder, 'daemon.json'), '{}');
  const log = openSync(join(folder, 'dockerd.log'), 'a');
  const child = spawn(
    'dockerd',
    [
      ...['--config-file', join(folder, 'daemon.json'), '--data-root', root, '--host', `unix://${socket}`],
      ...['--exec-root', join(folder, 'exec'), '--pidfile', join(folder, 'pid')],
      ...likeTheFirst(),
      ...(options.args ?? []),
    ],
    { stdio: ['ignore', log, log], env: { ...process.env, ...options.env } },
  );
  const ended = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
    execFileSync('umount', ['--lazy', root]);
    rmSync(folder, { recursive: true, force: true });
  };
  for (let waited = 0; !existsSync(socket) || !answers(socket); waited++) {
    if (waited > 100 || child.exitCode !== null) {
      await stop();
      throw new Error(`The second engine did not start within 20 seconds: ${folder}/dockerd.log`);
    }
    await sleep(200);
  }
  return { socket, root, fill: (free) => fill(root, free), stop };
}

function answers(socket: string): boolean {
  try {
    execFileSync('docker', ['--host', `unix://${socket}`, 'ps'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The runtimes of the machine's own engine: some machines need theirs. */
function likeTheFirst(): string[] {
  const info = JSON.parse(
    execFileSync('docker', ['info', '--format', '{{json .}}'], { encoding: 'utf8' }),
  ) as { Runtimes: Record<string, { path: string }>; DefaultRuntime: string };
  const own = Object.entries(info.Runtimes).filter(([, { path }]) => path.startsWith('/'));
  return own.length === 0
    ? []
    : [
        ...own.flatMap(([name, { path }]) => ['--add-runtime', `${name}=${path}`]),
        ...['--default-runtime', info.DefaultRuntime],
      ];
}

function fill(root: string, freeMegabytes: number): void {
  const filler = join(root, 'filler');
  rmSync(filler, { force: true });
  // It writes meanwhile, too: what was free is not, then.
  for (let attempt = 0; attempt < 10; attempt++) {
    const available = execFileSync('df', ['--output=avail', '--block-size=1M', root], { encoding: 'utf8' });
    const megabytes = Number(available.trim().split('\n').at(-1)) - freeMegabytes;
    if (megabytes <= 0) return;
    const { status } = spawnSync('fallocate', ['--length', `${megabytes}M`, filler]);
    if (status === 0) return;
  }
  throw new Error('The disk of the second engine could not be filled.');
}
