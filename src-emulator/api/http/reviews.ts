import type { AccessControl } from '../auth/access-control.ts';
import type { User } from '../auth/user.ts';
import { formatTime } from '../machinery/deletion.ts';
import type { ApiMachinery } from '../machinery/machinery.ts';
import { methodNotAllowed, unknownPath } from '../status.ts';
import { answerAccessReview, type AccessReview } from './access-reviews.ts';
import { sendJson, type Exchange } from './exchange.ts';
import { decodeBody } from './request-options.ts';
import { REVIEWS, type ReviewType } from './review-types.ts';
import type { ResourceRoute } from './route.ts';
import { answerTokenReview, type TokenReview } from './token-review.ts';

/** Answers a review. Returns false for what is none. @throws ApiError. */
export async function serveReview(
  machinery: ApiMachinery,
  access: AccessControl,
  route: ResourceRoute,
  exchange: Exchange,
): Promise<boolean> {
  const type = REVIEWS.find(
    ({ group, version, plural }) =>
      group === route.group && version === route.version && plural === route.plural,
  );
  if (type === undefined) return false;
  if (route.name !== undefined || (route.namespace !== undefined) !== type.namespaced) throw unknownPath();
  if (exchange.method !== 'POST') throw methodNotAllowed();
  const review = (await decodeBody(machinery, type.schema, exchange)) as AccessReview & TokenReview;
  if (type.namespaced && !review.metadata?.namespace && route.namespace !== undefined)
    review.metadata = { ...review.metadata, namespace: route.namespace };
  const shown =
    type.kind === 'SelfSubjectReview'
      ? { metadata: { creationTimestamp: formatTime(machinery.clock.now()) } }
      : {
          metadata: review.metadata ?? {},
          spec: type.kind === 'SelfSubjectRulesReview' ? {} : (review.spec ?? {}),
        };
  const status = statusOf(access, type, exchange.user, review);
  sendJson(exchange.response, 201, {
    kind: type.kind,
    apiVersion: `${type.group}/${type.version}`,
    ...shown,
    status,
  });
  return true;
}

function statusOf(
  access: AccessControl,
  type: ReviewType,
  user: User,
  review: AccessReview & TokenReview,
): object {
  switch (type.kind) {
    case 'SelfSubjectReview':
      return { userInfo: user };
    case 'TokenReview':
      return answerTokenReview(access.tokens, review);
    default:
      return answerAccessReview(access.authorizer, type, user, review);
  }
}
