import { expect, it } from 'vitest';
import { presentHost } from '../../host/host.ts';
import { fakeHost, read } from '../testing/facts.ts';
import { loopbackCheck } from './loopback.ts';

it('is tried by talking', async () => {
  expect(await read(loopbackCheck(presentHost()))).toMatchObject({ state: 'ok' });
});

it('that is forbidden blocks the built-in cluster', async () => {
  const talkOverLoopback = () => Promise.reject(new Error('connect EACCES 127.0.0.1:4711'));
  expect(await read(loopbackCheck(fakeHost({ talkOverLoopback })))).toMatchObject({
    state: 'blocked',
    seen: expect.stringContaining('EACCES') as string,
    fix: expect.stringContaining('firewall') as string,
  });
});
