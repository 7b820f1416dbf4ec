import { _electron as electron, type ElectronApplication, type Page } from '@playwright/test';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { StartPage } from './pages/start.ts';

/** The desktop window: the same app, and a page that can do nothing but draw and talk over its port. */
test.describe.configure({ mode: 'serial' });

const ROOT = join(import.meta.dirname, '..');

/** Electron's program, where the electron package has fetched it. */
function electronProgram(): string | undefined {
  const folder = join(ROOT, 'node_modules', 'electron');
  const named = join(folder, 'path.txt');
  if (!existsSync(named)) return undefined;
  const program = join(folder, 'dist', readFileSync(named, 'utf8'));
  return existsSync(program) ? program : undefined;
}

/** Why there can be no window here. */
function obstacle(): string | undefined {
  if (electronProgram() === undefined) return "ELECTRON'S BINARY IS NOT INSTALLED";
  if (process.platform === 'linux' && (process.env['DISPLAY'] ?? '') === '') return 'THERE IS NO DISPLAY';
  if (process.getuid?.() === 0) return "ELECTRON'S SANDBOX DOES NOT RUN AS ROOT";
  return undefined;
}

const missing = obstacle();
if (missing !== undefined) console.warn(`THE DESKTOP WINDOW IS NOT TESTED: ${missing}.`);
test.skip(missing !== undefined, missing);

let folder: string;
let desktop: ElectronApplication;
let page: Page;

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'switchyard-e2e-'));
  desktop = await electron.launch({
    executablePath: electronProgram() ?? 'electron',
    args: [ROOT],
    env: { ...process.env, SWITCHYARD_DATA: folder },
  });
  page = await desktop.firstWindow();
});
test.afterAll(async () => {
  await desktop.close();
  rmSync(folder, { recursive: true, force: true });
});

test('the window shows the app, from its own protocol', async () => {
  expect(page.url()).toMatch(/^switchyard:\/\/app\//);
  await expect(page.getByRole('heading', { level: 1, name: 'Switchyard' })).toBeVisible();
});

test('the contract works over the port: a click makes a cluster', async () => {
  await new StartPage(page).chooseLanguage();
  await new StartPage(page).startNow.click();
  await expect(page.getByRole('heading', { level: 1, name: 'Labs' })).toBeVisible();
});

test('the window is isolated and sandboxed', async () => {
  const preferences = await desktop.evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows();
    const contents = window?.webContents as unknown as {
      getLastWebPreferences: () => Record<string, unknown>;
    };
    return contents.getLastWebPreferences();
  });
  expect(preferences).toMatchObject({
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    webSecurity: true,
  });
});

test('there is no Node in the page', async () => {
  const found = await page.evaluate(() =>
    ['require', 'process', 'module', 'Buffer', 'global', 'electron'].filter((name) => name in window),
  );
  expect(found).toEqual([]);
});

test('the page cannot go elsewhere, open windows, or ask for devices', async () => {
  const before = page.url();
  await page.evaluate(() => {
    location.href = 'https://example.com/';
  });
  const opened = await page.evaluate(() => window.open('about:blank') === null);
  expect(opened).toBe(true);
  expect(desktop.windows()).toHaveLength(1);
  expect(page.url()).toBe(before);
  await expect(page.getByRole('heading', { level: 1, name: 'Labs' })).toBeVisible();
  const permission = await page.evaluate(() => Notification.requestPermission());
  expect(permission).toBe('denied');
});
