import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '#shared/app-error.ts';
import type { ClusterCapabilities } from '#shared/cluster.ts';
import { FakeKube } from '../kube/testing/fake-kube.ts';
import { MemoryProgressStore } from '../labs/progress.ts';
import { miniLab } from '../labs/testing/mini-lab.ts';
import { Observable } from '../observable.ts';
import type { ClusterConnection } from '../providers/open-cluster.ts';
import { LabsService } from './labs-service.ts';

let connection: Observable<ClusterConnection | undefined>;
let store: MemoryProgressStore;
let errors: unknown[];
let labs: LabsService;
beforeEach(() => {
  connection = new Observable<ClusterConnection | undefined>(clusterOf(new FakeKube()));
  store = new MemoryProgressStore();
  errors = [];
  labs = new LabsService({
    library: { labs: new Map([['mini', miniLab()]]), problems: [] },
    progress: store,
    connection,
    onError: (error) => errors.push(error),
  });
});

function clusterOf(kube: FakeKube, capabilities?: ClusterCapabilities): ClusterConnection {
  return {
    kube,
    cluster: {
      provider: 'existing',
      name: 'test',
      title: 'test',
      kubeconfigPath: '/dev/null',
      server: { url: kube.server, version: 'v1.34.4', nodes: 3 },
      capabilities: capabilities ?? { nodes: 3, has: [], missing: {} },
      reach: { nodePorts: [] },
      notices: [],
    },
  };
}

const full = new AppError({
  code: 'disk-full',
  message: { en: 'The disk is full.', ko: '디스크가 가득 찼습니다.' },
});

describe('labs on the present cluster', () => {
  it('refuse to start while there is none, or while it does not answer', async () => {
    await labs.start('mini');
    const down = new FakeKube();
    down.down = true;
    connection.set(clusterOf(down));
    await expect(labs.start('mini')).rejects.toMatchObject({ problem: { code: 'kube-unreachable' } });
    connection.set(undefined);
    await expect(labs.start('mini')).rejects.toMatchObject({ problem: { code: 'no-cluster' } });
    await labs.close();
  });

  it('say what the cluster lacks of what they need, and make nothing on it', async () => {
    const lab = miniLab();
    lab.file.spec.requires = { nodes: 1, capabilities: ['ingress'] };
    const needy = new LabsService({
      library: { labs: new Map([['mini', lab]]), problems: [] },
      progress: store,
      connection,
      onError: (error) => errors.push(error),
    });
    const kube = new FakeKube();
    connection.set(clusterOf(kube));
    expect((await needy.list())[0]?.unmet.map(({ en }) => en)).toEqual([
      'It needs an Ingress controller, which this cluster has not.',
    ]);
    await expect(needy.start('mini')).rejects.toMatchObject({ problem: { code: 'cluster-lacks' } });
    await expect(needy.goTo('mini', 'one')).rejects.toMatchObject({ problem: { code: 'cluster-lacks' } });
    expect(kube.all('Namespace')).toEqual([]);

    connection.set(clusterOf(kube, { nodes: 1, has: ['ingress'], missing: {} }));
    expect((await needy.list())[0]?.unmet).toEqual([]);
    await needy.start('mini');
    expect(kube.all('Namespace')).toHaveLength(1);
    await needy.close();
  });

  it('move to another cluster even when the progress cannot be kept', async () => {
    await labs.start('mini');
    store.save = () => Promise.reject(full);
    await expect(labs.hint('mini', 'one')).rejects.toThrow('The disk is full.');
    const next = new FakeKube();
    connection.set(clusterOf(next));
    await labs.start('mini').catch(() => undefined);
    expect(next.all('Namespace')).toHaveLength(1);
    await labs.close();
    expect(errors).toContain(full);
  });
});
