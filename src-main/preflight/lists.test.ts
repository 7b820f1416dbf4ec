import { describe, expect, it } from 'vitest';
import { VirtualClock } from '#emulator/clock.ts';
import type { CommandRunner } from '../command/command.ts';
import { hurried } from '../command/hurried.ts';
import { QUESTION_MS } from '../host/host.ts';
import { TRAEFIK_IMAGE } from '../providers/ingress/traefik.ts';
import { kindTool } from '../providers/kind/tool.ts';
import { Preflight } from './check.ts';
import type { ContainerLook } from './facts.ts';
import { containerChecks, emulatedChecks, existingChecks } from './lists.ts';
import { answering, fakeHost, fakeK3d } from './testing/facts.ts';

const LAPTOP = {
  'docker info': {
    stdout: JSON.stringify({
      ServerVersion: '28.5.1',
      KernelVersion: '6.12.48-amd64',
      OperatingSystem: 'Debian GNU/Linux 13 (trixie)',
      Architecture: 'x86_64',
      CgroupVersion: '2',
      DockerRootDir: '/var/lib/docker',
      MemTotal: 16e9,
      NCPU: 8,
    }),
  },
  'docker version': { stdout: '{"Server":{"ApiVersion":"1.51"}}' },
  'docker image inspect': {
    stdout: JSON.stringify(
      [
        'kindest/node:v1.34.4',
        'rancher/k3s:v1.34.1-k3s1',
        'ghcr.io/k3d-io/k3d-proxy:5.9.0',
        TRAEFIK_IMAGE,
        'nginx:1.27',
      ].map((tag) => ({ Id: tag, RepoTags: [tag], Architecture: 'amd64' })),
    ),
  },
  'docker ps': {},
  'kind version': { stdout: 'kind v0.33.0 go1.26.8 linux/amd64' },
  'k3d version': { stdout: 'k3d version v5.9.0' },
  'kubectl version': { stdout: '{"clientVersion":{"gitVersion":"v1.34.4"}}' },
};

function preflight(
  run: CommandRunner,
  { tool = kindTool('kindest/node:v1.34.4'), clock = new VirtualClock() } = {},
): Preflight {
  const look: ContainerLook = {
    tool,
    host: fakeHost({ run: hurried(run, QUESTION_MS, clock) }),
    clusterName: 'switchyard',
    records: { read: () => Promise.resolve(undefined) },
    labImages: ['nginx:1.27'],
    isPortFree: () => Promise.resolve(true),
    leftovers: () => Promise.resolve([]),
    deleteCluster: () => Promise.resolve(),
  };
  return new Preflight(tool.id, () => containerChecks(look), clock);
}

describe('before a cluster of containers', () => {
  it.each([
    ['kind', kindTool('kindest/node:v1.34.4')],
    ['k3d', fakeK3d()],
  ])('all is well on a laptop in good order: %s', async (id, tool) => {
    const { usable, offlineReady, items } = await preflight(answering(LAPTOP).run, { tool }).run();
    expect(items.filter(({ state }) => state !== 'ok')).toEqual([]);
    expect({ usable, offlineReady }).toEqual({ usable: true, offlineReady: true });
    expect(items.find((item) => item.id === 'tool-version')?.seen.en).toContain(id);
    expect(new Set(items.map((item) => item.id)).size).toBe(items.length);
  });

  it('nothing that needs an engine is complained of where there is none', async () => {
    const { usable, offlineReady, items } = await preflight(answering({}).run).run();
    expect({ usable, offlineReady }).toEqual({ usable: false, offlineReady: false });
    expect(items.filter(({ state }) => state !== 'ok').map(({ id, state }) => [id, state])).toEqual([
      ['engine', 'blocked'],
      ['tool-version', 'blocked'],
      ['images', 'unknown'],
    ]);
  });

  it('an engine that hangs holds nobody up', async () => {
    const clock = new VirtualClock();
    const { run } = answering(LAPTOP);
    const running = preflight(
      (command, options) =>
        command.program === 'docker' ? new Promise(() => undefined) : run(command, options),
      { clock },
    ).run();
    await clock.advance(20_000);
    const { items, durationMs } = await running;
    expect(durationMs).toBeLessThan(3500);
    expect(items[0]).toMatchObject({
      id: 'engine',
      state: 'blocked',
      seen: { en: expect.stringContaining('does not answer') as string },
    });
  });
});

it('before the built-in cluster no engine is asked after', async () => {
  const { run, asked } = answering({});
  const report = await new Preflight('emulated', emulatedChecks(fakeHost({ run }))).run();
  expect(report).toMatchObject({ usable: true, offlineReady: true });
  expect(asked).toEqual([]);
});

it('before somebody else’s cluster nothing can be said of images', async () => {
  const report = await new Preflight('existing', existingChecks(fakeHost(), undefined)).run();
  expect(report).toMatchObject({ usable: true, offlineReady: false });
});
