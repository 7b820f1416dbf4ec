import { expect, it } from 'vitest';
import type { Leftover } from '#shared/cluster.ts';
import { fakeFacts, read } from '../testing/facts.ts';
import { leftOversCheck } from './left-overs.ts';

function withLeft(...names: string[]) {
  let left = names.map((name): Leftover => ({
    provider: 'kind',
    name,
    text: { en: `${name} was interrupted.`, ko: `${name} 중단됨.` },
  }));
  const deleted: string[] = [];
  return {
    deleted,
    check: leftOversCheck(
      fakeFacts({
        facts: {
          leftovers: () => Promise.resolve(left),
          deleteCluster: (name) => {
            deleted.push(name);
            left = left.filter((leftover) => leftover.name !== name);
            return Promise.resolve();
          },
        },
      }),
    ),
  };
}

it('are none on a machine in good order', async () => {
  const { check } = withLeft();
  expect(await read(check)).toMatchObject({ state: 'ok' });
});

it('are offered for deletion one by one, asked before, and gone when that is done', async () => {
  const { check, deleted } = withLeft('switchyard', 'trial');
  const finding = await check.look();
  expect(await read(check)).toMatchObject({
    state: 'warning',
    seen: 'switchyard was interrupted. trial was interrupted.',
  });
  expect(finding?.mends?.map(({ id, confirm }) => [id, confirm?.en])).toEqual([
    ['delete:switchyard', expect.stringContaining('"switchyard" are deleted')],
    ['delete:trial', expect.stringContaining('"trial" are deleted')],
  ]);
  await check.mend?.('delete:trial');
  expect(deleted).toEqual(['trial']);
  expect(await read(check)).toMatchObject({ seen: 'switchyard was interrupted.' });
});

it.each(['delete:mine', 'delete:', 'explode', 'switchyard'])(
  'are all that can be deleted this way: not %s',
  async (mend) => {
    const { check, deleted } = withLeft('switchyard');
    await expect(check.mend?.(mend)).rejects.toMatchObject({ problem: { code: 'mend-unknown' } });
    expect(deleted).toEqual([]);
  },
);
