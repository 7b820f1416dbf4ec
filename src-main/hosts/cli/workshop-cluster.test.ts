/** A workshop on a cluster that is there: what the learners' files open, and what they do not. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RealClock } from '#emulator/clock.ts';
import { startCluster, type Cluster } from '#emulator/index.ts';
import { createKubeClient, type KubeClient } from '../../kube/client.ts';
import { openFacilitator } from '../../workshops/facilitator.ts';
import { oneLab } from './testing/one-lab.ts';
import { runWorkshop } from './testing/run-workshop.ts';

const PODS = { apiVersion: 'v1', kind: 'Pod' };
const NODES = { apiVersion: 'v1', kind: 'Node' };
const SECRETS = { apiVersion: 'v1', kind: 'Secret' };

let folder: string;
let labs: string;
let cluster: Cluster;
let out: string[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-workshop-'));
  labs = await oneLab(folder);
  cluster = await startCluster();
  await writeFile(join(folder, 'admin.kubeconfig'), cluster.kubeconfig, { mode: 0o600 });
  await writeFile(join(folder, 'learners.csv'), 'name\nAlice\nBob\n');
});
afterAll(async () => {
  await cluster.stop();
  await rm(folder, { recursive: true });
});

function run(...args: string[]): Promise<number> {
  out = [];
  const say = (line: string): unknown => out.push(line);
  const place = ['--workshop', 'spring', '--kubeconfig', join(folder, 'admin.kubeconfig')];
  return runWorkshop(
    [...args, ...place],
    {
      open: openFacilitator,
      clock: new RealClock(),
      ask: () => Promise.resolve(true),
      untilInterrupted: () => new AbortController().signal,
    },
    { labs, dataDirectory: join(folder, 'data'), locale: 'en', out: say, err: say },
  );
}

async function learner(name: string): Promise<KubeClient> {
  const file = join(folder, 'out', `${name}.kubeconfig`);
  return createKubeClient(await readFile(file, 'utf8'), file);
}

describe('a workshop on the emulated cluster', () => {
  it('gives each learner their own namespaces and nothing else, until it is taken back', async () => {
    const list = ['--learners', join(folder, 'learners.csv'), '--out', join(folder, 'out')];
    expect(await run('prepare', ...list, '--lab', 'cluster-ip', '--yes'), out.join('\n')).toBe(0);
    // Its network enforces NetworkPolicies: there is nothing to warn of.
    expect(out.join('\n')).not.toContain('NetworkPolicies');

    const alice = await learner('alice');
    expect(await alice.list(PODS, { namespace: 'alice-shop' })).toEqual([]);
    await expect(alice.list(PODS, { namespace: 'bob-shop' })).rejects.toThrow(
      'pods is forbidden: User "system:serviceaccount:switchyard-spring:alice" cannot list resource "pods" in API group "" in the namespace "bob-shop"',
    );
    await expect(alice.list(NODES)).rejects.toThrow(/nodes is forbidden/);
    await expect(alice.list(SECRETS, { namespace: 'switchyard-spring' })).rejects.toThrow(
      /secrets is forbidden/,
    );

    expect(await run('unprepare', '--yes'), out.join('\n')).toBe(0);
    await expect(alice.list(PODS, { namespace: 'alice-shop' })).rejects.toThrow(/Unauthorized/);
    await alice.close();
  }, 60_000);
});
