import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '#shared/app-error.ts';
import type { ClusterCapabilities } from '#shared/cluster.ts';
import { NAMESPACE } from '../kube/objects.ts';
import { FakeKube } from '../kube/testing/fake-kube.ts';
import { MemoryProgressStore } from '../labs/progress.ts';
import { miniLab } from '../labs/testing/mini-lab.ts';
import { Observable } from '../observable.ts';
import type { ClusterConnection } from '../providers/open-cluster.ts';
import type { Tenancy } from '../providers/provider.ts';
import { LEARNER_LABEL, STANDS_FOR_LABEL, WORKSHOP_LABEL } from '../tenancy/marks.ts';
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
    reach: () => ({ nodePorts: [] }),
    onError: (error) => errors.push(error),
  });
});

function clusterOf(kube: FakeKube, capabilities?: ClusterCapabilities, tenancy?: Tenancy): ClusterConnection {
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
      ...(tenancy !== undefined && { tenancy }),
      notices: [],
    },
  };
}

const ALICE = { learner: 'alice', prefix: 'alice-' };

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
      reach: () => ({ nodePorts: [] }),
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

  it('move into the namespaces that were prepared for a learner, and never delete those', async () => {
    const shared = new FakeKube();
    const marks = { [LEARNER_LABEL]: 'alice', [STANDS_FOR_LABEL]: 'mini', [WORKSHOP_LABEL]: 'spring' };
    shared.put({ ...NAMESPACE, metadata: { name: 'alice-mini', labels: marks } });
    const rules = { namespace: 'alice-mini', labels: { [WORKSHOP_LABEL]: 'spring' } };
    shared.put({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'rules', ...rules } });
    connection.set(clusterOf(shared, undefined, ALICE));
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
    connection.set(clusterOf(shared, undefined, ALICE));
    await expect(labs.start('mini')).rejects.toMatchObject({ problem: { code: 'namespace-not-prepared' } });
    expect(shared.all('Pod')).toEqual([]);
    await labs.close();
  });
});
