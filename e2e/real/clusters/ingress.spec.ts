import { execa } from 'execa';
import { expect, test } from '@playwright/test';
import { OwnCluster } from '../engine.ts';

/** What the Ingress API promises, asked of a cluster that has nothing but what the app sets up for Ingress. */
const SUITE = 'src-main/providers/ingress/real.test.ts';

test('Ingresses do on kind what the Ingress API promises', async () => {
  const cluster = await OwnCluster.make('switchyard-ingress', 2);
  try {
    const { all, exitCode } = await execa('vitest', ['run', SUITE], {
      env: { SWITCHYARD_REAL_KUBECONFIG: cluster.kubeconfig },
      reject: false,
      all: true,
    });
    expect(exitCode, all).toBe(0);
    expect(all).not.toMatch(/\d+ skipped/);
  } finally {
    await cluster.delete();
  }
});
