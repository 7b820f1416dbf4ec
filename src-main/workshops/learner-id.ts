import { AppError } from '#shared/app-error.ts';
import { romanized } from './romanize.ts';

/** A label of DNS: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names */
export const DNS_LABEL_LENGTH = 63;
const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** Whether names of objects in the cluster may begin with it. How long it may be depends on the labs. */
export function isLearnerId(text: string): boolean {
  return DNS_LABEL.test(text) && text.length <= DNS_LABEL_LENGTH;
}

/**
 * The id that a name becomes, the same each time: `Zoë Kim` is `zoe-kim`, `김민수` is `gimminsu`. Undefined when
 * nothing of the name can be kept.
 */
export function idOfName(name: string): string | undefined {
  const id = romanized(name)
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase();
  // Half of a name would name somebody else.
  if (/[^\P{Letter}a-z]/u.test(id)) return undefined;
  const label = id.replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
  return label === '' ? undefined : label;
}

/** What is put before a workshop's name for the namespace of its accounts. */
export const HOME_PREFIX = 'switchyard-';

/** @throws AppError `workshop-name-bad` */
export function requireWorkshopName(name: string): void {
  const longest = DNS_LABEL_LENGTH - HOME_PREFIX.length;
  if (DNS_LABEL.test(name) && name.length <= longest) return;
  throw new AppError({
    code: 'workshop-name-bad',
    message: {
      en: `"${name}" cannot be the name of a workshop.`,
      ko: `"${name}"은(는) 워크숍 이름으로 쓸 수 없습니다.`,
    },
    fix: {
      en: `Use lower case letters a–z, digits and hyphens, with a letter or digit at both ends, at most ${longest}: --workshop spring-2026`,
      ko: `영문 소문자, 숫자, 하이픈만 쓰고 양 끝은 문자나 숫자로, ${longest}자 이하로 쓰세요: --workshop spring-2026`,
    },
  });
}
