import { defineConfig } from '@playwright/test';
import common from './playwright.config.ts';

/**
 * Tests on real clusters: one after the other, since each has the machine to itself, and with all the time they need.
 * `scripts/test-real.ts` runs one project after the other.
 */
export default defineConfig({
  ...common,
  testIgnore: [],
  globalSetup: './e2e/real/setup.ts',
  projects: [
    // What holds on the built-in cluster, and what only a real one shows, all of it on one cluster of the app's.
    {
      name: 'app',
      testMatch: ['e2e/lab.spec.ts', 'e2e/live.spec.ts', 'e2e/resume.spec.ts', 'e2e/real/app/*.spec.ts'],
    },
    // Clusters that are made and deleted.
    { name: 'clusters', testMatch: 'e2e/real/clusters/*.spec.ts' },
    // A cluster that exists already.
    { name: 'existing', testMatch: ['e2e/real/existing.spec.ts', 'e2e/real/workshop.spec.ts'] },
  ],
  workers: 1,
  timeout: 15 * 60_000,
  // Real pods take seconds, and real nodes a minute.
  expect: { timeout: 90_000 },
  use: { ...common.use, actionTimeout: 60_000 },
  reporter: [['list'], ['json']],
});
