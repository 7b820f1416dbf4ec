import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseProcessArguments, processArguments } from '#emulator/process-arguments.ts';
import { isProcessAlive } from '#emulator/process-identity.ts';
import { readLiveProcess } from '#emulator/process-file.ts';
import { AppError } from '#shared/app-error.ts';
import type { ProgressStep } from '#shared/cluster.ts';
import type { KubeClient } from '../../kube/client.ts';
import { FakeKube } from '../../kube/testing/fake-kube.ts';
import { readyNodes } from '../../kube/testing/ready-nodes.ts';
import { isClusterName } from '../cluster-name.ts';
import { EmulatedProvider } from './index.ts';
import { nodeLauncher, type ClusterLauncher } from './launcher.ts';
import { logTail, portOf } from './record.ts';

/** Behaves towards its starter as the cluster's process does, without a cluster. */
const standIn = join(import.meta.dirname, 'testing', 'stand-in-process.ts');

let directory: string;
const left: number[] = [];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'switchyard-clusters-'));
});
afterEach(async () => {
  for (const pid of left.splice(0)) if (isProcessAlive(pid)) process.kill(pid, 'SIGKILL');
  await rm(directory, { recursive: true, force: true });
});

/** The stand-in serves no API: its address is that of the kubeconfig, and everything is ready. */
function connectReady(kubeconfig: string): KubeClient {
  const kube = new FakeKube(/server: (\S+)/.exec(kubeconfig)?.[1]);
  for (const object of readyNodes()) kube.put(object);
  return kube;
}

function provider(
  launch: ClusterLauncher = nodeLauncher(standIn),
  startedBy: 'app' | 'cli' = 'app',
): EmulatedProvider {
  return new EmulatedProvider({ directory, launch, startedBy, connect: connectReady, checks: [] });
}

const signal = (): AbortSignal => new AbortController().signal;
const ensure = (
  target: EmulatedProvider,
  name = 'test',
  onProgress: (steps: ProgressStep[]) => void = () => undefined,
) => target.create({ name, signal: signal(), onProgress });

async function pid(name = 'test'): Promise<number> {
  const running = await readLiveProcess(join(directory, name, 'process.json'));
  if (running === undefined) throw new Error('no cluster runs');
  left.push(running.pid);
  return running.pid;
}

describe('the command line of the process', () => {
  it('is read as it is written', () => {
    for (const loadBalancer of [true, false]) {
      const argv = { stateDirectory: '/data/my clusters/a', name: 'a', port: 6443, loadBalancer };
      expect(parseProcessArguments(processArguments(argv))).toEqual(argv);
    }
    expect(parseProcessArguments(['--state-directory', 'x'])).toEqual({
      stateDirectory: 'x',
      name: 'switchyard',
      port: 0,
      loadBalancer: true,
    });
    expect(() => parseProcessArguments(['--state-directory', 'x', '--port', '70000'])).toThrow('not a port');
    expect(() => parseProcessArguments([])).toThrow('--state-directory');
  });
  it('takes only names that can be folders and node names', () => {
    expect(['a', 'my-lab', '2nd'].map(isClusterName)).toEqual([true, true, true]);
    expect(['', '..', 'a/b', 'A', '-a', 'a-', 'x'.repeat(31)].some(isClusterName)).toBe(false);
    expect(portOf('https://127.0.0.1:6443')).toBe(6443);
    expect(logTail('a\n    at x (y.js:1)\nb\n\n')).toBe('a\nb');
  });
});

describe('the emulated provider', () => {
  it('makes a cluster, with a private kubeconfig, and tells how it goes', async () => {
    const seen: string[] = [];
    const cluster = await ensure(provider(), 'test', (steps) => {
      seen.push(steps.map(({ state }) => state).join());
    });
    await pid();
    expect(cluster).toMatchObject({ provider: 'emulated', name: 'test' });
    expect(seen).toEqual([
      'running,pending,pending',
      'done,running,pending',
      'done,done,running',
      'done,done,done',
    ]);
    expect((await stat(cluster.kubeconfigPath)).mode & 0o777).toBe(0o600);
    expect((await stat(join(directory, 'test'))).mode & 0o777).toBe(0o700);
  });

  it('finds it again after the app was killed', async () => {
    const first = await ensure(provider());
    const before = await pid();
    expect(await ensure(provider())).toEqual(first);
    expect(await pid()).toBe(before);
    expect(await provider().list()).toMatchObject([
      { name: 'test', state: 'running', url: first.server.url },
    ]);
  });

  it('starts it again from its folder, at the same address, after its process was killed', async () => {
    const first = await ensure(provider());
    const before = await pid();
    process.kill(before, 'SIGKILL');
    while (isProcessAlive(before)) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await provider().list()).toMatchObject([{ name: 'test', state: 'stopped' }]);
    const second = await ensure(provider());
    expect(second.server.url).toBe(first.server.url);
    expect(await pid()).not.toBe(before);
  });

  it('does not take a process that was killed a moment ago for a running one', async () => {
    await ensure(provider());
    const before = await pid();
    process.kill(before, 'SIGKILL');
    await ensure(provider());
    expect(await pid()).not.toBe(before);
  });

  it('passes on which files the cluster had to set aside', async () => {
    const path = join(directory, 'test', 'state.json');
    await mkdir(join(directory, 'test'), { recursive: true });
    await writeFile(join(directory, 'test', 'kubeconfig'), 'server: https://127.0.0.1:1');
    const setAside = [{ path, keptAs: `${path}.corrupt-1`, reason: 'Unexpected end of JSON input' }];
    const cluster = await ensure(
      provider(({ onMessage }) => {
        onMessage({ type: 'ready', url: 'https://127.0.0.1:1', setAside });
        return Promise.resolve({ pid: undefined, stop: () => undefined, detach: () => undefined });
      }),
    );
    expect(cluster.notices).toMatchObject([
      { code: 'file-set-aside', detail: 'Unexpected end of JSON input' },
    ]);
    expect(cluster.notices[0]?.message.ko).toContain(`${path}.corrupt-1`);
  });

  it('starts one process when two ask at once', async () => {
    const [first, second] = await Promise.all([ensure(provider()), ensure(provider())]);
    await pid();
    expect(second.server.url).toBe(first.server.url);
  });

  it('stops what the app started when it lets go, after the state is written; not what the command line did', async () => {
    await ensure(provider(nodeLauncher(standIn), 'cli'), 'of-cli');
    await ensure(provider(), 'of-killed-app');
    const app = provider();
    await ensure(app);
    await ensure(app, 'of-cli');
    await ensure(app, 'of-killed-app');
    const pids = [await pid(), await pid('of-killed-app'), await pid('of-cli')];
    await app.release();
    expect(pids.map(isProcessAlive)).toEqual([false, false, true]);
    expect(await readFile(join(directory, 'test', 'state.json'), 'utf8')).toBe('flushed');
  });

  it('deletes the process and everything that it kept; twice is no error', async () => {
    await ensure(provider());
    const running = await pid();
    await provider().delete('test');
    expect(isProcessAlive(running)).toBe(false);
    await expect(stat(join(directory, 'test'))).rejects.toThrow('ENOENT');
    await provider().delete('test');
  });

  it('says what a process printed that would not start', async () => {
    const failing = join(directory, 'failing.mjs');
    await writeFile(failing, 'console.error("no room on the moon"); process.exit(3);');
    const error: unknown = await ensure(provider(nodeLauncher(failing))).catch((reason: unknown) => reason);
    if (!(error instanceof AppError)) throw new Error(`expected an AppError, not ${String(error)}`);
    expect(error.problem.code).toBe('cluster-start-failed');
    expect(error.problem.detail).toContain('no room on the moon');
    expect(error.problem.fix?.en).toContain(join(directory, 'test', 'cluster.log'));
  });

  it('leaves nothing behind when it is cancelled', async () => {
    const cancel = new AbortController();
    const silent = join(directory, 'silent.mjs');
    await writeFile(silent, 'setInterval(() => {}, 1e6); process.on("message", () => process.exit());');
    const asked = provider(nodeLauncher(silent)).create({
      name: 'test',
      signal: cancel.signal,
      onProgress: (steps) => {
        if (steps[1]?.state === 'running') cancel.abort();
      },
    });
    await expect(asked).rejects.toMatchObject({ problem: { code: 'cancelled' } });
    await expect(stat(join(directory, 'test'))).rejects.toThrow('ENOENT');
  });

  it('refuses a name that is none', async () => {
    await expect(ensure(provider(), '../x')).rejects.toMatchObject({
      problem: { code: 'cluster-name-invalid' },
    });
    await expect(provider().delete('..')).rejects.toMatchObject({
      problem: { code: 'cluster-name-invalid' },
    });
  });
});
