import { fork } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AppError } from '#shared/app-error.ts';
import { dataDirectory } from './data-directory.ts';
import { JsonFile } from './json-file.ts';
import { lockDataDirectory } from './lock.ts';
import { openSettings } from './settings.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'switchyard-store-'));
});
afterEach(async () => {
  await chmod(directory, 0o700);
  await rm(directory, { recursive: true, force: true });
});

const schema = z.strictObject({ count: z.number() });
const open = (path = join(directory, 'count.json')) => JsonFile.open({ path, schema, initial: { count: 0 } });

async function problemOf(promise: Promise<unknown>): Promise<AppError['problem']> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof AppError)) throw new Error(`expected an AppError, got ${String(error)}`);
  return error.problem;
}

describe('the data folder', () => {
  const linux = { platform: 'linux', home: '/home/ada', env: {} } as const;
  it('follows the platform', () => {
    expect(dataDirectory(linux)).toBe('/home/ada/.local/share/switchyard');
    expect(dataDirectory({ ...linux, env: { XDG_DATA_HOME: '/data' } })).toBe('/data/switchyard');
    expect(dataDirectory({ ...linux, env: { XDG_DATA_HOME: 'data' } })).toBe(
      '/home/ada/.local/share/switchyard',
    );
    expect(dataDirectory({ ...linux, platform: 'darwin' })).toBe(
      '/home/ada/Library/Application Support/switchyard',
    );
    expect(dataDirectory({ ...linux, env: { SWITCHYARD_DATA: '/class' } })).toBe('/class');
  });

  it.runIf(process.platform === 'linux')('says so at once where no folder can be made', async () => {
    const problem = await problemOf(lockDataDirectory('/proc/switchyard/data'));
    expect(problem.code).toBe('data-folder-unwritable');
    expect(problem.fix?.en).toContain('SWITCHYARD_DATA');
  });

  it('belongs to one copy at a time, and says which', async () => {
    const lock = await lockDataDirectory(directory);
    await lock.setUrl('http://127.0.0.1:4000');
    const problem = await problemOf(lockDataDirectory(directory));
    expect(problem.code).toBe('already-running');
    expect(problem.message.en).toContain(`process ${process.pid} (http://127.0.0.1:4000)`);
    expect(problem.message.ko).toContain(String(process.pid));
    await lock.release();
    await (await lockDataDirectory(directory)).release();
  });

  it('is free again after its holder was killed, even when the id lives on in another process', async () => {
    const child = fork('-', { execArgv: ['-e', 'setInterval(() => {}, 1e6)'], stdio: 'ignore' });
    await once(child, 'spawn');
    const file = join(directory, 'switchyard.lock');
    await writeFile(file, JSON.stringify({ pid: child.pid, start: 'another boot/123' }));
    await (await lockDataDirectory(directory)).release();
    child.kill('SIGKILL');
    await once(child, 'exit');
    await writeFile(file, JSON.stringify({ pid: child.pid, start: 'x' }));
    await (await lockDataDirectory(directory)).release();
    await writeFile(file, '{"pid": 1');
    await (await lockDataDirectory(directory)).release();
  });

  it('that cannot be written says so with a way out', async () => {
    // A folder below a file fails for every user, the superuser included.
    await writeFile(join(directory, 'file'), '');
    const problem = await problemOf(lockDataDirectory(join(directory, 'file', 'data')));
    expect(problem.code).toBe('data-folder-unwritable');
    expect(problem.fix?.en).toContain('SWITCHYARD_DATA');
    const file = await open(join(directory, 'other.json'));
    await mkdir(join(directory, 'other.json'));
    expect((await problemOf(file.update(() => ({ count: 1 })))).code).toBe('data-folder-unwritable');
  });
});

describe('a JSON file', () => {
  it('is written privately and read back', async () => {
    const file = await open(join(directory, 'deep', 'count.json'));
    await file.update(({ count }) => ({ count: count + 1 }));
    expect((await open(file.path)).value).toEqual({ count: 1 });
    expect((await stat(file.path)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(directory, 'deep'))).toEqual(['count.json']);
  });

  it('keeps every change when they come faster than the disk', async () => {
    const file = await open();
    const writes = Array.from({ length: 200 }, () => file.update(({ count }) => ({ count: count + 1 })));
    expect(file.value.count).toBe(200);
    await Promise.all(writes);
    expect((await open()).value.count).toBe(200);
  });

  it('goes on writing after a write failed', async () => {
    const file = await open();
    await mkdir(file.path);
    await problemOf(file.update(() => ({ count: 1 })));
    await rm(file.path, { recursive: true });
    await file.update(({ count }) => ({ count: count + 1 }));
    expect((await open()).value.count).toBe(2);
  });

  it.each(['', '{"count": 1', '{"count": "one"}', '[]'])(
    'sets aside what it cannot understand: %j',
    async (text) => {
      await writeFile(join(directory, 'count.json'), text);
      const file = await open();
      expect(file.value).toEqual({ count: 0 });
      expect(file.problem?.code).toBe('file-set-aside');
      await file.update(() => ({ count: 7 }));
      const kept = (await readdir(directory)).find((name) => name.startsWith('count.json.corrupt-')) ?? '';
      expect(file.problem?.message.en).toContain(kept);
      expect(await readFile(join(directory, kept), 'utf8')).toBe(text);
      expect((await open()).value).toEqual({ count: 7 });
    },
  );

  it('holds whole content after a kill in the middle of writing', async () => {
    const script = `
      import { writeAtomically } from ${JSON.stringify(join(import.meta.dirname, 'atomic-write.ts'))};
      process.send('started');
      for (let count = 0; ; count++) await writeAtomically(process.argv[1], JSON.stringify({ count, pad: 'x'.repeat(2e6) }));`;
    const path = join(directory, 'big.json');
    for (const delay of [0, 15, 40]) {
      const child = fork(path, {
        execArgv: ['--input-type=module', '-e', script],
        cwd: process.cwd(),
        stdio: 'inherit',
      });
      await once(child, 'message');
      await new Promise((resolve) => setTimeout(resolve, delay));
      child.kill('SIGKILL');
      await once(child, 'exit');
      const text = await readFile(path, 'utf8').catch(() => undefined);
      if (text !== undefined) expect(() => void JSON.parse(text)).not.toThrow();
    }
  });
});

describe('settings', () => {
  it('start with the system theme and no language, and survive', async () => {
    const settings = await openSettings(directory);
    expect(settings.value).toEqual({ theme: 'system', layout: {} });
    await settings.update((value) => ({ ...value, language: 'ko' }));
    expect((await openSettings(directory)).value.language).toBe('ko');
  });
});
