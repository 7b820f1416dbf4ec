import { expect, it } from 'vitest';
import { CommandError, missingError } from '../command/errors.ts';
import type { Command, CommandResult } from '../command/command.ts';
import { askEngines, candidateEngines, firstRunning } from './choice.ts';
import { ENGINES } from './engine-id.ts';

const printed = (stdout: string, stderr = ''): CommandResult => ({ exitCode: 0, stdout, stderr });
const PODMAN = JSON.stringify({ host: { arch: 'amd64' }, store: {}, version: { Version: '5.2.0' } });

it('looks for the one that the user insists on, where the tool works with it', () => {
  expect(candidateEngines(ENGINES, undefined)).toEqual(ENGINES);
  expect(candidateEngines(ENGINES, 'podman')).toEqual(['podman']);
  expect(candidateEngines(['docker'], 'podman')).toEqual(['docker']);
});

it('takes the first that runs, and keeps what the others say', async () => {
  const asked = await askEngines(ENGINES, (command: Command) => {
    if (command.program === 'nerdctl') return Promise.reject(missingError(command, undefined));
    if (command.program === 'podman') return Promise.resolve(printed(PODMAN));
    return Promise.resolve(printed('', 'Cannot connect to the Docker daemon at unix:///x.\n'));
  });
  expect(asked.map(({ engine, state }) => [engine.id, state])).toMatchObject([
    ['docker', { state: 'stopped', words: 'Cannot connect to the Docker daemon at unix:///x.' }],
    ['podman', { state: 'running' }],
    ['nerdctl', { state: 'missing' }],
  ]);
  expect(firstRunning(asked)).toMatchObject({ engine: { id: 'podman' }, info: { version: '5.2.0' } });
});

it.each([
  // docker 28 says it on standard error, docker 20.10 in its JSON only.
  ['', 'Cannot connect to the Docker daemon at unix:///x.'],
  [JSON.stringify({ ServerErrors: ['Cannot connect to the Docker daemon at unix:///x.'] }), ''],
])('finds the words of a client that has no server behind it: %s', async (stdout, stderr) => {
  const asked = await askEngines(['docker'], () => Promise.resolve(printed(stdout, stderr)));
  expect(asked[0]?.state).toEqual({
    state: 'stopped',
    words: 'Cannot connect to the Docker daemon at unix:///x.',
  });
  expect(firstRunning(asked)).toBeUndefined();
});

it('tells one that hangs from one that is not installed', async () => {
  const words = { code: 'program-deadline', message: { en: 'too late', ko: '늦음' } };
  const asked = await askEngines(['docker'], () => Promise.reject(new CommandError('deadline', words)));
  expect(asked[0]?.state).toEqual({ state: 'stopped', words: 'too late', silent: true });
});
