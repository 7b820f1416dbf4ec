import type { Page } from '@playwright/test';
import { objections } from './support/axe.ts';
import {
  creating,
  ENGINE_PROBLEM,
  failed,
  GONE,
  LEFTOVER,
  PORT_FAILURE,
  PULL_NOTE,
  READY,
  stepsAt,
} from './support/clusters.ts';
import { CONTENT, labNamed, objectsWith, SERVICE, SESSION } from './support/lab.ts';
import { REPORTS, reportsWith } from './support/preflights.ts';
import { refuse, type ScriptedMain } from './support/scripted-main.ts';
import { CONTEXTS, FILE_MISSING, INSPECT_DEADLINE, SOURCE } from './support/sources.ts';
import { expect, test } from './support/test.ts';
import { WORDS, type Words } from './words.ts';

/** axe over every view of clusters, in both themes and both languages. */

/** Every view of clusters, one after the other, as main and the learner bring it about. */
const VIEWS: {
  name: string;
  /** What is new on the page, as a selector. */
  part?: string;
  show: (main: ScriptedMain, page: Page, words: Words) => Promise<void>;
}[] = [
  {
    name: 'what is looked at, is blocked, is ready and is left over',
    show: async (main, page, words) => {
      main.script.preflight = (provider) =>
        provider === 'k3d' ? new Promise(() => undefined) : reportsWith(REPORTS.blocked)(provider);
      main.leftovers.set([LEFTOVER]);
      await page.goto(main.address);
      await expect(page.getByText(words.preflight.nothingNeeded)).toBeVisible();
    },
  },
  {
    name: 'the preflight with findings of every state',
    show: async (main, page, words) => {
      main.script.preflight = reportsWith(REPORTS.blocked);
      await page.evaluate(() => (location.hash = '#/preflight/kind'));
      await page.locator('summary').click();
      await expect(page.getByText(words.preflight.blocked).first()).toBeVisible();
    },
  },
  {
    name: 'a making with estimates, and a step that takes longer',
    show: async (main, page, words) => {
      main.state.set(creating(stepsAt('workers', 40_000, { note: PULL_NOTE })));
      await expect(page.getByRole('progressbar', { name: words.making.bar })).toBeVisible();
    },
  },
  {
    name: 'a making that is given up',
    show: async (main, page, words) => {
      main.state.set({ ...main.state.value, phase: 'cancelling' });
      await expect(page.getByRole('heading', { name: words.making.cancellingTitle })).toBeVisible();
    },
  },
  {
    name: 'a failure with its log',
    show: async (main, page, words) => {
      await page.evaluate(() => (location.hash = '#/start'));
      main.state.set(failed(PORT_FAILURE));
      await expect(page.getByRole('group', { name: words.app.log })).toBeVisible();
    },
  },
  {
    name: 'a cluster that is gone',
    show: async (main, page, words) => {
      main.state.set(GONE);
      await expect(page.getByRole('heading', { name: words.start.gone })).toBeVisible();
    },
  },
  {
    name: 'the choice of a kubeconfig, with an error at the field',
    show: async (main, page, words) => {
      main.script.contexts = async () => refuse(FILE_MISSING);
      await page.evaluate(() => (location.hash = '#/existing'));
      const path = page.getByRole('textbox', { name: words.existing.path });
      await path.fill('/nowhere/config');
      await path.press('Enter');
      await expect(page.getByRole('alert')).toBeVisible();
    },
  },
  {
    name: 'the choice of a cluster, while one is looked at',
    show: async (main, page, words) => {
      main.script.contexts = () => Promise.resolve({ contexts: CONTEXTS, problems: [FILE_MISSING] });
      main.script.inspect = () => new Promise(() => undefined);
      await page.getByRole('button', { name: words.existing.readOwn }).click();
      await page.getByRole('listitem').getByRole('button').first().click();
      await expect(page.getByRole('button', { name: words.existing.stop })).toBeVisible();
    },
  },
  {
    name: 'a cluster that does not answer when it is looked at',
    show: async (main, page, words) => {
      await page.getByRole('button', { name: words.existing.stop }).click();
      main.script.inspect = async () => refuse(INSPECT_DEADLINE);
      await page.getByRole('listitem').getByRole('button').first().click();
      await expect(page.getByRole('button', { name: words.app.again })).toBeVisible();
    },
  },
  {
    name: 'the confirmation',
    show: async (main, page, words) => {
      main.script.inspect = () => Promise.resolve(SOURCE);
      await page.getByRole('button', { name: words.app.again }).click();
      await expect(page.getByRole('heading', { name: words.existing.confirmTitle })).toBeVisible();
    },
  },
  {
    name: 'a cluster that is used and does not answer, beside others',
    show: async (main, page, words) => {
      main.state.set({ ...READY, learner: 'alice', phase: 'unreachable', problem: ENGINE_PROBLEM });
      await page.evaluate(() => (location.hash = '#/start'));
      await expect(page.getByRole('heading', { name: words.start.another })).toBeVisible();
    },
  },
  {
    name: 'labs that need another cluster',
    show: async (main, page, words) => {
      const lack = { en: 'Ingress: there is no IngressClass.', ko: 'Ingress: IngressClass가 없습니다.' };
      main.labs = [labNamed('node-port', 'From outside'), labNamed('edge', 'By name', [lack])];
      main.content = CONTENT;
      main.session = SESSION;
      main.objects.set(objectsWith(SERVICE));
      main.state.set(READY);
      await page.evaluate(() => (location.hash = '#/labs'));
      await expect(page.getByText(words.labs.unmet)).toBeVisible();
    },
  },
  {
    name: 'addresses on this machine',
    part: '[role=dialog]',
    show: async (_main, page, words) => {
      await page.getByRole('button', { name: words.reach.title, exact: true }).click();
      await expect(page.getByRole('dialog')).toBeVisible();
    },
  },
  {
    name: 'the address of a Service',
    part: '#workbench',
    show: async (_main, page, words) => {
      await page.keyboard.press('Escape');
      await page.evaluate(() => (location.hash = '#/lab/node-port'));
      await page.getByRole('button', { name: words.reach.more.replace('{n}', '1') }).click();
      await expect(page.getByRole('region', { name: words.reach.fromHere })).toBeVisible();
    },
  },
];

for (const language of ['en', 'ko'] as const)
  test(`axe finds nothing in the views of clusters in ${language}, light or dark`, async ({ main, page }) => {
    test.slow();
    main.settings.set({ ...main.settings.value, language });
    for (const { name, part = 'html', show } of VIEWS)
      await test.step(name, async () => {
        await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
        await show(main, page, WORDS[language]);
        expect.soft(await objections(page, part, 'all'), `${name}, light`).toEqual([]);
        await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
        expect.soft(await objections(page, part, 'contrast'), `${name}, dark`).toEqual([]);
      });
  });
