import { expect, it } from 'vitest';
import { answering, fakeHost, read } from '../testing/facts.ts';
import { kubectlCheck } from './kubectl.ts';

const look = (version: string | undefined, kubernetes?: string) => {
  const stdout = JSON.stringify({ clientVersion: { gitVersion: version }, kustomizeVersion: 'v5.7.1' });
  const { run } = answering(version === undefined ? {} : { 'kubectl version --client': { stdout } });
  return read(kubectlCheck(fakeHost({ run, system: 'macos' }), kubernetes));
};

it.each([
  ['v1.34.4', '1.34.4', 'ok', 'kubectl 1.34.4.'],
  ['v1.33.0', '1.34.4', 'ok', 'kubectl 1.33.0.'],
  ['v1.35.2', '1.34.4', 'ok', 'kubectl 1.35.2.'],
  ['v1.32.9', '1.34.4', 'warning', 'the cluster will be Kubernetes 1.34.4'],
  ['v1.37.0-alpha.1', '1.34.4', 'warning', 'kubectl 1.37.0-alpha.1'],
  ['v1.27.1', undefined, 'ok', 'kubectl 1.27.1.'],
] as const)('kubectl %s for Kubernetes %s: %s', async (version, kubernetes, state, seen) => {
  const found = await look(version, kubernetes);
  expect(found?.state).toBe(state);
  expect(found?.seen).toContain(seen);
});

it('that is missing stops nobody; how to have it is said', async () => {
  expect(await look(undefined, '1.34.4')).toMatchObject({
    state: 'ok',
    seen: 'It is not on your PATH, and need not be.',
    commands: ['brew install kubectl'],
  });
});

it('that prints something else is not guessed at', async () => {
  const { run } = answering({ kubectl: { stdout: 'error: unknown flag: --output' } });
  expect(await read(kubectlCheck(fakeHost({ run })))).toMatchObject({ state: 'unknown' });
});
