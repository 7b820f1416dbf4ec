import type { Page } from '@playwright/test';
import { request } from 'node:http';
import { expect, test, watchConsole, type RunningApp } from './app.ts';
import { Lesson } from './pages/lesson.ts';
import { openLab } from './pages/start.ts';
import { Workbench, type Tab } from './pages/workbench.ts';

/** What the page may and may not do, and who may have it. */

const TABS: Tab[] = ['terminals', 'yaml', 'resources', 'events', 'logs'];

/** Touches every part of the app once. */
async function walk(page: Page, app: RunningApp): Promise<void> {
  await openLab(page, app);
  const bench = new Workbench(page);
  const lesson = new Lesson(page);
  await app.kubectl('expose deployment web -n shop --port=80 --target-port=8080');
  await expect(bench.track.sentence).toContainText('The line is clear');
  await bench.track.send.click();
  await expect(bench.track.sentence).toContainText('Arrived');
  for (const tab of TABS) await bench.show(tab);
  await bench.show('resources');
  await bench.resources.rows('web-').first().click();
  await expect(bench.resources.detail).toBeVisible();
  await bench.show('yaml');
  await bench.editor.applyText(
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: note\n  namespace: shop\n',
  );
  await expect(bench.editor.result).toContainText('Applied');
  await bench.show('terminals');
  await bench.terminal('client').ready();
  await bench.terminal('client').type('ls /');
  await lesson.check.click();
  await (await lesson.signal('addresses', 'pod-replaced').open()).close();
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('dialog', { name: 'Commands' })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.getByRole('button', { name: 'Language: English' }).click();
  await page.getByRole('menuitem', { name: '한국어' }).click();
  await expect(page.getByRole('button', { name: '모든 실습' })).toBeVisible();
  await page.getByRole('button', { name: '모든 실습' }).click();
  await expect(page.getByRole('article').first()).toBeVisible();
}

test('a walk through everything leaves the console silent and asks nobody else', async ({ app, page }) => {
  const complaints = watchConsole(page);
  const strangers: string[] = [];
  const own = new URL(app.address).host;
  const note = (url: string): void => {
    const { protocol, host } = new URL(url);
    if (host !== own && protocol !== 'data:' && protocol !== 'blob:') strangers.push(url);
  };
  page.on('request', (sent) => note(sent.url()));
  page.on('websocket', (socket) => note(socket.url()));
  // Violations are events of their own: the console does not tell of every one.
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) =>
      console.error(`${event.violatedDirective} forbids ${event.blockedURI}`),
    );
  });

  await walk(page, app);
  expect(complaints).toEqual([]);
  expect(strangers).toEqual([]);
});

test('the token is not left in the address', async ({ app, page }) => {
  await page.goto(app.address);
  await expect(page.getByRole('main')).toBeVisible();
  expect(page.url()).not.toContain('token');
});

test('a browser without the token is told how to get in, and gets nothing else', async ({ app, page }) => {
  const answer = await page.goto(`http://127.0.0.1:${app.port}/`);
  expect(answer?.status()).toBe(401);
  await expect(page.locator('body')).toContainText('This page needs the address that Switchyard printed');
  const wrong = await page.goto(`http://127.0.0.1:${app.port}/?token=guessed`);
  expect(wrong?.status()).toBe(401);
});

test('another name of this machine, and another page, are refused', async ({ app, page }) => {
  await page.goto(app.address);
  const [cookie] = await page.context().cookies();
  const session = `${cookie?.name}=${cookie?.value}`;
  expect(await status(app, { cookie: session })).toBe(200);
  expect(await status(app, { cookie: session, host: `rebound.example:${app.port}` })).toBe(403);
  expect(await status(app, { cookie: session, origin: 'http://evil.example' })).toBe(403);
  expect(
    await status(app, { cookie: session, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' }),
  ).toBe(403);
});

test('another page cannot open the contract, even in a browser that was let in', async ({ app, page }) => {
  await page.goto(app.address);
  const [cookie] = await page.context().cookies();
  const upgrade = {
    cookie: `${cookie?.name}=${cookie?.value}`,
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': Buffer.from('sixteen bytes ok').toString('base64'),
  };
  expect(await status(app, { ...upgrade, origin: 'http://evil.example' }, '/rpc')).toBe(403);
  expect(await status(app, upgrade, '/rpc')).toBe(403);
});

/** Asks the app with headers that a browser would not let a page choose. */
function status(app: RunningApp, headers: Record<string, string>, path = '/'): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: app.port, path, headers, agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    asked.on('upgrade', (_answer, socket) => {
      socket.destroy();
      resolve(101);
    });
    asked.on('error', reject).end();
  });
}
