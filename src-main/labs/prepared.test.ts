import { beforeEach, expect, it } from 'vitest';
import { NAMESPACE } from '../kube/objects.ts';
import { FakeKube } from '../kube/testing/fake-kube.ts';
import { LEARNER_LABEL, STANDS_FOR_LABEL, WORKSHOP_LABEL } from '../tenancy/marks.ts';
import { placeLab } from '../tenancy/place-lab.ts';
import { MemoryProgressStore } from './progress.ts';
import { createLabRunner } from './runner.ts';
import { miniLab } from './testing/mini-lab.ts';

/** A lab in a namespace that somebody has prepared for the learner. */

let kube: FakeKube;
beforeEach(() => {
  kube = new FakeKube();
  const marks = { [LEARNER_LABEL]: 'alice', [STANDS_FOR_LABEL]: 'mini', [WORKSHOP_LABEL]: 'spring' };
  kube.put({ ...NAMESPACE, metadata: { name: 'alice-mini', labels: marks } });
});

const open = () =>
  createLabRunner({
    lab: placeLab(miniLab(), { learner: 'alice', prefix: 'alice-' }),
    kube,
    progress: new MemoryProgressStore(),
  });

it('is emptied when the lab is removed; the namespace and what belongs to it stay', async () => {
  const config = (name: string, labels = {}): void => {
    kube.put({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'alice-mini', labels } });
  };
  config('kube-root-ca.crt');
  config('rules', { [WORKSHOP_LABEL]: 'spring' });
  const runner = await open();
  await runner.start();
  config('made-by-hand');
  await runner.resetLab();
  await runner.close();
  expect(kube.all('ConfigMap').map(({ metadata }) => metadata.name)).toEqual(['kube-root-ca.crt', 'rules']);
  expect(kube.all('Pod')).toEqual([]);
  expect(kube.all('Namespace')).toHaveLength(1);
});

it('that is no longer there is not made by the learner', async () => {
  await kube.delete({ ...NAMESPACE, name: 'alice-mini' });
  const runner = await open();
  await expect(runner.start()).rejects.toMatchObject({
    problem: {
      code: 'namespace-not-prepared',
      message: { en: expect.stringContaining('alice-mini') as string },
    },
  });
  await runner.close();
  expect(kube.all('Namespace')).toEqual([]);
});
