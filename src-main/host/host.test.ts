import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { presentHost } from './host.ts';

it('tells of the machine that it runs on', async () => {
  const host = presentHost({});
  const { free, total } = await host.disk(tmpdir());
  expect(free).toBeGreaterThan(0);
  expect(total).toBeGreaterThan(free);
  expect(['amd64', 'arm64']).toContain(host.architecture);
  expect(host.availableMemory() ?? Infinity).toBeGreaterThan(1e6);
  expect(await host.isReadable(import.meta.filename)).toBe(true);
  expect(await host.isReadable(join(tmpdir(), 'no such file'))).toBe(false);
  await expect(host.disk(join(tmpdir(), 'no such folder'))).rejects.toThrow('ENOENT');
  await host.talkOverLoopback();
});
