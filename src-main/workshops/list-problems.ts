import type { Problem } from '#shared/app-error.ts';
import type { LocalizedText } from '#shared/locale.ts';
import { DNS_LABEL_LENGTH } from './learner-id.ts';

type Where = NonNullable<Problem['where']>;

const EXAMPLE: LocalizedText = {
  en: 'The first line names the columns: "name", or "id" (also "learner"), or both; then comes a line for each learner.',
  ko: '첫 줄에는 열 이름을 씁니다: "name"이나 "id"("learner"도 가능) 또는 둘 다. 그다음부터 학습자마다 한 줄씩 씁니다.',
};

export function notUtf8(where: Where): Problem {
  return {
    code: 'list-not-utf8',
    where,
    message: { en: 'The list is not UTF-8 text.', ko: '목록이 UTF-8 텍스트가 아닙니다.' },
    fix: {
      en: 'Save it as "CSV UTF-8": Excel offers this beside plain CSV.',
      ko: '"CSV UTF-8" 형식으로 저장하세요. Excel의 파일 형식 목록에 있습니다.',
    },
  };
}

export function notCsv(file: string, line: number, detail: string): Problem {
  return {
    code: 'list-not-csv',
    where: { file, line, column: 1 },
    message: { en: `This is not CSV: ${detail}.`, ko: `CSV가 아닙니다: ${detail}.` },
    fix: {
      en: 'See that each quotation mark in a field has its second one.',
      ko: '필드의 따옴표가 모두 닫혔는지 확인하세요.',
    },
  };
}

export function emptyList(where: Where): Problem {
  return {
    code: 'list-empty',
    where,
    message: { en: 'There is no learner in the list.', ko: '목록에 학습자가 없습니다.' },
    fix: EXAMPLE,
  };
}

export function noHeader(where: Where, line: string): Problem {
  return {
    code: 'list-header-missing',
    where,
    message: {
      en: `The first line names neither a column "name" nor "id": "${line}".`,
      ko: `첫 줄에 "name" 열도 "id" 열도 없습니다: "${line}".`,
    },
    fix: EXAMPLE,
  };
}

export function tooManyFields(where: Where, fields: number, columns: number): Problem {
  return {
    code: 'list-fields',
    where,
    message: {
      en: `This line has ${fields} fields, the first line names ${columns} columns.`,
      ko: `이 줄에는 필드가 ${fields}개 있지만 첫 줄의 열은 ${columns}개입니다.`,
    },
    fix: {
      en: 'Put a field that has the separator in it into quotation marks: "Kim, Min-su".',
      ko: '구분 기호가 들어 있는 필드는 따옴표로 감싸세요: "Kim, Min-su".',
    },
  };
}

export function noName(where: Where): Problem {
  return {
    code: 'learner-unnamed',
    where,
    message: { en: 'This line names no learner.', ko: '이 줄에 학습자 이름이 없습니다.' },
    fix: { en: 'Fill in the name, or remove the line.', ko: '이름을 채우거나 줄을 지우세요.' },
  };
}

export function noIdFromName(where: Where, name: string): Problem {
  return {
    code: 'learner-id-missing',
    where,
    message: {
      en: `No id can be made of the name "${name}": it takes Latin letters, digits or Hangul.`,
      ko: `이름 "${name}"(으)로 id를 만들 수 없습니다. 라틴 문자, 숫자, 한글만 쓸 수 있습니다.`,
    },
    fix: {
      en: 'Add a column "id" and give this learner one, for example min-su.',
      ko: '"id" 열을 추가하고 이 학습자의 id를 적으세요. 예: min-su.',
    },
  };
}

export function badId(where: Where, id: string): Problem {
  return {
    code: 'learner-id-bad',
    where,
    message: {
      en: `"${id}" cannot be the id of a learner: an id is lower case letters a–z, digits and hyphens, with a letter or digit at both ends, and at most ${DNS_LABEL_LENGTH} long.`,
      ko: `"${id}"은(는) 학습자 id로 쓸 수 없습니다. id는 영문 소문자, 숫자, 하이픈으로 쓰고 양 끝은 문자나 숫자여야 하며 ${DNS_LABEL_LENGTH}자 이하여야 합니다.`,
    },
    fix: { en: 'Write it so, for example min-su.', ko: '형식에 맞게 쓰세요. 예: min-su.' },
  };
}

export function twice(where: Where, id: string, line: number): Problem {
  return {
    code: 'learner-twice',
    where,
    message: {
      en: `The learner "${id}" is already in line ${line}.`,
      ko: `학습자 "${id}"은(는) 이미 ${line}번째 줄에 있습니다.`,
    },
    fix: {
      en: 'Remove one of the lines, or give each of the two an id of their own in a column "id".',
      ko: '한 줄을 지우거나, "id" 열에서 두 사람에게 서로 다른 id를 주세요.',
    },
  };
}

export function tooLong(where: Where, id: string, namespace: string, longest: number): Problem {
  return {
    code: 'learner-id-long',
    where,
    message: {
      en: `The id "${id}" is too long: with the namespace "${namespace}" of the labs, an id may have ${longest} characters.`,
      ko: `id "${id}"이(가) 너무 깁니다. 실습의 네임스페이스 "${namespace}"와 합치려면 id는 ${longest}자 이하여야 합니다.`,
    },
    fix: { en: 'Give a shorter one in the column "id".', ko: '"id" 열에 더 짧은 id를 적으세요.' },
  };
}

export function sameNamespace(where: Where, namespace: string, other: string): Problem {
  return {
    code: 'learner-namespace-taken',
    where,
    message: {
      en: `The namespace "${namespace}" of this learner would also be that of ${other}.`,
      ko: `이 학습자의 네임스페이스 "${namespace}"이(가) ${other}의 네임스페이스와 겹칩니다.`,
    },
    fix: { en: 'Give one of the two another id.', ko: '둘 중 하나에 다른 id를 주세요.' },
  };
}
