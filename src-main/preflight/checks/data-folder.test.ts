import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { read } from '../testing/facts.ts';
import { dataFolderCheck } from './data-folder.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'switchyard-preflight-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

it('can be written, and nothing is left in it', async () => {
  const folder = join(directory, 'data');
  expect(await read(dataFolderCheck(folder))).toMatchObject({ state: 'ok' });
  expect(await readdir(folder)).toEqual([]);
});

it('that cannot be written is named, with the way out', async () => {
  await writeFile(join(directory, 'file'), '');
  expect(await read(dataFolderCheck(join(directory, 'file', 'data')))).toMatchObject({
    state: 'blocked',
    seen: expect.stringContaining(join(directory, 'file')) as string,
    fix: expect.stringContaining('SWITCHYARD_DATA') as string,
  });
});
