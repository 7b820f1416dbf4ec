import { isJsonObject } from '../../store/json.ts';
import type { AccessControl } from '../auth/access-control.ts';
import type { User } from '../auth/user.ts';
import { formatTime } from '../machinery/deletion.ts';
import type { ApiMachinery } from '../machinery/machinery.ts';
import { DecodeError } from '../schema/index.ts';
import { badRequest, methodNotAllowed, unknownPath } from '../status.ts';
import { answerAccessReview, type AccessReview } from './access-reviews.ts';
import { addWarning, sendJson, type Exchange } from './exchange.ts';
import { requestBody, requestOptions } from './request-options.ts';
import { REVIEWS, type ReviewType } from './review-types.ts';
import type { ResourceRoute } from './route.ts';

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
  const review = await decodeReview(machinery, type, exchange);
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

function statusOf(access: AccessControl, type: ReviewType, user: User, review: AccessReview): object {
  switch (type.kind) {
    case 'SelfSubjectReview':
      return { userInfo: user };
    default:
      return answerAccessReview(access.authorizer, type, user, review);
  }
}

async function decodeReview(
  machinery: ApiMachinery,
  type: ReviewType,
  exchange: Exchange,
): Promise<AccessReview> {
  const body = await requestBody(machinery, exchange);
  const { fieldValidation } = requestOptions(exchange, body);
  try {
    const decoded = machinery.schemas.decode(type.schema, isJsonObject(body.value) ? body.value : {}, {
      fieldValidation,
      ...(body.duplicates === undefined ? {} : { duplicates: body.duplicates }),
    });
    for (const warning of decoded.warnings) addWarning(exchange.response, warning);
    return decoded.object as AccessReview;
  } catch (error) {
    if (error instanceof DecodeError) throw badRequest(error.message);
    throw error;
  }
}
