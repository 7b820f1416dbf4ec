import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadLab } from '../labs/library.ts';
import { verifyLab } from './verify.ts';
import { startVirtualCluster, type VirtualCluster } from './virtual-cluster.ts';

const LABS = resolve(import.meta.dirname, '../../labs');

let cluster: VirtualCluster;
beforeAll(async () => {
  cluster = await startVirtualCluster();
});
afterAll(() => cluster.close());

// The whole of it is `switchyard labs verify`; one lab stands here for the way in which it is done.
test('a lab is proven under virtual time, in which its waits take none', { timeout: 90_000 }, async () => {
  const { lab } = await loadLab(join(LABS, 'cluster-ip'));
  if (lab === undefined) throw new Error('the lab has defects');
  const { kube, clock } = cluster;
  const proof = await verifyLab({ lab, kube, clock });
  expect(proof.proofs.filter(({ ok }) => !ok)).toEqual([]);
});

test('a program in a pod that sleeps for an hour has ended a moment later', async () => {
  const { kube, clock } = cluster;
  await kube.apply(
    `apiVersion: v1\nkind: Pod\nmetadata: {name: box}\nspec: {containers: [{name: box, image: 'busybox:1.36', args: [sleep, '9999']}]}`,
    { namespace: 'default' },
  );
  await clock.sleep(10_000);
  const before = clock.now();
  expect(await kube.exec('default', 'box', ['sleep', '3600'])).toMatchObject({ exitCode: 0 });
  expect(clock.now() - before).toBe(3_600_000);
});
