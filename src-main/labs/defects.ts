import { z } from 'zod';
import type { Problem } from '#shared/app-error.ts';
import type { Locale, LocalizedText } from '#shared/locale.ts';
import { parseYamlDocuments, type YamlDocument } from '../kube/yaml-documents.ts';

/** Collects what is wrong with a lab's files, each defect with its place and what to do. */
export class Defects {
  readonly problems: Problem[] = [];

  add(code: string, where: Problem['where'], message: LocalizedText, fix: LocalizedText): void {
    this.problems.push({ code, message, fix, ...(where === undefined ? {} : { where }) });
  }
}

/** A YAML file that was read, with the places of its fields. */
export class PlacedYaml {
  readonly file: string;
  readonly document: YamlDocument;

  constructor(file: string, document: YamlDocument) {
    this.file = file;
    this.document = document;
  }

  /** The place of a value, or of its key. */
  at(path: readonly (string | number)[], part: 'key' | 'value' = 'value'): NonNullable<Problem['where']> {
    const { line, column } = this.document.rangeOf(path, part);
    return { file: this.file, line, column };
  }
}

const FIX_SYNTAX: LocalizedText = {
  en: 'Correct the YAML here: look at the indentation, quotes and brackets around this place.',
  ko: '이 위치의 YAML을 고치세요. 들여쓰기, 따옴표, 괄호를 확인하세요.',
};

/** Parses a YAML file of one document. Undefined, with defects, when it is none. */
export function parsePlaced(text: string, file: string, defects: Defects): PlacedYaml | undefined {
  const { documents, problems } = parseYamlDocuments(text, '1.2');
  for (const { message, line, column } of problems)
    defects.add(
      'yaml-syntax',
      { file, line, column },
      { en: message, ko: `YAML 오류: ${message}` },
      FIX_SYNTAX,
    );
  if (problems.some((problem) => problem.severity === 'error')) return undefined;
  const [document] = documents;
  if (document !== undefined && documents.length === 1) return new PlacedYaml(file, document);
  defects.add(
    'yaml-document',
    { file, line: 1, column: 1 },
    { en: 'This file must hold one YAML document.', ko: '이 파일에는 YAML 문서가 하나 있어야 합니다.' },
    {
      en: 'Write the document, or remove the others after "---".',
      ko: '문서를 작성하거나 "---" 뒤의 다른 문서를 지우세요.',
    },
  );
  return undefined;
}

type Issue = z.core.$ZodIssue;

/** Checks a file against its schema; every issue becomes a defect at the place of its field. */
export function validatePlaced<S extends z.ZodType>(
  schema: S,
  placed: PlacedYaml,
  defects: Defects,
): z.output<S> | undefined {
  const parsed = schema.safeParse(placed.document.value);
  if (parsed.success) return parsed.data;
  // The same issues in the same order, worded in Korean.
  const korean = schema.safeParse(placed.document.value, { error: z.locales.ko().localeError });
  const koreanIssues = korean.error?.issues.flatMap((issue) => innermost(issue, [])) ?? [];
  const issues = parsed.error.issues.flatMap((issue) => innermost(issue, []));
  for (const [index, { issue, path }] of issues.entries())
    addIssue(issue, koreanIssues[index]?.issue ?? issue, path, placed, defects);
  return undefined;
}

interface PlacedIssue {
  issue: Issue;
  path: (string | number)[];
}

/** The issues of a union's branch that comes nearest, in place of "invalid union". */
function innermost(issue: Issue, prefix: (string | number)[]): PlacedIssue[] {
  const path = [...prefix, ...issue.path.map((step) => (typeof step === 'number' ? step : String(step)))];
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [{ issue, path }];
  const branches = issue.errors.map((errors) => errors.flatMap((inner) => innermost(inner, path)));
  // A branch that lacks the fields which are there is further off than one with a wrong value.
  const score = (branch: PlacedIssue[]): number =>
    branch.reduce((sum, { issue: inner }) => sum + (inner.code === 'unrecognized_keys' ? 2 : 1), 0);
  return branches.sort((a, b) => score(a) - score(b))[0] ?? [{ issue, path }];
}

function addIssue(
  issue: Issue,
  korean: Issue,
  path: (string | number)[],
  placed: PlacedYaml,
  defects: Defects,
): void {
  const { document } = placed;
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) {
      const { field, inside } = nameOf([...path, key], document.value);
      defects.add(
        'unknown-field',
        placed.at([...path, key], 'key'),
        {
          en: `Unknown field "${field}"${inside === undefined ? '' : ` in ${inside.en}`}.`,
          ko: `${inside === undefined ? '' : `${inside.ko}에 `}알 수 없는 필드 "${field}"이(가) 있습니다.`,
        },
        {
          en: 'Correct the spelling or remove it. labs/lab.schema.json lists every field.',
          ko: '철자를 고치거나 지우세요. 모든 필드는 labs/lab.schema.json에 있습니다.',
        },
      );
    }
    return;
  }
  const { field, inside } = nameOf(path, document.value);
  const missing = issue.code === 'invalid_type' && /received undefined/.test(issue.message);
  const where = (locale: Locale): string =>
    inside === undefined ? `"${field}"` : field === '' ? inside[locale] : `${inside[locale]}: ${field}`;
  defects.add(
    missing ? 'missing-field' : 'invalid-value',
    placed.at(path),
    missing
      ? { en: `${where('en')} is missing.`, ko: `${where('ko')} 필드가 없습니다.` }
      : { en: `${where('en')}: ${issue.message}`, ko: `${where('ko')}: ${korean.message}` },
    missing
      ? { en: 'Add the field.', ko: '필드를 추가하세요.' }
      : {
          en: 'Write a value as docs/writing-a-lab.md describes it.',
          ko: 'docs/writing-a-lab.md의 설명에 맞는 값을 적으세요.',
        },
  );
}

/** A path in the author's words: steps and checks by their ids (`step "make", check "reaches"`), and the field in them. */
function nameOf(
  path: readonly (string | number)[],
  value: unknown,
): { field: string; inside: LocalizedText | undefined } {
  const [spec, steps, step, checks, check] = path;
  const written = (parts: readonly (string | number)[]): string =>
    parts
      .map((part) => (typeof part === 'number' ? `[${String(part)}]` : `.${part}`))
      .join('')
      .replace(/^\./, '');
  if (spec !== 'spec' || steps !== 'steps' || typeof step !== 'number')
    return { field: written(path), inside: undefined };
  const stepName = idOf(value, path.slice(0, 3)) ?? `#${String(step + 1)}`;
  const inStep = { en: `step ${stepName}`, ko: `단계 ${stepName}` };
  if (checks !== 'checks' || typeof check !== 'number')
    return { field: written(path.slice(3)), inside: inStep };
  const checkName = idOf(value, path.slice(0, 5)) ?? `#${String(check + 1)}`;
  return {
    field: written(path.slice(5)),
    inside: { en: `${inStep.en}, check ${checkName}`, ko: `${inStep.ko}, 검사 ${checkName}` },
  };
}

/** The id, in quotes, of what stands at a path. */
function idOf(value: unknown, path: readonly (string | number)[]): string | undefined {
  let here = value;
  for (const part of [...path, 'id']) {
    if (typeof here !== 'object' || here === null) return undefined;
    here = (here as Record<string, unknown>)[part];
  }
  return typeof here === 'string' ? `"${here}"` : undefined;
}
