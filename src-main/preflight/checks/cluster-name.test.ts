import { expect, it } from 'vitest';
import { fakeFacts, read, RECORD, type FakeFacts } from '../testing/facts.ts';
import { clusterNameCheck } from './cluster-name.ts';

it.each<[string, FakeFacts, string | undefined]>([
  ['free', {}, '"switchyard" is free.'],
  [
    'somebody else’s',
    { otherName: 'switchyard-2' },
    'It is left alone; the new one will be called "switchyard-2".',
  ],
  ['ours', { own: { record: RECORD, running: true } }, 'Your cluster "switchyard" is there'],
  ['not known without an engine', { info: undefined }, undefined],
])('the name is %s, which stops nobody', async (_, fake, seen) => {
  const found = await read(clusterNameCheck(fakeFacts(fake)));
  if (seen === undefined) expect(found).toBeUndefined();
  else expect(found).toMatchObject({ state: 'ok', seen: expect.stringContaining(seen) as string });
});
