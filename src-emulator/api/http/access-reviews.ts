/** Answers to "may they?": authorization.k8s.io/v1. */
import { aggregate, type RbacAuthorizer } from '../auth/rbac-authorizer.ts';
import type { RequestAttributes } from '../auth/request-attributes.ts';
import type { User } from '../auth/user.ts';
import type { FieldError } from '../kind-definition.ts';
import { badRequest, invalid } from '../status.ts';
import * as field from '../validation/errors.ts';
import type { ReviewType } from './review-types.ts';

/** The parts of an access review that are looked at, after decoding. */
export interface AccessReview {
  metadata?: { name?: string; namespace?: string; labels?: object; annotations?: object };
  spec?: {
    resourceAttributes?: {
      namespace?: string;
      verb?: string;
      group?: string;
      resource?: string;
      subresource?: string;
      name?: string;
    };
    nonResourceAttributes?: { path?: string; verb?: string };
    user?: string;
    uid?: string;
    groups?: string[];
    extra?: Record<string, string[]>;
    namespace?: string;
  };
}

/**
 * The status of an access review.
 * @param user who asks.
 * @throws ApiError 400, 422.
 */
export function answerAccessReview(
  authorizer: RbacAuthorizer,
  type: ReviewType,
  user: User,
  review: AccessReview,
): object {
  const { spec = {} } = review;
  if (type.kind === 'SelfSubjectRulesReview') {
    if (!spec.namespace) throw badRequest('no namespace on request');
    return rulesStatus(authorizer, user, spec.namespace);
  }
  const errors = validate(type, review);
  if (errors.length > 0) throw invalid({ ...type, kind: '' }, '', errors);
  const subject =
    type.kind === 'SelfSubjectAccessReview'
      ? user
      : { username: spec.user ?? '', groups: spec.groups ?? [], ...(spec.extra && { extra: spec.extra }) };
  const { allowed, reason } = authorizer.authorize(subject, attributesOf(spec));
  return { allowed, ...(reason === '' ? {} : { reason }) };
}

function attributesOf(spec: NonNullable<AccessReview['spec']>): RequestAttributes {
  const { resourceAttributes, nonResourceAttributes } = spec;
  if (nonResourceAttributes !== undefined)
    return { verb: nonResourceAttributes.verb ?? '', path: nonResourceAttributes.path ?? '' };
  const {
    verb = '',
    group = '',
    resource = '',
    subresource = '',
    namespace = '',
    name = '',
  } = resourceAttributes ?? {};
  return { verb, group, resource, subresource, namespace, name };
}

function validate(type: ReviewType, { metadata = {}, spec = {} }: AccessReview): FieldError[] {
  const { resourceAttributes: resource, nonResourceAttributes: path } = spec;
  const errors: FieldError[] = [];
  // The value is shown with the field names of Go.
  const shown = path === undefined ? undefined : { Path: path.path ?? '', Verb: path.verb ?? '' };
  if (resource !== undefined && path !== undefined)
    errors.push(
      field.invalid(
        'spec.nonResourceAttributes',
        shown,
        'cannot be specified in combination with resourceAttributes',
      ),
    );
  if (resource === undefined && path === undefined)
    errors.push(
      field.invalid(
        'spec.resourceAttributes',
        undefined,
        'exactly one of nonResourceAttributes or resourceAttributes must be specified',
      ),
    );
  if (type.kind === 'SelfSubjectAccessReview') return errors;
  if (!spec.user && (spec.groups ?? []).length === 0)
    errors.push(
      field.invalid('spec.user', spec.user ?? '', 'at least one of user or group must be specified'),
    );
  if (!type.namespaced) return errors;
  if (resource !== undefined && (resource.namespace ?? '') !== (metadata.namespace ?? ''))
    errors.push(
      field.invalid(
        'spec.resourceAttributes.namespace',
        resource.namespace ?? '',
        'must match metadata.namespace',
      ),
    );
  if (path !== undefined)
    errors.push(field.invalid('spec.nonResourceAttributes', shown, 'disallowed on this kind of request'));
  return errors;
}

function rulesStatus(authorizer: RbacAuthorizer, user: User, namespace: string): object {
  const { rules, errors } = authorizer.rulesFor(user, namespace);
  return {
    resourceRules: rules
      .filter(({ resources = [] }) => resources.length > 0)
      .map(({ verbs, apiGroups, resources, resourceNames }) => ({
        verbs,
        apiGroups,
        resources,
        ...(resourceNames === undefined ? {} : { resourceNames }),
      })),
    nonResourceRules: rules
      .filter(({ nonResourceURLs = [] }) => nonResourceURLs.length > 0)
      .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
    incomplete: false,
    ...(errors.length === 0 ? {} : { evaluationError: aggregate(errors) }),
  };
}
