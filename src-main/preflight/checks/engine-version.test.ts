import { expect, it } from 'vitest';
import { DOCKER, fakeFacts, read } from '../testing/facts.ts';
import { engineVersionCheck } from './engine-version.ts';

it.each([
  ['docker', '19.03.15', 'blocked', 'clusters need 20.10 or later'],
  ['docker', '20.10.24+dfsg1', 'ok', 'is new enough'],
  ['podman', '2.2.1', 'blocked', 'clusters need 3.0 or later'],
  ['podman', '5.2.0', 'ok', 'is new enough'],
] as const)('%s %s: %s', async (engine, version, state, seen) => {
  const found = await read(engineVersionCheck(fakeFacts({ info: { ...DOCKER, engine, version } })));
  expect(found).toMatchObject({ state, seen: expect.stringContaining(seen) as string });
});

it('says that containerd’s store, the default of Docker 29, is no trouble', async () => {
  const info = { ...DOCKER, version: '29.1.0', containerdStore: true };
  expect(await read(engineVersionCheck(fakeFacts({ info })))).toMatchObject({
    state: 'ok',
    seen: expect.stringContaining('archives') as string,
  });
});

it('says nothing where nothing runs, or no version is told', async () => {
  expect(await read(engineVersionCheck(fakeFacts({ info: undefined })))).toBeUndefined();
  expect(
    await read(engineVersionCheck(fakeFacts({ info: { ...DOCKER, engine: 'nerdctl', version: 'v2.1.4' } }))),
  ).toBeUndefined();
});
