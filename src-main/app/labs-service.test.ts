import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '#shared/app-error.ts';
import type { KubeClient } from '../kube/client.ts';
import { NAMESPACE } from '../kube/objects.ts';
import { FakeKube } from '../kube/testing/fake-kube.ts';
import { MemoryProgressStore } from '../labs/progress.ts';
import { miniLab } from '../labs/testing/mini-lab.ts';
import { Observable } from '../observable.ts';
import type { Tenancy } from '../providers/provider.ts';
import { LEARNER_LABEL, STANDS_FOR_LABEL, WORKSHOP_LABEL } from '../tenancy/marks.ts';
import { LabsService } from './labs-service.ts';

let connection: Observable<KubeClient | undefined>;
let store: MemoryProgressStore;
let tenancy: Tenancy | undefined;
let errors: unknown[];
let labs: LabsService;
beforeEach(() => {
  connection = new Observable<KubeClient | undefined>(new FakeKube());
  store = new MemoryProgressStore();
  tenancy = undefined;
  errors = [];
  labs = new LabsService({
    library: { labs: new Map([['mini', miniLab()]]), problems: [] },
    progress: store,
    connection,
    tenancy: () => tenancy,
    onError: (error) => errors.push(error),
  });
});

const full = new AppError({
  code: 'disk-full',
  message: { en: 'The disk is full.', ko: '디스크가 가득 찼습니다.' },
});

describe('labs on the present cluster', () => {
  it('refuse to start while there is none, or while it does not answer', async () => {
    await labs.start('mini');
    const down = new FakeKube();
    down.down = true;
    connection.set(down);
    await expect(labs.start('mini')).rejects.toMatchObject({ problem: { code: 'kube-unreachable' } });
    connection.set(undefined);
    await expect(labs.start('mini')).rejects.toMatchObject({ problem: { code: 'no-cluster' } });
    await labs.close();
  });

  it('move to another cluster even when the progress cannot be kept', async () => {
    await labs.start('mini');
    store.save = () => Promise.reject(full);
    await expect(labs.hint('mini', 'one')).rejects.toThrow('The disk is full.');
    const next = new FakeKube();
    connection.set(next);
    await labs.start('mini').catch(() => undefined);
    expect(next.all('Namespace')).toHaveLength(1);
    await labs.close();
    expect(errors).toContain(full);
  });

  it('move into the namespaces that were prepared for a learner, and never delete those', async () => {
    const shared = new FakeKube();
    const marks = { [LEARNER_LABEL]: 'alice', [STANDS_FOR_LABEL]: 'mini', [WORKSHOP_LABEL]: 'spring' };
    shared.put({ ...NAMESPACE, metadata: { name: 'alice-mini', labels: marks } });
    const rules = { namespace: 'alice-mini', labels: { [WORKSHOP_LABEL]: 'spring' } };
    shared.put({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'rules', ...rules } });
    tenancy = { learner: 'alice', prefix: 'alice-' };
    connection.set(shared);
    await labs.start('mini');
    expect(labs.content('mini')).toMatchObject({ namespaces: ['alice-mini'], client: 'alice-mini/client' });
    expect(shared.all('Namespace').map(({ metadata }) => metadata.name)).toEqual(['alice-mini']);
    expect(shared.all('Pod').map(({ metadata }) => metadata.namespace)).toEqual(['alice-mini']);
    await labs.solve('mini', 'one');
    expect(shared.all('ConfigMap').map(({ metadata }) => metadata.name)).toEqual(['rules', 'keep', 'color']);

    await labs.reset('mini', 'one');
    expect(shared.all('ConfigMap').map(({ metadata }) => metadata.name)).toEqual(['rules', 'keep']);
    await labs.close();
    expect(errors).toEqual([]);
  });

  it('refuse namespaces that were prepared for somebody else', async () => {
    const shared = new FakeKube();
    const marks = { [LEARNER_LABEL]: 'bob', [STANDS_FOR_LABEL]: 'mini' };
    shared.put({ ...NAMESPACE, metadata: { name: 'alice-mini', labels: marks } });
    tenancy = { learner: 'alice', prefix: 'alice-' };
    connection.set(shared);
    await expect(labs.start('mini')).rejects.toMatchObject({ problem: { code: 'namespace-not-prepared' } });
    expect(shared.all('Pod')).toEqual([]);
    await labs.close();
  });
});
