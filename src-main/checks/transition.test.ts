import { describe, expect, test } from 'vitest';
import type { TransitionRecord } from '#shared/lab-transitions.ts';
import type { KubeObject } from '../kube/objects.ts';
import { spec } from './testing/fixtures.ts';
import { transitionChecker } from './transition.ts';
import { advance, freshRecord, withGap, type Scene } from './transition-record.ts';

const leaves = spec('transition', {
  sequence: [
    { endpoints: 'shop/web', ready: { min: 2 } },
    { endpoints: 'shop/web', ready: { max: 1 }, finding: 'never-left' },
    { endpoints: 'shop/web', ready: { min: 2 } },
  ],
});
const rolls = spec('transition', {
  sequence: [{ endpoints: 'shop/web', ready: { min: 1 } }, { rollout: 'shop/web' }],
  throughout: [{ endpoints: 'shop/web', ready: { min: 1 } }],
  partial: true,
});

/** A Service with so many ready endpoints, and a Deployment at a revision. */
function scene(ready: number, revision = 1, complete = true): Scene {
  const slice: KubeObject = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'web-1', labels: { 'kubernetes.io/service-name': 'web' } },
    endpoints: [0, 1, 2].map((index) => ({
      addresses: [`10.1.0.${String(index)}`],
      conditions: { ready: index < ready },
    })),
  };
  const replicas = complete ? 2 : 1;
  const deployment: KubeObject = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'web',
      generation: 1,
      annotations: { 'deployment.kubernetes.io/revision': String(revision) },
    },
    spec: { replicas: 2 },
    status: { observedGeneration: 1, replicas: 2, updatedReplicas: replicas, availableReplicas: 2 },
  };
  return {
    objects: (kind) => [slice, deployment].filter((object) => object.kind === kind.kind),
  };
}

function watch(check: typeof leaves, scenes: Scene[], record = freshRecord(1000)): TransitionRecord {
  return scenes.reduce(
    (before, now, index) => advance(check, before, now, before.watchedUntil + index + 1),
    record,
  );
}

function judge(check: typeof leaves, record: TransitionRecord | undefined) {
  return transitionChecker.judge(check, { record, at: 0 });
}

describe('a sequence', () => {
  test('passes when everything has happened in its order', () => {
    expect(judge(leaves, watch(leaves, [scene(2), scene(1), scene(2)]))).toMatchObject({ outcome: 'pass' });
    // What comes later takes nothing back.
    expect(judge(leaves, watch(leaves, [scene(2), scene(1), scene(2), scene(0)]))).toMatchObject({
      outcome: 'pass',
    });
  });

  test('waits for what has not come about, and names it', () => {
    expect(judge(leaves, freshRecord(0))).toMatchObject({ outcome: 'fail', finding: 'not-yet' });
    expect(judge(leaves, watch(leaves, [scene(2)]))).toMatchObject({
      outcome: 'fail',
      finding: 'never-left',
    });
    expect(judge(leaves, watch(leaves, [scene(1), scene(0)]))).toMatchObject({ finding: 'not-yet' });
  });

  test('a rollout is complete and of another revision', () => {
    expect(judge(rolls, watch(rolls, [scene(2), scene(2)]))).toMatchObject({
      finding: 'not-yet',
      share: 0.5,
    });
    expect(judge(rolls, watch(rolls, [scene(2), scene(2, 2, false)]))).toMatchObject({ finding: 'not-yet' });
    expect(judge(rolls, watch(rolls, [scene(2), scene(1, 2, false), scene(2, 2)]))).toMatchObject({
      outcome: 'pass',
    });
  });

  test('what must hold throughout begins anew when it does not', () => {
    const broken = watch(rolls, [scene(2), scene(0, 2, false), scene(2, 2)]);
    expect(judge(rolls, broken)).toMatchObject({ outcome: 'fail', finding: 'not-kept' });
    expect(judge(rolls, watch(rolls, [scene(2, 3)], broken))).toMatchObject({ outcome: 'pass' });
  });
});

describe('a time in which nobody watched', () => {
  test('is said, and what was seen before stays', () => {
    const away = withGap(leaves, watch(leaves, [scene(2), scene(1)]), 2000, 9000);
    expect(judge(leaves, away)).toMatchObject({ outcome: 'fail', finding: 'not-watched' });
    expect(judge(leaves, advance(leaves, away, scene(2), 9001))).toMatchObject({ outcome: 'pass' });
  });

  test('never counts as one in which something held', () => {
    const away = withGap(rolls, watch(rolls, [scene(2)]), 2000, 9000);
    const after = advance(rolls, away, scene(2, 2), 9001);
    expect(judge(rolls, after)).toMatchObject({ outcome: 'fail' });
    expect(judge(rolls, advance(rolls, after, scene(2, 3), 9002))).toMatchObject({ outcome: 'pass' });
  });

  test('without any record the grader could not look', () => {
    expect(judge(leaves, undefined)).toMatchObject({ outcome: 'error' });
  });
});
