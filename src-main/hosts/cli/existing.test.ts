import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startCluster, type Cluster } from '#emulator/index.ts';
import { runProgram } from './program.ts';

/** Clusters that the user has, on the command line. */

vi.setConfig({ testTimeout: 60_000 });

const ROOT = resolve(import.meta.dirname, '../../..');

let api: Cluster;
let directory: string;
let kubeconfig: string;
let out: string[];
let err: string[];

beforeAll(async () => {
  api = await startCluster();
});
afterAll(() => api.stop());
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'switchyard-cli-'));
  kubeconfig = join(directory, 'config');
  await writeFile(kubeconfig, api.kubeconfig);
  vi.stubEnv('KUBECONFIG', kubeconfig);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(directory, { recursive: true, force: true });
});

function run(args: string[], answer?: boolean): Promise<number> {
  out = [];
  err = [];
  return runProgram(args, {
    version: '1.2.3',
    paths: { root: ROOT, labs: join(ROOT, 'labs'), renderer: ROOT, clusterProcess: '' },
    dataDirectory: join(directory, 'data'),
    launchCluster: () => Promise.reject(new Error('no emulated cluster in this test')),
    locale: 'en',
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    ask: (question) => {
      err.push(question);
      return Promise.resolve(answer);
    },
  });
}

const server = (): string => /server: "?(https:[^\s"]+)/.exec(api.kubeconfig)?.[1] ?? '';
const context = (): string => /current-context: (\S+)/.exec(api.kubeconfig)?.[1] ?? '';
const create = ['cluster', 'create', '--provider', 'existing'];

describe('a cluster that exists', () => {
  it('is listed among the contexts', async () => {
    expect(await run(['cluster', 'contexts'])).toBe(0);
    expect(out.join('\n')).toContain(server());
    expect(await run(['cluster', 'contexts', '--kubeconfig', kubeconfig, '--json'])).toBe(0);
    expect(JSON.parse(out[0] ?? '')).toMatchObject({
      contexts: [{ context: context(), file: kubeconfig, current: true }],
      problems: [],
    });
    expect(await run(['cluster', 'contexts', '--kubeconfig', '/nowhere/config'])).toBe(2);
    expect(err[0]).toContain('/nowhere/config does not exist');
  });

  it('is shown and asked about before it is used; without anybody to ask it is not', async () => {
    const named = [...create, '--kubeconfig', kubeconfig, '--context', context()];
    expect(await run(named)).toBe(2);
    expect(err.join('\n')).toContain(server());
    expect(err.join('\n')).toMatch(/shop +will be made +cluster-ip/);
    expect(err.join('\n')).toContain('--yes');
    expect(await run(named, false)).toBe(2);
    expect(await readdir(directory)).toEqual(['config']);

    expect(await run(named, true)).toBe(0);
    expect(err).toContain(`Use the cluster at ${server()}?`);
    expect(out.join('\n')).toContain(`Cluster "${context()}" is ready`);
    expect(await run(['cluster', 'list'])).toBe(0);
    expect(out.join('\n')).toContain(server());
    expect(await run(['cluster', 'delete', '--provider', 'existing'])).toBe(0);
    expect(out[0]).toContain('kubectl delete namespace -l switchyard.dev/lab');
    expect(await readFile(kubeconfig, 'utf8')).toBe(api.kubeconfig);
  });

  it('is used without a question by who says so, and speaks JSON', async () => {
    expect(await run([...create, '--kubeconfig', kubeconfig, '--yes', '--json'])).toBe(0);
    expect(JSON.parse(out[0] ?? '')).toMatchObject({ provider: 'existing', server: { url: server() } });
    expect(err).toEqual([]);
  });

  it('is named by a context that is there, and only to the provider that takes one', async () => {
    expect(await run([...create, '--kubeconfig', kubeconfig, '--context', 'none'])).toBe(2);
    expect(err.join('\n')).toContain(context());
    expect(await run(['cluster', 'create', '--kubeconfig', kubeconfig])).toBe(2);
    expect(err[0]).toContain('takes no --kubeconfig');
    expect(await run(create)).toBe(2);
    expect(err.join('\n')).toContain('--kubeconfig FILE');
  });

  it('runs a lab for one command, and leaves no copy of the kubeconfig', async () => {
    expect(await run(['lab', 'start', 'cluster-ip', '--kubeconfig', kubeconfig])).toBe(0);
    expect(err).toContain(`Using the cluster at ${server()} (context "${context()}").`);
    expect(await readdir(join(directory, 'data', 'existing'))).toEqual([]);
    expect(await run(['lab', 'reset', 'cluster-ip', '--kubeconfig', kubeconfig])).toBe(0);
  });
});
