import { expect, test } from 'vitest';
import { VirtualClock } from '#emulator/clock.ts';
import { DEPLOYMENT, type KubeObject } from '../../kube/objects.ts';
import { FakeKube } from '../../kube/testing/fake-kube.ts';
import { installIngress } from './install.ts';
import { SYSTEM_NAMESPACE, TRAEFIK_IMAGE, traefikManifests } from './traefik.ts';

function start(
  kube: FakeKube,
  deadlineMs?: number,
): { clock: VirtualClock; done: Promise<void>; stop: AbortController } {
  const clock = new VirtualClock();
  const stop = new AbortController();
  const done = installIngress(kube, {
    clock,
    signal: stop.signal,
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
  });
  done.catch(() => undefined);
  return { clock, done, stop };
}

function report(kube: FakeKube, status: object): Promise<KubeObject> {
  return kube.patch({ ...DEPLOYMENT, namespace: SYSTEM_NAMESPACE, name: 'traefik' }, { status });
}

test('it is done when the pod of these manifests is available', async () => {
  const kube = new FakeKube();
  const { clock, done } = start(kube);
  let finished = false;
  void done.then(() => {
    finished = true;
  });
  await clock.advance(1000);
  await report(kube, { replicas: 1, updatedReplicas: 0, availableReplicas: 1 });
  await clock.advance(1000);
  expect(finished).toBe(false);
  await report(kube, { replicas: 1, updatedReplicas: 1, availableReplicas: 1 });
  await clock.advance(1000);
  await done;
});

test('everything carries the label of what the app manages', () => {
  const label = { 'app.kubernetes.io/managed-by': 'switchyard' };
  for (const { metadata } of traefikManifests()) expect(metadata.labels).toMatchObject(label);
  expect(traefikManifests().at(-1)).toMatchObject({
    spec: { template: { metadata: { labels: label }, spec: { containers: [{ image: TRAEFIK_IMAGE }] } } },
  });
});

test('past the deadline it says what was seen last', async () => {
  const kube = new FakeKube();
  const { clock, done } = start(kube, 5000);
  await clock.advance(1000);
  kube.put({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'traefik-7d4b',
      namespace: SYSTEM_NAMESPACE,
      labels: { 'app.kubernetes.io/name': 'traefik' },
    },
    status: {
      phase: 'Pending',
      containerStatuses: [
        {
          name: 'traefik',
          ready: false,
          state: { waiting: { reason: 'ImagePullBackOff', message: 'no route' } },
        },
      ],
    },
  });
  await clock.advance(5000);
  await expect(done).rejects.toMatchObject({
    problem: { code: 'deadline', detail: 'traefik-7d4b: ImagePullBackOff (no route)' },
  });
});

test('a cluster that does not answer yet is asked again', async () => {
  const kube = new FakeKube();
  kube.down = true;
  const { clock, done } = start(kube);
  await clock.advance(3000);
  kube.down = false;
  await clock.advance(1000);
  await report(kube, { replicas: 1, updatedReplicas: 1, availableReplicas: 1 });
  await clock.advance(1000);
  await done;
});

test('manifests that are refused are said at once', async () => {
  const kube = new FakeKube();
  kube.apply = () =>
    Promise.resolve({
      applied: [],
      problems: [{ line: 1, column: 1, severity: 'error', message: 'denied' }],
    });
  const { clock, done } = start(kube);
  await clock.advance(100);
  await expect(done).rejects.toMatchObject({ problem: { code: 'ingress-refused', detail: 'denied' } });
});

test('it ends with its signal', async () => {
  const { clock, done, stop } = start(new FakeKube());
  await clock.advance(1000);
  stop.abort(new Error('enough'));
  await expect(done).rejects.toThrow('enough');
});
