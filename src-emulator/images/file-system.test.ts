import { expect, test } from 'vitest';
import { ContainerFileSystem } from './container-file-system.ts';
import { FileTree } from './file-tree.ts';
import { MemoryFileSystem } from './memory-file-system.ts';
import { sh, testContainer } from './test-support.ts';

const now = (): number => 1000;
const text = (data: Uint8Array): string => new TextDecoder().decode(data);

test('containers of one image do not see what the others write', () => {
  const tree = new FileTree();
  tree.addFile('/etc/motd', 'hello');
  tree.addFile('/etc/hosts', 'hosts');
  const first = new MemoryFileSystem(now, tree);
  const second = new MemoryFileSystem(now, tree);
  first.writeFile('/etc/motd', 'changed');
  first.remove('/etc/hosts');
  expect(text(first.readFile('/etc/motd'))).toBe('changed');
  expect(text(second.readFile('/etc/motd'))).toBe('hello');
  expect(second.list('/etc')).toEqual(['hosts', 'motd']);
});

test('what was read stays as it was while the file grows', () => {
  const fs = new MemoryFileSystem(now);
  fs.writeFile('/log', 'a');
  const before = fs.readFile('/log');
  for (let index = 0; index < 100; index++) fs.writeFile('/log', 'b', { append: true });
  expect(text(before)).toBe('a');
  expect(text(fs.readFile('/log'))).toBe(`a${'b'.repeat(100)}`);
});

test('volumes lie over the image, are shared, and can be read-only', () => {
  const volume = new MemoryFileSystem(now);
  volume.writeFile('/key', 'value');
  const mount = { source: volume, sourcePath: '/', readOnly: false };
  const writer = new ContainerFileSystem(new MemoryFileSystem(now), [{ ...mount, path: '/data' }]);
  const reader = new ContainerFileSystem(new MemoryFileSystem(now), [
    { ...mount, path: '/in/put', readOnly: true },
  ]);
  writer.writeFile('/data/new', '1');
  expect(reader.list('/in/put')).toEqual(['key', 'new']);
  expect(reader.list('/in')).toEqual(['put']);
  expect(() => reader.writeFile('/in/put/key', '2')).toThrow('Read-only file system');
  expect(() => writer.remove('/data', { recursive: true })).toThrow('Device or resource busy');
});

test('errors are worded as libc words them', () => {
  const fs = new MemoryFileSystem(now);
  fs.mkdir('/a/b', { recursive: true });
  fs.writeFile('/file', '');
  expect(() => fs.readFile('/none')).toThrow('No such file or directory');
  expect(() => fs.readFile('/a')).toThrow('Is a directory');
  expect(() => fs.list('/file')).toThrow('Not a directory');
  expect(() => fs.remove('/a')).toThrow('Directory not empty');
  expect(() => fs.mkdir('/a')).toThrow('File exists');
});

test('programs are files: they can be listed, moved and removed', async () => {
  const container = testContainer();
  const { stdout, stderr } = await sh(
    container,
    'ls -l /bin/date | cut -c1-10; mv /bin/date /bin/when; when +%Y | wc -c; date',
  );
  expect(stdout).toBe('-rwxr-xr-x\n5\n');
  expect(stderr).toBe('sh: date: not found\n');
});
