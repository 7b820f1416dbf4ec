/** In place of what belongs somewhere: a decoder has words for each. */
export const WRONG_TYPES: readonly unknown[] = [
  'x',
  5,
  true,
  1.5,
  [],
  {},
  ['a'],
  { a: 'b' },
  null,
  '5',
  '',
  9999999999,
  1e30,
];
