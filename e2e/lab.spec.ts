import type { Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, RunningApp, test } from './app.ts';
import { Lesson } from './pages/lesson.ts';
import { openLab } from './pages/start.ts';
import { Workbench } from './pages/workbench.ts';

/** The lab `cluster-ip` from its first step to its debrief, as a learner does it: mistakes first. */
test.describe.configure({ mode: 'serial' });

let app: RunningApp;
let page: Page;
let lesson: Lesson;
let bench: Workbench;

test.beforeAll(async ({ browser }) => {
  app = await RunningApp.start();
  page = await browser.newPage();
  lesson = new Lesson(page);
  bench = new Workbench(page);
  await openLab(page, app);
});
test.afterAll(async () => {
  await page.close();
  await app.dispose();
});

const starter = (name: string): string =>
  readFileSync(join(import.meta.dirname, '..', 'labs', 'cluster-ip', 'starters', name), 'utf8');

async function podAddresses(): Promise<string[]> {
  const ips = await app.kubectl('get pods -n shop -l app=web -o jsonpath={.items[*].status.podIP}');
  return ips.split(' ');
}

test('addresses: a deleted pod comes back as another one', async () => {
  const before = await podAddresses();
  const [first = ''] = await app.podsWith('app=web');
  await expect(lesson.points).toHaveText('0 / 29 points');
  await expect(lesson.next).toBeDisabled();

  await bench.resources.delete(first);
  await lesson.signal('addresses', 'pod-replaced').shows('pass');
  await expect(lesson.points).toHaveText('2 / 29 points');

  const address = lesson.signal('addresses', 'new-address');
  await address.write(before[1] ?? '');
  await address.shows('fail');
  await expect(address.row).toContainText('belonged to a pod that was there from the beginning');
  const sheet = await address.open();
  await expect(sheet.part('why')).toContainText('belonged to a pod that was there from the beginning');
  await sheet.close();
  await address.write((await podAddresses()).find((ip) => !before.includes(ip)) ?? '');
  await address.shows('pass');

  const choice = lesson.signal('addresses', 'why-not-fixed');
  await choice.choose('because a Deployment hands the address on');
  await choice.shows('fail');
  const why = await choice.open();
  await expect(why.part('why')).toContainText('A Deployment hands on the template, not the address.');
  await why.close();
  await choice.choose('where no web pod is any more');
  await choice.shows('pass');

  await expect(lesson.points).toHaveText('5 / 29 points');
  await lesson.next.click();
  await lesson.isAtStep(2);
});

test('service: the API server says in which line a manifest is wrong', async () => {
  await lesson.files.getByRole('button', { name: 'web-service.yaml' }).click();
  await bench.editor.applyText(starter('web-service.yaml').replace('targetPort: 1', 'targetPort: 70000'));

  const problem = bench.editor.result.getByRole('button', { name: 'must be between 1 and 65535' });
  await expect(problem).toContainText('14:');
  await expect(bench.editor.line(14)).toHaveText(/targetPort: 70000/);
  const line = await bench.editor.line(14).boundingBox();
  const mark = await bench.editor.mark.boundingBox();
  expect(Math.abs((line?.y ?? 0) - (mark?.y ?? -100))).toBeLessThan(line?.height ?? 0);
});

test('service: a wrong selector is red, says why, and is shown on the track', async () => {
  await bench.editor.applyText(
    starter('web-service.yaml').replace('CHANGE-ME', 'web-shop').replace('targetPort: 1', 'targetPort: 8080'),
  );
  await expect(bench.editor.result).toContainText('Applied');
  await lesson.signal('service', 'cluster-ip-service').shows('pass');
  const reaches = lesson.signal('service', 'reaches-the-pods');
  await reaches.shows('fail');

  const sheet = await reaches.open();
  await expect(sheet.part('expected')).not.toBeEmpty();
  await expect(sheet.part('actual')).toContainText('no pod in shop has these labels');
  await expect(sheet.part('why')).toContainText('only when it has every label of the selector');
  await expect(sheet.evidence.first()).toContainText('no endpoints');
  await sheet.showOnTrack.click();
  await expect(sheet.root).toBeHidden();
  await expect(bench.track.stop('EndpointSlice')).toHaveAttribute('aria-current', 'true');
  await expect(bench.track.sentence).toContainText('matches no pod');
});

test('service: hints come one by one, and signals turn by themselves when it is mended', async () => {
  await lesson.nextHint(1);
  await expect(lesson.hints).toContainText('Which label do the web pods have?');
  await lesson.nextHint(2);
  await lesson.nextHint(3);
  await expect(lesson.hints).toContainText('targetPort: 8080');
  await expect(lesson.hints.getByRole('heading')).toHaveText(['Hint 1', 'Hint 2', 'Hint 3']);

  await bench.editor.applyText(
    starter('web-service.yaml').replace('CHANGE-ME', 'web').replace('targetPort: 1', 'targetPort: 8080'),
  );
  await lesson.signal('service', 'reaches-the-pods').shows('pass');
  await lesson.signal('service', 'answers-by-name').shows('pass');
  await expect(bench.track.sentence).toHaveText('The line is clear: 2 pods take requests.');

  const address = lesson.signal('service', 'stable-address');
  await address.write(await app.kubectl('get service -n shop web -o jsonpath={.spec.clusterIP}'));
  await address.shows('pass');
  await lesson.next.click();
  await lesson.isAtStep(3);
});

test("endpoints: the learner's own kubectl turns the signals", async () => {
  const three = lesson.signal('endpoints', 'three-endpoints');
  await lesson.check.click();
  await three.shows('fail');
  await app.kubectl('scale deployment -n shop web --replicas=3');
  await three.shows('pass');

  const [pod = ''] = await app.podsWith('app=web');
  await app.kubectl(`label pod -n shop ${pod} app=quarantine --overwrite`);
  await lesson.signal('endpoints', 'set-aside').shows('pass');
  await three.shows('pass');
  await lesson.signal('endpoints', 'who-keeps-the-list').choose('A controller in the control plane');
  await expect(lesson.points).toHaveText('17 / 29 points');
  await lesson.next.click();
  await lesson.isAtStep(4);
});

test('ports: a reset brings the step back to how it began', async () => {
  const endpoints = lesson.signal('ports', 'orders-endpoints');
  const selector = 'get service -n shop orders -o jsonpath={.spec.selector.app}';
  await endpoints.shows('fail');
  await app.kubectl('set selector -n shop service/orders app=orders');
  await endpoints.shows('pass');

  await lesson.button('Reset step').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Reset step' }).click();
  await endpoints.shows('fail');
  expect(await app.kubectl(selector)).toBe('order');

  await app.kubectl(
    'apply -f -',
    readFileSync(
      join(import.meta.dirname, '..', 'labs/cluster-ip/solution/ports/orders-service.yaml'),
      'utf8',
    ),
  );
  await endpoints.shows('pass');
  await lesson.signal('ports', 'orders-answer').shows('pass');
  await lesson.signal('ports', 'pods-as-they-were').shows('pass');
  await lesson.next.click();
  await lesson.isAtStep(5);
});

test('names: the worked solution marks the step as assisted, and leads to the debrief', async () => {
  const resolves = lesson.signal('names', 'name-resolves');
  await lesson.check.click();
  await resolves.shows('fail');
  await expect(lesson.root.getByText('Assisted', { exact: true })).toBeHidden();

  await lesson.button('Solution').click();
  await page
    .getByRole('dialog', { name: 'Look at the solution?' })
    .getByRole('button', { name: 'Show the solution' })
    .click();
  const solution = page.getByRole('dialog', { name: 'Worked solution' });
  await expect(solution).toContainText('The Service belongs beside its pods');
  await solution.getByRole('button', { name: 'Apply it to the cluster' }).click();
  await resolves.shows('pass');
  await lesson.signal('names', 'stock-answers').shows('pass');
  await lesson.signal('names', 'silent-ping').shows('pass');
  await expect(lesson.root.getByText('Assisted', { exact: true })).toBeVisible();
  await expect(lesson.points).toHaveText('29 / 29 points');

  await lesson.next.click();
  await expect(lesson.root.getByRole('heading', { level: 1 })).toHaveText('End of the line');
  await expect(lesson.root).toContainText(
    'You have built the path that nearly every request in a cluster takes',
  );
});
