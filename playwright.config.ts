import { defineConfig } from '@playwright/test';
import { chromiumPath } from './scripts/ensure-browser.ts';

export default defineConfig({
  testDir: 'e2e',
  // What needs an engine: `npm run test:real`.
  testIgnore: '**/e2e/real/**',
  timeout: 90_000,
  expect: { timeout: 15_000 },
  // Each worker starts an app with a cluster of its own; two cores carry two.
  workers: 2,
  fullyParallel: false,
  forbidOnly: process.env['CI'] !== undefined,
  outputDir: 'test-results',
  reporter: [['list'], ['json', { outputFile: 'test-results/e2e.json' }]],
  use: {
    actionTimeout: 10_000,
    // A trace takes a third of the time: `playwright test --trace retain-on-failure` where a failure needs one.
    trace: 'off',
    screenshot: 'only-on-failure',
    viewport: { width: 1440, height: 900 },
    launchOptions: {
      executablePath: chromiumPath(),
      args: [
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        // Chromium's sandbox refuses to start as root, as in containers and CI.
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ],
    },
  },
});
