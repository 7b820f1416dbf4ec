import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import type { ContractRouterClient } from '@orpc/contract';
import type { BrowserWindowConstructorOptions } from 'electron';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bytesSerializer } from '#shared/codec.ts';
import type { Contract } from '#shared/contract.ts';
import { runDesktop } from './desktop.ts';
import { FUSES } from './fuses.ts';
import { externalLink } from './security.ts';
import { ElectronStandIn, type WindowStandIn } from './testing/electron.ts';

let directory: string;
let electron: ElectronStandIn;
let window: WindowStandIn;

async function run(): Promise<void> {
  await runDesktop({
    electron: electron.module,
    version: '1.2.3',
    dataDirectory: join(directory, 'data'),
    preload: '/product/preload.cjs',
    paths: {
      root: directory,
      labs: join(directory, 'labs'),
      renderer: join(directory, 'renderer'),
      clusterProcess: '/product/cluster-process.js',
    },
  });
  const [first] = electron.windows;
  if (first !== undefined) window = first;
}

/** Closes the app as a user does, and waits until it has. */
async function quit(): Promise<void> {
  electron.module.app.quit();
  while (electron.exitStatus === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
}

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'switchyard-desktop-'));
  await mkdir(join(directory, 'renderer', 'assets'), { recursive: true });
  await writeFile(join(directory, 'renderer', 'index.html'), '<!doctype html><title>Switchyard</title>');
  await writeFile(join(directory, 'secret.txt'), 'secret');
  electron = new ElectronStandIn();
  await run();
});
afterEach(async () => {
  if (electron.exitStatus === undefined) await quit();
  await rm(directory, { recursive: true, force: true });
});

/** The points of https://www.electronjs.org/docs/latest/tutorial/security, by their numbers there. */
describe("Electron's security checklist", () => {
  const preferences = (): NonNullable<BrowserWindowConstructorOptions['webPreferences']> =>
    window.options.webPreferences ?? {};

  it('1, 5, 15, 18: only content of our own, from our own protocol', async () => {
    expect(window.url).toBe('switchyard://app/');
    expect(electron.schemes).toEqual([
      { scheme: 'switchyard', privileges: { standard: true, secure: true, supportFetchAPI: true } },
    ]);
    const decide =
      electron.handler<(details: { url: string }, answer: (decision: { cancel: boolean }) => void) => void>(
        'onBeforeRequest',
      );
    const cancelled = (url: string): boolean => {
      let cancel = false;
      decide({ url }, (decision) => (cancel = decision.cancel));
      return cancel;
    };
    expect(
      ['https://example.com/x.js', 'http://127.0.0.1/', 'file:///etc/passwd', 'ws://127.0.0.1/'].every(
        cancelled,
      ),
    ).toBe(true);
    expect(cancelled('switchyard://app/assets/main.js')).toBe(false);
    const serve = electron.handler<(request: Request) => Promise<Response>>('protocol');
    const get = (url: string): Promise<Response> => serve({ url, method: 'GET' } as Request);
    expect(await (await get('switchyard://app/')).text()).toContain('Switchyard');
    for (const url of [
      'switchyard://app/../secret.txt',
      'switchyard://app/%2e%2e%2fsecret.txt',
      'switchyard://other/',
      'switchyard://app/nothing',
    ])
      expect((await get(url)).status).toBe(404);
  });
  it('2: no Node in the page', () => {
    expect(preferences()).toMatchObject({
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
    });
  });
  it('3: context isolation', () => {
    expect(preferences().contextIsolation).toBe(true);
  });
  it('4: the sandbox, for every process', () => {
    expect(preferences().sandbox).toBe(true);
    expect(electron.sandboxed).toBe(true);
  });
  it('5: permissions are denied, but for copying text', () => {
    const ask =
      electron.handler<
        (
          contents: unknown,
          permission: string,
          answer: (granted: boolean) => void,
          details: { requestingUrl: string },
        ) => void
      >('permissionRequest');
    const granted = (permission: string, requestingUrl = 'switchyard://app/'): boolean => {
      let result = false;
      ask(window.webContents, permission, (value) => (result = value), { requestingUrl });
      return result;
    };
    expect(
      ['media', 'geolocation', 'notifications', 'clipboard-read', 'openExternal', 'hid'].some((name) =>
        granted(name),
      ),
    ).toBe(false);
    expect(granted('clipboard-sanitized-write')).toBe(true);
    expect(granted('clipboard-sanitized-write', 'https://example.com/')).toBe(false);
    const check =
      electron.handler<(contents: unknown, permission: string, origin: string) => boolean>('permissionCheck');
    expect(check(null, 'clipboard-sanitized-write', 'switchyard://app')).toBe(true);
    expect(check(null, 'clipboard-sanitized-write', 'switchyard://app.evil.example')).toBe(false);
    expect(check(null, 'media', 'switchyard://app')).toBe(false);
    expect(electron.handler<() => boolean>('devicePermission')()).toBe(false);
  });
  it('6, 8, 9, 10, 11: web security stays on, nothing insecure or experimental, no webview', () => {
    expect(preferences()).toMatchObject({
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
    });
    expect(preferences().enableBlinkFeatures).toBeUndefined();
    expect(window.webContents.isPrevented('will-attach-webview')).toBe(true);
  });
  it('7: a strict Content Security Policy', async () => {
    const serve = electron.handler<(request: Request) => Promise<Response>>('protocol');
    const policy =
      (await serve({ url: 'switchyard://app/', method: 'GET' } as Request)).headers.get(
        'content-security-policy',
      ) ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("connect-src 'self';");
    expect(policy).not.toContain('unsafe-eval');
    expect(policy).not.toMatch(/https?:/);
  });
  it('12, 13: no navigation', () => {
    expect(
      ['will-navigate', 'will-frame-navigate', 'will-redirect'].every((event) =>
        window.webContents.isPrevented(event),
      ),
    ).toBe(true);
  });
  it('14: no new window', () => {
    expect(window.webContents.openHandler?.({ url: 'switchyard://app/' })).toEqual({ action: 'deny' });
    expect(electron.opened).toEqual([]);
  });
  it('15: links open in the browser, and only web pages do', () => {
    window.webContents.openHandler?.({ url: 'https://kubernetes.io/docs/' });
    window.webContents.openHandler?.({ url: 'file:///bin/sh' });
    expect(electron.opened).toEqual(['https://kubernetes.io/docs/']);
    expect(externalLink('http://127.0.0.1:30080/')).toBe('http://127.0.0.1:30080/');
    for (const url of [
      'javascript:alert(1)',
      'smb://host/x',
      'ms-msdt:/id',
      'https://user:pass@host/',
      'no url',
      `https://x/${'a'.repeat(3000)}`,
    ])
      expect(externalLink(url)).toBeUndefined();
  });
  it('16: Electron is at the version that package.json wants, not an older one left behind', async () => {
    const root = join(import.meta.dirname, '..', '..', '..');
    const read = async (path: string): Promise<unknown> =>
      JSON.parse(await readFile(join(root, path), 'utf8'));
    const { devDependencies } = (await read('package.json')) as { devDependencies: { electron: string } };
    const { packages } = (await read('package-lock.json')) as {
      packages: Record<string, { version: string }>;
    };
    const major = (version: string | undefined): number => Number(/\d+/.exec(version ?? '')?.[0]);
    expect(major(packages['node_modules/electron']?.version)).toBe(major(devDependencies.electron));
    // Three majors are supported at a time (https://www.electronjs.org/docs/latest/tutorial/electron-timelines).
    expect(major(devDependencies.electron)).toBeGreaterThanOrEqual(45);
  });

  it('17: messages of other frames and windows are not heard', async () => {
    const { webContents } = window;
    const heard = async (sender: unknown, frame: unknown): Promise<boolean> => {
      const port = electron.connect(sender, frame);
      const link = new RPCLink({
        port: port,
        customJsonSerializers: [bytesSerializer],
      });
      const main: ContractRouterClient<Contract> = createORPCClient(link);
      const answered = await Promise.race([
        main.app.info().then(({ version, host }) => version === '1.2.3' && host === 'electron'),
        new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 50)),
      ]);
      port.close();
      return answered;
    };
    expect(await heard(webContents, webContents.mainFrame)).toBe(true);
    expect(await heard({}, webContents.mainFrame)).toBe(false);
    expect(await heard(webContents, { url: 'switchyard://app/' })).toBe(false);
    expect(await heard(webContents, null)).toBe(false);
    webContents.mainFrame.url = 'https://example.com/';
    expect(await heard(webContents, webContents.mainFrame)).toBe(false);
  });
  it('19: fuses switch off what is not used', () => {
    expect(FUSES).toMatchObject({
      RunAsNode: false,
      EnableNodeOptionsEnvironmentVariable: false,
      EnableNodeCliInspectArguments: false,
      OnlyLoadAppFromAsar: true,
      GrantFileProtocolExtraPrivileges: false,
    });
  });
  it('20: the preload hands over a port and exposes nothing', async () => {
    expect(preferences().preload).toBe('/product/preload.cjs');
    const preload = await readFile(join(import.meta.dirname, 'preload.ts'), 'utf8');
    expect(preload).not.toContain('contextBridge');
    expect(preload.match(/ipcRenderer\.\w+/g)).toEqual(['ipcRenderer.postMessage']);
  });
});

describe('the desktop window', () => {
  it('writes and lets go of everything before the app ends', async () => {
    await quit();
    expect(electron.exitStatus).toBe(0);
    await expect(readFile(join(directory, 'data', 'switchyard.lock'))).rejects.toThrow('ENOENT');
    expect(electron.paths.get('userData')).toBe(join(directory, 'data', 'electron'));
  });

  it('leaves the screen to the first instance', async () => {
    electron = new ElectronStandIn();
    electron.isFirstInstance = false;
    await run();
    expect(electron.windows).toEqual([]);
    expect(electron.exitStatus).toBe(0);
  });

  it('shows what keeps it from starting, and what to do', async () => {
    const first = electron;
    electron = new ElectronStandIn();
    await run();
    expect(electron.windows).toEqual([]);
    expect(electron.dialogs.join()).toContain('Another copy of Switchyard is running');
    expect(electron.dialogs.join()).toContain('SWITCHYARD_DATA');
    expect(electron.exitStatus).toBe(2);
    electron = first;
  });
});
