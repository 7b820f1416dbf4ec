import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Cluster } from '#emulator/index.ts';
import { Programs } from '../../../e2e/programs/install.ts';
import { runProgram } from './program.ts';
import { startStandIn } from '../../providers/testing/stand-in.ts';

/** `switchyard cluster` with kind, on executables that replay what the real programs print. */

// A dozen processes for each cluster.
vi.setConfig({ testTimeout: 60_000 });

const ROOT = join(import.meta.dirname, '..', '..', '..');

let api: Cluster;
let programs: Programs;
let directory: string;
let out: string[];
let err: string[];

beforeAll(async () => {
  api = await startStandIn();
});
afterAll(() => api.stop());
beforeEach(async () => {
  programs = new Programs();
  programs.serve(api.kubeconfig);
  directory = await mkdtemp(join(tmpdir(), 'switchyard-cli-'));
  const environment = { ...programs.environment, SWITCHYARD_NODE_IMAGE: 'kindest/node:v1.34.4' };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  programs.dispose();
  await rm(directory, { recursive: true, force: true });
});

function run(line: string, locale: 'en' | 'ko' = 'en'): Promise<number> {
  out = [];
  err = [];
  return runProgram(line.split(' '), {
    version: '1.2.3',
    paths: { root: ROOT, labs: join(ROOT, 'labs'), renderer: ROOT, clusterProcess: '' },
    dataDirectory: directory,
    launchCluster: () => Promise.reject(new Error('no emulated cluster in this test')),
    locale,
    out: (text) => out.push(text),
    err: (text) => err.push(text),
  });
}

const json = (): unknown => JSON.parse(out.join('\n'));

describe('clusters that kind makes, on the command line', () => {
  it('are made, listed and deleted; steps are told as they come', async () => {
    expect(await run('cluster create --provider kind')).toBe(0);
    expect(out[0]).toContain('Cluster "switchyard" is ready: Kubernetes v1.34');
    expect(out[0]).toContain(join(directory, 'kind', 'switchyard', 'kubeconfig'));
    expect(out.join('\n')).toMatch(/NodePorts 30070–30085 of switchyard-worker:/);
    const steps = err.filter((line) => /^[•✓✗]/u.test(line)).map((line) => line.replace(/ \(.*| …$/, ''));
    expect(steps).toContain('• Joining the workers');
    expect(steps).toContain('✓ Joining the workers');
    expect(err.join('\n')).toContain('Ingress could not be set up');

    expect(await run('cluster list --json')).toBe(0);
    expect(json()).toMatchObject({
      clusters: [{ name: 'switchyard', provider: 'kind', state: 'running' }],
    });
    expect(await run('cluster delete --provider kind')).toBe(0);
    expect(out).toEqual(['Cluster "switchyard" is deleted.']);
    expect(programs.containers).toEqual([]);
  });

  it('say in the reader’s language why they cannot be made, what to do, and which line matters', async () => {
    programs.rules = [{ on: 'kind create', replay: 'kind/create-disk-full' }];
    expect(await run('cluster create --provider kind', 'ko')).toBe(2);
    expect(err).toContain('컨테이너 엔진의 디스크가 가득 찼습니다.');
    expect(err).toContain('  docker system prune');
    expect(err.find((line) => line.startsWith('▶'))).toContain('no space left on device');
    expect(err.at(-1)).toBe(join(directory, 'logs', 'kind-switchyard.log'));
    expect(programs.containers).toEqual([]);
  });

  it('say the same to programs, with --json', async () => {
    programs.stopEngine();
    expect(await run('cluster create --provider kind --json')).toBe(2);
    expect(json()).toMatchObject({
      problem: { code: 'engine-stopped', commands: ['sudo systemctl start docker'] },
    });
  });
});
