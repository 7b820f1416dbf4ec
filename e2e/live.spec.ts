import type { Page } from '@playwright/test';
import { expect, RunningApp, test } from './app.ts';
import { openLab } from './pages/start.ts';
import { Workbench, type PodTerminal } from './pages/workbench.ts';

/** What happens in the cluster is on the page at once, and what is typed on the page happens in the cluster. */
test.describe.configure({ mode: 'serial' });

let app: RunningApp;
let page: Page;
let bench: Workbench;
let terminal: PodTerminal;

test.beforeAll(async ({ browser }) => {
  app = await RunningApp.start();
  page = await browser.newPage();
  bench = new Workbench(page);
  terminal = bench.terminal('client');
  await openLab(page, app);
  await app.kubectl('expose deployment web -n shop --port=80 --target-port=8080');
});
test.afterAll(async () => {
  await page.close();
  await app.dispose();
});

test('scaling from outside is seen on the track and among the resources', async () => {
  await bench.show('resources');
  await expect(bench.resources.rows('web-')).toHaveCount(2);
  await expect(bench.track.sentence).toHaveText('The line is clear: 2 pods take requests.');

  await app.kubectl('scale deployment web -n shop --replicas=4');
  await expect(bench.track.sentence).toHaveText('The line is clear: 4 pods take requests.');
  await expect(bench.resources.rows('web-')).toHaveCount(4);
  for (const name of await app.podsWith('app=web')) await expect(bench.track.pod(name)).toBeVisible();

  await app.kubectl('scale deployment web -n shop --replicas=2');
  await expect(bench.resources.rows('web-')).toHaveCount(2);
});

test('a request travels to a pod, and where it stops the track says why', async () => {
  await bench.track.send.click();
  await expect(bench.track.sentence).toContainText('Arrived: ');

  await app.kubectl('set selector -n shop service/web app=nobody');
  await expect(bench.track.sentence).toContainText('matches no pod');
  await bench.track.send.click();
  await expect(bench.track.sentence).toContainText('Stopped at EndpointSlice: ');

  // What was seen goes with the line that it was seen on.
  await app.kubectl('set selector -n shop service/web app=web');
  await expect(bench.track.sentence).toHaveText('The line is clear: 2 pods take requests.');
  await bench.track.send.click();
  await expect(bench.track.sentence).toContainText('Arrived: ');
});

test('a shell in the client pod sends requests by name', async () => {
  await bench.show('terminals');
  await terminal.ready();
  await terminal.type('curl -s web/hostname');
  await expect(terminal.screen).toContainText(/web\/hostname\s+web-[a-z0-9]+-[a-z0-9]+/);
});

test('Ctrl+C ends a loop', async () => {
  await terminal.type('while true; do echo going-$((6 * 7)); sleep 0.2; done');
  await expect(terminal.screen).toContainText(/going-42\s+going-42/);
  await page.keyboard.press('Control+c');
  await terminal.type('echo after-$((40 + 2))');
  await expect(terminal.screen).toContainText(/after-42\s+\S+[#$]$/);
});

test('the shell learns how large the window is', async () => {
  const columns = async (): Promise<number> => {
    await terminal.type('clear; stty size');
    await expect(terminal.screen).toContainText(/^\d+ \d+$/m);
    return Number(/^\d+ (\d+)$/m.exec((await terminal.screen.textContent()) ?? '')?.[1]);
  };
  const before = await columns();
  await page.setViewportSize({ width: 1000, height: 900 });
  await expect.poll(columns).toBeLessThan(before);
  await page.setViewportSize({ width: 1440, height: 900 });
  await expect.poll(columns).toBe(before);
});

test('a shell goes on while another tab is shown, and after the page was loaded again', async () => {
  await terminal.type('clear; mark=kept-$((20 + 1)); echo $mark');
  await expect(terminal.screen).toContainText('kept-21');
  await bench.show('events');
  await bench.show('terminals');
  await expect(terminal.screen).toContainText('kept-21');

  await page.reload();
  await expect(terminal.screen).toContainText('kept-21');
  await terminal.type('echo again-$mark');
  await expect(terminal.screen).toContainText('again-kept-21');
});

test("a pod's log and events are there", async () => {
  const [pod = ''] = await app.podsWith('app=web');
  await bench.show('events');
  await expect(bench.root.getByRole('grid').getByRole('row').filter({ hasText: pod }).first()).toBeVisible();
  await bench.show('logs');
  await bench.root.getByRole('combobox', { name: 'Pod' }).selectOption({ label: pod });
  await expect(bench.root.getByRole('log')).toContainText('Started HTTP server on port 8080');
});
