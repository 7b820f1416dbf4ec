import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'];

/** What axe objects to in a part of the page as it is, a line each. A theme changes `contrast` and nothing else. */
export async function objections(page: Page, part: string, rules: 'all' | 'contrast'): Promise<string[]> {
  // The page has one frame, so axe need not be carried from frame to frame, which takes most of the time.
  const axe = new AxeBuilder({ page })
    .setLegacyMode()
    .include(part)
    .options({
      runOnly:
        rules === 'all' ? { type: 'tag', values: RULES } : { type: 'rule', values: ['color-contrast'] },
      resultTypes: ['violations'],
    });
  const { violations } = await axe.analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, any, all }) => `${id}: ${target.join(' ')}: ${[...any, ...all][0]?.message ?? ''}`),
  );
}
