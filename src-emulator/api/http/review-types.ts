/** A question that is asked by creating it, answered at once and kept nowhere. */
export interface ReviewType {
  group: string;
  version: string;
  kind: string;
  plural: string;
  singular: string;
  namespaced: boolean;
  /** Name of its schema in OpenAPI. */
  schema: string;
}

const AUTHENTICATION = 'authentication.k8s.io';
const AUTHORIZATION = 'authorization.k8s.io';

function review(group: string, kind: string, namespaced = false): ReviewType {
  const singular = kind.toLowerCase();
  const schema = `io.k8s.api.${group.split('.')[0] ?? ''}.v1.${kind}`;
  return { group, version: 'v1', kind, singular, plural: `${singular}s`, namespaced, schema };
}

/** What `kubectl auth whoami` and `kubectl auth can-i` ask, and what servers ask on behalf of their clients. */
export const REVIEWS: readonly ReviewType[] = [
  review(AUTHENTICATION, 'SelfSubjectReview'),
  review(AUTHENTICATION, 'TokenReview'),
  review(AUTHORIZATION, 'LocalSubjectAccessReview', true),
  review(AUTHORIZATION, 'SelfSubjectAccessReview'),
  review(AUTHORIZATION, 'SelfSubjectRulesReview'),
  review(AUTHORIZATION, 'SubjectAccessReview'),
];
