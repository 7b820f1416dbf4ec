import type { Page } from '@playwright/test';
import { expect, test, type RunningApp } from './app.ts';
import { Lesson } from './pages/lesson.ts';
import { LabsPage, openLab, StartPage } from './pages/start.ts';
import { Workbench, type Tab } from './pages/workbench.ts';
import { objections } from './support/axe.ts';
import { WORDS, type Language } from './words.ts';

/** axe over every view, in both themes and both languages; then the keyboard alone; then no motion. */

// Each of them has an app of its own, so they may run side by side.
test.describe.configure({ mode: 'parallel' });

const TABS: Tab[] = ['terminals', 'yaml', 'resources', 'events', 'logs'];
const LANGUAGES: Language[] = ['en', 'ko'];

/** Every state of the app that looks different, one after the other. Goes from the one before. */
const VIEWS: {
  name: string;
  /** What is new on the page, as a selector. */
  part: string;
  show: (page: Page, app: RunningApp, language: Language) => Promise<void>;
}[] = [
  {
    name: 'the start',
    part: 'html',
    show: async (page, app, language) => {
      const start = new StartPage(page, language);
      await start.open(app);
      await start.chooseLanguage();
      await expect(start.others).toBeVisible();
    },
  },
  {
    name: 'the labs',
    part: 'html',
    show: async (page, _app, language) => {
      await new StartPage(page, language).startNow.click();
      await expect(new LabsPage(page, language).openLab).toBeVisible();
    },
  },
  {
    name: 'a step that has just begun',
    part: 'html',
    show: async (page, _app, language) => {
      await new LabsPage(page, language).openLab.click();
      await new Lesson(page, language).signal('addresses', 'pod-replaced').shows('fail');
      await new Workbench(page, language).terminal('client').ready();
    },
  },
  ...TABS.map((tab) => ({
    name: `the workbench's ${tab}`,
    part: '#workbench',
    show: async (page: Page, _app: RunningApp, language: Language) => {
      await new Workbench(page, language).show(tab);
    },
  })),
  {
    name: 'one object closely',
    part: '#workbench',
    show: async (page, _app, language) => {
      const bench = new Workbench(page, language);
      await bench.show('resources');
      await bench.resources.rows('web-').first().click();
      await expect(bench.resources.detail.getByRole('term').first()).toBeVisible();
    },
  },
  {
    name: 'a manifest with an error, and a broken line on the track',
    part: '#workbench',
    show: async (page, _app, language) => {
      const bench = new Workbench(page, language);
      await bench.show('yaml');
      await bench.editor.applyText(
        'apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  ports: []\n',
      );
      await expect(bench.editor.result.getByRole('button').nth(1)).toBeVisible();
      await bench.editor.applyText(
        'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n  selector: {app: nobody}\n  ports: [{port: 80}]\n',
      );
      await expect(bench.track.stop(bench.words.track.svc)).toContainText('web');
    },
  },
  {
    name: 'the sheet of a red signal',
    part: '[role=dialog]',
    show: async (page, _app, language) => {
      const sheet = await new Lesson(page, language).signal('addresses', 'pod-replaced').open();
      await expect(sheet.part('actual')).toBeVisible();
    },
  },
  {
    name: 'a question before something that cannot be taken back',
    part: '[role=dialog]',
    show: async (page, _app, language) => {
      await page.keyboard.press('Escape');
      await new Lesson(page, language).button(WORDS[language].lesson.reset).click();
      await expect(page.getByRole('dialog')).toBeVisible();
    },
  },
  {
    name: 'the commands',
    part: '[role=dialog]',
    show: async (page, _app, language) => {
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+k');
      await expect(page.getByRole('dialog', { name: WORDS[language].palette.title })).toBeVisible();
    },
  },
  {
    name: 'the keyboard shortcuts',
    part: '[role=dialog]',
    show: async (page, _app, language) => {
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: WORDS[language].status.shortcuts }).click();
      await expect(page.getByRole('dialog')).toBeVisible();
    },
  },
  {
    name: "the line for the learner's own kubectl",
    part: '[role=dialog]',
    show: async (page, _app, language) => {
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: WORDS[language].status.kubectl }).click();
      await expect(page.getByRole('dialog')).toBeVisible();
    },
  },
];

for (const language of LANGUAGES)
  test(`axe finds nothing in ${language}, light or dark`, async ({ app, page }) => {
    test.slow();
    for (const { name, part, show } of VIEWS)
      await test.step(name, async () => {
        // With no motion nothing is caught half faded.
        await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
        await show(page, app, language);
        expect.soft(await objections(page, part, 'all'), `${name}, light`).toEqual([]);
        // A theme changes colours and nothing else.
        await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
        expect.soft(await objections(page, part, 'contrast'), `${name}, dark`).toEqual([]);
      });
  });

test('the keyboard alone leads from the start to a green signal', async ({ app, page }) => {
  const { keyboard } = page;
  const tabTo = async (name: RegExp): Promise<void> => {
    for (let presses = 0; presses < 60; presses += 1) {
      await keyboard.press('Tab');
      const focused = page.locator(':focus');
      if (name.test((await focused.getAttribute('aria-label')) ?? (await focused.innerText()))) return;
    }
    throw new Error(`No stop of the keyboard is named ${String(name)}.`);
  };
  const run = async (command: string): Promise<void> => {
    await keyboard.press('Control+k');
    await expect(page.getByRole('dialog', { name: 'Commands' })).toBeVisible();
    await keyboard.type(command);
    await expect(page.getByRole('option').first()).toContainText(command);
    await keyboard.press('Enter');
  };
  const start = new StartPage(page);
  await start.open(app);
  await expect(start.startNow).toBeVisible();
  await tabTo(/^Start now/);
  await keyboard.press('Enter');
  const labs = new LabsPage(page);
  await expect(labs.openLab).toBeVisible();
  await tabTo(/^Start: An address that stays/);
  await keyboard.press('Enter');

  const lesson = new Lesson(page);
  const bench = new Workbench(page);
  const replaced = lesson.signal('addresses', 'pod-replaced');
  await replaced.shows('fail');
  await keyboard.press('Alt+3');
  await expect(bench.resources.rows('web-')).toHaveCount(2);
  await bench.root.getByRole('grid').focus();
  await keyboard.press('ArrowDown');
  await keyboard.press('Enter');
  await expect(bench.resources.detail).toBeVisible();
  await expect(bench.resources.detail.getByRole('heading')).toContainText('web-');
  await tabTo(/^Delete$/);
  await keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: /^Delete Pod web-/ })).toBeVisible();
  await tabTo(/^Delete$/);
  await keyboard.press('Enter');
  await replaced.shows('pass');
  await run('Show the next hint');
  await expect(lesson.hints).toBeVisible();
});

test('nothing moves for people who asked for no motion', async ({ app, page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await openLab(page, app);
  const bench = new Workbench(page);
  await app.kubectl('expose deployment web -n shop --port=80 --target-port=8080');
  await expect(bench.track.sentence).toContainText('The line is clear');
  await bench.track.send.click();
  await expect(bench.track.sentence).toContainText('Arrived');
  await new Lesson(page).signal('addresses', 'pod-replaced').open();
  const moving = await page.evaluate(() =>
    document
      .getAnimations()
      .filter(({ effect }) => Number(effect?.getComputedTiming().duration ?? 0) > 1)
      .map(({ effect }) => (effect instanceof KeyframeEffect ? (effect.target?.className ?? '') : '')),
  );
  expect(moving).toEqual([]);
});
