import { describe, expect, it } from 'vitest';
import type { EngineState } from '../../engine/engine.ts';
import { DESKTOP, DOCKER, fakeFacts, fakeK3d, read } from '../testing/facts.ts';
import { engineCheck } from './engine.ts';

const DEAD_SOCKET =
  'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?';
const stopped = (words: string): EngineState => ({ state: 'stopped', words });

describe('the engine', () => {
  it('runs, and is named', async () => {
    expect(await read(engineCheck(fakeFacts()))).toMatchObject({
      state: 'ok',
      seen: 'docker 28.5.1 runs (Debian GNU/Linux 13 (trixie)).',
    });
  });

  it('is whichever runs, the best first', async () => {
    const podman: EngineState = { state: 'running', info: { ...DOCKER, engine: 'podman', version: '5.2.0' } };
    const engines = { docker: stopped(DEAD_SOCKET), podman };
    expect(await read(engineCheck(fakeFacts({ engines })))).toMatchObject({
      state: 'ok',
      seen: expect.stringContaining('podman 5.2.0') as string,
    });
  });

  it.each([
    ['linux', DEAD_SOCKET, 'is not running', 'Start docker', ['sudo systemctl start docker']],
    ['macos', DEAD_SOCKET, 'is not running', 'Start Docker Desktop', []],
    [
      'linux',
      'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock',
      'may not talk to docker',
      'group "docker"',
      ['sudo usermod -aG docker "$USER"'],
    ],
    ['windows', 'dial unix /x: connect: permission denied', 'may not talk', '"docker-users"', []],
    ['linux', 'something new went wrong', 'does not answer', 'Start docker', ['sudo systemctl start docker']],
  ] as const)(
    'says in its own words why it does not answer: %s, %s',
    async (system, words, seen, fix, commands) => {
      const found = await read(
        engineCheck(fakeFacts({ engines: { docker: stopped(words) }, host: { system } })),
      );
      expect(found).toMatchObject({ state: 'blocked', commands });
      expect(found?.seen).toContain(seen);
      expect(found?.seen).toContain(`docker says: ${words}`);
      expect(found?.fix).toContain(fix);
    },
  );

  it('that hangs is to be restarted', async () => {
    const engines = { docker: { state: 'stopped', words: 'no end', silent: true } } as const;
    expect(await read(engineCheck(fakeFacts({ engines })))).toMatchObject({
      state: 'blocked',
      seen: expect.stringContaining('does not answer: nothing came within 3 seconds') as string,
      commands: ['sudo systemctl restart docker'],
    });
  });

  it('is looked for where the user says, and that is doubted when nobody is there', async () => {
    const found = await read(
      engineCheck(
        fakeFacts({
          engines: { docker: stopped(DEAD_SOCKET) },
          host: { env: { DOCKER_HOST: 'unix:///tmp/none.sock' } },
        }),
      ),
    );
    expect(found?.fix).toContain('DOCKER_HOST is set to unix:///tmp/none.sock');
  });

  it.each([
    ['linux', [], 'docs.docker.com/engine/install'],
    ['wsl', [], 'WSL integration'],
    ['macos', ['brew install --cask docker-desktop'], 'Docker Desktop'],
    ['windows', ['winget install Docker.DockerDesktop'], 'Docker Desktop'],
  ] as const)('that is missing is installed as %s does it', async (system, commands, fix) => {
    const found = await read(engineCheck(fakeFacts({ info: undefined, host: { system } })));
    expect(found).toMatchObject({ state: 'blocked', commands });
    expect(found?.seen).toContain('none is installed');
    expect(found?.fix).toContain(fix);
    expect(found?.fix).toContain('docker, podman, nerdctl');
  });

  it('offers only those that the tool works with', async () => {
    const found = await read(engineCheck(fakeFacts({ info: undefined, tool: fakeK3d() })));
    expect(found?.seen).toContain('k3d needs a container engine');
    expect(found?.fix).not.toContain('podman');
  });

  it('that the user insists on is not replaced by another one', async () => {
    const tool = { ...fakeFacts().tool, engines: ['podman'] } as const;
    const found = await read(
      engineCheck(fakeFacts({ info: undefined, tool, facts: { preferred: 'podman' } })),
    );
    expect(found).toMatchObject({
      state: 'blocked',
      seen: 'KIND_EXPERIMENTAL_PROVIDER asks for podman, which is not installed.',
    });
  });

  it.each([
    ['ssh://ada@build.example', 'blocked'],
    ['tcp://10.1.2.3:2376', 'blocked'],
    ['tcp://127.0.0.1:2375', 'ok'],
    ['unix:///run/user/1000/docker.sock', 'ok'],
    ['npipe:////./pipe/docker_engine', 'ok'],
  ] as const)('of another machine (%s) publishes its ports there', async (DOCKER_HOST, state) => {
    const found = await read(engineCheck(fakeFacts({ info: DESKTOP, host: { env: { DOCKER_HOST } } })));
    expect(found?.state).toBe(state);
  });
});
