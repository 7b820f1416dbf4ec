import { delimiter, join } from 'node:path';
import { expect, it } from 'vitest';
import { fakeHost, read } from '../testing/facts.ts';
import { kubeconfigCheck } from './kubeconfig.ts';

const OWN = join('/home/ada', '.kube', 'config');

const look = (there: string[], KUBECONFIG?: string, given?: string) =>
  read(
    kubeconfigCheck(
      fakeHost({
        env: { KUBECONFIG },
        isReadable: (path) => Promise.resolve(there.includes(path)),
        readText: () => Promise.reject(new Error('nobody asked to read it')),
      }),
      given,
    ),
  );

it('is found where kubectl looks, and not read', async () => {
  expect(await look([OWN])).toMatchObject({ state: 'ok', seen: `Found: ${OWN}.` });
  expect(await look(['/b', OWN], ['/a', '/b'].join(delimiter))).toMatchObject({ seen: 'Found: /b.' });
  expect(await look(['/given', OWN], undefined, '/given')).toMatchObject({ seen: 'Found: /given.' });
});

it('that is not there can be named later, unless it was named already', async () => {
  expect(await look([])).toMatchObject({ state: 'warning', seen: expect.stringContaining(OWN) as string });
  expect(await look([OWN], undefined, '/gven')).toMatchObject({
    state: 'blocked',
    seen: expect.stringContaining('/gven') as string,
    fix: expect.stringContaining('--kubeconfig') as string,
  });
});
