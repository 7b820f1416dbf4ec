import { isJsonObject } from '../../store/json.ts';
import { formatTime } from '../machinery/deletion.ts';
import type { ApiMachinery } from '../machinery/machinery.ts';
import { badRequest, methodNotAllowed, unknownPath, unprocessable } from '../status.ts';
import { isAllowed } from './authorization.ts';
import { sendJson, type Exchange } from './exchange.ts';
import { requestBody } from './request-options.ts';
import type { ResourceRoute } from './route.ts';
import { isMaster, type User } from './user.ts';

/** A question that is asked by creating it, answered at once and kept nowhere. */
export interface ReviewType {
  group: string;
  version: string;
  kind: string;
  plural: string;
  singular: string;
}

const AUTHENTICATION = { group: 'authentication.k8s.io', version: 'v1' };
const AUTHORIZATION = { group: 'authorization.k8s.io', version: 'v1' };

/** What `kubectl auth whoami` and `kubectl auth can-i` ask. */
export const REVIEWS: readonly ReviewType[] = [
  review(AUTHENTICATION, 'SelfSubjectReview'),
  review(AUTHORIZATION, 'SelfSubjectAccessReview'),
  review(AUTHORIZATION, 'SelfSubjectRulesReview'),
];

function review(groupVersion: { group: string; version: string }, kind: string): ReviewType {
  const singular = kind.toLowerCase();
  return { ...groupVersion, kind, singular, plural: `${singular}s` };
}

/** Answers a review. Returns false for what is none. @throws ApiError. */
export async function serveReview(
  machinery: ApiMachinery,
  user: User,
  route: ResourceRoute,
  exchange: Exchange,
): Promise<boolean> {
  const type = REVIEWS.find(
    ({ group, version, plural }) =>
      group === route.group && version === route.version && plural === route.plural,
  );
  if (type === undefined) return false;
  if (route.name !== undefined || route.namespace !== undefined) throw unknownPath();
  if (exchange.method !== 'POST') throw methodNotAllowed();
  const { value } = await requestBody(machinery, exchange);
  const body = isJsonObject(value) ? value : {};
  const spec = isJsonObject(body['spec']) ? body['spec'] : {};
  const asked = type.kind === 'SelfSubjectReview' ? {} : { spec };
  const answered = { apiVersion: `${type.group}/${type.version}`, kind: type.kind };
  const metadata =
    type.kind === 'SelfSubjectReview' ? { creationTimestamp: formatTime(machinery.clock.now()) } : {};
  sendJson(exchange.response, 201, { ...answered, metadata, ...asked, status: statusOf(type, user, spec) });
  return true;
}

function statusOf(type: ReviewType, user: User, spec: Record<string, unknown>): unknown {
  switch (type.kind) {
    case 'SelfSubjectReview':
      return { userInfo: user };
    case 'SelfSubjectRulesReview':
      if (text(spec['namespace']) === '') throw badRequest('no namespace on request');
      return rulesOf(user);
    default:
      return { allowed: accessAllowed(user, spec) };
  }
}

function accessAllowed(user: User, spec: Record<string, unknown>): boolean {
  const { resourceAttributes: resource, nonResourceAttributes: path } = spec;
  if (isJsonObject(resource) === isJsonObject(path))
    throw unprocessable(
      'spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified',
    );
  if (isJsonObject(path)) return isAllowed(user, { verb: text(path['verb']), path: text(path['path']) });
  const { verb, group, resource: plural, subresource } = isJsonObject(resource) ? resource : {};
  const named = [plural, subresource].map(text).filter((part) => part !== '');
  return isAllowed(user, { verb: text(verb), group: text(group), resource: named.join('/') });
}

function rulesOf(user: User): unknown {
  const all = isMaster(user);
  const self = [
    {
      verbs: ['create'],
      apiGroups: [AUTHORIZATION.group],
      resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
    },
    { verbs: ['create'], apiGroups: [AUTHENTICATION.group], resources: ['selfsubjectreviews'] },
  ];
  const discovery = {
    verbs: ['get'],
    nonResourceURLs: [
      '/api',
      '/api/*',
      '/apis',
      '/apis/*',
      '/healthz',
      '/livez',
      '/openapi',
      '/openapi/*',
      '/readyz',
      '/version',
      '/version/',
    ],
  };
  return {
    resourceRules: [...(all ? [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }] : []), ...self],
    nonResourceRules: [discovery, ...(all ? [{ verbs: ['*'], nonResourceURLs: ['*'] }] : [])],
    incomplete: false,
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
