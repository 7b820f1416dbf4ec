import { expect, it } from 'vitest';
import { VirtualClock } from '#emulator/clock.ts';
import { KubeStatusError } from '../kube/errors.ts';
import { FakeKube } from '../kube/testing/fake-kube.ts';
import { node, readyNodes } from '../kube/testing/ready-nodes.ts';
import { waitUntilReady, type ReadinessNeeds } from './readiness.ts';

const clock = new VirtualClock();

function waitOn(kube: Pick<FakeKube, 'server' | 'version' | 'list'>, nodes: ReadinessNeeds['nodes'] = 'all') {
  return waitUntilReady(kube, {
    clock,
    signal: new AbortController().signal,
    deadlineMs: 10_000,
    needs: { nodes },
  });
}

function kubeWith(...ready: boolean[]): FakeKube {
  const kube = new FakeKube();
  for (const object of readyNodes(...ready)) kube.put(object);
  return kube;
}

async function failure(waiting: Promise<unknown>): Promise<string> {
  const failed = waiting.then(
    () => 'it is ready',
    (error: unknown) => String(error),
  );
  await clock.advance(11_000);
  return failed;
}

it('is ready when every node and DNS are, and tells how many nodes take pods', async () => {
  const kube = kubeWith(true, true);
  kube.put({ ...node('control', true), spec: { taints: [{ effect: 'NoSchedule' }] } });
  kube.put({ ...node('cordoned', true), spec: { unschedulable: true } });
  expect(await waitOn(kube)).toEqual({
    url: 'https://fake.test',
    version: 'v1.34.0',
    nodes: 4,
    schedulable: 2,
  });
});

it('waits for what comes later', async () => {
  const kube = kubeWith(true, false);
  const waiting = waitOn(kube);
  await clock.advance(1000);
  kube.put(node('node-2', true));
  await clock.advance(1000);
  expect((await waiting).nodes).toBe(2);
});

it('says at the deadline what was missing last', async () => {
  expect(await failure(waitOn(kubeWith(true, false)))).toContain('not ready: node-2');
  const kube = kubeWith(true);
  await kube.delete({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    namespace: 'kube-system',
    name: 'kube-dns-1',
  });
  expect(await failure(waitOn(kube))).toContain('DNS');
  kube.down = true;
  expect(await failure(waitOn(kube))).toContain('connection refused');
});

it('is content with some nodes of a cluster that others use, too', async () => {
  expect((await waitOn(kubeWith(true, false), 'some')).schedulable).toBe(1);
});

it('does not wait for what a learner may not look at', async () => {
  const kube = new FakeKube();
  const forbidden = new KubeStatusError(403, { reason: 'Forbidden' }, 'list nodes');
  expect(
    await waitOn({
      server: kube.server,
      version: () => kube.version(),
      list: () => Promise.reject(forbidden),
    }),
  ).toMatchObject({
    version: 'v1.34.0',
    nodes: 1,
  });
});
