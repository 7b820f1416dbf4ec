import { describe, expect, it } from 'vitest';
import { answering, fakeFacts, fakeK3d, hanging, read } from '../testing/facts.ts';
import { toolVersionCheck } from './tool-version.ts';

describe('the program that makes clusters', () => {
  it.each([
    ['kind v0.33.0 go1.26.8 linux/amd64\n', 'ok', 'kind 0.33.0.'],
    ['kind v0.34.0-alpha+38e0d1c go1.26 darwin/arm64\n', 'ok', 'kind 0.34.0'],
    ['kind v0.30.0 go1.24.6 linux/amd64\n', 'warning', 'kind 0.30.0.'],
    ['kind v0.29.0 go1.24.2 linux/amd64\n', 'blocked', 'too old: 0.30.0 or later'],
    ['go: downloading\n', 'unknown', 'printed no version'],
  ] as const)('kind: %s', async (stdout, state, seen) => {
    const { run } = answering({ 'kind version': { stdout } });
    const found = await read(toolVersionCheck(fakeFacts({ host: { run } })));
    expect(found?.state).toBe(state);
    expect(found?.seen).toContain(seen);
  });

  it.each([
    ['k3d version v5.9.0\nk3s version v1.34.1-k3s1 (default)\n', 'ok'],
    ['k3d version v5.8.3\nk3s version v1.31.5-k3s1 (default)\n', 'warning'],
    ['k3d version v5.7.4\nk3s version v1.30.4-k3s1 (default)\n', 'blocked'],
  ] as const)('k3d: %s', async (stdout, state) => {
    const { run } = answering({ 'k3d version': { stdout } });
    expect(await read(toolVersionCheck(fakeFacts({ host: { run }, tool: fakeK3d() })))).toMatchObject({
      state,
    });
  });

  it.each([
    ['linux', 'kind', 'go install sigs.k8s.io/kind@v0.33.0', 'kind-linux-arm64'],
    ['wsl', 'kind', 'release binary', 'kind-linux-arm64'],
    ['macos', 'kind', 'Homebrew', 'brew install kind'],
    ['windows', 'kind', 'winget', 'winget install Kubernetes.kind'],
    ['linux', 'k3d', 'go install', 'k3d-linux-arm64'],
    ['macos', 'k3d', 'Homebrew', 'brew install k3d'],
    ['windows', 'k3d', 'Chocolatey', 'choco install k3d'],
  ] as const)('that is missing on %s: %s', async (system, id, fix, command) => {
    const tool = id === 'k3d' ? { tool: fakeK3d() } : {};
    const facts = fakeFacts({ host: { system, architecture: 'arm64' }, ...tool });
    const found = await read(toolVersionCheck(facts));
    expect(found).toMatchObject({ state: 'blocked', seen: `${id} is not on your PATH.` });
    expect(found?.fix).toContain(fix);
    expect(found?.commands[0]).toContain(command);
  });

  it('that hangs is not taken for missing', async () => {
    const { run } = answering({ 'kind version': hanging() });
    await expect(toolVersionCheck(fakeFacts({ host: { run } })).look()).rejects.toThrow('no answer');
  });
});
