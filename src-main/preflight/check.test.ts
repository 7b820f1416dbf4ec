import { expect, it } from 'vitest';
import { VirtualClock } from '#emulator/clock.ts';
import { AppError } from '#shared/app-error.ts';
import { Preflight, type Finding, type PreflightCheck } from './check.ts';

const words = { en: 'words', ko: '말' };

function check(id: string, finding: Finding | undefined | Error | Promise<Finding>): PreflightCheck {
  return {
    id,
    title: words,
    why: words,
    look: async () => {
      if (finding instanceof Error) throw finding;
      return finding;
    },
  };
}

it('is usable unless something blocks, and ready for offline unless something is missing or unknown', async () => {
  const run = async (...findings: Parameters<typeof check>[1][]) => {
    const preflight = new Preflight(
      'kind',
      findings.map((finding, index) => check(String(index), finding)),
    );
    const { usable, offlineReady, items } = await preflight.run();
    return { usable, offlineReady, states: items.map(({ state }) => state) };
  };
  const [ok, warning, blocked, missing] = [
    { state: 'ok', seen: words },
    { state: 'warning', seen: words },
    { state: 'blocked', seen: words },
    { state: 'warning', seen: words, offlineReady: false },
  ] as const;
  const states = ['ok', 'warning'];
  expect(await run(ok, warning)).toEqual({ usable: true, offlineReady: true, states });
  expect(await run(ok, missing)).toEqual({ usable: true, offlineReady: false, states });
  expect(await run(blocked)).toMatchObject({ usable: false });
  // What does not concern this machine is not in the report at all.
  expect(await run(undefined, ok)).toEqual({ usable: true, offlineReady: true, states: ['ok'] });
  expect(await run(new Error('EIO'))).toEqual({ usable: true, offlineReady: false, states: ['unknown'] });
});

it('says why something could not be looked at, in the language of the one who reads', async () => {
  const error = new AppError({ code: 'x', message: { en: 'It is locked.', ko: '잠겨 있습니다.' } });
  const { items } = await new Preflight('kind', [check('a', error), check('b', new Error('EIO'))]).run();
  expect(items.map(({ seen }) => seen)).toEqual([
    { en: 'It could not be looked at: It is locked.', ko: '확인하지 못했습니다: 잠겨 있습니다.' },
    { en: 'It could not be looked at: EIO', ko: '확인하지 못했습니다: EIO' },
  ]);
});

it('waits for nothing that hangs', async () => {
  const clock = new VirtualClock();
  const never = new Promise<Finding>(() => undefined);
  const running = new Preflight(
    'kind',
    [check('slow', never), check('quick', { state: 'ok', seen: words })],
    clock,
  ).run();
  await clock.advance(10_000);
  const { items, durationMs } = await running;
  expect(items.map(({ id, state }) => [id, state])).toEqual([
    ['slow', 'unknown'],
    ['quick', 'ok'],
  ]);
  expect(durationMs).toBeLessThanOrEqual(5000);
});

it('looks anew each time, and mends what a finding offers', async () => {
  let broken = true;
  const preflight = new Preflight('kind', () => {
    const state = broken ? 'warning' : 'ok';
    const mendable: PreflightCheck = {
      ...check('door', { state, seen: words }),
      mend: (mend) => {
        if (mend === 'oil') broken = false;
        return Promise.resolve();
      },
    };
    return [mendable, check('wall', { state: 'ok', seen: words })];
  });
  await preflight.mend('door', 'oil');
  expect((await preflight.run()).items[0]?.state).toBe('ok');
  for (const item of ['wall', 'window'])
    await expect(preflight.mend(item, 'oil')).rejects.toMatchObject({ problem: { code: 'mend-unknown' } });
});
