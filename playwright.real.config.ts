import { defineConfig } from '@playwright/test';
import common from './playwright.config.ts';

/** Tests on real clusters: one after the other, since each has the machine to itself, and with all the time they need. */
export default defineConfig({
  ...common,
  testDir: 'e2e/real',
  testIgnore: [],
  workers: 1,
  timeout: 15 * 60_000,
  expect: { timeout: 60_000 },
  outputDir: 'test-results/real',
  reporter: [['list'], ['json', { outputFile: 'test-results/real.json' }]],
});
