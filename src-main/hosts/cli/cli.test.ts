import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kubectlLine } from '../../app/kubectl-line.ts';
import { nodeLauncher } from '../../providers/emulated/launcher.ts';
import type { CliContext } from './context.ts';
import { findDesktop, installedElectron, windowObstacle } from './desktop.ts';
import { openCommand } from './open-browser.ts';
import { localeOf, table } from './output.ts';
import { runProgram } from './program.ts';

let directory: string;
let out: string[];
let err: string[];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'switchyard-cli-'));
  out = [];
  err = [];
});
afterEach(() => rm(directory, { recursive: true, force: true }));

function run(args: string[], context: Partial<CliContext> = {}): Promise<number> {
  return runProgram(args, {
    version: '1.2.3',
    paths: { root: directory, labs: join(directory, 'labs'), renderer: directory, clusterProcess: '' },
    dataDirectory: join(directory, 'data'),
    launchCluster: () => Promise.reject(new Error('no cluster in this test')),
    locale: 'en',
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    ...context,
  });
}

describe('the command line', () => {
  it('tells by its status what could not run, and why, and what to do', async () => {
    expect(await run(['--version'])).toBe(0);
    expect(out).toEqual(['1.2.3']);
    expect(await run(['fly'])).toBe(2);
    expect(err.join()).toContain("unknown command 'fly'");
    expect(await run(['start', '--port', '99999'])).toBe(2);
    expect(await run(['start', '--web', '--desktop'])).toBe(2);
    err = [];
    expect(await run(['cluster', 'kubeconfig', '--name', 'none'], { locale: 'ko' })).toBe(2);
    expect(err[0]).toContain('클러스터 "none"');
    expect(err[1]).toContain('switchyard cluster create');
  });

  it('speaks JSON to programs, problems included', async () => {
    expect(await run(['cluster', 'list', '--json'])).toBe(0);
    expect(JSON.parse(out[0] ?? '')).toEqual({ clusters: [] });
    out = [];
    expect(await run(['cluster', 'create', '--name', 'Not Valid', '--json'])).toBe(2);
    expect(JSON.parse(out[0] ?? '')).toMatchObject({ problem: { code: 'cluster-name-invalid' } });
  });

  it('says what a cluster lacks of what a lab needs, before it touches anything', async () => {
    const product = resolve(import.meta.dirname, '../../..');
    const lab = join(directory, 'labs', 'cluster-ip');
    await cp(join(product, 'labs', 'cluster-ip'), lab, { recursive: true });
    const file = join(lab, 'lab.yaml');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('    nodes: 1\n', '    nodes: 1\n    capabilities: [loadBalancer]\n'));
    const launchCluster = nodeLauncher(join(product, 'src-emulator', 'process.ts'));
    expect(await run(['cluster', 'create', '--no-load-balancer'], { launchCluster })).toBe(0);
    expect(await run(['lab', 'start', 'cluster-ip'], { launchCluster })).toBe(2);
    expect(err.join('\n')).toContain('It needs a load balancer');
    expect(await run(['cluster', 'delete'], { launchCluster })).toBe(0);
    await writeFile(file, text.replace('    nodes: 1\n', '    nodes: 9\n'));
    expect(await run(['labs', 'verify'], { launchCluster })).toBe(2);
    expect(out.join('\n')).toMatch(/^cluster-ip: not proven\. It needs 9 nodes that take pods/m);
  }, 60_000);

  it('tells by its status whether the doctor found a fault', async () => {
    const process = join(resolve(import.meta.dirname, '../../..'), 'src-emulator', 'process.ts');
    const launchCluster = nodeLauncher(process);
    expect(await run(['doctor', 'web'])).toBe(2);
    expect(err.join('\n')).toContain('write namespace/name');
    expect(await run(['doctor', 'default/web'], { launchCluster })).toBe(1);
    expect(out.join('\n')).toMatch(/✗ Service exists .*There is no Service web in namespace default/);
    expect(out.join('\n')).toContain('[service-missing]');
    out = [];
    expect(await run(['doctor', 'default/web', '--json'], { launchCluster })).toBe(1);
    expect(JSON.parse(out[0] ?? '')).toMatchObject({ diagnosis: { finding: 'service-missing' } });
    expect(await run(['cluster', 'delete'], { launchCluster })).toBe(0);
  }, 60_000);

  it('looks before anything is made', async () => {
    expect(await run(['preflight'])).toBe(0);
    expect(out.join('\n')).toContain('emulated: usable, ready for offline');
    expect(await readdir(join(directory, 'data'))).toEqual([]);
    await writeFile(join(directory, 'file'), '');
    const unwritable = { dataDirectory: join(directory, 'file', 'data') };
    expect(await run(['preflight', '--provider', 'emulated'], unwritable)).toBe(1);
    expect(out.join()).toContain('SWITCHYARD_DATA');
  });

  it('deletes what is not there without complaint', async () => {
    expect(await run(['cluster', 'delete', '--name', 'none'])).toBe(0);
    expect(out).toEqual(['There is no cluster "none".']);
  });

  it('takes its language from the environment, and aligns tables', () => {
    expect(
      [{ LANG: 'ko_KR.UTF-8' }, { LANG: 'de_DE' }, { LC_ALL: 'C', LANG: 'ko_KR' }, {}].map(localeOf),
    ).toEqual(['ko', 'en', 'en', 'en']);
    expect(
      table([
        ['NAME', 'AGE'],
        ['a-long-one', '1m'],
      ]),
    ).toEqual(['NAME         AGE', 'a-long-one   1m']);
  });
});

describe("the line for the learner's terminal", () => {
  it('survives spaces and quotes', () => {
    expect(kubectlLine("/home/o'neill/my data/kubeconfig", 'linux')).toBe(
      `export KUBECONFIG='/home/o'\\''neill/my data/kubeconfig'`,
    );
    expect(kubectlLine("C:\\o'neill\\kubeconfig", 'win32')).toBe(
      `$env:KUBECONFIG = 'C:\\o''neill\\kubeconfig'`,
    );
  });
});

describe('the desktop window', () => {
  const environment = { root: '', platform: 'linux', env: { DISPLAY: ':0' }, uid: 1000 } as const;

  it('needs a display, and a user that the sandbox works for', () => {
    expect(windowObstacle(environment)).toBeUndefined();
    expect(windowObstacle({ ...environment, env: {} })?.en).toContain('display');
    expect(windowObstacle({ ...environment, uid: 0 })?.en).toContain('root');
    expect(windowObstacle({ ...environment, platform: 'darwin', env: {} })).toBeUndefined();
  });

  it('is opened by the program that the electron package has fetched', async () => {
    const electron = join(directory, 'node_modules', 'electron');
    expect(installedElectron(directory)).toBeUndefined();
    await mkdir(join(electron, 'dist'), { recursive: true });
    await writeFile(join(electron, 'path.txt'), 'electron');
    expect(installedElectron(directory)).toBeUndefined();
    await writeFile(join(electron, 'dist', 'electron'), '');
    expect(await findDesktop({ ...environment, root: directory }, false, () => undefined)).toEqual({
      program: join(electron, 'dist', 'electron'),
    });
  });

  it('is not waited for again soon after it could not be fetched, unless asked for', async () => {
    const electron = join(directory, 'node_modules', 'electron');
    await mkdir(electron, { recursive: true });
    await writeFile(join(electron, 'install.js'), 'process.exit(1);');
    let fetches = 0;
    const find = (insist: boolean) =>
      findDesktop({ ...environment, root: directory }, insist, () => fetches++);
    for (const insist of [false, false, true]) expect(await find(insist)).toHaveProperty('missing');
    expect(fetches).toBe(2);
  });
});

describe('the browser', () => {
  it('is opened without a shell that would read the address', () => {
    expect(openCommand('http://127.0.0.1/?a&b', 'linux')).toEqual(['xdg-open', 'http://127.0.0.1/?a&b']);
    expect(openCommand('x', 'darwin')[0]).toBe('open');
    expect(openCommand('x', 'win32')[0]).toBe('rundll32');
  });
});
