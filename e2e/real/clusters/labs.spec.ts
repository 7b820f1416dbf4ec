import { expect, test } from '@playwright/test';
import { Installation } from '../../app.ts';
import { ENGINE_ENVIRONMENT, nodesOf } from '../engine.ts';

interface Proof {
  step: string;
  what: string;
  ok: boolean;
  detail: string;
}

test('every lab is proven on kind: untouched not full, solution full, each wrong answer found', async () => {
  const installed = new Installation(ENGINE_ENVIRONMENT);
  const { out, err, status } = await installed.cli('labs', 'verify', '--provider', 'kind', '--json');
  expect(out, err).not.toBe('');
  const { labs } = JSON.parse(out) as { labs: { proofs: Proof[] }[] };
  expect(labs.length).toBeGreaterThan(0);
  expect(labs.flatMap(({ proofs }) => proofs).filter(({ ok }) => !ok)).toEqual([]);
  expect(status).toBe(0);
  // The cluster was made for it.
  expect(await nodesOf('labs-verify')).toEqual([]);
  installed.remove();
});
