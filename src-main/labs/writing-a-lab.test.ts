import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { COULD_NOT_LOOK, FINDINGS } from '../checks/findings.ts';
import { loadLab } from './library.ts';

const doc = await readFile(resolve(import.meta.dirname, '../../docs/writing-a-lab.md'), 'utf8');

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'hello-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

test('the smallest lab of the guide is a lab, once its prose is written', async () => {
  const files = [...doc.matchAll(/^`labs\/(hello\/[\w./]+)`.*\n\n```yaml\n([\s\S]*?)```/gm)];
  expect(files.map(([, path]) => path)).toEqual([
    'hello/lab.yaml',
    'hello/text/en.yaml',
    'hello/manifests/client.yaml',
    'hello/solution/first/solution.yaml',
  ]);
  for (const [, path = '', text = ''] of files) await write(path, text);
  const lab = join(root, 'hello');
  const unwritten = (await loadLab(lab)).problems;
  expect(new Set(unwritten.map(({ code }) => code))).toEqual(
    new Set(['missing-translation', 'missing-file']),
  );

  await write('hello/text/ko.yaml', await readFile(join(lab, 'text/en.yaml'), 'utf8'));
  await write('hello/solution/first/web.yaml', 'apiVersion: v1\nkind: Service\nmetadata: { name: web }\n');
  for (const locale of ['en', 'ko'])
    for (const name of ['objectives', 'debrief', 'first', 'first.solution'])
      await write(`hello/text/${locale}/${name}.md`, 'Words.\n');
  const loaded = await loadLab(lab);
  expect(loaded.problems).toEqual([]);
  expect(loaded.lab?.steps[0]?.spec.checks[0]?.kind).toBe('resource');
});

test('the guide lists every finding', () => {
  for (const finding of [...Object.values(FINDINGS).flat(), COULD_NOT_LOOK])
    expect(doc).toContain(`\`${finding}\``);
});
