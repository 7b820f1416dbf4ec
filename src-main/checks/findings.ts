import type { CheckKind, LabCheckSpec } from '#shared/lab-format.ts';

/** What can be wrong with a Service and what stands behind it. */
const SERVICE_FINDINGS = [
  'service-missing',
  'wrong-namespace',
  'type-external-name',
  'service-port-missing',
  'selector-missing',
  'selector-matches-nothing',
  'pods-not-ready',
  'target-port-name-unknown',
  'endpoints-missing',
] as const;

const HTTP_FINDINGS = [
  'name-not-found',
  'rules-behind',
  'target-port-refused',
  'no-answer',
  'request-failed',
  'unexpected-status',
  'unexpected-body',
  'wrong-pod',
] as const;

/** The findings of a diagnosis: why a request does not arrive. */
export type DiagnosisFinding = (typeof SERVICE_FINDINGS)[number] | (typeof HTTP_FINDINGS)[number];

/**
 * Every finding that a kind of check can have, beside those that a lab names itself (of a field, of a trap).
 * `<kind>` is the kind of the object in lower case, `<choice>` the id of a wrong choice.
 */
export const FINDINGS: Readonly<Record<CheckKind, readonly string[]>> = {
  resource: [
    '<kind>-missing',
    'wrong-namespace',
    'too-few',
    'too-many',
    'not-ready',
    'not-replaced',
    'field-differs',
  ],
  endpoints: [...SERVICE_FINDINGS, 'endpoints-foreign', 'endpoints-absent', 'endpoints-count'],
  http: [...SERVICE_FINDINGS, ...HTTP_FINDINGS],
  dns: [...SERVICE_FINDINGS, 'name-exists', 'headless', 'name-not-found', 'wrong-address'],
  unchanged: ['protected-deleted', 'protected-changed', 'pod-labels-changed'],
  answer: ['answer-<choice>', 'answer-wrong'],
};

/** Of every check: the grader itself could not look. */
export const COULD_NOT_LOOK = 'could-not-look';

/** The findings that one check of a lab can have, its own included. */
export function findingsOf(check: LabCheckSpec): string[] {
  const general = FINDINGS[check.kind];
  switch (check.kind) {
    case 'resource':
      return unique([
        ...general.map((finding) => finding.replace('<kind>', check.object.kind.toLowerCase())),
        ...check.expect.flatMap(({ finding }) => (finding === undefined ? [] : [finding])),
      ]);
    case 'answer':
      return check.choices === undefined
        ? unique(['answer-wrong', ...check.traps.map(({ finding }) => finding)])
        : check.choices.filter((choice) => choice !== check.correct).map((choice) => `answer-${choice}`);
    default:
      return [...general];
  }
}

function unique(findings: readonly string[]): string[] {
  return [...new Set(findings)];
}
