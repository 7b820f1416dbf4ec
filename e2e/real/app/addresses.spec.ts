import type { Page } from '@playwright/test';
import { execa } from 'execa';
import { ingress } from '../../../src-main/providers/ingress/testing/objects.ts';
import {
  backend,
  certificateFor,
  tlsSecret,
} from '../../../src-main/providers/ingress/testing/real-cluster.ts';
import type { Reach } from '../../../src-shared/cluster.ts';
import { expect, RunningApp, test } from '../../app.ts';
import { openLab } from '../../pages/start.ts';
import { Workbench } from '../../pages/workbench.ts';
import { answerOf } from '../answers.ts';

/** What runs in the cluster is reached from this machine, at the addresses that the app shows. */
test.describe.configure({ mode: 'serial' });

const HOST = 'shop.example';
const SECURE_HOST = 'secure.example';

let app: RunningApp;
let page: Page;
let reach: Reach;

test.beforeAll(async ({ browser }) => {
  app = await RunningApp.start();
  page = await browser.newPage();
  await openLab(page, app);
  // Each answers every path with the name of its pod.
  await apply(...backend('front'), ...backend('api'));
  for (const name of ['front', 'api'])
    await app.kubectl(`wait deployment/${name} -n shop --for=condition=Available --timeout=120s`);
  const found = await app.cli('cluster', 'create', '--provider', 'kind', '--json');
  ({ reach } = JSON.parse(found.out) as { reach: Reach });
});
test.afterAll(async () => {
  await page.close();
  await app.dispose();
});

async function apply(...objects: object[]): Promise<void> {
  await app.kubectl('apply -n shop -f -', objects.map((object) => JSON.stringify(object)).join('\n---\n'));
}

test('the status bar shows the addresses that the command line prints', async () => {
  await page.getByRole('button', { name: 'Addresses', exact: true }).click();
  const sheet = page.getByRole('dialog');
  await expect(sheet.getByText(reach.ingress?.http ?? 'none', { exact: true })).toBeVisible();
  await expect(sheet.getByText(reach.ingress?.https ?? 'none', { exact: true })).toBeVisible();
  expect(reach.nodePorts).toHaveLength(2);
  for (const { node, firstHostPort } of reach.nodePorts)
    await expect(sheet.getByRole('row', { name: new RegExp(`^${node} `) })).toContainText(
      `127.0.0.1:${firstHostPort}–`,
    );
  await page.keyboard.press('Escape');
});

test('a Service of type LoadBalancer answers at the address on the track, and in the cluster at its own', async ({
  browser,
}) => {
  const bench = new Workbench(page);
  await app.kubectl('expose deployment front -n shop --name=public --port=80 --target-port=8080');
  await app.kubectl('patch service public -n shop -p {"spec":{"type":"LoadBalancer"}}');
  await app.kubectl(
    'wait service/public -n shop --for=jsonpath={.status.loadBalancer.ingress[0].ip} --timeout=60s',
  );
  await bench.track.root.getByRole('combobox', { name: 'Service on the track' }).selectOption('shop/public');
  const link = bench.track.root.getByRole('link', {
    name: /^Open http:\/\/127\.0\.0\.1:\d+ in the browser$/,
  });
  const url = (await link.getAttribute('href')) ?? '';
  await expect.poll(() => answerOf({ at: url })).toMatch(/^200 front-/);

  const visitor = await browser.newPage();
  await visitor.goto(url);
  await expect(visitor.locator('body')).toContainText(/^front-/);
  await visitor.close();

  const own = await app.kubectl(
    'get service public -n shop -o jsonpath={.status.loadBalancer.ingress[0].ip}',
  );
  expect(await app.kubectl(`exec -n shop client -- curl -s -m 10 http://${own}`)).toMatch(/^front-/);
});

test('an Ingress answers at the address in the status bar: exact before prefix, and a prefix goes by elements', async () => {
  await apply({
    ...ingress('paths', { rules: [[HOST, ['/a front:80', '=/a api:80']]] }),
    metadata: { name: 'paths' },
  });
  const ask = (path: string): Promise<string> =>
    answerOf({ at: reach.ingress?.http ?? '', host: HOST, path });
  await expect.poll(() => ask('/a')).toMatch(/^200 api-/);
  expect(await ask('/a/b')).toMatch(/^200 front-/);
  expect(await ask('/ab')).toMatch(/^404 /);
  await app.kubectl('scale deployment front -n shop --replicas=0');
  await expect.poll(() => ask('/a/b')).toMatch(/^503 /);
  await app.kubectl('scale deployment front -n shop --replicas=1');
  await expect.poll(() => ask('/a/b')).toMatch(/^200 front-/);

  // The line that the page offers, with the host of the rule in it.
  await page.getByRole('button', { name: 'Addresses', exact: true }).click();
  const line = await page
    .getByRole('dialog')
    .getByText(/^curl --resolve/)
    .textContent();
  await page.keyboard.press('Escape');
  const { stdout } = await execa('sh', ['-c', `${(line ?? '').replaceAll('shop.example', HOST)}a`]);
  expect(stdout).toMatch(/^api-/);
});

test('an Ingress answers over TLS with the certificate of its Secret, and with no other', async () => {
  const own = certificateFor(SECURE_HOST);
  const { spec } = ingress('secure', { rules: [[SECURE_HOST, ['/ front:80', '=/a api:80']]] });
  await apply(tlsSecret('secure', own), {
    ...ingress('secure', {}),
    metadata: { name: 'secure' },
    spec: { ...spec, tls: [{ hosts: [SECURE_HOST], secretName: 'secure' }] },
  });
  const at = reach.ingress?.https ?? '';
  const ask = (path: string, ca: string): Promise<string> => answerOf({ at, host: SECURE_HOST, path, ca });
  await expect.poll(() => ask('/', own.certificate)).toMatch(/^200 front-/);
  expect(await ask('/a', own.certificate)).toMatch(/^200 api-/);
  expect(await ask('/', certificateFor(SECURE_HOST).certificate)).toMatch(/SELF_SIGNED|UNABLE_TO_VERIFY/);
});
