import { expect, it } from 'vitest';
import { fakeFacts, read, type FakeFacts } from '../testing/facts.ts';
import { imagesCheck } from './images.ts';

const look = async (fake: FakeFacts) => {
  const check = imagesCheck(fakeFacts(fake));
  return { ...(await read(check)), offlineReady: (await check.look())?.offlineReady };
};

it('that are all there need no network', async () => {
  expect(await look({ images: { missing: [], present: { 'a:1': {}, 'b:2': {} } } })).toMatchObject({
    state: 'ok',
    offlineReady: true,
    seen: '2 of 2 images are there: ready for offline.',
  });
});

it('that are missing are named, with what fetching them takes', async () => {
  const node = `kindest/node:v1.34.11@sha256:${'4'.repeat(64)}`;
  const missing = [node, 'docker.io/library/traefik:v3.6'];
  expect(await look({ images: { missing, present: { 'a:1': {} } } })).toMatchObject({
    state: 'warning',
    offlineReady: false,
    seen: '2 of 3 images are missing (kindest/node:v1.34.11, docker.io/library/traefik:v3.6): about 475 MB to fetch.',
    fix: expect.stringContaining('switchyard pack load') as string,
    commands: [`docker pull ${node}`, 'docker pull docker.io/library/traefik:v3.6'],
  });
});

it('cannot be promised while nothing runs', async () => {
  expect(await look({ info: undefined })).toMatchObject({ state: 'unknown', offlineReady: false });
});
