import { test as base, type Page } from '@playwright/test';
import { REPORTS, reportsWith } from './preflights.ts';
import { ScriptedMain } from './scripted-main.ts';

/** `test` with a scripted main of its own for each test: no cluster, and a machine that is fit for each kind. */
export const test = base.extend<{ main: ScriptedMain }>({
  main: async ({ browserName: _ }, use) => {
    const main = new ScriptedMain({ preflight: reportsWith(REPORTS.ready) });
    await main.start();
    await use(main);
    await main.dispose();
  },
});

/** What the page has put on the clipboard. */
export async function copied(page: Page): Promise<string> {
  return page.evaluate(() => navigator.clipboard.readText());
}

export { expect } from '@playwright/test';
