import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Problem } from '#shared/app-error.ts';
import { loadLab } from './library.ts';

const GOOD = resolve(import.meta.dirname, '../../labs/cluster-ip');
let root = '';
let lab = '';

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lab-'));
  lab = join(root, 'cluster-ip');
  await cp(GOOD, lab, { recursive: true });
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

/** Replaces the first occurrence in a file of the lab, and gives the line on which it was. */
async function spoil(file: string, from: string, to: string): Promise<number> {
  const path = join(lab, file);
  const text = await readFile(path, 'utf8');
  expect(text).toContain(from);
  await writeFile(path, text.replace(from, to));
  return text.slice(0, text.indexOf(from)).split('\n').length;
}

async function problems(): Promise<Problem[]> {
  const loaded = await loadLab(lab);
  expect(loaded.lab === undefined).toBe(loaded.problems.length > 0);
  return loaded.problems;
}

function summary(problem: Problem): string {
  const { where } = problem;
  return `${where?.file.slice(lab.length + 1) ?? ''}:${String(where?.line)}:${String(where?.column)} ${problem.code} ${problem.message.en}`;
}

test('the lab as it is has no defects', async () => {
  expect(await problems()).toEqual([]);
});

describe('a defect is reported with file, line and column, and what to do', () => {
  test.each([
    [
      'an unknown field',
      'lab.yaml',
      'difficulty: beginner',
      'dificulty: beginner',
      'unknown-field',
      'metadata.dificulty',
    ],
    [
      'a wrong type',
      'lab.yaml',
      'durationMinutes: 40',
      'durationMinutes: long',
      'invalid-value',
      'metadata.durationMinutes',
    ],
    ['an unknown check kind', 'lab.yaml', 'kind: endpoints', 'kind: endpoint', 'invalid-value', 'kind'],
    ['an unknown field of a check', 'lab.yaml', 'replaced: 1', 'replaces: 1', 'unknown-field', 'replaces'],
    [
      'a step id used twice',
      'lab.yaml',
      '- id: service\n',
      '- id: addresses\n',
      'duplicate-id',
      '"addresses"',
    ],
    [
      'a check id used twice',
      'lab.yaml',
      '- id: new-address',
      '- id: pod-replaced',
      'duplicate-id',
      '"pod-replaced"',
    ],
    [
      'a manifest that is not there',
      'lab.yaml',
      'manifests: [web.yaml]',
      'manifests: [wep.yaml]',
      'missing-file',
      'manifests/wep.yaml',
    ],
    [
      'an image without a tag',
      'manifests/web.yaml',
      'agnhost:2.53',
      'agnhost',
      'image-not-pinned',
      'agnhost',
    ],
    ['an image tagged latest', 'lab.yaml', 'agnhost:2.53', 'agnhost:latest', 'image-not-pinned', 'latest'],
    [
      'an image that is not listed',
      'manifests/web.yaml',
      'agnhost:2.53',
      'agnhost:2.54',
      'image-unlisted',
      '2.54',
    ],
    [
      'a manifest that is not YAML',
      'manifests/web.yaml',
      'metadata:\n',
      'metadata: [\n',
      'manifest-syntax',
      '',
    ],
    [
      'a text of a check that is not there',
      'text/ko.yaml',
      'pod-replaced:',
      'pod-replace:',
      'unknown-check',
      'pod-replace',
    ],
    ['a text of a step that is not there', 'text/en.yaml', '  names:\n', '  nams:\n', 'unknown-step', 'nams'],
    ['a missing hint', 'lab.yaml', 'hints: 3', 'hints: 4', 'missing-translation', '4 hints'],
    [
      'a wrong answer for a check that is not there',
      'wrong/headless/wrong.yaml',
      'check: cluster',
      'check: clustr',
      'unknown-check',
      'clustr',
    ],
    [
      'a wrong answer for a step that is not there',
      'wrong/headless/wrong.yaml',
      'step: service',
      'step: servce',
      'unknown-step',
      'servce',
    ],
    [
      'an answer to a check that is not there',
      'solution/names/solution.yaml',
      'answer: full-name',
      'answer: fullname',
      'unknown-check',
      'fullname',
    ],
    [
      'a finding that a check of the kind never has, in a wrong answer',
      'wrong/headless/wrong.yaml',
      'finding: headless',
      'finding: selector-matches-nothing',
      'unknown-finding',
      '"selector-matches-nothing"',
    ],
    [
      'a finding that a check of the kind never has, in a text',
      'text/en.yaml',
      '          not-replaced: Del',
      '          not-replacd: Del',
      'unknown-finding',
      '"not-replacd"',
    ],
    [
      'a trap that the question does not set, in a text',
      'text/ko.yaml',
      '          answer-old-address:',
      '          answer-old-adress:',
      'unknown-finding',
      '"answer-old-adress"',
    ],
    ['broken YAML', 'lab.yaml', 'metadata:', 'metadata: }', 'yaml-syntax', ''],
  ])('%s', async (_what, file, from, to, code, words) => {
    const line = await spoil(file, from, to);
    const found = await problems();
    const match = found.find((problem) => problem.code === code && problem.message.en.includes(words));
    expect(match, found.map(summary).join('\n')).toBeDefined();
    expect(match?.where?.column).toBeGreaterThan(0);
    if (code !== 'manifest-syntax' && code !== 'missing-translation') {
      expect(match?.where?.file).toBe(join(lab, file));
      // A missing brace or a second id may be seen only where the text goes on.
      expect(Math.abs((match?.where?.line ?? 0) - line)).toBeLessThanOrEqual(1);
    }
    expect(match?.fix?.en).not.toBe('');
    expect(match?.message.ko).not.toBe(match?.message.en);
  });

  test('steps and checks are called by their ids, not by their numbers', async () => {
    await spoil('lab.yaml', 'kind: endpoints', 'kind: endpoint');
    await spoil('lab.yaml', 'starters:', 'starter:');
    const messages = (await problems()).map(({ message }) => message);
    expect(messages.map(({ en }) => en)).toEqual([
      expect.stringMatching(/^step "service", check "reaches-the-pods": kind: /),
      'Unknown field "starter" in step "service".',
    ]);
    expect(messages[0]?.ko).toMatch(/^단계 "service", 검사 "reaches-the-pods": kind: /);
    expect(messages[1]?.ko).toBe('단계 "service"에 알 수 없는 필드 "starter"이(가) 있습니다.');
  });

  test('missing translations, all at once', async () => {
    await rm(join(lab, 'text/ko/ports.md'));
    await spoil('text/ko.yaml', '          follows: 새', '          folows: 새');
    const codes = (await problems()).map((problem) => problem.message.en);
    expect(codes).toContain('The text text/ko/ports.md is missing.');
    expect(codes).toContain('text/ko.yaml has no steps.addresses.checks.why-not-fixed.choices.follows.');
  });

  test('a missing solution', async () => {
    await rm(join(lab, 'solution/ports'), { recursive: true });
    expect((await problems()).map(summary)).toEqual([
      expect.stringMatching(/^lab\.yaml:\d+:\d+ missing-file The solution solution\/ports\/solution\.yaml/),
    ]);
  });
});
