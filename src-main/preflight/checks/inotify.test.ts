import { expect, it } from 'vitest';
import { DESKTOP, DOCKER, fakeFacts, read } from '../testing/facts.ts';
import { inotifyCheck } from './inotify.ts';

const limits = (instances: number, watches: number) => ({
  readText: (path: string) =>
    Promise.resolve(`${path.endsWith('max_user_instances') ? instances : watches}\n`),
});

it.each([
  ['linux', 8192, 1_048_576, 'ok'],
  ['linux', 512, 524_288, 'ok'],
  // Debian's and Ubuntu's own.
  ['linux', 128, 524_288, 'warning'],
  ['wsl', 512, 65_536, 'warning'],
] as const)('%s with %d instances and %d watches: %s', async (system, instances, watches, state) => {
  const facts = fakeFacts({ host: { ...limits(instances, watches), system } });
  expect(await read(inotifyCheck(facts))).toMatchObject({
    state,
    seen: `max_user_instances is ${instances}, max_user_watches is ${watches}.`,
  });
});

it('are raised now, and for good', async () => {
  const found = await read(inotifyCheck(fakeFacts({ host: limits(128, 8192) })));
  expect(found?.commands).toEqual([
    'sudo sysctl fs.inotify.max_user_watches=524288',
    'sudo sysctl fs.inotify.max_user_instances=512',
    `printf 'fs.inotify.max_user_instances=512\\nfs.inotify.max_user_watches=524288\\n' | sudo tee /etc/sysctl.d/99-switchyard.conf`,
  ]);
});

it('are looked at also while no engine runs', async () => {
  const facts = fakeFacts({ info: undefined, host: limits(128, 8192) });
  expect(await read(inotifyCheck(facts))).toMatchObject({ state: 'warning' });
});

it.each([
  ['macos', DOCKER],
  ['windows', DOCKER],
  ['linux', DESKTOP],
] as const)('are not those of a virtual machine: %s', async (system, info) => {
  const facts = fakeFacts({ info, host: { ...limits(1, 1), system } });
  expect(await read(inotifyCheck(facts))).toBeUndefined();
});
