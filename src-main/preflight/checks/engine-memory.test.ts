import { expect, it } from 'vitest';
import { DESKTOP, DOCKER, fakeFacts, fakeK3d, GB, read } from '../testing/facts.ts';
import { engineMemoryCheck } from './engine-memory.ts';

it.each([
  // "4 GB" of a virtual machine, as its kernel leaves them.
  ['kind', 4.11 * GB, 'warning', '4.1 GB'],
  ['kind', 3.9 * GB, 'blocked', '3.9 GB'],
  ['kind', 8 * GB, 'ok', '8 GB'],
  ['k3d', 2.06 * GB, 'warning', '2.1 GB'],
  ['k3d', 1.9 * GB, 'blocked', '1.9 GB'],
  ['k3d', 4.11 * GB, 'ok', '4.1 GB'],
  ['kind', 0, 'unknown', 'does not say'],
] as const)('%s with %d bytes: %s', async (id, memory, state, seen) => {
  const tool = id === 'k3d' ? { tool: fakeK3d() } : {};
  const found = await read(engineMemoryCheck(fakeFacts({ info: { ...DOCKER, memory }, ...tool })));
  expect(found?.state).toBe(state);
  expect(found?.seen).toContain(seen);
});

it.each([
  ['linux', DOCKER, 'Close other programs', []],
  ['linux', DESKTOP, 'Settings, Resources, Memory', []],
  ['macos', DESKTOP, 'Settings, Resources, Memory', []],
  ['windows', DESKTOP, '.wslconfig', ['memory=6GB']],
  ['wsl', DESKTOP, '.wslconfig', ['memory=6GB']],
  [
    'macos',
    { ...DESKTOP, engine: 'podman' },
    'podman machine',
    ['podman machine stop', 'podman machine set --memory 6144', 'podman machine start'],
  ],
] as const)('is given where %s keeps it', async (system, info, fix, commands) => {
  const facts = fakeFacts({ info: { ...info, memory: 1 * GB }, host: { system } });
  const found = await read(engineMemoryCheck(facts));
  expect(found?.fix).toContain(fix);
  expect(found?.commands).toEqual(commands);
});
