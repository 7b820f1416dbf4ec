import { expect, it } from 'vitest';
import { DESKTOP, DOCKER, fakeFacts, read } from '../testing/facts.ts';
import { architectureCheck } from './architecture.ts';

const ARM = { ...DESKTOP, architecture: 'arm64' };

it('is the machine’s', async () => {
  expect(await read(architectureCheck(fakeFacts()))).toMatchObject({ state: 'ok', seen: 'amd64.' });
});

it('of an engine that is emulated as a whole is slow', async () => {
  const host = { architecture: 'arm64', system: 'macos' } as const;
  expect(await read(architectureCheck(fakeFacts({ info: DOCKER, host })))).toMatchObject({
    state: 'warning',
    seen: 'docker is amd64 on a machine that is arm64.',
    fix: expect.stringContaining('arm64') as string,
  });
});

it('of images is the engine’s', async () => {
  const facts = fakeFacts({
    info: ARM,
    host: { architecture: 'arm64' },
    images: {
      missing: [],
      present: {
        'kindest/node:v1.34.4': { architecture: 'arm64' },
        'traefik:v3.6': { architecture: 'amd64' },
        'nginx:1.27': { architecture: '' },
      },
    },
  });
  expect(await read(architectureCheck(facts))).toMatchObject({
    state: 'warning',
    seen: expect.stringMatching(/: traefik:v3.6 \(amd64\)\.$/) as string,
    commands: ['docker pull --platform linux/arm64 traefik:v3.6'],
  });
});
