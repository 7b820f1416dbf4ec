import { expect, type Locator, type Page } from '@playwright/test';

/** The way to a cluster that a program makes: chosen, made, given up, failed, left over. */
export class MadeClusters {
  readonly page: Page;
  readonly cancel: Locator;
  readonly failure: Locator;
  readonly leftovers: Locator;

  constructor(page: Page) {
    this.page = page;
    this.cancel = page.getByRole('main').getByRole('button', { name: 'Cancel', exact: true });
    this.failure = page.getByRole('heading', { name: 'The cluster could not be made' });
    this.leftovers = page.getByRole('region', { name: 'Left over from before' });
  }

  async use(provider: string): Promise<void> {
    await this.page.getByRole('button', { name: `Use ${provider}`, exact: true }).click();
  }

  /** A step of the making, as a row with its state. */
  step(text: string): Locator {
    return this.page.getByRole('listitem').filter({ hasText: text });
  }

  /** What went wrong, and what to do. */
  get problem(): Locator {
    return this.page.getByRole('alert');
  }

  /** The line of the log that says it. */
  async marksLine(words: string): Promise<void> {
    const log = this.page.getByRole('group', { name: 'The end of the log' });
    const line = log.getByRole('paragraph').filter({ hasText: 'this line matters' });
    await expect(line).toContainText(words);
  }

  /** The choice of clusters, with nothing that is being made. */
  async isChoice(): Promise<void> {
    await expect(this.page.getByRole('button', { name: 'Use kind', exact: true })).toBeVisible();
  }
}
