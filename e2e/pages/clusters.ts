import type { Locator, Page } from '@playwright/test';
import { fill, WORDS, type Language, type Words } from '../words.ts';

/** What was looked at before a cluster of one provider is made. */
export class PreflightPage {
  readonly page: Page;
  readonly words: Words;
  readonly findings: Locator;
  readonly lookAgain: Locator;

  constructor(page: Page, language: Language = 'en') {
    this.page = page;
    this.words = WORDS[language];
    this.findings = page.getByRole('region', { name: this.words.preflight.findings }).getByRole('listitem');
    this.lookAgain = page.getByRole('button', { name: this.words.start.lookAgain });
  }

  title(name: string): Locator {
    const title = fill(this.words.preflight.title, { name });
    return this.page.getByRole('heading', { level: 1, name: title });
  }

  finding(title: string): Locator {
    return this.findings.filter({ hasText: title });
  }

  use(name: string): Locator {
    return this.page.getByRole('button', { name: fill(this.words.start.use, { name }), exact: true });
  }
}

/** A cluster while it is made, given up, or has failed. */
export class MakingPage {
  readonly page: Page;
  readonly words: Words;
  readonly steps: Locator;
  readonly bar: Locator;
  /** What a screen reader is told. */
  readonly announced: Locator;

  constructor(page: Page, language: Language = 'en') {
    this.page = page;
    this.words = WORDS[language];
    const { making, start } = this.words;
    const titles = [start.creating, making.cancellingTitle, making.howFar];
    const section = page.getByRole('region', { name: new RegExp(`^(${titles.join('|')})$`) });
    this.steps = section.getByRole('listitem');
    this.bar = section.getByRole('progressbar', { name: making.bar });
    this.announced = section.getByRole('status');
  }

  button(name: string): Locator {
    return this.page.getByRole('main').getByRole('button', { name, exact: true });
  }
}

/** The way to a cluster that the user has. */
export class ExistingPage {
  readonly page: Page;
  readonly words: Words;
  readonly readOwn: Locator;
  readonly path: Locator;
  readonly filter: Locator;
  readonly contexts: Locator;

  constructor(page: Page, language: Language = 'en') {
    this.page = page;
    this.words = WORDS[language];
    const { existing } = this.words;
    this.readOwn = page.getByRole('button', { name: existing.readOwn });
    this.path = page.getByRole('textbox', { name: existing.path });
    this.filter = page.getByRole('searchbox', { name: existing.filter });
    this.contexts = page.getByRole('button', { name: new RegExp(`^${fill(existing.choose, { name: '' })}`) });
  }

  /** The row of a context. */
  row(name: string): Locator {
    return this.page.getByRole('listitem').filter({ has: this.context(name) });
  }

  context(name: string): Locator {
    return this.page.getByRole('button', { name: fill(this.words.existing.choose, { name }), exact: true });
  }

  question(key: 'fileTitle' | 'contextTitle' | 'confirmTitle'): Locator {
    return this.page.getByRole('heading', { level: 2, name: this.words.existing[key] });
  }

  confirm(address: string): Locator {
    return this.page.getByRole('button', { name: fill(this.words.existing.confirm, { address }) });
  }
}
