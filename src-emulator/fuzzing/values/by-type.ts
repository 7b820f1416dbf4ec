import { LABEL_KEYS, NAMES, PORT_OR_NAME } from './common.ts';

const QUANTITIES = [
  '1',
  '100m',
  '0',
  '-1',
  '1.5',
  '64Mi',
  '1e3',
  '0.5Gi',
  'abc',
  '1x',
  '',
  1,
  0.1,
  '1000000000000000000000',
  '1u',
  '500m',
];
const TIMES = [
  '2026-01-01T00:00:00Z',
  '2026-01-01T00:00:00.5Z',
  '2026-01-01',
  '',
  'now',
  '2026-13-01T00:00:00Z',
];

/** By the type of a value, where neither the field nor its name is known. */
export const GENERIC_VALUES: Record<string, readonly unknown[]> = {
  string: NAMES,
  int32: [0, 1, -1, 2, 70000, 2147483647],
  int64: [0, 1, -1, 2, 70000],
  double: [0, 1, -1, 0.5],
  boolean: [true, false],
  'int-or-string': PORT_OR_NAME,
  quantity: QUANTITIES,
  'date-time': TIMES,
  'date-time-micro': TIMES,
  byte: ['AQID', '', '!!', 'abc'],
  any: [{}, { a: 1 }, 'x', 5],
  key: LABEL_KEYS,
};
