import type { Page } from '@playwright/test';
import { execa } from 'execa';
import { readdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, test, type RunningApp } from './app.ts';
import { Lesson } from './pages/lesson.ts';
import { openLab } from './pages/start.ts';
import { Workbench } from './pages/workbench.ts';

const WRONG_SERVICE = `apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: shop
spec:
  selector:
    app: web-shop
  ports:
    - port: 80
      targetPort: 8080
`;

/** Solves the first step, and leaves the second one half done. */
async function workIntoStepTwo(page: Page, app: RunningApp): Promise<void> {
  const lesson = new Lesson(page);
  const bench = new Workbench(page);
  await openLab(page, app);
  await lesson.button('Solution').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Show the solution' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Apply it to the cluster' }).click();
  await lesson.signal('addresses', 'new-address').shows('pass');
  await lesson.signal('addresses', 'why-not-fixed').shows('pass');
  await lesson.next.click();
  await lesson.isAtStep(2);

  await bench.show('yaml');
  await bench.editor.applyText(WRONG_SERVICE);
  await lesson.signal('service', 'reaches-the-pods').shows('fail');
  await lesson.nextHint(1);
  await expect(lesson.hints.getByRole('heading')).toHaveCount(1);
  const address = lesson.signal('service', 'stable-address');
  await address.write('10.96.0.250');
  await address.shows('fail');
  await bench.editor.write(`${WRONG_SERVICE}# not applied yet`);
}

test('a kill in the middle of a step loses nothing, and the cluster lives on', async ({ app, page }) => {
  await workIntoStepTwo(page, app);

  await app.kill();
  await expect(page.getByText('The connection to Switchyard is lost.')).toBeVisible();
  expect(await app.kubectl('get service -n shop web -o jsonpath={.spec.selector.app}')).toBe('web-shop');

  await app.startAgain();
  await page.goto(app.address);
  await page.getByRole('button', { name: 'Resume: An address that stays' }).click();
  const lesson = new Lesson(page);
  const bench = new Workbench(page);
  await lesson.isAtStep(2);
  await expect(lesson.points).toHaveText('7 / 29 points');
  await expect(
    lesson.stations.getByRole('button', { name: /Two pods, two addresses, Step done/ }),
  ).toBeVisible();
  await lesson.signal('service', 'cluster-ip-service').shows('pass');
  await lesson.signal('service', 'reaches-the-pods').shows('fail');
  const address = lesson.signal('service', 'stable-address');
  await address.shows('fail');
  await expect(address.row.getByRole('textbox')).toHaveValue('10.96.0.250');
  await expect(lesson.hints.getByRole('heading')).toHaveText(['Hint 1']);
  await bench.show('yaml');
  await expect(bench.editor.text).toContainText('# not applied yet');

  // And the watch is on again.
  await app.kubectl('set selector -n shop service/web app=web');
  await lesson.signal('service', 'reaches-the-pods').shows('pass');
});

test('a page that stays open finds its way back to the app', async ({ app, page }) => {
  await openLab(page, app);
  await app.kill();
  await expect(page.getByText('The connection to Switchyard is lost.')).toBeVisible();
  await app.startAgain();
  await expect(page.getByText('The connection to Switchyard is lost.')).toBeHidden();
  await new Lesson(page).isAtStep(1);
  // Nothing of it is left behind, and the prompt is there again.
  await new Workbench(page).terminal('client').ready();
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('a cluster that was killed is noticed, and comes back with its objects', async ({ app, page }) => {
  const bench = new Workbench(page);
  await openLab(page, app);
  await app.kubectl('scale deployment web -n shop --replicas=3');
  await bench.show('resources');
  await expect(bench.resources.rows('web-')).toHaveCount(3);

  const noticed = page.waitForFunction(() =>
    document.body.innerText.includes('The cluster does not answer.'),
  );
  await app.killCluster();
  await noticed;
  await expect(page.getByRole('button', { name: `Cluster ${app.clusterTitle} ready` })).toBeVisible();
  expect(await app.kubectl('get deployment web -n shop -o jsonpath={.spec.replicas}')).toBe('3');
  await app.kubectl('scale deployment web -n shop --replicas=1');
  await expect(bench.resources.rows('web-')).toHaveCount(1);
});

test('a progress file that cannot be read is set aside, and the notices name it', async ({ app, page }) => {
  await openLab(page, app);
  await app.kill();
  const folder = join(app.dataDirectory, 'progress');
  writeFileSync(join(folder, 'cluster-ip.json'), '{"format": 1, "labId":');

  await app.startAgain();
  await page.goto(app.address);
  await page.getByRole('button', { name: /: An address that stays$/ }).click();
  await new Lesson(page).isAtStep(1);
  await page.getByRole('button', { name: '1 notice' }).click();
  const kept =
    readdirSync(folder).find((name) => name.startsWith('cluster-ip.json.corrupt-')) ?? 'nothing kept';
  await expect(page.getByRole('dialog', { name: '1 notice' })).toContainText(kept);
});

test('a second copy on the same data folder is refused, and told where the first one is', async ({ app }) => {
  const second = await app.cli('start', '--web', '--no-open');
  expect(second.status).toBe(2);
  expect(second.err).toContain('Another copy of Switchyard is running with this data folder');
  expect(second.err).toContain(`http://127.0.0.1:${app.port}`);
  expect(second.err).toContain('SWITCHYARD_DATA');
});

test('a port that is taken is named, with a way out', async ({ app }) => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as AddressInfo;
  const other = await execa(
    process.execPath,
    [
      join(import.meta.dirname, '..', 'out', 'main', 'cli.js'),
      'start',
      '--web',
      '--no-open',
      '--port',
      String(port),
    ],
    {
      env: { ...app.environment, SWITCHYARD_DATA: join(app.home, 'other') },
      extendEnv: false,
      reject: false,
    },
  );
  taken.close();
  expect(other.exitCode).toBe(2);
  expect(other.stderr).toContain(`Port ${port} is used by another program.`);
  expect(other.stderr).toContain('--port');
});
