import { availableParallelism } from 'node:os';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [vue()],
  test: {
    globalSetup: ['scripts/vitest-setup.ts'],
    // No module keeps a state that tests share: files of one worker need not load everything anew.
    isolate: false,
    // Much of the time is spent in waiting for programs: one more than there are processors.
    maxWorkers: availableParallelism() + 1,
    include: ['src-*/**/*.test.ts', 'scripts/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
});
