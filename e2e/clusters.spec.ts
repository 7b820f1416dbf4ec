import { expect, test as base, type Page } from '@playwright/test';
import type { PreflightReport } from '../src-shared/cluster.ts';
import { ExistingPage, MakingPage, PreflightPage } from './pages/clusters.ts';
import { StartPage } from './pages/start.ts';
import { objections } from './support/axe.ts';
import {
  CONTEXTS,
  creating,
  ENGINE_PROBLEM,
  failed,
  FILE_MISSING,
  GONE,
  INSPECT_DEADLINE,
  LEFTOVER,
  PORT_FAILURE,
  PULL_NOTE,
  READY,
  REPORTS,
  reportsWith,
  SHARED,
  SOURCE,
  stepsAt,
} from './support/clusters.ts';
import { CONTENT, labNamed, objectsWith, SERVICE, SESSION } from './support/lab.ts';
import { refuse, ScriptedMain } from './support/scripted-main.ts';
import { WORDS, type Words } from './words.ts';

/** What the page makes of clusters that take an engine, a minute or a misfortune to come by. */

const test = base.extend<{ main: ScriptedMain }>({
  main: async ({ browserName: _ }, use) => {
    const main = new ScriptedMain({ preflight: reportsWith(REPORTS.ready) });
    await main.start();
    await use(main);
    await main.dispose();
  },
});

async function copied(page: Page): Promise<string> {
  return page.evaluate(() => navigator.clipboard.readText());
}

test.describe('the choice of a cluster', () => {
  test('can be made at once, whatever is still being looked at', async ({ main, page }) => {
    const kind = Promise.withResolvers<PreflightReport>();
    const answer = main.script.preflight;
    main.script.preflight = (provider) => (provider === 'kind' ? kind.promise : answer(provider));
    const start = new StartPage(page);
    await start.open(main);
    await expect(start.provider('kind').root).toContainText('Looking at this machine.');
    await expect(start.provider('kind').use).toBeDisabled();
    // One that takes long keeps nobody else waiting.
    await expect(start.provider('k3d').root).toContainText('Ready · needs the network to fetch images');

    kind.resolve(REPORTS.ready);
    const ready = 'Ready · about 1 min 10 s by earlier runs · ready for offline';
    await expect(start.provider('kind').root).toContainText(ready);
    await start.provider('kind').use.click();
    await start.startNow.click();
    expect(main.asked('create')).toEqual([{ provider: 'kind' }, { provider: 'emulated' }]);
  });

  test('of what is blocked waits until it is not, and looks again when somebody comes back', async ({
    main,
    page,
  }) => {
    main.script.preflight = reportsWith(REPORTS.blocked);
    const start = new StartPage(page);
    const kind = start.provider('kind');
    await start.open(main);
    await expect(kind.root).toContainText('2 things to do first');
    await expect(kind.use).toHaveCount(0);
    await kind.lookAgain.click();
    await expect.poll(() => main.asked('preflight').filter((provider) => provider === 'kind').length).toBe(2);

    main.script.preflight = reportsWith(REPORTS.noted);
    const before = main.asked('preflight').length;
    await page.evaluate(() => window.dispatchEvent(new Event('focus')));
    await expect(kind.root).toContainText('Ready, with 1 thing worth knowing');
    // The others were fit already.
    expect(main.asked('preflight')).toHaveLength(before + 1);
    await expect(kind.use).toBeEnabled();
  });

  test('that cannot be looked at says why', async ({ main, page }) => {
    main.script.preflight = async () => refuse(ENGINE_PROBLEM);
    const start = new StartPage(page);
    await start.open(main);
    await expect(start.provider('kind').root).toContainText('The container engine (docker) is not running');
    await expect(start.provider('kind').use).toHaveCount(0);
    await expect(start.startNow).toBeEnabled();
  });
});

test.describe('the preflight', () => {
  test('names what is to be done first, with the commands for it', async ({ main, page, context }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    main.script.preflight = reportsWith(REPORTS.blocked);
    const start = new StartPage(page);
    const preflight = new PreflightPage(page);
    await start.open(main);
    await start.provider('kind').details.click();
    await expect(preflight.title('kind')).toBeVisible();
    await expect(preflight.findings.locator('visible=true').getByRole('heading')).toHaveText([
      'Container engine To do first',
      'Left-over clusters To do first',
      'Free ports Worth knowing',
      'Proxy and VPN Could not be looked at',
    ]);
    await expect(page.getByText('Not ready for offline')).toBeVisible();
    await expect(preflight.use('kind')).toHaveCount(0);

    const engine = preflight.finding('Container engine');
    await expect(engine).toContainText('Every node of the cluster is a container of this engine.');
    await engine.getByRole('button', { name: 'Copy' }).click();
    expect(await copied(page)).toBe('sudo systemctl start docker');

    await page.getByText('2 findings are fine').click();
    await expect(preflight.finding('Memory')).toBeVisible();
  });

  test('mends what the app can mend, after asking where something is lost by it', async ({ main, page }) => {
    main.script.preflight = reportsWith(REPORTS.blocked);
    main.script.mend = (_provider, item) =>
      item === 'ports' ? Promise.resolve(REPORTS.noted) : Promise.resolve(REPORTS.ready);
    const preflight = new PreflightPage(page);
    await page.goto(main.address);
    await page.evaluate(() => (location.hash = '#/preflight/kind'));
    await preflight.finding('Free ports').getByRole('button', { name: 'Use port 8090' }).click();
    await expect(page.getByText('Ready, with 1 thing worth knowing', { exact: false }).first()).toBeVisible();
    await expect(preflight.use('kind')).toBeEnabled();

    main.script.preflight = reportsWith(REPORTS.blocked);
    await preflight.lookAgain.click();
    await preflight.finding('Left-over clusters').getByRole('button').click();
    const question = page.getByRole('dialog', { name: 'Delete the left-over cluster' });
    await expect(question).toContainText('switchyard-worker2 are deleted');
    await question.getByRole('button', { name: 'Cancel' }).click();
    expect(main.asked('mend')).toHaveLength(1);

    await preflight.finding('Left-over clusters').getByRole('button').click();
    await question.getByRole('button', { name: 'Delete the left-over cluster' }).click();
    await expect(preflight.use('kind')).toBeEnabled();
    await expect(page.getByRole('status').filter({ hasText: 'Done, and looked again: Ready.' })).toHaveCount(
      1,
    );
    // The button went with the finding; the keyboard goes on from this page.
    await expect(page.locator('body')).not.toBeFocused();
  });

  test('says what kept it from being mended, at the finding', async ({ main, page }) => {
    main.script.preflight = reportsWith(REPORTS.blocked);
    main.script.mend = async () => refuse(ENGINE_PROBLEM);
    const preflight = new PreflightPage(page);
    await page.goto(main.address);
    await page.evaluate(() => (location.hash = '#/preflight/kind'));
    const ports = preflight.finding('Free ports');
    await ports.getByRole('button', { name: 'Use port 8090' }).click();
    await expect(ports.getByRole('alert')).toContainText('The container engine (docker) is not running');
  });

  test('is there while another cluster is used, by its address and from the commands', async ({
    main,
    page,
  }) => {
    main.state.set(SHARED);
    const preflight = new PreflightPage(page);
    await page.goto(main.address);
    await expect(page.getByRole('heading', { level: 1, name: 'Labs' })).toBeVisible();
    await page.keyboard.press('Control+k');
    await page.keyboard.type('what kind needs');
    await page.keyboard.press('Enter');
    await expect(preflight.title('kind')).toBeVisible();
    await page.reload();
    await expect(preflight.title('kind')).toBeVisible();
    await expect(page).toHaveURL(/#\/preflight\/kind$/);

    await preflight.use('kind').click();
    await expect(page.getByRole('heading', { level: 1, name: 'Switchyard' })).toBeVisible();
    expect(main.asked('create')).toEqual([{ provider: 'kind' }]);
  });
});

test.describe('the making', () => {
  test('tells each step with what it takes by earlier runs, and what goes on inside it', async ({
    main,
    page,
  }) => {
    main.state.set(creating(stepsAt('images', 40_000, { note: PULL_NOTE, fraction: 4 / 9 }, false)));
    const making = new MakingPage(page);
    await page.goto(main.address);
    await expect(making.steps.nth(0)).toContainText('kindest/node:v1.34.11 · 4 of 9');
    await expect(page.getByText('The first time there are no earlier runs to compare with.')).toBeVisible();
    await expect(making.bar).toHaveCount(0);

    main.state.set(creating(stepsAt('control-plane', 9000)));
    await expect(making.steps.nth(2)).toContainText(/running\d+ s of about 20 s/);
    await expect(making.steps.nth(3)).toContainText('about 15 s');
    await expect(making.steps.nth(1)).toContainText('done6 s');
    await expect(page.getByText(/^\d+ s of about 1 min 5 s, by earlier runs on this machine$/)).toBeVisible();
    // Whoever listens hears the step, and no seconds.
    await expect(making.announced).toHaveText('Step 3 of 5: Starting the control plane');

    main.state.set(creating(stepsAt('workers', 40_000)));
    await expect(making.steps.nth(3)).toContainText('Takes longer than before (15 s). It goes on.');
  });

  test('has a bar that never goes back', async ({ main, page }) => {
    const making = new MakingPage(page);
    const share = async (): Promise<number> => Number(await making.bar.getAttribute('aria-valuenow'));
    const steps = stepsAt('control-plane', 1000, { fraction: 0.8 });
    main.state.set(creating(steps));
    await page.goto(main.address);
    await expect.poll(share).toBe(38);
    const [, , running] = steps;
    main.state.set(
      creating(
        steps.map((step) =>
          step === running ? { ...step, fraction: 0.2, note: { en: 'again', ko: '다시' } } : step,
        ),
      ),
    );
    await expect(making.steps.nth(2)).toContainText('again');
    expect(await share()).toBe(38);
  });

  test('can be cancelled, and says that what was begun is taken back', async ({ main, page }) => {
    main.state.set(creating(stepsAt('workers', 3000)));
    const making = new MakingPage(page);
    await page.goto(main.address);
    await making.button('Cancel').focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => main.asked('cancel').length).toBe(1);
    main.state.set({ ...main.state.value, phase: 'cancelling' });
    await expect(page.getByRole('heading', { name: 'Giving up the cluster' })).toBeVisible();
    await expect(page.getByText('What was begun is being taken back')).toBeVisible();
    await page.keyboard.press('Enter');
    expect(main.asked('cancel')).toHaveLength(1);

    main.state.set({ phase: 'none', progress: [] });
    await expect(new StartPage(page).startNow).toBeVisible();
    await expect(page.getByRole('main')).toBeFocused();
  });
});

test.describe('a failure', () => {
  test('shows what to do, and the log with the line that matters, as text', async ({
    main,
    page,
    context,
  }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    main.state.set(failed(PORT_FAILURE));
    await page.goto(main.address);
    const alert = page.getByRole('alert');
    await expect(alert).toContainText('Port 127.0.0.1:8080 is taken by another program.');
    await expect(alert).toContainText('Switchyard looks for free ports each time.');
    // What is read out at once is not the whole log.
    await expect(alert).not.toContainText('Preparing nodes');
    await expect(page.getByText('ss -ltnp sport = :8080')).toBeVisible();

    const log = page.getByRole('group', { name: 'The end of the log' });
    await expect(log.locator('p').filter({ hasText: 'this line matters' })).toContainText(
      'port is already allocated',
    );
    await expect(log.getByText('this line matters')).toBeInViewport();
    await log.focus();
    await page.keyboard.press('End');
    await expect(log).toContainText('<img src=x onerror=');
    await expect(log).toContainText('\\u{202e}gnp.exe');
    await expect(log.locator('img')).toHaveCount(0);
    await page.getByRole('button', { name: 'Copy all lines' }).click();
    expect((await copied(page)).split('\n')).toHaveLength(PORT_FAILURE.log?.lines.length ?? 0);
    await expect(
      page.getByText('/home/learner/.local/share/switchyard/logs/kind-switchyard.log'),
    ).toBeVisible();
    await expect(new MakingPage(page).steps.filter({ hasText: 'failed' })).toContainText(
      'Starting the nodes',
    );
    await expect(page).toHaveTitle('Switchyard');
  });

  test('leads on: the same again, or the built-in cluster', async ({ main, page }) => {
    main.state.set(failed(PORT_FAILURE));
    const making = new MakingPage(page);
    await page.goto(main.address);
    await making.button('Try again').click();
    await making.button('Use the built-in cluster instead').click();
    await expect.poll(() => main.asked('create').length).toBe(2);
    expect(main.asked('create')).toEqual([{ provider: 'kind' }, { provider: 'emulated' }]);
  });
});

test('what an interrupted attempt left is offered for deletion', async ({ main, page }) => {
  main.leftovers.set([LEFTOVER]);
  const deleting = Promise.withResolvers<void>();
  main.script.deleteLeftover = async () => refuse(ENGINE_PROBLEM);
  await page.goto(main.address);
  const left = page.getByRole('region', { name: 'Left over from before' });
  await expect(left).toContainText('The making of the cluster "switchyard" was interrupted');
  await left.getByRole('button', { name: 'Delete what is left' }).click();
  await expect(left.getByRole('alert')).toContainText('The container engine (docker) is not running');

  main.script.deleteLeftover = () => deleting.promise;
  await left.getByRole('button', { name: 'Delete what is left' }).click();
  await expect(left.getByRole('button', { name: 'Deleting' })).toBeDisabled();
  await expect(left.getByRole('alert')).toHaveCount(0);
  main.leftovers.set([]);
  deleting.resolve();
  await expect(left).toHaveCount(0);
  await expect(page.getByText('What was left of “switchyard” is deleted.').first()).toBeVisible();
  expect(main.asked('deleteLeftover').at(-1)).toEqual({ provider: 'kind', name: 'switchyard' });
});

test.describe('a cluster of the user’s own', () => {
  test('is chosen, looked at and confirmed by the keyboard alone', async ({ main, page }) => {
    main.script.contexts = () => Promise.resolve({ contexts: CONTEXTS, problems: [] });
    main.script.inspect = () => Promise.resolve(SOURCE);
    main.labs = [labNamed('cluster-ip', 'An address that stays')];
    const { keyboard } = page;
    const existing = new ExistingPage(page);
    await page.goto(main.address);
    await page.getByRole('button', { name: 'Use your own cluster' }).focus();
    await keyboard.press('Enter');
    await expect(existing.question('fileTitle')).toBeVisible();
    await expect(page.getByText('It has not been read yet')).toBeVisible();
    expect(main.asked('contexts')).toEqual([]);

    await existing.readOwn.focus();
    await keyboard.press('Enter');
    await expect(existing.question('contextTitle')).toBeFocused();
    await expect(existing.contexts).toHaveCount(3);
    await expect(existing.row('workshop')).toContainText('current');
    await existing.filter.focus();
    await keyboard.type('alice');
    await expect(existing.contexts).toHaveCount(1);
    await expect(page.getByText('1 of 3 shown')).toBeVisible();
    await keyboard.press('Tab');
    await expect(existing.context('workshop')).toBeFocused();
    await keyboard.press('Enter');

    await expect(existing.question('confirmTitle')).toBeFocused();
    const whole = page.getByRole('main');
    for (const words of [
      'Kubernetes v1.35.8',
      '9 nodes take pods',
      'Prepared for alice',
      'This cluster is not on this machine.',
      'create pods/exec in alice-shop',
      'There is no IngressClass.',
      'Nothing else is created cluster-wide.',
    ])
      await expect(whole).toContainText(words);
    await expect(page.getByRole('row', { name: /^alice-edge/ })).toContainText('will be made');
    await expect(page.getByRole('row', { name: /^alice-shop/ })).toContainText('prepared for you');
    await expect(page.getByRole('row', { name: /^alice-lost/ })).toContainText('there already and not ours');
    await expect(page.getByRole('row', { name: /^alice-shop/ })).toContainText('An address that stays');
    expect(main.asked('create')).toEqual([]);

    await existing.confirm(SOURCE.server).focus();
    await keyboard.press('Enter');
    await expect.poll(() => main.asked('create').length).toBe(1);
    expect(main.asked('create').at(-1)).toEqual({ provider: 'existing', source: SOURCE.source });

    // What failed is tried again with the same cluster.
    main.state.set({ phase: 'failed', provider: 'existing', progress: [], problem: INSPECT_DEADLINE });
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect.poll(() => main.asked('create').length).toBe(2);
    expect(main.asked('create').at(-1)).toEqual({ provider: 'existing', source: SOURCE.source });
  });

  test('comes from a file whose path is written, and what is wrong with it stands beside the field', async ({
    main,
    page,
  }) => {
    main.script.contexts = (file) =>
      file === '/nowhere/config'
        ? refuse(FILE_MISSING)
        : Promise.resolve({ contexts: CONTEXTS.slice(0, 1), problems: [] });
    const existing = new ExistingPage(page);
    await page.goto(main.address);
    await page.evaluate(() => (location.hash = '#/existing'));
    await existing.path.press('Enter');
    await expect(existing.path).toHaveAccessibleDescription('Write the path of a kubeconfig file.');
    expect(main.asked('contexts')).toEqual([]);
    await existing.path.fill('/nowhere/config');
    await existing.path.press('Enter');
    await expect(existing.path).toHaveAccessibleDescription(/^\/nowhere\/config does not exist\./);
    await expect(existing.path).toHaveAttribute('aria-invalid', 'true');
    await existing.path.fill('/home/learner/other');
    await existing.path.press('Enter');
    await expect(existing.question('contextTitle')).toBeVisible();
    expect(main.asked('contexts')).toEqual(['/nowhere/config', '/home/learner/other']);
    await page.getByRole('button', { name: 'Another kubeconfig' }).click();
    await expect(existing.question('fileTitle')).toBeFocused();
  });

  test('that does not answer says so, and can be given up', async ({ main, page }) => {
    let given = false;
    main.script.contexts = () => Promise.resolve({ contexts: CONTEXTS, problems: [FILE_MISSING] });
    main.script.inspect = (_source, signal) =>
      new Promise((_resolve, reject) =>
        signal?.addEventListener('abort', () => {
          given = true;
          reject(new Error('given up'));
        }),
      );
    const existing = new ExistingPage(page);
    await page.goto(main.address);
    await page.evaluate(() => (location.hash = '#/existing'));
    await existing.readOwn.click();
    // Of several files one could not be read.
    await expect(page.getByRole('alert')).toContainText('/nowhere/config does not exist.');
    await existing.context('workshop').click();
    const row = existing.row('workshop');
    await expect(row).toContainText('Asking https://k8s.workshop.example.com:6443 what it is');
    await row.getByRole('button', { name: 'Stop looking' }).click();
    await expect.poll(() => given).toBe(true);
    await expect(row).not.toContainText('Asking');

    main.script.inspect = async () => refuse(INSPECT_DEADLINE);
    await existing.context('workshop').click();
    await expect(row.getByRole('alert')).toContainText('did not answer within 10 seconds');
    main.script.inspect = () => Promise.resolve({ ...SOURCE, usable: false, problems: [FILE_MISSING] });
    await row.getByRole('button', { name: 'Try again' }).click();
    await expect(existing.confirm(SOURCE.server)).toBeDisabled();
    await expect(page.getByText('This cluster cannot be used as it is')).toBeVisible();
    await page.getByRole('button', { name: 'Another cluster' }).click();
    await expect(existing.question('contextTitle')).toBeFocused();
  });
});

test.describe('a cluster that goes away', () => {
  test('is told of with what to do, and all is well again when it answers', async ({ main, page }) => {
    main.state.set({ ...READY, phase: 'unreachable', problem: ENGINE_PROBLEM });
    await page.goto(main.address);
    const banner = page.getByRole('complementary', { name: 'Cluster' });
    await expect(banner).toContainText('The cluster does not answer. What you see may be old.');
    await expect(banner).toContainText('Start Docker. Switchyard goes on by itself when it is back.');
    await expect(banner.getByText('sudo systemctl start docker')).toBeVisible();
    await banner.getByRole('button', { name: 'To the cluster page' }).click();
    await expect(page.getByRole('region', { name: 'Your cluster' })).toContainText('It does not answer');
    await expect(new StartPage(page).provider('k3d').use).toBeEnabled();

    main.state.set(READY);
    await expect(banner).toHaveCount(0);
    await expect(page.getByText('The cluster answers again.').first()).toBeVisible();
  });

  test('for good is told of, and made again', async ({ main, page }) => {
    main.state.set(READY);
    await page.goto(main.address);
    await expect(page.getByRole('heading', { level: 1, name: 'Labs' })).toBeVisible();
    main.state.set(GONE);
    await expect(page.getByRole('heading', { name: 'Your cluster is gone' })).toBeVisible();
    await expect(page.getByRole('alert')).toContainText('was deleted outside Switchyard.');
    await expect(new StartPage(page).provider('k3d').use).toBeEnabled();
    await page.getByRole('button', { name: 'Make it again' }).click();
    await expect.poll(() => main.asked('create').length).toBe(1);
    expect(main.asked('create').at(-1)).toEqual({ provider: 'kind' });
  });
});

test('one that somebody else made is let go of, not deleted', async ({ main, page }) => {
  main.state.set(SHARED);
  await page.goto(main.address);
  await page.getByTestId('cluster-status').click();
  await expect(page.getByRole('contentinfo')).toContainText('Learner: alice');
  await page.getByRole('button', { name: 'Let go of this cluster' }).click();
  const question = page.getByRole('dialog', { name: 'Let go of the cluster?' });
  await expect(question).toContainText('The cluster itself stays as it is');
  await question.getByRole('button', { name: 'Let go of this cluster' }).click();
  await expect.poll(() => main.asked('delete').length).toBe(1);
});

test('a lab says before it starts what the present cluster lacks', async ({ main, page }) => {
  const lack = { en: 'Ingress: there is no IngressClass.', ko: 'Ingress: IngressClass가 없습니다.' };
  main.state.set(SHARED);
  main.labs = [labNamed('node-port', 'From outside'), labNamed('edge', 'By name', [lack])];
  main.content = { ...CONTENT, id: 'edge' };
  await page.goto(main.address);
  const card = page.getByRole('article').filter({ hasText: 'By name' });
  await expect(card).toContainText('The present cluster lacks what this lab needs:');
  await expect(card).toContainText('Ingress: there is no IngressClass.');
  await expect(page.getByRole('button', { name: 'Start: From outside' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Start: By name' })).toHaveCount(0);

  // Nor is it begun by its address.
  await page.evaluate(() => (location.hash = '#/lab/edge'));
  await expect(page.getByRole('heading', { name: '“By name” needs another cluster' })).toBeVisible();
  await page.getByRole('button', { name: 'All labs' }).click();
  await card.getByRole('button', { name: 'Needs another cluster: By name' }).click();
  await expect(page.getByRole('heading', { name: 'Use another cluster' })).toBeVisible();
  expect(main.asked('start')).toEqual([]);
});

test.describe('what is reached from this machine', () => {
  test('stands behind the status bar', async ({ main, page, context }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    main.state.set(READY);
    await page.goto(main.address);
    await page.getByRole('button', { name: 'Addresses' }).click();
    const sheet = page.getByRole('dialog');
    const open = sheet.getByRole('link', { name: 'Open http://127.0.0.1:8080 in the browser' });
    await expect(open).toHaveAttribute('href', 'http://127.0.0.1:8080');
    await expect(open).toHaveAttribute('rel', /noopener/);
    await expect(open).toHaveAttribute('target', '_blank');
    // Its certificate is none that a browser trusts: it is for curl.
    await expect(sheet.getByText('https://127.0.0.1:8443')).toBeVisible();
    await expect(sheet.getByRole('link')).toHaveCount(1);
    await expect(sheet.getByRole('row', { name: /^switchyard-worker2/ })).toContainText(
      '127.0.0.1:31070–31085',
    );
    await sheet.getByRole('button', { name: 'Copy', exact: true }).click();
    expect(await copied(page)).toBe('curl --resolve shop.example:8080:127.0.0.1 http://shop.example:8080/');
  });

  test('is not spoken of where there is nothing', async ({ main, page }) => {
    main.state.set(SHARED);
    await page.goto(main.address);
    await expect(page.getByRole('button', { name: 'Your own kubectl' })).toBeVisible();
    await expect(page.getByRole('button', { name: 'Addresses' })).toHaveCount(0);
  });

  test('of a Service is said on the track and in its details, and why when it is not', async ({
    main,
    page,
  }) => {
    main.state.set(READY);
    main.labs = [labNamed('node-port', 'From outside')];
    main.content = CONTENT;
    main.session = SESSION;
    main.objects.set(objectsWith(SERVICE));
    await page.goto(main.address);
    await page.getByRole('button', { name: 'Start: From outside' }).click();
    const track = page.getByRole('region', { name: 'Track', exact: true });
    await expect(track).toContainText('From this machine');
    await expect(track.getByText('http://127.0.0.1:30080')).toBeVisible();
    await track.getByRole('button', { name: '1 more' }).click();

    const reach = page.getByTestId('resource-detail').getByRole('region', { name: 'From this machine' });
    await expect(reach.getByRole('listitem')).toHaveText([
      /http:\/\/127\.0\.0\.1:30080.*node switchyard-worker, port 80/,
      /http:\/\/127\.0\.0\.1:31080.*node switchyard-worker2, port 80/,
    ]);

    // Only the node with the pod answers then.
    main.objects.set(objectsWith({ ...SERVICE, externalTrafficPolicy: 'Local' }));
    await expect(reach.getByRole('listitem')).toHaveText([/http:\/\/127\.0\.0\.1:31080/]);
    await expect(track.getByText('http://127.0.0.1:31080')).toBeVisible();

    const ports = SERVICE.ports.map((port) => ({ ...port, nodePort: 31234 }));
    main.objects.set(objectsWith({ ...SERVICE, ports }));
    await expect(reach).toContainText('its NodePort is outside of what the nodes publish here (30070–30085)');
    await expect(track).not.toContainText('From this machine');
  });
});

/** Every view of clusters, one after the other, as main and the learner bring it about. */
const VIEWS: {
  name: string;
  /** What is new on the page, as a selector. */
  part?: string;
  show: (main: ScriptedMain, page: Page, words: Words) => Promise<void>;
}[] = [
  {
    name: 'what is looked at, is blocked, is ready and is left over',
    show: async (main, page, words) => {
      main.script.preflight = (provider) =>
        provider === 'k3d' ? new Promise(() => undefined) : reportsWith(REPORTS.blocked)(provider);
      main.leftovers.set([LEFTOVER]);
      await page.goto(main.address);
      await expect(page.getByText(words.preflight.nothingNeeded)).toBeVisible();
    },
  },
  {
    name: 'the preflight with findings of every state',
    show: async (main, page, words) => {
      main.script.preflight = reportsWith(REPORTS.blocked);
      await page.evaluate(() => (location.hash = '#/preflight/kind'));
      await page.locator('summary').click();
      await expect(page.getByText(words.preflight.blocked).first()).toBeVisible();
    },
  },
  {
    name: 'a making with estimates, and a step that takes longer',
    show: async (main, page, words) => {
      main.state.set(creating(stepsAt('workers', 40_000, { note: PULL_NOTE })));
      await expect(page.getByRole('progressbar', { name: words.making.bar })).toBeVisible();
    },
  },
  {
    name: 'a making that is given up',
    show: async (main, page, words) => {
      main.state.set({ ...main.state.value, phase: 'cancelling' });
      await expect(page.getByRole('heading', { name: words.making.cancellingTitle })).toBeVisible();
    },
  },
  {
    name: 'a failure with its log',
    show: async (main, page, words) => {
      await page.evaluate(() => (location.hash = '#/start'));
      main.state.set(failed(PORT_FAILURE));
      await expect(page.getByRole('group', { name: words.app.log })).toBeVisible();
    },
  },
  {
    name: 'a cluster that is gone',
    show: async (main, page, words) => {
      main.state.set(GONE);
      await expect(page.getByRole('heading', { name: words.start.gone })).toBeVisible();
    },
  },
  {
    name: 'the choice of a kubeconfig, with an error at the field',
    show: async (main, page, words) => {
      main.script.contexts = async () => refuse(FILE_MISSING);
      await page.evaluate(() => (location.hash = '#/existing'));
      const path = page.getByRole('textbox', { name: words.existing.path });
      await path.fill('/nowhere/config');
      await path.press('Enter');
      await expect(page.getByRole('alert')).toBeVisible();
    },
  },
  {
    name: 'the choice of a cluster, while one is looked at',
    show: async (main, page, words) => {
      main.script.contexts = () => Promise.resolve({ contexts: CONTEXTS, problems: [FILE_MISSING] });
      main.script.inspect = () => new Promise(() => undefined);
      await page.getByRole('button', { name: words.existing.readOwn }).click();
      await page.getByRole('listitem').getByRole('button').first().click();
      await expect(page.getByRole('button', { name: words.existing.stop })).toBeVisible();
    },
  },
  {
    name: 'a cluster that does not answer when it is looked at',
    show: async (main, page, words) => {
      await page.getByRole('button', { name: words.existing.stop }).click();
      main.script.inspect = async () => refuse(INSPECT_DEADLINE);
      await page.getByRole('listitem').getByRole('button').first().click();
      await expect(page.getByRole('button', { name: words.app.again })).toBeVisible();
    },
  },
  {
    name: 'the confirmation',
    show: async (main, page, words) => {
      main.script.inspect = () => Promise.resolve(SOURCE);
      await page.getByRole('button', { name: words.app.again }).click();
      await expect(page.getByRole('heading', { name: words.existing.confirmTitle })).toBeVisible();
    },
  },
  {
    name: 'a cluster that is used and does not answer, beside others',
    show: async (main, page, words) => {
      main.state.set({ ...READY, learner: 'alice', phase: 'unreachable', problem: ENGINE_PROBLEM });
      await page.evaluate(() => (location.hash = '#/start'));
      await expect(page.getByRole('heading', { name: words.start.another })).toBeVisible();
    },
  },
  {
    name: 'labs that need another cluster',
    show: async (main, page, words) => {
      const lack = { en: 'Ingress: there is no IngressClass.', ko: 'Ingress: IngressClass가 없습니다.' };
      main.labs = [labNamed('node-port', 'From outside'), labNamed('edge', 'By name', [lack])];
      main.content = CONTENT;
      main.session = SESSION;
      main.objects.set(objectsWith(SERVICE));
      main.state.set(READY);
      await page.evaluate(() => (location.hash = '#/labs'));
      await expect(page.getByText(words.labs.unmet)).toBeVisible();
    },
  },
  {
    name: 'addresses on this machine',
    part: '[role=dialog]',
    show: async (_main, page, words) => {
      await page.getByRole('button', { name: words.reach.title, exact: true }).click();
      await expect(page.getByRole('dialog')).toBeVisible();
    },
  },
  {
    name: 'the address of a Service',
    part: '#workbench',
    show: async (_main, page, words) => {
      await page.keyboard.press('Escape');
      await page.evaluate(() => (location.hash = '#/lab/node-port'));
      await page.getByRole('button', { name: words.reach.more.replace('{n}', '1') }).click();
      await expect(page.getByRole('region', { name: words.reach.fromHere })).toBeVisible();
    },
  },
];

for (const language of ['en', 'ko'] as const)
  test(`axe finds nothing in the views of clusters in ${language}, light or dark`, async ({ main, page }) => {
    test.slow();
    main.settings.set({ ...main.settings.value, language });
    for (const { name, part = 'html', show } of VIEWS)
      await test.step(name, async () => {
        await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
        await show(main, page, WORDS[language]);
        expect.soft(await objections(page, part, 'all'), `${name}, light`).toEqual([]);
        await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
        expect.soft(await objections(page, part, 'contrast'), `${name}, dark`).toEqual([]);
      });
  });
