import { expect, it } from 'vitest';
import { fakeFacts, read, RECORD, type FakeFacts } from '../testing/facts.ts';
import { portsCheck } from './ports.ts';

const taken = (ports: (port: number) => boolean, more: FakeFacts = {}) =>
  read(portsCheck(fakeFacts({ ...more, facts: { isPortFree: (port) => Promise.resolve(!ports(port)) } })));

it('are the usual ones where these are free', async () => {
  expect(await taken(() => false)).toMatchObject({
    state: 'ok',
    seen: 'Free: 8080 (HTTP), 8443 (HTTPS), 30070–30085, 31070–31085 (NodePort).',
  });
});

it.each([
  ['linux', `sudo ss -ltnp 'sport = :8080'`],
  ['macos', 'lsof -nP -iTCP:8080 -sTCP:LISTEN'],
  ['windows', 'Get-NetTCPConnection -State Listen -LocalPort 8080'],
] as const)('are others where they are not, and who has them is found on %s', async (system, command) => {
  const found = await taken((port) => [8080, 8090, 31075].includes(port), { host: { system } });
  expect(found).toMatchObject({
    state: 'warning',
    seen: 'Taken by other programs: 8080, 31075. The cluster gets 8100 (HTTP), 8443 (HTTPS), 30070–30085, 31170–31185 (NodePort).',
    fix: expect.stringContaining('Nothing has to be done') as string,
    commands: [command],
  });
});

it('that follow one another are told as a range', async () => {
  const usual = (port: number) => [8080, 8443].includes(port) || (port >= 30070 && port <= 30085);
  expect((await taken(usual))?.seen).toMatch(/^Taken by other programs: 8080, 8443, 30070–30085\./);
});

it('block only when none can be found', async () => {
  expect(await taken((port) => port >= 30_000)).toMatchObject({
    state: 'blocked',
    seen: expect.stringContaining('No free ports') as string,
  });
});

it('that our own cluster has are not taken by another program', async () => {
  const all = () => true;
  expect(await taken(all, { own: { record: RECORD, running: true } })).toMatchObject({
    state: 'ok',
    seen: expect.stringContaining('Your cluster "switchyard" has 8080') as string,
  });
});

it('of our cluster, stopped, may have been taken meanwhile', async () => {
  const own = { record: RECORD, running: false };
  expect(await taken((port) => port === 8443, { own })).toMatchObject({
    state: 'warning',
    seen: expect.stringContaining('8443') as string,
  });
  expect(await taken(() => false, { own })).toMatchObject({ state: 'ok' });
});
