import type { PreflightReport } from '../src-shared/cluster.ts';
import { PreflightPage } from './pages/clusters.ts';
import { StartPage } from './pages/start.ts';
import { ENGINE_PROBLEM, SHARED } from './support/clusters.ts';
import { REPORTS, reportsWith } from './support/preflights.ts';
import { refuse } from './support/scripted-main.ts';
import { copied, expect, test } from './support/test.ts';

/** Which clusters this machine can make, before one is made. */

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
