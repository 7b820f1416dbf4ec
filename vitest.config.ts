import { availableParallelism } from 'node:os';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';
import LongestFirst from './scripts/vitest-sequencer.ts';

export default defineConfig({
  plugins: [vue()],
  test: {
    globalSetup: ['scripts/vitest-setup.ts'],
    // Each file in a process of its own: what one leaves running must not keep the virtual clock of the next one busy.
    isolate: true,
    // Much of the time is spent in waiting for programs: one more than there are processors.
    maxWorkers: availableParallelism() + 1,
    include: ['src-*/**/*.test.ts', 'scripts/**/*.test.ts'],
    sequence: { sequencer: LongestFirst },
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
});
