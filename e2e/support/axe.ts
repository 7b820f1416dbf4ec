import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'];

/** What axe objects to in a part of the page as it is, a line each. A theme changes `contrast` and nothing else. */
export async function objections(page: Page, part: string, rules: 'all' | 'contrast'): Promise<string[]> {
  const loaded = await settled(page);
  // The page has one frame, so axe need not be carried from frame to frame. Of what takes time then, most is to
  // read axe itself, which the builder does twice each time: a page that has it is given nothing more to read.
  const axe = new AxeBuilder({ page, ...(loaded && { axeSource: ';' }) })
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

/**
 * Resolves when colours are what they come to be: the change of a theme fades for a frame also where no motion is
 * wanted. @returns whether the page has axe already
 */
async function settled(page: Page): Promise<boolean> {
  return await page.evaluate(async () => {
    const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
    await frame();
    await frame();
    const fading = document
      .getAnimations()
      .filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(fading.map(({ finished }) => finished));
    return 'axe' in window;
  });
}
