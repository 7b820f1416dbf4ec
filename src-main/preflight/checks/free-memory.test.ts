import { expect, it } from 'vitest';
import { fakeHost, read } from '../testing/facts.ts';
import { freeMemoryCheck } from './free-memory.ts';

it.each([
  [8e9, 'ok', '8 GB available.'],
  [600e6, 'ok', '600 MB available.'],
  [300e6, 'warning', '300 MB available.'],
] as const)('%d bytes: %s', async (available, state, seen) => {
  expect(await read(freeMemoryCheck(fakeHost({ availableMemory: () => available })))).toMatchObject({
    state,
    seen,
  });
});

it('is not guessed at where the system does not tell', async () => {
  expect(await read(freeMemoryCheck(fakeHost({ availableMemory: () => undefined })))).toBeUndefined();
});
