import { describe, expect, it } from 'vitest';
import type { PodDisruptionBudget } from '../api/objects.ts';
import { POD_DISRUPTION_BUDGETS, PODS } from '../api/resources.ts';
import { createDeployment, createPod, eventsOf, podsOf, reportPod } from './testing/cluster-fixture.ts';
import { cluster, useControllers } from './testing/running-controllers.ts';

describe('PodDisruptionBudget', () => {
  useControllers();

  async function budget(
    spec: Partial<PodDisruptionBudget['spec']>,
  ): Promise<PodDisruptionBudget['status'] | undefined> {
    cluster.api.create(POD_DISRUPTION_BUDGETS, {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { namespace: 'lab', name: 'web' },
      spec: { selector: { matchLabels: { app: 'web' } }, ...spec },
      status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
    });
    await cluster.clock.advance(100);
    return status();
  }
  const status = (): PodDisruptionBudget['status'] | undefined =>
    cluster.api.get(POD_DISRUPTION_BUDGETS, 'lab', 'web')?.status;

  async function runDeployment(replicas: number): Promise<void> {
    createDeployment(cluster.api, { replicas });
    await cluster.clock.advance(100);
    for (const { metadata } of podsOf(cluster.api)) reportPod(cluster, metadata.name, { ready: true });
    await cluster.clock.advance(100);
  }

  it('allows what is healthy beyond the least', async () => {
    await runDeployment(3);
    expect(await budget({ minAvailable: 2 })).toMatchObject({
      currentHealthy: 3,
      desiredHealthy: 2,
      disruptionsAllowed: 1,
      expectedPods: 3,
      conditions: [{ type: 'DisruptionAllowed', status: 'True', reason: 'SufficientPods' }],
    });
    reportPod(cluster, podsOf(cluster.api)[0]?.metadata.name ?? '', { ready: false });
    await cluster.clock.advance(100);
    expect(status()).toMatchObject({
      currentHealthy: 2,
      disruptionsAllowed: 0,
      conditions: [{ status: 'False', reason: 'InsufficientPods' }],
    });
  });

  it('takes shares of what the Deployment asks for, rounded up', async () => {
    await runDeployment(5);
    expect(await budget({ maxUnavailable: '30%' })).toMatchObject({
      expectedPods: 5,
      desiredHealthy: 3,
      disruptionsAllowed: 2,
    });
  });

  it('warns of pods that nobody manages', async () => {
    createPod(cluster.api, 'lonely', {}, { app: 'web' });
    expect(await budget({ minAvailable: '50%' })).toMatchObject({ expectedPods: 0, disruptionsAllowed: 0 });
    expect(eventsOf(cluster.api, 'web').some((event) => event.startsWith('UnmanagedPods: '))).toBe(true);
    cluster.api.delete(PODS, 'lab', 'lonely');
  });

  it('tells when no pod matches', async () => {
    await budget({ minAvailable: 1 });
    expect(eventsOf(cluster.api, 'web')[0]).toMatch(/^NoPods: No matching pods found/);
  });
});
