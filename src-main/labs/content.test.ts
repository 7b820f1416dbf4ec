import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { labJsonSchemaText } from '#shared/lab-format.ts';
import { labContent } from './content.ts';
import { loadLibrary } from './library.ts';

const LABS = resolve(import.meta.dirname, '../../labs');
const library = await loadLibrary(LABS);

test('every lab of the product is free of defects', () => {
  expect(library.problems).toEqual([]);
  expect([...library.labs.keys()]).toContain('cluster-ip');
});

test('the published JSON Schema is the one of the format', async () => {
  // switchyard labs schema > labs/lab.schema.json
  expect((await readFile(join(LABS, 'lab.schema.json'), 'utf8')).trim()).toBe(labJsonSchemaText());
});

test('the path picture follows the step: its own Service, or the lab’s', () => {
  const lab = library.labs.get('cluster-ip');
  if (lab === undefined) throw new Error('no lab');
  expect(labContent(lab).steps.map((step) => step.focus)).toEqual([
    'shop/web',
    'shop/web',
    'shop/web',
    'shop/orders',
    'depot/stock',
  ]);
});

describe.each([...library.labs.values()])('lab $id', (lab) => {
  test('says the same in every language: headings, fences, commands, tables', async () => {
    const names = (await readdir(join(lab.directory, 'text/en'))).sort();
    expect((await readdir(join(lab.directory, 'text/ko'))).sort()).toEqual(names);
    for (const name of names) {
      const [en = '', ko = ''] = await Promise.all(
        ['en', 'ko'].map((locale) => readFile(join(lab.directory, 'text', locale, name), 'utf8')),
      );
      expect(shapeOf(ko), name).toEqual(shapeOf(en));
    }
  });

  test('has the same hints, checks, choices and findings in every language', () => {
    expect(keysOf(lab.text.ko)).toEqual(keysOf(lab.text.en));
    for (const step of lab.steps)
      for (const hint of step.hints) expect(shapeOf(hint.ko)).toEqual(shapeOf(hint.en));
  });

  test('has words for findings only of checks that can find them', () => {
    for (const wrong of lab.wrong) {
      const check = lab.text.en.steps[wrong.step]?.checks[wrong.check];
      expect(check, wrong.name).toBeDefined();
    }
    expect(lab.wrong.length).toBeGreaterThanOrEqual(6);
  });

  test('gives no answer away in what the learner gets', () => {
    const content = JSON.stringify(labContent(lab));
    expect(content).not.toContain('"correct"');
    expect(content).not.toContain('"accept"');
  });
});

/** Headings by level, and fences with their commands; what is in angle brackets and comments may be translated. */
function shapeOf(markdown: string): unknown {
  const headings = [...markdown.matchAll(/^(#+) /gm)].map((match) => match[1]);
  const fences = [...markdown.matchAll(/```([^\n]*)\n([\s\S]*?)```/g)].map(([, info = '', body = '']) => ({
    info,
    body: info.startsWith('text')
      ? body.split('\n').length
      : body.replace(/<[^>]*>/g, '<>').replace(/#.*$/gm, '#'),
  }));
  const tableRows = [...markdown.matchAll(/^\|/gm)].length;
  return { headings, fences, tableRows };
}

function keysOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length;
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, keysOf(inner)]));
}
