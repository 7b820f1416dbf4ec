import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeClient } from '#main/kube/client.ts';
import type { KubeObject, Pod } from '#main/kube/objects.ts';
import { processorMilliseconds, residentMegabytes, startBenchCluster } from './cluster.ts';
import { type Figure, timed } from './figure.ts';

const SERVICES = 100;
const PODS = 1000;
/** 110 pods fit on a node. */
const WORKERS = 10;
const LISTED = 10_000;
const WATCHERS = 50;
const WRITES = 1000;
const WRITERS = 8;
const IDLE_MS = 10_000;

const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap' };
const POD = { apiVersion: 'v1', kind: 'Pod' };
const SLICE = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' };

interface Slice extends KubeObject {
  endpoints?: { conditions?: { ready?: boolean } }[] | null;
}

/**
 * How much the emulated cluster carries: many pods, many objects, many watchers, and nothing at all. All watchers and
 * writers are this one process, which reads every event as often as there are watchers: it needs about as much of a
 * processor as the cluster does, so that a machine with fewer than two free ones shows less than the cluster can do.
 */
export async function benchScale(runs: number, scratch: string): Promise<Figure[]> {
  const figures: Record<'ready' | 'processor' | 'memory' | 'idle' | 'listed' | 'writes', number[]> = {
    ready: [],
    processor: [],
    memory: [],
    idle: [],
    listed: [],
    writes: [],
  };
  for (let run = 0; run < runs; run++) {
    const cluster = await startBenchCluster(join(scratch, `scale-${run}`), ['--workers', String(WORKERS)]);
    try {
      const before = processorMilliseconds(cluster.pid);
      figures.ready.push(await timed(() => thousandPods(cluster.kube)));
      figures.processor.push(processorMilliseconds(cluster.pid) - before);
      figures.memory.push(residentMegabytes(cluster.pid));
      await sleep(IDLE_MS);
      figures.idle.push(await idleShare(cluster.pid));
    } finally {
      await cluster.stop();
    }
    const objects = await startBenchCluster(join(scratch, `objects-${run}`));
    try {
      figures.writes.push(await writesWatched(objects.kube));
      await create(objects.kube, LISTED - WRITES, 'listed');
      figures.listed.push(await timed(() => objects.kube.list(CONFIG_MAP, { namespace: 'default' })));
    } finally {
      await objects.stop();
    }
  }
  return [
    {
      name: `${PODS} pods behind ${SERVICES} Services: apply to all ready`,
      unit: 'ms',
      goal: '≤ 5000',
      values: figures.ready,
    },
    {
      name: '  of that, processor time of the cluster',
      unit: 'ms',
      goal: '≤ 5000',
      values: figures.processor,
    },
    { name: `resident memory with ${PODS} pods`, unit: 'MB', goal: '< 300', values: figures.memory },
    { name: `processor of the idle cluster with ${PODS} pods`, unit: '%', goal: '< 1', values: figures.idle },
    { name: `${LISTED} ConfigMaps listed`, unit: 'ms', goal: '≤ 300', values: figures.listed },
    {
      name: `ConfigMaps written with ${WATCHERS} watchers, all told`,
      unit: '/s',
      goal: '≥ 200',
      values: figures.writes,
    },
  ];
}

function manifests(): string {
  const replicas = PODS / SERVICES;
  return Array.from({ length: SERVICES }, (_, index) => {
    const name = `web-${index}`;
    return `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      containers:
      - {name: web, image: registry.k8s.io/e2e-test-images/agnhost:2.53, args: [netexec]}
---
apiVersion: v1
kind: Service
metadata: {name: ${name}}
spec:
  selector: {app: ${name}}
  ports: [{port: 80, targetPort: 8080}]
`;
  }).join('---\n');
}

/** Resolves when the EndpointSlices say that every pod is ready. */
async function thousandPods(kube: KubeClient): Promise<void> {
  const ready = new Map<string, number>();
  const all = new Promise<void>((resolve) => {
    const look = (slice: Slice): void => {
      const count = (slice.endpoints ?? []).filter(({ conditions }) => conditions?.ready === true).length;
      ready.set(slice.metadata.name, count);
      if ([...ready.values()].reduce((sum, each) => sum + each, 0) < PODS) return;
      watch[Symbol.dispose]();
      resolve();
    };
    const watch = kube.watch<Slice>(
      SLICE,
      { namespace: 'default' },
      {
        snapshot: (slices) => slices.filter(({ metadata }) => metadata.name !== 'kubernetes').forEach(look),
        event: (_type, slice) => look(slice),
      },
    );
  });
  await kube.apply(manifests(), { namespace: 'default' });
  await all;
  const pods = await kube.list<Pod>(POD, { namespace: 'default' });
  if (pods.length !== PODS) throw new Error(`there are ${pods.length} pods`);
}

/** The share of one processor that a process uses, in percent, over some seconds. */
async function idleShare(pid: number): Promise<number> {
  const before = processorMilliseconds(pid);
  await sleep(IDLE_MS);
  return ((processorMilliseconds(pid) - before) / IDLE_MS) * 100;
}

/** Writes per second, until every watcher has seen every object. */
async function writesWatched(kube: KubeClient): Promise<number> {
  const watches: Disposable[] = [];
  const seen = Array.from(
    { length: WATCHERS },
    () =>
      new Promise<void>((resolve) => {
        let count = 0;
        watches.push(
          kube.watch(
            CONFIG_MAP,
            { namespace: 'default' },
            {
              snapshot: () => undefined,
              event: (type, { metadata }) => {
                if (type === 'ADDED' && metadata.name.startsWith('watched-') && ++count === WRITES) resolve();
              },
            },
          ),
        );
      }),
  );
  await sleep(1000);
  const took = await timed(async () => {
    await create(kube, WRITES, 'watched');
    await Promise.all(seen);
  });
  for (const watch of watches) watch[Symbol.dispose]();
  return WRITES / (took / 1000);
}

async function create(kube: KubeClient, count: number, prefix: string): Promise<void> {
  let next = 0;
  const writer = async (): Promise<void> => {
    while (next < count) {
      const name = `${prefix}-${next++}`;
      await kube.create({ ...CONFIG_MAP, metadata: { name, namespace: 'default' }, data: { key: 'value' } });
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
}
