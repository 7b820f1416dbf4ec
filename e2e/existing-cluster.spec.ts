import type { Page } from '@playwright/test';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { createKubeClient } from '../src-main/kube/client.ts';
import { LEARNER_LABEL, STANDS_FOR_LABEL, TENANCY_EXTENSION } from '../src-main/tenancy/marks.ts';
import { expect, RunningApp, test as base } from './app.ts';
import { ExistingPage } from './pages/clusters.ts';
import { Lesson } from './pages/lesson.ts';
import { LabsPage, StartPage } from './pages/start.ts';
import { ClusterApi } from './programs/api.ts';

/** A cluster that the user has: the project's own, in a process that the app knows only by a kubeconfig. */

interface Kubeconfig {
  'current-context': string;
  clusters: { cluster: { server: string } }[];
  contexts: { context: Record<string, unknown> }[];
}

interface Fixtures {
  api: ClusterApi;
  app: RunningApp;
}

const test = base.extend<Fixtures>({
  api: async ({ browserName: _ }, use) => {
    const api = await ClusterApi.start();
    await use(api);
    await api.dispose();
  },
  app: async ({ api: _ }, use) => {
    const app = await RunningApp.start();
    await use(app);
    await app.dispose();
  },
});

interface Given {
  file: string;
  context: string;
  server: string;
}

/** Puts a kubeconfig into the user's home. */
function give(app: RunningApp, config: Kubeconfig): Given {
  const file = join(app.home, 'cluster.yaml');
  writeFileSync(file, stringify(config));
  return { file, context: config['current-context'], server: config.clusters[0]?.cluster.server ?? '' };
}

/** Goes from the first page to the question whether this is the cluster. */
async function chooseOwn(page: Page, app: RunningApp, given: Given): Promise<ExistingPage> {
  const start = new StartPage(page);
  await start.open(app);
  await start.chooseLanguage();
  const existing = new ExistingPage(page);
  await page.getByRole('button', { name: 'Use your own cluster' }).click();
  await existing.path.fill(given.file);
  await existing.path.press('Enter');
  await existing.context(given.context).click();
  return existing;
}

test('is used after its address was confirmed, and found again by the next start', async ({
  api,
  app,
  page,
}) => {
  const given = give(app, parse(api.kubeconfig) as Kubeconfig);
  const before = readFileSync(given.file, 'utf8');
  const existing = await chooseOwn(page, app, given);
  await expect(page.getByRole('row', { name: /^shop/ })).toContainText('will be made');
  await existing.confirm(given.server).click();
  const labs = new LabsPage(page);
  await labs.openLab.click();
  const lesson = new Lesson(page);
  await lesson.signal('addresses', 'pod-replaced').shows('fail');
  await expect(lesson.root).toContainText('kubectl get pods -n shop');

  await app.kill();
  await app.startAgain();
  await page.goto(app.address);
  await expect(page.getByText(given.context).first()).toBeVisible();
  expect(readFileSync(given.file, 'utf8')).toBe(before);
});

test('that was prepared for a learner shows labs in the learner’s namespaces, also after the app was started again', async ({
  api,
  app,
  page,
}) => {
  test.slow(); // the app is started twice, and so is the cluster
  const kube = createKubeClient(api.kubeconfig);
  for (const name of ['shop', 'depot'])
    await kube.create({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: `alice-${name}`,
        labels: { [LEARNER_LABEL]: 'alice', [STANDS_FOR_LABEL]: name },
      },
    });
  const config = parse(api.kubeconfig) as Kubeconfig;
  for (const { context } of config.contexts)
    context['extensions'] = [{ name: TENANCY_EXTENSION, extension: { learner: 'alice', prefix: 'alice-' } }];
  const given = give(app, config);
  const existing = await chooseOwn(page, app, given);
  await expect(page.getByRole('main')).toContainText('Prepared for alice');
  await expect(page.getByRole('row', { name: /^alice-shop/ })).toContainText('prepared for you');
  await existing.confirm(given.server).click();
  await new LabsPage(page).openLab.click();
  const lesson = new Lesson(page);
  await lesson.signal('addresses', 'pod-replaced').shows('fail');
  await expect(lesson.root).toContainText('kubectl get pods -n alice-shop');

  await lesson.button('Solution').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Show the solution' }).click();
  await dialog.getByRole('button', { name: 'Apply it to the cluster' }).click();
  await lesson.signal('addresses', 'new-address').shows('pass');
  const namespaces = await kube.list({ apiVersion: 'v1', kind: 'Namespace' });
  expect(namespaces.map(({ metadata }) => metadata.name).filter((name) => /shop|depot/.test(name))).toEqual([
    'alice-depot',
    'alice-shop',
  ]);

  await app.kill();
  await api.kill();
  await app.startAgain();
  await page.goto(app.address);
  // The lab is shown as it was left, while nothing is known of the cluster; then its namespaces are.
  await api.startAgain();
  await new LabsPage(page).openLab.click();
  await expect(lesson.root).toContainText('-n alice-shop', { timeout: 30_000 });
  await kube.close();
});
