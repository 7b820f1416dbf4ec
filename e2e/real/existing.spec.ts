import { expect, test, RunningApp, Installation } from '../app.ts';
import { ExistingPage } from '../pages/clusters.ts';
import { Lesson } from '../pages/lesson.ts';
import { LabsPage, StartPage } from '../pages/start.ts';

/** A cluster that the user has, named by `SWITCHYARD_REAL_KUBECONFIG`: in the app and on the command line. */

const KUBECONFIG = process.env['SWITCHYARD_REAL_KUBECONFIG'] ?? '';

test('it is chosen, confirmed, and a whole lab is solved in it', async ({ page }) => {
  const app = await RunningApp.start();
  try {
    const start = new StartPage(page);
    const existing = new ExistingPage(page);
    await start.open(app);
    await start.chooseLanguage();
    await page.getByRole('button', { name: 'Use your own cluster' }).click();
    await existing.path.fill(KUBECONFIG);
    await existing.path.press('Enter');
    await existing.contexts.first().click();
    await expect(existing.question('confirmTitle')).toBeVisible();
    await expect(page.getByRole('row', { name: /^shop/ })).toContainText(/will be made|made by Switchyard/);
    await page.getByRole('button', { name: /^Use https:\/\// }).click();
    await new LabsPage(page).openLab.click();

    const lesson = new Lesson(page);
    for (let step = 1; step <= 5; step++) {
      await lesson.isAtStep(step);
      await lesson.button('Solution').click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('button', { name: 'Show the solution' }).click();
      await dialog.getByRole('button', { name: 'Apply it to the cluster' }).click();
      await expect(lesson.next).toBeEnabled();
      await lesson.next.click();
    }
    await expect(lesson.points).toHaveText('29 / 29 points');
    await expect(lesson.root.getByRole('heading', { level: 1 })).toHaveText('End of the line');
  } finally {
    await app.dispose();
  }
});

test('every lab is proven in it', async () => {
  const installed = new Installation();
  const { out, err, status } = await installed.cli('labs', 'verify', '--kubeconfig', KUBECONFIG, '--json');
  expect(out, err).not.toBe('');
  const { labs } = JSON.parse(out) as { labs: { proofs: { ok: boolean }[] }[] };
  expect(labs.flatMap(({ proofs }) => proofs).filter(({ ok }) => !ok)).toEqual([]);
  expect(status).toBe(0);
  installed.remove();
});
