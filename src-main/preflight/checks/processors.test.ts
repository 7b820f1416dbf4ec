import { expect, it } from 'vitest';
import { DESKTOP, DOCKER, fakeFacts, read } from '../testing/facts.ts';
import { processorsCheck } from './processors.ts';

it.each([
  [{ ...DOCKER, processors: 2 }, 'ok', ''],
  [{ ...DOCKER, processors: 1 }, 'warning', 'built-in cluster'],
  [{ ...DESKTOP, processors: 1 }, 'warning', 'CPUs'],
  [{ ...DESKTOP, processors: 0 }, 'unknown', 'CPUs'],
] as const)('%#: enough for a control plane, or what to do', async (info, state, fix) => {
  const found = await read(processorsCheck(fakeFacts({ info })));
  expect(found?.state).toBe(state);
  expect(found?.fix).toContain(fix);
});
