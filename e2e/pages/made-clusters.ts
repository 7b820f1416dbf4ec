import { expect, type Locator, type Page } from '@playwright/test';
import { fill, WORDS } from '../words.ts';

const { app, making, start } = WORDS.en;

/** The way to a cluster that a program makes, in the whole product: chosen, given up, failed, left over. */
export class MadeClusters {
  readonly page: Page;
  readonly cancel: Locator;
  readonly failure: Locator;
  /** What went wrong, and what to do. */
  readonly problem: Locator;
  readonly leftovers: Locator;

  constructor(page: Page) {
    this.page = page;
    this.cancel = page.getByRole('main').getByRole('button', { name: making.cancel, exact: true });
    this.failure = page.getByRole('heading', { name: start.failed });
    this.problem = page.getByRole('alert');
    this.leftovers = page.getByRole('region', { name: start.leftovers });
  }

  /** The button that makes a cluster, once the preflight says that one can be made. */
  choice(provider: string): Locator {
    return this.page.getByRole('button', { name: fill(start.use, { name: provider }), exact: true });
  }

  /** A step of the making, as a row with its state. */
  step(text: string): Locator {
    return this.page.getByRole('listitem').filter({ hasText: text });
  }

  /** Waits until the line of the log is marked that says what went wrong. */
  async marksLine(words: string): Promise<void> {
    const log = this.page.getByRole('group', { name: app.log });
    await expect(log.getByRole('paragraph').filter({ hasText: app.logMatters })).toContainText(words);
  }

  async deleteLeftover(): Promise<void> {
    await this.leftovers.getByRole('button', { name: start.deleteLeftover }).click();
    await expect(this.leftovers).toBeHidden();
  }
}
