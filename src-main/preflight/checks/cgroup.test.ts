import { expect, it } from 'vitest';
import { kindTool } from '../../providers/kind/tool.ts';
import { DOCKER, fakeFacts, fakeK3d, read } from '../testing/facts.ts';
import { cgroupCheck } from './cgroup.ts';

const digest = `sha256:${'0'.repeat(64)}`;

it.each([
  [2, false, kindTool(`kindest/node:v1.37.0@${digest}`), 'ok', 'cgroup v2'],
  [1, false, kindTool('kindest/node:v1.34.4'), 'warning', 'Kubernetes 1.34.4 of the node image still starts'],
  [1, false, kindTool(`kindest/node:v1.35.8@${digest}`), 'blocked', 'Kubernetes 1.35.8'],
  [1, false, fakeK3d('rancher/k3s:v1.36.1-k3s1'), 'blocked', 'Kubernetes 1.36.1'],
  [1, false, fakeK3d('rancher/k3s:v1.34.1-k3s1'), 'warning', 'Kubernetes 1.34.1'],
  [1, false, kindTool('kindest/node:latest'), 'blocked', 'does not say'],
  [1, true, kindTool('kindest/node:v1.34.4'), 'blocked', 'without root'],
  [undefined, false, kindTool('kindest/node:v1.34.4'), 'unknown', 'does not say'],
] as const)('cgroup v%s, rootless: %s', async (cgroup, rootless, tool, state, seen) => {
  const found = await read(cgroupCheck(fakeFacts({ info: { ...DOCKER, cgroup, rootless }, tool })));
  expect(found?.state).toBe(state);
  expect(found?.seen).toContain(seen);
});

it('is set right in .wslconfig where Windows decides', async () => {
  const facts = fakeFacts({ info: { ...DOCKER, cgroup: 1, rootless: true }, host: { system: 'wsl' } });
  expect(await read(cgroupCheck(facts))).toMatchObject({
    fix: expect.stringContaining('.wslconfig') as string,
    commands: ['kernelCommandLine = cgroup_no_v1=all'],
  });
});

it('is not asked after while nothing runs', async () => {
  expect(await read(cgroupCheck(fakeFacts({ info: undefined })))).toBeUndefined();
});
