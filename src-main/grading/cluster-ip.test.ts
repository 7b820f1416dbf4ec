import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { startCluster } from '#emulator/index.ts';
import { createKubeClient } from '../kube/client.ts';
import { loadLab } from '../labs/library.ts';
import { verifyLab } from './verify.ts';

const LABS = resolve(import.meta.dirname, '../../labs');

// The same as `switchyard labs verify`, on a cluster inside this process.
test.each(['cluster-ip'])('lab %s is proven on the emulated cluster', { timeout: 90_000 }, async (id) => {
  const { lab } = await loadLab(join(LABS, id));
  if (lab === undefined) throw new Error(`lab ${id} has defects`);
  const cluster = await startCluster();
  const kube = createKubeClient(cluster.kubeconfig);
  try {
    const proof = await verifyLab({ lab, kube });
    expect(proof.proofs.filter(({ ok }) => !ok)).toEqual([]);
  } finally {
    await kube.close();
    await cluster.stop();
  }
});
