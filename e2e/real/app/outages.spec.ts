import type { Page } from '@playwright/test';
import { execa } from 'execa';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, RunningApp, test } from '../../app.ts';
import { Lesson } from '../../pages/lesson.ts';
import { LabsPage, openLab } from '../../pages/start.ts';
import { Workbench } from '../../pages/workbench.ts';
import { WORDS } from '../../words.ts';
import { answerOf } from '../answers.ts';
import { ENGINE, ENGINE_SWITCH, nodesOf, shell } from '../engine.ts';

/** A cluster that goes away under a running lab: said at once, with the reason, and mended without a word where it can be. */

let app: RunningApp;
let page: Page;
let lesson: Lesson;
let bench: Workbench;

test.beforeEach(async ({ browser }) => {
  app = await RunningApp.start();
  page = await browser.newPage();
  lesson = new Lesson(page);
  bench = new Workbench(page);
  await openLab(page, app);
});
test.afterEach(async () => {
  await page.close();
  await app.dispose();
});

/** The name that its containers know the cluster by. */
function containersName(): string {
  const record = readFileSync(join(app.dataDirectory, 'kind', 'switchyard', 'cluster.json'), 'utf8');
  return (JSON.parse(record) as { cluster: string }).cluster;
}

/** Milliseconds between the last answer of the API server and the page saying that there is none. */
async function noticedAfter(deed: () => Promise<unknown>): Promise<number> {
  const server = await app.kubectl('config view --minify -o jsonpath={.clusters[0].cluster.server}');
  const said = page
    .waitForFunction(
      (words) => document.body.innerText.includes(words),
      WORDS.en.status.unreachableBanner.split('.')[0] ?? '',
      { timeout: 120_000 },
    )
    .then(() => Date.now());
  const silent = (async () => {
    for (;;) {
      const answer = await answerOf({ at: server, path: '/livez' });
      // Whoever answers in whatever way is there.
      if (/ECONNREFUSED|ECONNRESET|socket hang up|no answer/.test(answer)) return Date.now();
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  })();
  const done = deed();
  const [silentAt, saidAt] = await Promise.all([silent, said]);
  await done;
  return saidAt - silentAt;
}

/** Goes on with the lab as if nothing had happened: signals turn by themselves, and a shell answers. */
async function labGoesOn(): Promise<void> {
  await expect(page.getByRole('button', { name: 'Cluster switchyard ready' })).toBeVisible({
    timeout: 5 * 60_000,
  });
  await expect(page.getByText(WORDS.en.status.unreachableBanner)).toBeHidden();
  const [pod = ''] = await app.podsWith('app=web');
  await bench.resources.delete(pod);
  await lesson.signal('addresses', 'pod-replaced').shows('pass');
  await bench.show('terminals');
  // Its shell went with the pod's processes.
  await page.getByRole('button', { name: WORDS.en.panels.reconnect, exact: true }).click();
  const terminal = bench.terminal('client');
  await expect(terminal.tab).toHaveAccessibleName(`client ${WORDS.en.panels.terminal_open}`);
  await terminal.ready();
  await terminal.type('hostname');
  await expect(terminal.screen).toContainText(/hostname\s+client/);
}

test('the engine is stopped and started: noticed, explained, and gone on with', async () => {
  test.skip(
    ENGINE_SWITCH === undefined,
    'SWITCHYARD_ENGINE_STOP AND SWITCHYARD_ENGINE_START SAY HOW THE ENGINE IS STOPPED AND STARTED',
  );
  if (ENGINE_SWITCH === undefined) return;
  const { stop, start } = ENGINE_SWITCH;
  try {
    expect(await noticedAfter(() => shell(stop))).toBeLessThan(5000);
    await expect(
      page.getByRole('alert').filter({ hasText: `container engine (${ENGINE}) is not running` }),
    ).toBeVisible();
  } finally {
    await shell(start);
  }
  await labGoesOn();
});

test('its nodes are stopped by hand: noticed, started again, and gone on with', async () => {
  const nodes = await nodesOf(containersName());
  const stop = (): Promise<unknown> => execa(ENGINE, ['stop', ...nodes.map(({ id }) => id)]);
  expect(await noticedAfter(stop)).toBeLessThan(5000);
  await labGoesOn();
});

test('it is deleted by hand: the app says so, and makes it again when asked', async () => {
  await lesson.button('Solution').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Show the solution' }).click();
  await dialog.getByRole('button', { name: 'Apply it to the cluster' }).click();
  await lesson.signal('addresses', 'why-not-fixed').shows('pass');
  await lesson.signal('addresses', 'new-address').shows('pass');
  const before = await nodesOf(containersName());

  const target = ['--name', containersName(), '--kubeconfig', join(app.home, 'nobodys')];
  await execa('kind', ['delete', 'cluster', ...target]);
  await expect(page.getByRole('heading', { name: 'Your cluster is gone' })).toBeVisible();
  await expect(page.getByText('was deleted outside Switchyard')).toBeVisible();
  await page.getByRole('button', { name: 'Make it again' }).click();
  await expect(new LabsPage(page).heading).toBeVisible({ timeout: 6 * 60_000 });
  const now = await nodesOf(containersName());
  expect(now).toHaveLength(3);
  expect(now.map(({ id }) => id)).not.toEqual(before.map(({ id }) => id));

  await page.getByRole('button', { name: 'Resume: An address that stays' }).click();
  await lesson.isAtStep(1);
  await expect(lesson.points).toHaveText('5 / 29 points');
});
