import { beforeEach, describe, expect, it } from 'vitest';

import { VirtualClock } from '../../clock.ts';
import { startResourceQuotaController } from '../../controllers/resource-quota.ts';
import { evictPod } from '../machinery/eviction.ts';
import type { ApiMachinery } from '../machinery/machinery.ts';
import { createMachinery } from '../machinery/testing/machinery-fixture.ts';
import type { Container, LimitRange, Pod, PodDisruptionBudget } from '../objects.ts';
import {
  LIMIT_RANGES,
  POD_DISRUPTION_BUDGETS,
  PODS,
  PRIORITY_CLASSES,
  RESOURCE_QUOTAS,
  SERVICES,
} from '../resources.ts';

let clock: VirtualClock;
let api: ApiMachinery;

beforeEach(() => {
  clock = new VirtualClock();
  api = createMachinery(clock, ['lab']);
});

function createPod(
  name: string,
  resources: Container['resources'] = {},
  spec: Partial<Pod['spec']> = {},
): Pod {
  return api.create(PODS, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'lab', name, labels: { app: 'web' } },
    spec: { containers: [{ name: 'web', image: 'web:1', resources }], ...spec },
    status: { phase: 'Pending' },
  });
}

describe('ResourceQuota', () => {
  async function createQuota(hard: Record<string, string>, scopes?: string[]): Promise<void> {
    api.create(RESOURCE_QUOTAS, {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { namespace: 'lab', name: 'q' },
      spec: scopes === undefined ? { hard } : { hard, scopes },
      status: {},
    });
    startResourceQuotaController({ api, clock });
    await clock.advance(10);
  }
  const used = (): Record<string, string> | undefined => api.get(RESOURCE_QUOTAS, 'lab', 'q')?.status.used;

  it('refuses what goes beyond it, and counts what is there', async () => {
    await createQuota({ pods: '2', 'requests.cpu': '1' });
    expect(used()).toEqual({ pods: '0', 'requests.cpu': '0' });
    createPod('a', { requests: { cpu: '400m' } });
    createPod('b', { requests: { cpu: '400m' } });
    expect(used()).toEqual({ pods: '2', 'requests.cpu': '800m' });
    expect(() => createPod('c', { requests: { cpu: '400m' } })).toThrow(
      'pods "c" is forbidden: exceeded quota: q, requested: pods=1,requests.cpu=400m, used: pods=2,requests.cpu=800m, limited: pods=2,requests.cpu=1',
    );
  });

  it('wants every container to say what is counted', async () => {
    await createQuota({ 'requests.cpu': '1', 'limits.memory': '1Gi' });
    expect(() => createPod('a')).toThrow(
      'pods "a" is forbidden: failed quota: q: must specify limits.memory for: web; requests.cpu for: web',
    );
  });

  it('gives back what is deleted or has ended', async () => {
    await createQuota({ pods: '1', 'count/pods': '5' });
    createPod('a');
    api.mutate(PODS, 'lab', 'a', (pod) => void (pod.status.phase = 'Succeeded'), { subresource: 'status' });
    await clock.advance(10);
    expect(used()).toEqual({ pods: '0', 'count/pods': '1' });
    api.delete(PODS, 'lab', 'a', { gracePeriodSeconds: 0 });
    await clock.advance(10);
    expect(used()).toEqual({ pods: '0', 'count/pods': '0' });
  });

  it('counts node ports, also those that a Service gets later', async () => {
    await createQuota({ 'services.nodeports': '1', services: '5' });
    api.create(SERVICES, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace: 'lab', name: 'web' },
      spec: {
        ports: [
          { name: 'a', port: 80 },
          { name: 'b', port: 81 },
        ],
      },
      status: { loadBalancer: {} },
    });
    expect(used()).toEqual({ services: '1', 'services.nodeports': '0' });
    expect(() =>
      api.mutate(SERVICES, 'lab', 'web', (service) => void (service.spec.type = 'NodePort')),
    ).toThrow(
      'exceeded quota: q, requested: services.nodeports=2, used: services.nodeports=0, limited: services.nodeports=1',
    );
  });

  it('counts only what is in its scope', async () => {
    await createQuota({ pods: '1' }, ['BestEffort']);
    createPod('a', { requests: { cpu: '1' } });
    expect(used()).toEqual({ pods: '0' });
    createPod('b');
    expect(() => createPod('c')).toThrow('exceeded quota: q');
  });
});

describe('LimitRange', () => {
  function createRange(...limits: LimitRange['spec']['limits']): void {
    api.create(LIMIT_RANGES, {
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata: { namespace: 'lab', name: 'limits' },
      spec: { limits },
    });
  }

  it('gives containers what they leave out', () => {
    createRange({ type: 'Container', default: { cpu: '500m' }, defaultRequest: { cpu: '100m' } });
    const pod = createPod('a');
    expect(pod.spec.containers[0]?.resources).toEqual({ limits: { cpu: '500m' }, requests: { cpu: '100m' } });
    expect(pod.metadata.annotations).toEqual({
      'kubernetes.io/limit-ranger':
        'LimitRanger plugin set: cpu request for container web; cpu limit for container web',
    });
    expect(pod.status.qosClass).toBe('Burstable');
  });

  it('refuses too little and too much', () => {
    createRange({ type: 'Container', min: { memory: '64Mi' }, max: { memory: '128Mi' } });
    expect(() => createPod('a', { requests: { memory: '1Mi' }, limits: { memory: '1Gi' } })).toThrow(
      'pods "a" is forbidden: [minimum memory usage per Container is 64Mi, but request is 1Mi, maximum memory usage per Container is 128Mi, but limit is 1Gi]',
    );
  });
});

describe('priority', () => {
  it('comes from the class, or from that of pods without one', () => {
    api.create(PRIORITY_CLASSES, {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name: 'low' },
      value: 7,
      globalDefault: true,
      preemptionPolicy: 'Never',
    });
    expect(createPod('a').spec).toMatchObject({
      priorityClassName: 'low',
      priority: 7,
      preemptionPolicy: 'Never',
    });
    expect(() => createPod('b', {}, { priorityClassName: 'nope' } as never)).toThrow(
      'pods "b" is forbidden: no PriorityClass with name nope was found',
    );
  });
});

describe('eviction', () => {
  function createBudget(status: Partial<PodDisruptionBudget['status']>): void {
    api.create(POD_DISRUPTION_BUDGETS, {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { namespace: 'lab', name: 'web' },
      spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
      status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
    });
    api.mutate(
      POD_DISRUPTION_BUDGETS,
      'lab',
      'web',
      (budget) => void (budget.status = { ...budget.status, observedGeneration: 1, ...status }),
      { subresource: 'status' },
    );
  }
  const run = (name: string): void => {
    createPod(name);
    api.mutate(
      PODS,
      'lab',
      name,
      (pod) => {
        pod.status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
      },
      { subresource: 'status' },
    );
  };

  it('is refused when the budget allows none', () => {
    createBudget({ disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1 });
    run('a');
    expect(() => evictPod(api, 'lab', 'a', {}, {})).toThrow(
      expect.objectContaining({
        status: expect.objectContaining({
          code: 429,
          message: "Cannot evict pod as it would violate the pod's disruption budget.",
          details: {
            causes: [
              {
                reason: 'DisruptionBudget',
                message: 'The disruption budget web needs 1 healthy pods and has 1 currently',
              },
            ],
          },
        }) as unknown,
      }),
    );
  });

  it('takes one off the budget', () => {
    createBudget({ disruptionsAllowed: 1, currentHealthy: 2, desiredHealthy: 1, expectedPods: 2 });
    run('a');
    evictPod(api, 'lab', 'a', {}, {});
    expect(api.get(PODS, 'lab', 'a')).toBeUndefined();
    const { status } = api.get(POD_DISRUPTION_BUDGETS, 'lab', 'web') ?? {};
    expect(status?.disruptionsAllowed).toBe(0);
    expect(Object.keys(status?.disruptedPods ?? {})).toEqual(['a']);
  });
});
