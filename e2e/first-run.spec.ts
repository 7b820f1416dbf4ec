import { execa } from 'execa';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from './app.ts';
import { Lesson } from './pages/lesson.ts';
import { LabsPage, openLab, StartPage } from './pages/start.ts';
import { Workbench } from './pages/workbench.ts';

test('three clicks lead from the first page to a prompt in a pod', async ({ app, page }) => {
  const start = new StartPage(page);
  await start.open(app);
  await expect(page.getByRole('heading', { level: 1, name: 'Switchyard' })).toBeVisible();

  await start.chooseLanguage();
  const progress = page.waitForFunction(() =>
    ['Making your cluster', 'Starting the emulated cluster'].every((words) =>
      document.body.innerText.includes(words),
    ),
  );
  await start.startNow.click();
  await progress;
  const labs = new LabsPage(page);
  await expect(labs.heading).toBeVisible();
  await labs.openLab.click();

  await new Lesson(page).isAtStep(1);
  const terminal = new Workbench(page).terminal('client');
  await terminal.ready();
  await terminal.type('hostname');
  await expect(terminal.screen).toContainText(/hostname\s+client/);
});

test('the language is chosen first, and kept', async ({ app, page }) => {
  const start = new StartPage(page, 'ko');
  await start.open(app);
  await start.chooseLanguage();
  await expect(start.startNow).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'ko');
  await page.reload();
  await expect(start.startNow).toBeVisible();
});

test("the status bar's line points the learner's own kubectl at the cluster, and touches nothing of theirs", async ({
  app,
  page,
  context,
}) => {
  const own = join(app.home, '.kube', 'config');
  mkdirSync(join(app.home, '.kube'));
  writeFileSync(own, 'apiVersion: v1\nkind: Config\ncurrent-context: at-work\n');
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openLab(page, app);

  await page.getByRole('button', { name: 'Your own kubectl' }).click();
  const popover = page.getByRole('dialog', { name: 'Your own kubectl' });
  await popover.getByRole('button', { name: 'Copy' }).click();
  await expect(popover.getByRole('button', { name: 'Copied' })).toBeVisible();
  const line = await page.evaluate(() => navigator.clipboard.readText());

  const { stdout } = await execa('sh', ['-c', `${line}\nkubectl get pods -n shop -o name`], {
    env: app.environment,
    extendEnv: false,
  });
  expect(stdout).toContain('pod/client');
  expect(statSync(app.kubeconfig).mode & 0o777).toBe(0o600);
  expect(readFileSync(own, 'utf8')).toContain('current-context: at-work');
  // kubectl itself keeps a cache of what the server offers.
  expect(readdirSync(join(app.home, '.kube')).filter((name) => name !== 'cache')).toEqual(['config']);
});
