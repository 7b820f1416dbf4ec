import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { inCurriculumOrder } from './curriculum.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'labs-'));
});
afterEach(() => rm(folder, { recursive: true }));

function write(...labs: string[]): Promise<void> {
  const lines = [
    'apiVersion: switchyard.dev/v1',
    'kind: Curriculum',
    'labs:',
    ...labs.map((id) => `  - ${id}`),
  ];
  return writeFile(join(folder, 'curriculum.yaml'), lines.join('\n'));
}

test('labs come in the order of the curriculum, and those that it does not name after them', async () => {
  await write('pods', 'dns');
  expect(await inCurriculumOrder(folder, ['dns', 'extra', 'pods'])).toEqual({
    order: ['pods', 'dns', 'extra'],
    problems: [],
  });
});

test('without a curriculum they are in the order of their ids', async () => {
  expect((await inCurriculumOrder(folder, ['a', 'b'])).order).toEqual(['a', 'b']);
});

test('a lab that is not there, and one that stands there twice, are told of with their places', async () => {
  await write('dns', 'podz', 'dns');
  const { order, problems } = await inCurriculumOrder(folder, ['dns', 'pods']);
  expect(order).toEqual(['dns', 'pods']);
  expect(problems.map(({ message, where }) => [message.en, where?.line, where?.column])).toEqual([
    ['There is no folder for the lab "podz".', 5, 5],
    ['The lab "dns" stands here twice.', 6, 5],
  ]);
});

test('a file that is none is told of, and hides no lab', async () => {
  await writeFile(join(folder, 'curriculum.yaml'), 'kind: Lab\n');
  const { order, problems } = await inCurriculumOrder(folder, ['dns']);
  expect(order).toEqual(['dns']);
  expect(problems.length).toBeGreaterThan(0);
});
