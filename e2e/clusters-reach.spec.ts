import { READY, SHARED } from './support/clusters.ts';
import { CONTENT, labNamed, objectsWith, SERVICE, SESSION } from './support/lab.ts';
import { copied, expect, test } from './support/test.ts';

/** What the present cluster offers to labs and to programs of this machine. */

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

  test('has a line for curl where Ingresses have the usual ports, too', async ({ main, page, context }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    main.state.set({
      ...READY,
      reach: { nodePorts: [], ingress: { http: 'http://127.0.0.1:80', https: 'https://127.0.0.1:443' } },
    });
    await page.goto(main.address);
    await page.getByRole('button', { name: 'Addresses' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Copy', exact: true }).click();
    expect(await copied(page)).toBe('curl --resolve shop.example:80:127.0.0.1 http://shop.example/');
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
