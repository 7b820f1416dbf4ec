import { describe, expect, it } from 'vitest';

import { VirtualClock } from '../../clock.ts';
import { createFromBody, patchObject } from '../machinery/requests.ts';
import { createMachinery } from '../machinery/testing/machinery-fixture.ts';
import type { HorizontalPodAutoscaler, KubeObject } from '../objects.ts';
import { EVENTS, HORIZONTAL_POD_AUTOSCALERS } from '../resources.ts';

const options = { fieldValidation: 'Strict', warn: () => undefined } as const;

describe('a second version of the same objects', () => {
  it('takes a HorizontalPodAutoscaler of v1 in as one of v2, and shows it as v1 again', () => {
    const machinery = createMachinery(new VirtualClock(), ['lab']);
    const kind = machinery.registry.find('autoscaling', 'v1', 'horizontalpodautoscalers');
    if (kind === undefined) throw new Error('autoscaling/v1 is not served');
    const target = { kind, namespace: 'lab' };
    createFromBody(
      machinery,
      target,
      {
        apiVersion: 'autoscaling/v1',
        kind: 'HorizontalPodAutoscaler',
        metadata: { name: 'web' },
        spec: {
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
          maxReplicas: 3,
          targetCPUUtilizationPercentage: 60,
        },
      },
      options,
    );
    const stored = (): HorizontalPodAutoscaler | undefined =>
      machinery.get(HORIZONTAL_POD_AUTOSCALERS, 'lab', 'web');
    expect(stored()).toMatchObject({
      apiVersion: 'autoscaling/v2',
      spec: {
        minReplicas: 1,
        metrics: [
          {
            type: 'Resource',
            resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } },
          },
        ],
      },
    });
    patchObject(
      machinery,
      { ...target, name: 'web' },
      'merge',
      { spec: { targetCPUUtilizationPercentage: 70 } },
      options,
    );
    expect(kind.served?.fromStored(stored() as KubeObject)).toMatchObject({
      apiVersion: 'autoscaling/v1',
      spec: { targetCPUUtilizationPercentage: 70, maxReplicas: 3 },
    });
  });

  it('shows events of the core under the names of events.k8s.io', () => {
    const machinery = createMachinery(new VirtualClock(), ['lab']);
    const event = machinery.create(EVENTS, {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { namespace: 'lab', name: 'web.1' },
      involvedObject: { kind: 'Pod', namespace: 'lab', name: 'web' },
      reason: 'Started',
      message: 'Started container web',
      source: { component: 'kubelet', host: 'worker' },
      count: 2,
    });
    const kind = machinery.registry.find('events.k8s.io', 'v1', 'events');
    expect(kind?.served?.fromStored(event)).toMatchObject({
      apiVersion: 'events.k8s.io/v1',
      regarding: { kind: 'Pod', name: 'web' },
      note: 'Started container web',
      deprecatedCount: 2,
      deprecatedSource: { component: 'kubelet', host: 'worker' },
    });
  });
});
