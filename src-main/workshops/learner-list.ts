import { parse, CsvError } from 'csv-parse/sync';
import { readFile } from 'node:fs/promises';
import { AppError, type Problem } from '#shared/app-error.ts';
import { wordsOf } from '../store/problems.ts';
import { decodeText } from './decode-text.ts';
import { columnsOf, type CsvRecord } from './csv-places.ts';
import { idOfName, isLearnerId } from './learner-id.ts';
import * as problems from './list-problems.ts';

/** One line of the list. */
export interface Learner {
  /** Names everything that is prepared for them. */
  id: string;
  /** What people call them. */
  name: string;
  /** Where the list has what the id comes from. */
  line: number;
  column: number;
}

export interface LearnerList {
  learners: Learner[];
  /** Everything that is wrong with the list, each with its place. */
  problems: Problem[];
}

const ID_COLUMNS = ['id', 'learner', '아이디'];
const NAME_COLUMNS = ['name', '이름'];
const DELIMITERS = [',', ';', '\t'];

/** @throws AppError `list-unreadable` when there is no such file; what is wrong inside it is in the list. */
export async function readLearnerList(file: string): Promise<LearnerList> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new AppError({
      code: 'list-unreadable',
      message: {
        en: `The list of learners, ${file}, cannot be read.`,
        ko: `학습자 목록 ${file}을(를) 읽을 수 없습니다.`,
      },
      fix: {
        en: 'Give the path of a CSV file with --learners.',
        ko: '--learners로 CSV 파일의 경로를 지정하세요.',
      },
      detail: wordsOf(error),
    });
  });
  return parseLearnerList(bytes, file);
}

/**
 * Reads a list of learners: CSV (RFC 4180; also with semicolons or tabs, as spreadsheets write it) in UTF-8, or in
 * UTF-16 with a byte order mark. The first line names the columns. `id` (or `learner`) is taken as it stands; from
 * `name` an id is made where there is none. Other columns are left alone.
 */
export function parseLearnerList(bytes: Uint8Array, file: string): LearnerList {
  const decoded = decodeText(bytes);
  if ('badByte' in decoded)
    return { learners: [], problems: [problems.notUtf8({ file, ...decoded.badByte })] };
  const { text } = decoded;
  const firstLine = /[^\r\n]+/.exec(text)?.[0] ?? '';
  const delimiter = DELIMITERS.map((mark) => ({ mark, count: firstLine.split(mark).length })).reduce(
    (best, next) => (next.count > best.count ? next : best),
  ).mark;
  let records: CsvRecord[];
  try {
    records = parse(text, {
      delimiter,
      info: true,
      raw: true,
      relax_column_count: true,
      skip_empty_lines: true,
    }) as unknown as CsvRecord[];
  } catch (error) {
    return { learners: [], problems: [problems.notCsv(file, lineOf(error), wordsOf(error))] };
  }
  return new ListReader(file, delimiter).read(records);
}

/** Where csv-parse gave up. */
function lineOf(error: unknown): number {
  const lines = error instanceof CsvError ? error['lines'] : undefined;
  return typeof lines === 'number' ? lines : 1;
}

class ListReader {
  readonly #file: string;
  readonly #delimiter: string;
  readonly #problems: Problem[] = [];
  readonly #seen = new Map<string, Learner>();

  constructor(file: string, delimiter: string) {
    this.#file = file;
    this.#delimiter = delimiter;
  }

  read([header, ...lines]: readonly CsvRecord[]): LearnerList {
    const start = { file: this.#file, line: 1, column: 1 };
    if (header === undefined) return { learners: [], problems: [problems.emptyList(start)] };
    const titles = header.record.map((title) => title.trim().toLowerCase());
    const id = titles.findIndex((title) => ID_COLUMNS.includes(title));
    const name = titles.findIndex((title) => NAME_COLUMNS.includes(title));
    if (id < 0 && name < 0)
      return { learners: [], problems: [problems.noHeader(start, header.record.join(this.#delimiter))] };
    for (const line of lines) this.#line(line, { id, name, count: titles.length });
    if (lines.length === 0) this.#problems.push(problems.emptyList(start));
    return { learners: [...this.#seen.values()], problems: this.#problems };
  }

  #line(line: CsvRecord, columns: { id: number; name: number; count: number }): void {
    const fields = line.record.map((field) => field.trim());
    if (fields.every((field) => field === '')) return;
    const places = columnsOf(line, this.#delimiter);
    const at = (column: number) => {
      const place = places[column] ?? places[0] ?? { line: line.info.lines, column: 1 };
      return { file: this.#file, ...place };
    };
    if (fields.length > columns.count) {
      this.#problems.push(problems.tooManyFields(at(columns.count), fields.length, columns.count));
      return;
    }
    const given = fields[columns.id] ?? '';
    const name = fields[columns.name] ?? '';
    if (given === '' && name === '') {
      this.#problems.push(problems.noName(at(columns.name >= 0 ? columns.name : columns.id)));
      return;
    }
    const id = given === '' ? idOfName(name) : given;
    const where = at(given === '' ? columns.name : columns.id);
    if (id === undefined) this.#problems.push(problems.noIdFromName(where, name));
    else if (!isLearnerId(id)) this.#problems.push(problems.badId(where, id));
    else this.#add({ id, name: name === '' ? id : name, line: where.line, column: where.column });
  }

  #add(learner: Learner): void {
    const { id, line, column } = learner;
    const before = this.#seen.get(id);
    if (before === undefined) this.#seen.set(id, learner);
    else this.#problems.push(problems.twice({ file: this.#file, line, column }, id, before.line));
  }
}
