import { expect, it } from 'vitest';

import { canonicalQuantity } from './quantity.ts';

// Forms that a 1.34 server was seen to store.
it.each<[string | number, string | undefined]>([
  [0, '0'],
  ['0Gi', '0'],
  [1, '1'],
  [0.1, '100m'],
  ['0.5', '500m'],
  ['.5', '500m'],
  ['1500m', '1500m'],
  ['2000m', '2'],
  ['1000', '1k'],
  ['1024', '1024'],
  ['1024Mi', '1Gi'],
  ['1.5Gi', '1536Mi'],
  ['0.5Ki', '512'],
  ['1e3', '1e3'],
  ['12e6', '12e6'],
  ['100M', '100M'],
  ['-1', '-1'],
  ['1Ei', '1Ei'],
  ['', undefined],
  ['1x', undefined],
  ['1 Gi', undefined],
  ['Gi', undefined],
  ['1.2.3', undefined],
  ['1gi', undefined],
])('%j is stored as %j', (given, stored) => {
  expect(canonicalQuantity(given)).toBe(stored);
});
