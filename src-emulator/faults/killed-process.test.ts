/** The process of a cluster, killed while it writes. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CoreV1Api, KubeConfig, type V1ConfigMap } from '@kubernetes/client-node';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Literal } from '../client-library/literal.ts';
import { Random } from '../fuzzing/random.ts';
import { isProcessMessage, processArguments, type ProcessMessage } from '../process-arguments.ts';

const ENTRY = join(import.meta.dirname, '..', 'process.ts');

let directory: string;
let running: ChildProcess | undefined;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'switchyard-killed-'));
});
afterEach(async () => {
  if (running !== undefined) await kill(running);
  rmSync(directory, { recursive: true });
});

async function kill(child: ChildProcess): Promise<void> {
  running = undefined;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** Starts the process over the directory and waits until it serves. */
async function start(): Promise<{
  child: ChildProcess;
  core: CoreV1Api;
  said: ProcessMessage & { type: 'ready' };
}> {
  const argv = processArguments({
    stateDirectory: directory,
    name: 'killed',
    port: 0,
    loadBalancer: false,
    workers: 0,
  });
  const child = fork(ENTRY, argv, { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  running = child;
  const [said] = (await once(child, 'message')) as [unknown];
  if (!isProcessMessage(said) || said.type !== 'ready') throw new Error(`not ready: ${JSON.stringify(said)}`);
  const config = new KubeConfig();
  config.loadFromString(readFileSync(join(directory, 'kubeconfig'), 'utf8'));
  return { child, core: config.makeApiClient(CoreV1Api), said };
}

const namespace = 'default';

it('still has every object whose write was acknowledged, wherever it was killed', async () => {
  const random = new Random('killed');
  /** By name, what the cluster said it has. */
  const acknowledged = new Map<string, string>();
  for (let round = 0; round < 3; round++) {
    const { child, core } = await start();
    const { items } = await core.listNamespacedConfigMap({ namespace });
    const kept = new Map(items.map(({ metadata, data }) => [metadata?.name ?? '', data?.['v']]));
    for (const [name, value] of acknowledged) expect(kept.get(name), name).toBe(value);

    let left = 20 + random.below(60);
    const killed = new Promise<void>((resolve, reject) => {
      // Several writers at once, each with names of its own, so that the kill comes in the middle of writes.
      const write = async (writer: number): Promise<void> => {
        for (let count = 0; ; count++) {
          const name = `w${writer}-${round}-${count % 5}`;
          const value = `${round}.${count}`;
          const body: Literal<V1ConfigMap> = { metadata: { name }, data: { v: value } };
          // A write whose answer does not come may or may not have happened: nothing is expected of it.
          acknowledged.delete(name);
          if (count < 5) await core.createNamespacedConfigMap({ namespace, body });
          else await core.replaceNamespacedConfigMap({ namespace, name, body });
          acknowledged.set(name, value);
          if (--left === 0) {
            kill(child).then(resolve, reject);
            return;
          }
        }
      };
      for (let writer = 0; writer < 4; writer++) write(writer).catch(() => undefined);
    });
    await killed;
    expect(acknowledged.size).toBeGreaterThan(0);
  }
  const { core } = await start();
  for (const [name, value] of acknowledged)
    expect((await core.readNamespacedConfigMap({ namespace, name })).data, name).toEqual({ v: value });
}, 120_000);

it('sets aside what it cannot understand, says so, and starts without it', async () => {
  const first = await start();
  const lost: Literal<V1ConfigMap> = { metadata: { name: 'lost' } };
  await first.core.createNamespacedConfigMap({ namespace, body: lost });
  expect(first.said.setAside).toEqual([]);
  await kill(first.child);
  appendFileSync(join(directory, 'state.json'), '{');

  const second = await start();
  expect(second.said.setAside?.map(({ path }) => path)).toEqual([
    join(directory, 'state.json'),
    join(directory, 'state.log'),
  ]);
  for (const { keptAs, reason } of second.said.setAside ?? []) {
    expect(readFileSync(keptAs).length).toBeGreaterThan(0);
    expect(reason).not.toBe('');
  }
  const { items } = await second.core.listNamespacedConfigMap({ namespace });
  expect(items.map(({ metadata }) => metadata?.name)).not.toContain('lost');
}, 120_000);
