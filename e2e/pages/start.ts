import { expect, type Locator, type Page } from '@playwright/test';
import type { RunningApp } from '../app.ts';
import { CLUSTER_UNDER_TEST } from '../cluster-under-test.ts';
import { fill, labText, WORDS, type Language } from '../words.ts';
import { Lesson } from './lesson.ts';

/** The longest that a test waits for a cluster: a real one is made in minutes. */
const MAKING_MS = 6 * 60_000;

/** The first thing a newcomer sees: language, and a cluster to choose. */
export class StartPage {
  readonly page: Page;
  readonly language: Language;
  readonly startNow: Locator;
  readonly others: Locator;

  constructor(page: Page, language: Language = 'en') {
    this.page = page;
    this.language = language;
    const { start } = WORDS[language];
    this.startNow = page.getByRole('button', { name: start.emulatedTitle });
    this.others = page.getByRole('region', { name: start.orElse });
  }

  async open(app: { address: string }): Promise<void> {
    await this.page.goto(app.address);
  }

  async chooseLanguage(): Promise<void> {
    const name = this.language === 'ko' ? WORDS.en.app.korean : WORDS.en.app.english;
    await this.page.getByRole('main').getByRole('button', { name }).click();
  }

  /** Chooses the cluster that the tests run on, and waits until the app has it and shows the labs. */
  async chooseCluster(): Promise<void> {
    const { provider } = CLUSTER_UNDER_TEST;
    await (provider === 'emulated' ? this.startNow : this.provider(provider).use).click();
    await expect(new LabsPage(this.page, this.language).heading).toBeVisible({ timeout: MAKING_MS });
  }

  /** What is said of a provider that stands beside the built-in one. */
  provider(name: string): ProviderCard {
    return new ProviderCard(this, name);
  }
}

/** One way to a cluster, and whether this machine is fit for it. */
export class ProviderCard {
  readonly root: Locator;
  readonly use: Locator;
  readonly details: Locator;
  readonly lookAgain: Locator;

  constructor(start: StartPage, name: string) {
    const { start: words } = WORDS[start.language];
    // It stands in the same list when there is a cluster already, under another heading.
    this.root = start.page
      .getByRole('main')
      .getByRole('listitem')
      .filter({ has: start.page.getByRole('heading', { name, exact: true }) });
    this.use = this.root.getByRole('button', { name: fill(words.use, { name }), exact: true });
    this.details = this.root.getByRole('button', { name: fill(words.detailsOf, { name }) });
    this.lookAgain = this.root.getByRole('button', { name: fill(words.lookAgainAt, { name }) });
  }
}

/** The labs, each a line. */
export class LabsPage {
  readonly page: Page;
  readonly language: Language;
  readonly heading: Locator;
  readonly cards: Locator;

  constructor(page: Page, language: Language = 'en') {
    this.page = page;
    this.language = language;
    this.heading = page.getByRole('heading', { level: 1, name: WORDS[language].labs.title });
    this.cards = page.getByRole('article');
  }

  /** The button that opens the lab, whatever it says: start, resume, open again. */
  get openLab(): Locator {
    const { start, resume, review } = WORDS[this.language].labs;
    const { title } = labText(this.language);
    return this.page.getByRole('button', {
      name: new RegExp(`^(${[start, resume, review].join('|')}): ${title}$`),
    });
  }
}

/** From a page that was never opened to the lab's first step, set up, as a newcomer comes there. */
export async function openLab(page: Page, app: RunningApp, language: Language = 'en'): Promise<void> {
  const start = new StartPage(page, language);
  await start.open(app);
  await start.chooseLanguage();
  await start.chooseCluster();
  await new LabsPage(page, language).openLab.click();
  // Judged for the first time as soon as the step is set up.
  await new Lesson(page, language).signal('addresses', 'pod-replaced').shows('fail');
}
