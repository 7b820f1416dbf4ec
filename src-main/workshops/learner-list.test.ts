import { describe, expect, it } from 'vitest';
import { parseLearnerList } from './learner-list.ts';

function read(content: string | Uint8Array): ReturnType<typeof parseLearnerList> {
  return parseLearnerList(typeof content === 'string' ? Buffer.from(content) : content, 'learners.csv');
}

function ids(content: string | Uint8Array): string[] {
  const { learners, problems } = read(content);
  expect(problems).toEqual([]);
  return learners.map(({ id }) => id);
}

/** The places and codes of everything that is wrong. */
function wrong(content: string | Uint8Array): string[] {
  return read(content).problems.map(({ where, code }) =>
    where === undefined ? code : `${where.file}:${where.line}:${where.column} ${code}`,
  );
}

describe('a list of learners', () => {
  it('takes ids as they stand, and keeps names for people', () => {
    expect(read('id,name,email\nalice,Alice Kim,a@example.org\nbob,,\n')).toEqual({
      learners: [
        { id: 'alice', name: 'Alice Kim', line: 2, column: 1 },
        { id: 'bob', name: 'bob', line: 3, column: 1 },
      ],
      problems: [],
    });
    expect(ids('Email,Learner\nx@example.org,alice\n')).toEqual(['alice']);
  });

  it('makes ids of names, the same each time', () => {
    const names = ['Alice', 'Zoë Müller', '"Kim, Min-su"', '김민수', '박 서연', 'Nº 7', 'R2-D2'];
    expect(ids(`name\n${names.join('\n')}\n`)).toEqual([
      'alice',
      'zoe-muller',
      'kim-min-su',
      'gimminsu',
      'bak-seoyeon',
      'no-7',
      'r2-d2',
    ]);
    expect(ids('이름\n홍길동\n')).toEqual(['honggildong']);
  });

  it('reads what spreadsheets save: marks, separators, line ends, empty lines', () => {
    const expected = ['alice', 'bob'];
    expect(ids('\ufeffname\r\nAlice\r\n\r\nBob\r\n')).toEqual(expected);
    expect(ids('name;email\nAlice;a\nBob;b\n')).toEqual(expected);
    expect(ids('name\temail\nAlice\ta\n\t\nBob\tb')).toEqual(expected);
    expect(ids(Buffer.from('\ufeffname\nAlice\nBob\n', 'utf16le'))).toEqual(expected);
    expect(ids(Buffer.from('\ufeffname\nAlice\nBob\n', 'utf16le').swap16())).toEqual(expected);
  });

  it('names every wrong line with its place, all at once', () => {
    const list = [
      'id,name,email',
      'alice,Alice,a@example.org',
      ',,nobody@example.org',
      'Bob,Bob,',
      '"two',
      'lines",Two,',
      'alice,Another Alice,',
      'dan,Kim, Dan,d@example.org',
      ',李明,',
      'erin,Erin',
    ].join('\n');
    expect(wrong(list)).toEqual([
      'learners.csv:3:2 learner-unnamed',
      'learners.csv:4:1 learner-id-bad',
      'learners.csv:5:1 learner-id-bad',
      'learners.csv:7:1 learner-twice',
      'learners.csv:8:14 list-fields',
      'learners.csv:9:2 learner-id-missing',
    ]);
    expect(read(list).learners.map(({ id }) => id)).toEqual(['alice', 'erin']);
  });

  it('says of two people of one name which line was first', () => {
    const [problem] = read('name\n김민수\n이영희\n김민수\n').problems;
    expect(problem?.message.en).toBe('The learner "gimminsu" is already in line 2.');
    expect(problem?.where).toEqual({ file: 'learners.csv', line: 4, column: 1 });
  });

  it('wants a first line that names the columns, and somebody under it', () => {
    expect(wrong('alice\nbob\n')).toEqual(['learners.csv:1:1 list-header-missing']);
    expect(wrong('name\n')).toEqual(['learners.csv:1:1 list-empty']);
    expect(wrong('')).toEqual(['learners.csv:1:1 list-empty']);
  });

  it('refuses what is neither UTF-8 nor CSV, at the place', () => {
    const eucKr = Buffer.concat([Buffer.from('id,name\nmin,'), Buffer.from([0xb1, 0xe8]), Buffer.from('\n')]);
    expect(wrong(eucKr)).toEqual(['learners.csv:2:5 list-not-utf8']);
    expect(wrong('name\n"Alice\nBob\n')).toEqual([
      expect.stringMatching(/^learners\.csv:\d:1 list-not-csv$/),
    ]);
  });
});
