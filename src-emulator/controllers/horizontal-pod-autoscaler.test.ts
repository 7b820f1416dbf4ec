import { describe, expect, it } from 'vitest';
import type { HorizontalPodAutoscaler } from '../api/objects.ts';
import { DEPLOYMENTS, HORIZONTAL_POD_AUTOSCALERS } from '../api/resources.ts';
import { createDeployment, eventsOf } from './testing/cluster-fixture.ts';
import { cluster, useControllers } from './testing/running-controllers.ts';

describe('HorizontalPodAutoscaler in a cluster without metrics', () => {
  useControllers();

  async function autoscale(
    minReplicas: number,
    maxReplicas: number,
  ): Promise<HorizontalPodAutoscaler['status'] | undefined> {
    cluster.api.create(HORIZONTAL_POD_AUTOSCALERS, {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { namespace: 'lab', name: 'hpa' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        minReplicas,
        maxReplicas,
        metrics: [
          {
            type: 'Resource',
            resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } },
          },
        ],
      },
      status: { desiredReplicas: 0 },
    });
    await cluster.clock.advance(16_000);
    return cluster.api.get(HORIZONTAL_POD_AUTOSCALERS, 'lab', 'hpa')?.status;
  }
  const replicas = (): number | undefined => cluster.api.get(DEPLOYMENTS, 'lab', 'web')?.spec.replicas;

  it('says that it cannot measure', async () => {
    createDeployment(cluster.api, { replicas: 2 });
    const status = await autoscale(1, 3);
    expect(status).toMatchObject({ currentReplicas: 2, desiredReplicas: 0 });
    expect(status?.conditions?.map(({ type, status: state, reason }) => [type, state, reason])).toEqual([
      ['AbleToScale', 'True', 'SucceededGetScale'],
      ['ScalingActive', 'False', 'FailedGetResourceMetric'],
    ]);
    expect(replicas()).toBe(2);
  });

  it('keeps its target within the limits', async () => {
    createDeployment(cluster.api, { replicas: 6 });
    await autoscale(1, 3);
    expect(replicas()).toBe(3);
    expect(eventsOf(cluster.api, 'hpa')).toEqual([
      'SuccessfulRescale: New size: 3; reason: Current number of replicas above Spec.MaxReplicas',
    ]);
  });

  it('says that its target is not there', async () => {
    const status = await autoscale(1, 3);
    expect(status?.conditions?.[0]).toMatchObject({
      type: 'AbleToScale',
      status: 'False',
      reason: 'FailedGetScale',
      message:
        'the HPA controller was unable to get the target\'s current scale: deployments.apps "web" not found',
    });
  });
});
