import type { KubeObject, LabelSelector } from './objects.ts';
import { badRequest } from './status.ts';

/** Decides whether an object is selected. */
export type ObjectFilter = (object: KubeObject) => boolean;

interface Requirement {
  key: string;
  operator: 'in' | 'notin' | 'exists' | '!' | 'gt' | 'lt';
  values: string[];
}

/** Whether labels satisfy a LabelSelector as it stands in objects. An empty selector matches all. */
export function matchesLabels(selector: LabelSelector, labels: Record<string, string> = {}): boolean {
  for (const [key, value] of Object.entries(selector.matchLabels ?? {}))
    if (labels[key] !== value) return false;
  return (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
    const value = labels[key];
    switch (operator) {
      case 'In':
        return value !== undefined && values.includes(value);
      case 'NotIn':
        return value === undefined || !values.includes(value);
      case 'Exists':
        return value !== undefined;
      case 'DoesNotExist':
        return value === undefined;
    }
  });
}

function satisfies(requirement: Requirement, labels: Record<string, string>): boolean {
  const value = labels[requirement.key];
  switch (requirement.operator) {
    case 'in':
      return value !== undefined && requirement.values.includes(value);
    case 'notin':
      return value === undefined || !requirement.values.includes(value);
    case 'exists':
      return value !== undefined;
    case '!':
      return value === undefined;
    case 'gt':
      return value !== undefined && Number(value) > Number(requirement.values[0]);
    case 'lt':
      return value !== undefined && Number(value) < Number(requirement.values[0]);
  }
}

const LABEL_KEY = '(?:[A-Za-z0-9](?:[-A-Za-z0-9.]*[A-Za-z0-9])?/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?';
const LABEL_VALUE = '(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?';
const SET = new RegExp(`^(${LABEL_KEY})\\s+(in|notin)\\s*\\(([^)]*)\\)$`);
const EQUALITY = new RegExp(`^(${LABEL_KEY})\\s*(==|=|!=|>|<)\\s*(${LABEL_VALUE})$`);
const EXISTS = new RegExp(`^(!?)\\s*(${LABEL_KEY})$`);

/** Splits at commas that are not inside parentheses. */
function splitTerms(text: string): string[] {
  const terms: string[] = [];
  let depth = 0;
  let term = '';
  for (const character of text) {
    if (character === '(') depth++;
    if (character === ')') depth--;
    if (character === ',' && depth === 0) {
      terms.push(term);
      term = '';
    } else term += character;
  }
  terms.push(term);
  return terms.map((entry) => entry.trim());
}

function parseRequirement(term: string): Requirement | undefined {
  const set = SET.exec(term);
  if (set !== null) {
    const values = (set[3] ?? '').split(',').map((value) => value.trim());
    return { key: set[1] ?? '', operator: set[2] === 'in' ? 'in' : 'notin', values };
  }
  const equality = EQUALITY.exec(term);
  if (equality !== null) {
    const operators = { '=': 'in', '==': 'in', '!=': 'notin', '>': 'gt', '<': 'lt' } as const;
    const operator = operators[equality[2] as keyof typeof operators];
    return { key: equality[1] ?? '', operator, values: [equality[3] ?? ''] };
  }
  const exists = EXISTS.exec(term);
  if (exists !== null)
    return { key: exists[2] ?? '', operator: exists[1] === '!' ? '!' : 'exists', values: [] };
  return undefined;
}

/** Parses the `labelSelector` parameter. @throws ApiError 400. */
export function parseLabelSelector(text: string): ObjectFilter {
  if (text.trim() === '') return () => true;
  const requirements = splitTerms(text).map((term) => {
    const requirement = parseRequirement(term);
    if (requirement === undefined)
      throw badRequest(
        `unable to parse requirement: found '${term}', expected: !, identifier, or 'end of string'`,
      );
    return requirement;
  });
  return (object) => {
    const labels = object.metadata.labels ?? {};
    return requirements.every((requirement) => satisfies(requirement, labels));
  };
}

/**
 * Parses the `fieldSelector` parameter.
 * @param fields the labels a kind supports beyond metadata.name and metadata.namespace.
 * @throws ApiError 400.
 */
export function parseFieldSelector(
  text: string,
  fields: Record<string, (object: never) => string>,
  context: { namespaced: boolean },
): ObjectFilter {
  if (text.trim() === '') return () => true;
  const terms = text.split(',').map((term) => {
    const match = /^\s*([^=!]+?)\s*(==|=|!=)(.*)$/.exec(term);
    if (match === null) throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`);
    const key = match[1] ?? '';
    const read = readerOf(key, fields, context.namespaced);
    if (read === undefined) throw badRequest(`field label not supported: ${key}`);
    return { read, equal: match[2] !== '!=', value: match[3] ?? '' };
  });
  return (object) => terms.every((term) => (term.read(object) === term.value) === term.equal);
}

function readerOf(
  key: string,
  fields: Record<string, (object: never) => string>,
  namespaced: boolean,
): ((object: KubeObject) => string) | undefined {
  if (key === 'metadata.name') return (object) => object.metadata.name;
  if (key === 'metadata.namespace' && namespaced) return (object) => object.metadata.namespace ?? '';
  return fields[key] as ((object: KubeObject) => string) | undefined;
}
