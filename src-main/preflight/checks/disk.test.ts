import { expect, it } from 'vitest';
import { DESKTOP, DOCKER, fakeFacts, fakeK3d, GB, read } from '../testing/facts.ts';
import { diskCheck } from './disk.ts';

it.each([
  ['kind', 61, 250, 'ok'],
  ['kind', 9, 250, 'warning'],
  ['kind', 2.5, 250, 'blocked'],
  ['k3d', 61, 250, 'ok'],
  // A twentieth must stay free, or k3s evicts pods.
  ['k3d', 61, 2000, 'warning'],
  ['kind', 61, 2000, 'ok'],
  ['k3d', 1.5, 250, 'blocked'],
] as const)('%s with %d of %d GB free: %s', async (id, free, total, state) => {
  const tool = id === 'k3d' ? { tool: fakeK3d() } : {};
  const disk = (folder: string) =>
    folder === DOCKER.rootDirectory
      ? Promise.resolve({ free: free * GB, total: total * GB })
      : Promise.reject(new Error('another disk'));
  const found = await read(diskCheck(fakeFacts({ host: { disk }, ...tool })));
  expect(found).toMatchObject({ state, seen: `${free} GB free in /var/lib/docker.` });
  expect(found?.commands).toEqual(state === 'ok' ? [] : ['docker system prune']);
});

it.each([
  ['of a virtual machine', DESKTOP, 'virtual machine'],
  // The distribution of Docker Desktop has the kernel of every other one, and its own folders.
  ['of another distribution of WSL', { ...DESKTOP, kernel: DOCKER.kernel }, 'virtual machine'],
  ['of another machine', { ...DOCKER, kernel: '5.4.0' }, 'cannot be seen'],
] as const)('%s is not mistaken for ours', async (_, info, seen) => {
  const found = await read(diskCheck(fakeFacts({ info })));
  expect(found).toMatchObject({ state: 'unknown', commands: ['docker system df'] });
  expect(found?.seen).toContain(seen);
});

it('that cannot be seen is said to be so', async () => {
  const disk = () => Promise.reject(new Error('ENOENT'));
  expect(await read(diskCheck(fakeFacts({ host: { disk } })))).toMatchObject({ state: 'unknown' });
});
