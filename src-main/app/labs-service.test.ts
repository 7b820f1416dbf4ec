import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '#shared/app-error.ts';
import type { KubeClient } from '../kube/client.ts';
import { FakeKube } from '../kube/testing/fake-kube.ts';
import { MemoryProgressStore } from '../labs/progress.ts';
import { miniLab } from '../labs/testing/mini-lab.ts';
import { Observable } from '../observable.ts';
import { LabsService } from './labs-service.ts';

let connection: Observable<KubeClient | undefined>;
let store: MemoryProgressStore;
let errors: unknown[];
let labs: LabsService;
beforeEach(() => {
  connection = new Observable<KubeClient | undefined>(new FakeKube());
  store = new MemoryProgressStore();
  errors = [];
  labs = new LabsService({
    library: { labs: new Map([['mini', miniLab()]]), problems: [] },
    progress: store,
    connection,
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
});
