import { MakingPage } from './pages/clusters.ts';
import { StartPage } from './pages/start.ts';
import {
  creating,
  ENGINE_PROBLEM,
  failed,
  GONE,
  LEFTOVER,
  PORT_FAILURE,
  PULL_NOTE,
  READY,
  SHARED,
  stepsAt,
} from './support/clusters.ts';
import { refuse } from './support/scripted-main.ts';
import { copied, expect, test } from './support/test.ts';

/** What the page makes of clusters that take an engine, a minute or a misfortune to come by. */

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

  test('to delete a cluster is told as that, once, and tried again', async ({ main, page }) => {
    main.state.set(READY);
    main.script.remove = async () => {
      main.state.set({ phase: 'failed', provider: 'kind', progress: [], problem: ENGINE_PROBLEM });
      refuse(ENGINE_PROBLEM);
    };
    await page.goto(main.address);
    await page.getByTestId('cluster-status').click();
    await page.getByRole('button', { name: 'Delete this cluster' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete this cluster' }).click();
    await expect(page.getByRole('heading', { name: 'The cluster could not be deleted' })).toBeVisible();
    await expect(page.getByRole('alert')).toHaveCount(1);
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect.poll(() => main.asked('delete').length).toBe(2);
    expect(main.asked('create')).toEqual([]);
  });
});

test('what an interrupted attempt left is offered for deletion', async ({ main, page }) => {
  main.leftovers.set([LEFTOVER]);
  const deleting = Promise.withResolvers<undefined>();
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
  deleting.resolve(undefined);
  await expect(left).toHaveCount(0);
  await expect(page.getByText('What was left of “switchyard” is deleted.').first()).toBeVisible();
  expect(main.asked('deleteLeftover').at(-1)).toEqual({ provider: 'kind', name: 'switchyard' });
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
