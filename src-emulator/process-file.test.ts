import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimProcessFile, readLiveProcess, type ProcessClaim } from './process-file.ts';
import { processStart } from './process-identity.ts';

let directory: string;
let path: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'switchyard-claim-'));
  path = join(directory, 'process.json');
});
afterEach(() => rm(directory, { recursive: true, force: true }));

async function claim(): Promise<ProcessClaim> {
  const made = await claimProcessFile(path);
  if ('pid' in made) throw new Error('held by another process');
  return made;
}

describe('the claim of a process', () => {
  it('is written again when the file is damaged or deleted, with its address', async () => {
    const mine = await claim();
    await mine.setUrl('https://127.0.0.1:6443');
    const before = await readFile(path, 'utf8');
    await writeFile(path, 'garbage');
    expect(await mine.renew()).toBe(true);
    expect(await readFile(path, 'utf8')).toBe(before);
    await rm(path);
    expect(await mine.renew()).toBe(true);
    expect(await readLiveProcess(path)).toMatchObject({ pid: process.pid, url: 'https://127.0.0.1:6443' });
    await mine.release();
  });

  it('is lost to another process that runs, and with its folder', async () => {
    const mine = await claim();
    await writeFile(path, JSON.stringify({ pid: process.ppid, start: processStart(process.ppid) }));
    expect(await mine.renew()).toBe(false);
    await rm(directory, { recursive: true });
    expect(await mine.renew()).toBe(false);
  });
});
