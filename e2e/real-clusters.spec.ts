import type { Page } from '@playwright/test';
import { expect, RunningApp, test as base } from './app.ts';
import { Lesson } from './pages/lesson.ts';
import { MadeClusters } from './pages/made-clusters.ts';
import { LabsPage, StartPage } from './pages/start.ts';
import { ClusterApi } from './programs/api.ts';
import { Programs } from './programs/install.ts';

/**
 * Clusters that kind makes, in the browser and without an engine: what the real programs were recorded to print is
 * replayed by executables, and the project's own cluster answers as the one that was made.
 */

interface Fixtures {
  api: ClusterApi;
  programs: Programs;
  app: RunningApp;
  clusters: MadeClusters;
}

const test = base.extend<Fixtures>({
  api: async ({ browserName: _ }, use) => {
    const api = await ClusterApi.start();
    await use(api);
    await api.dispose();
  },
  programs: async ({ api }, use) => {
    const programs = new Programs();
    programs.serve(api.kubeconfig);
    await use(programs);
    programs.dispose();
  },
  app: async ({ programs }, use) => {
    const environment = { ...programs.environment, SWITCHYARD_NODE_IMAGE: 'kindest/node:v1.34.4' };
    const app = await RunningApp.start(environment);
    await use(app);
    await app.dispose();
  },
  clusters: async ({ app, page }, use) => {
    const start = new StartPage(page);
    await start.open(app);
    await start.chooseLanguage();
    await use(new MadeClusters(page));
  },
});

/** Resolves with the milliseconds until the page says this. */
async function timeUntil(page: Page, words: RegExp, deed: () => void | Promise<void>): Promise<number> {
  const shown = page.waitForFunction(
    (source) => new RegExp(source).test(document.body.innerText),
    words.source,
  );
  const before = Date.now();
  await deed();
  await shown;
  return Date.now() - before;
}

test('kind is chosen, the cluster is made step by step, and a lab is worked on in it while the engine stops and comes back', async ({
  api,
  programs,
  clusters,
  page,
}) => {
  programs.rules = [{ on: 'kind create', pace: 150 }];
  await clusters.choice('kind').click();
  await expect(clusters.step('Joining the workers')).toContainText(/running|now/i);
  await expect(clusters.step('Starting the nodes')).toContainText(/done/i);
  await new LabsPage(page).openLab.click({ timeout: 40_000 });

  const lesson = new Lesson(page);
  await lesson.isAtStep(1);
  await lesson.button('Solution').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Show the solution' }).click();
  await dialog.getByRole('button', { name: 'Apply it to the cluster' }).click();
  await lesson.signal('addresses', 'pod-replaced').shows('pass');
  await lesson.signal('addresses', 'new-address').shows('pass');

  const noticed = await timeUntil(page, /does not answer|is not running/, async () => {
    programs.stopEngine();
    await api.kill();
  });
  expect(noticed).toBeLessThan(5000);
  await expect(page.getByText('container engine (docker) is not running').first()).toBeVisible();

  programs.startEngine();
  await api.startAgain();
  await expect(page.getByRole('button', { name: 'Cluster switchyard ready' })).toBeVisible();
  await lesson.signal('addresses', 'new-address').shows('pass', 40_000);
});

test('a failure leads to its remedy and to the line that says it; it can be tried again, and given up', async ({
  programs,
  clusters,
}) => {
  programs.rules = [{ on: 'docker pull', replay: 'docker/pull-rate-limited' }];
  await clusters.choice('kind').click();
  await expect(clusters.failure).toBeVisible();
  await expect(clusters.problem).toContainText('everyone behind one address shares a limit');
  await expect(clusters.problem).toContainText('switchyard pack load');
  await clusters.marksLine('toomanyrequests');

  programs.rules = [{ on: 'kind create', replay: 'kind/create-disk-full' }];
  await clusters.choice('kind').click();
  await expect(clusters.problem).toContainText('The disk of the container engine is full.');
  await expect(clusters.page.getByText('docker system prune')).toBeVisible();
  await clusters.marksLine('no space left on device');
  expect(programs.containers).toEqual([]);

  programs.rules = [{ on: 'kind create', until: '✓ Starting control-plane', then: 'hang' }];
  await clusters.choice('kind').click();
  await expect.poll(() => programs.hanging.length).toBeGreaterThan(0);
  await clusters.cancel.click();
  await expect(clusters.choice('kind')).toBeVisible();
  expect(programs.containers).toEqual([]);
  expect(programs.deeds.at(-1)).toContain('kind delete cluster --name switchyard');
});

test('what a kill of the app has left is offered for deletion at the next start', async ({
  app,
  programs,
  clusters,
  page,
}) => {
  programs.rules = [{ on: 'kind create', until: '✓ Starting control-plane', then: 'hang' }];
  await clusters.choice('kind').click();
  await expect.poll(() => programs.hanging.length).toBeGreaterThan(0);
  await app.kill();
  expect(programs.containers).toHaveLength(3);

  await app.startAgain();
  await page.goto(app.address);
  await expect(clusters.leftovers).toContainText('switchyard');
  await clusters.deleteLeftover();
  expect(programs.containers).toEqual([]);
});
