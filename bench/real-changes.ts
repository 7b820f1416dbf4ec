import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterState } from '#shared/cluster.ts';
import type { LabSession } from '#shared/lab-view.ts';
import type { LiveBatch } from '#shared/live.ts';
import { createKubeClient, type KubeClient } from '#main/kube/client.ts';
import { type Figure, timed } from './figure.ts';
import { environmentOn } from './real-making.ts';
import { Following, startWebApp, type WebApp } from './web-app.ts';

const LAB = 'cluster-ip';
const STEP = 'service';
const CHECK = 'answers-by-name';
const SOLUTION = join(import.meta.dirname, '..', 'labs', LAB, 'solution', STEP, 'web-service.yaml');
const CLIENT = { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'client' };

/**
 * How soon a page shows what happens in a real cluster: a change, and the verdict of a check that it turns. What a
 * page is sent is measured; drawing it takes a frame more.
 * @param dataDirectory of a cluster that the app has made
 */
export async function benchChanges(runs: number, dataDirectory: string): Promise<Figure[]> {
  const app = await startWebApp(environmentOn(dataDirectory));
  try {
    await using state = new Following<ClusterState>((options) => app.main.cluster.state(undefined, options));
    await app.main.cluster.create({ provider: 'kind' });
    const { kubeconfigPath = '' } = await state.shows('a cluster', ({ phase }) => phase === 'ready');
    const kube = createKubeClient(readFileSync(kubeconfigPath, 'utf8'));
    try {
      await app.main.labs.start({ labId: LAB });
      return [await changesSeen(runs, app, kube), await checksGreen(runs, app, kube)];
    } finally {
      await kube.close();
    }
  } finally {
    await app.stop();
  }
}

async function changesSeen(runs: number, app: WebApp, kube: KubeClient): Promise<Figure> {
  await using live = new Following<LiveBatch>((options) =>
    app.main.live.objects({ namespaces: ['shop'] }, options),
  );
  await live.shows('the client pod', ({ upserts }) => upserts.some(({ name }) => name === CLIENT.name));
  const values: number[] = [];
  for (let run = 0; run < runs; run++) {
    await quiet();
    const bench = `run-${run}`;
    values.push(
      await timed(async () => {
        const seen = live.shows('the label', ({ upserts }) =>
          upserts.some((object) => object.kind === 'Pod' && object.labels['bench'] === bench),
        );
        await Promise.all([kube.patch(CLIENT, { metadata: { labels: { bench } } }), seen]);
      }),
    );
  }
  return { name: 'change in the cluster: sent to seen on the page', unit: 'ms', goal: '≤ 300', values };
}

async function checksGreen(runs: number, app: WebApp, kube: KubeClient): Promise<Figure> {
  const { main } = app;
  const step = { labId: LAB, stepId: STEP };
  const solution = readFileSync(SOLUTION, 'utf8');
  await using session = new Following<LabSession>((options) => main.labs.session({ labId: LAB }, options));
  const outcome = ({ steps }: LabSession): string | undefined =>
    steps.find(({ id }) => id === STEP)?.checks.find(({ id }) => id === CHECK)?.verdict.outcome;
  await main.labs.solve({ labId: LAB, stepId: 'addresses' });
  await main.labs.goTo(step);
  const values: number[] = [];
  for (let run = 0; run < runs; run++) {
    await main.labs.reset(step);
    await main.labs.check({ ...step, checkId: CHECK });
    await session.shows('a red check', (said) => outcome(said) === 'fail');
    await quiet();
    values.push(
      await timed(async () => {
        const green = session.shows('a green check', (said) => outcome(said) === 'pass');
        await Promise.all([kube.apply(solution, { namespace: 'shop' }), green]);
      }),
    );
  }
  return { name: 'watched HTTP check: Service applied to green', unit: 'ms', goal: '≤ 1000', values };
}

/** What came before is over: changes that follow each other closely are told of together. */
function quiet(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1500 + 500 * Math.random()));
}
