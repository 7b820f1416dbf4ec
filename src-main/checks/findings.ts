import type { CheckKind, LabCheckSpec } from '#shared/lab-checks.ts';
import { AIM_FINDINGS, REQUEST_FINDINGS, SERVICE_FINDINGS } from '#main/doctor/findings.ts';

const TRAFFIC_FINDINGS = [...SERVICE_FINDINGS, ...AIM_FINDINGS, ...REQUEST_FINDINGS];

/**
 * Every finding that a kind of check can have, beside those that a lab names itself (of a field, of a trap).
 * `<kind>` is the kind of the object in lower case, `<choice>` the id of a wrong choice.
 */
export const FINDINGS: Readonly<Record<CheckKind, readonly string[]>> = {
  resource: [
    '<kind>-missing',
    '<kind>-exists',
    'wrong-namespace',
    'too-few',
    'too-many',
    'not-ready',
    'not-replaced',
    'field-differs',
  ],
  endpoints: [...SERVICE_FINDINGS, 'endpoints-foreign', 'endpoints-absent', 'endpoints-count'],
  http: [
    ...TRAFFIC_FINDINGS,
    'unexpected-status',
    'unexpected-header',
    'unexpected-body',
    'wrong-pod',
    'answered',
    'not-refused',
    'not-silent',
  ],
  tcp: [...TRAFFIC_FINDINGS, 'connection-open', 'connection-refused', 'connection-silent'],
  dns: [
    ...SERVICE_FINDINGS,
    'name-exists',
    'headless',
    'name-not-found',
    'nothing-to-ask',
    'wrong-address',
    'wrong-alias',
    'no-alias',
    'wrong-name',
    'wrong-port',
    'wrong-count',
    'pods-foreign',
    'pods-absent',
  ],
  tls: [
    ...TRAFFIC_FINDINGS,
    'no-tls',
    'wrong-certificate',
    'secret-missing',
    'name-not-covered',
    'wrong-issuer',
    'not-verified',
    'expired',
    'no-redirect',
  ],
  distribution: [
    ...TRAFFIC_FINDINGS,
    'wrong-pod',
    'too-few-pods',
    'too-many-pods',
    'pods-unused',
    'other-node',
    'share-differs',
  ],
  'source-ip': [
    ...TRAFFIC_FINDINGS,
    'no-address-told',
    'source-is-client',
    'source-is-node',
    'source-is-pod',
    'source-is-outside',
  ],
  env: ['variable-missing', 'variable-set', 'variable-differs', 'pods-not-ready'],
  command: ['exit-differs', 'output-differs'],
  transition: ['not-yet', 'not-kept', 'not-watched'],
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
    case 'command':
      return unique([...general, ...(check.finding === undefined ? [] : [check.finding])]);
    case 'transition':
      return unique([
        ...general,
        ...check.sequence.flatMap(({ finding }) => (finding === undefined ? [] : [finding])),
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
