import { ExistingPage } from './pages/clusters.ts';
import { labNamed } from './support/lab.ts';
import { refuse } from './support/scripted-main.ts';
import { CONTEXTS, FILE_MISSING, INSPECT_DEADLINE, SOURCE } from './support/sources.ts';
import { expect, test } from './support/test.ts';

/** The way to a cluster that the user has. */

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
