import { ApiError, type Status, type StatusCause } from './cluster-api.ts';
import type { FieldError } from './kind-definition.ts';
import { groupResource, type ResourceType } from './resources.ts';

/** The words below are those of k8s.io/apimachinery/pkg/api/errors. */

function failure(code: number, reason: string, message: string, details?: Status['details']): ApiError {
  return new ApiError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    ...(reason === '' ? {} : { reason }),
    ...(details === undefined ? {} : { details }),
    code,
  });
}

/** Details name the resource, not the kind, although the field is called kind. */
function detailsOf(type: ResourceType, name: string): NonNullable<Status['details']> {
  return {
    ...(name === '' ? {} : { name }),
    ...(type.group === '' ? {} : { group: type.group }),
    kind: type.plural,
  };
}

export function notFound(type: ResourceType, name: string): ApiError {
  return failure(404, 'NotFound', `${groupResource(type)} "${name}" not found`, detailsOf(type, name));
}

/** The answer to a path that no part of the API serves. */
export function unknownPath(): ApiError {
  return failure(404, 'NotFound', 'the server could not find the requested resource', {});
}

export function alreadyExists(type: ResourceType, name: string): ApiError {
  return failure(
    409,
    'AlreadyExists',
    `${groupResource(type)} "${name}" already exists`,
    detailsOf(type, name),
  );
}

export function conflict(type: ResourceType, name: string, why: string): ApiError {
  return failure(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${groupResource(type)} "${name}": ${why}`,
    detailsOf(type, name),
  );
}

/** The conflict of a deletion, which names the kind and not the resource. */
export function kindConflict(type: ResourceType, name: string, why: string): ApiError {
  const kind = type.group === '' ? type.kind : `${type.kind}.${type.group}`;
  return failure(409, 'Conflict', `Operation cannot be fulfilled on ${kind} "${name}": ${why}`, {
    name,
    ...(type.group === '' ? {} : { group: type.group }),
    kind: type.kind,
  });
}

/** The conflict of a write that was made from an older version. */
export function modified(type: ResourceType, name: string): ApiError {
  return conflict(
    type,
    name,
    'the object has been modified; please apply your changes to the latest version and try again',
  );
}

/** Not under its own name are kept: what had another one in the beginning. */
const STORED_AS: Partial<Record<string, string>> = {
  nodes: 'minions',
  services: 'services/specs',
  endpoints: 'services/endpoints',
  replicationcontrollers: 'controllers',
  'ingresses.networking.k8s.io': 'ingress',
  'ingressclasses.networking.k8s.io': 'ingressclasses',
};

/** Where a real server keeps an object; some of its messages say so. */
export function storageKey(
  type: ResourceType,
  { namespace, name }: { namespace?: string; name: string },
): string {
  const folder = STORED_AS[groupResource(type)] ?? type.plural;
  return namespace === undefined ? `/${folder}/${name}` : `/${folder}/${namespace}/${name}`;
}

/** A configuration that wants fields of other managers. */
export function applyConflict(message: string, causes: StatusCause[]): ApiError {
  return failure(409, 'Conflict', message, { causes });
}

/** A failure for which the real server has no reason: its own error, as it stands. */
export function unclassified(message: string): ApiError {
  return failure(500, '', message);
}

/** @param errors must not be empty. */
export function invalid(type: ResourceType, name: string, errors: readonly FieldError[]): ApiError {
  const texts = errors.map((error) => `${error.field}: ${error.detail}`);
  const causes: StatusCause[] = errors.map((error) => ({
    reason: error.type,
    message: error.detail,
    field: error.field,
  }));
  const unique = [...new Set(texts)];
  const joined = unique.length === 1 ? unique.join('') : `[${unique.join(', ')}]`;
  const kind = type.group === '' ? type.kind : `${type.kind}.${type.group}`;
  return failure(422, 'Invalid', `${kind} "${name}" is invalid: ${joined}`, {
    ...(name === '' ? {} : { name }),
    ...(type.group === '' ? {} : { group: type.group }),
    // Reviews are refused without their kind.
    ...(type.kind === '' ? {} : { kind: type.kind }),
    causes,
  });
}

/** A patch that cannot be applied to the object. */
export function unprocessable(message: string): ApiError {
  return failure(422, 'Invalid', message, {});
}

/** A patch whose result is not an object of the kind. The real server names no kind here. */
export function invalidPatch(detail: string): ApiError {
  return failure(422, 'Invalid', ` "" is invalid: patch: ${detail}`, {
    causes: [{ reason: 'FieldValueInvalid', message: detail, field: 'patch' }],
  });
}

export function badRequest(message: string): ApiError {
  return failure(400, 'BadRequest', message);
}

export function forbidden(type: ResourceType, name: string, why: string, causes?: StatusCause[]): ApiError {
  const subject = name === '' ? groupResource(type) : `${groupResource(type)} "${name}"`;
  return failure(403, 'Forbidden', `${subject} is forbidden: ${why}`, {
    ...detailsOf(type, name),
    ...(causes === undefined ? {} : { causes }),
  });
}

/** A request for a path, not an object, that the user may not make. */
export function forbiddenPath(why: string): ApiError {
  return failure(403, 'Forbidden', `forbidden: ${why}`, {});
}

export function unauthorized(): ApiError {
  return failure(401, 'Unauthorized', 'Unauthorized');
}

export function expired(message: string): ApiError {
  return failure(410, 'Expired', message);
}

/** A version that the server has not got to yet. */
export function resourceVersionTooLarge(wanted: string, current: number): ApiError {
  return failure(504, 'Timeout', `Timeout: Too large resource version: ${wanted}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });
}

/** A list that cannot go on where it stopped. With `token` it can go on with what there is now. */
export function continueExpired(token: string): ApiError {
  const error = expired(
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
  );
  error.status.metadata['continue'] = token;
  return error;
}

export function methodNotAllowed(): ApiError {
  return failure(
    405,
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
    {},
  );
}

export function unsupportedMediaType(accepted: readonly string[]): ApiError {
  return failure(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  );
}

/** A PATCH of a type that is none: the real server's router refuses it before the API sees it. */
export function unsupportedPatchType(): ApiError {
  return failure(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
}

const REPRESENTATIONS = 'application/json, application/yaml, application/vnd.kubernetes.protobuf';

/** A known media type with parameters that ask for what there is not. */
export function notAcceptable(): ApiError {
  return failure(406, 'NotAcceptable', `only the following media types are accepted: ${REPRESENTATIONS}`);
}

/** An Accept header without any media type that is known: the server's router refuses it. */
export function noRepresentation(): ApiError {
  return failure(
    406,
    'NotAcceptable',
    `406: Not Acceptable\n\nAvailable representations: ${REPRESENTATIONS}`,
    {},
  );
}

/** 413: the body is longer than the server reads. */
export function tooLarge(): ApiError {
  return failure(413, 'RequestEntityTooLarge', 'Request entity too large: limit is 3145728');
}

/** 503: somebody behind the server cannot be reached. */
export function serviceUnavailable(message: string): ApiError {
  return failure(503, 'ServiceUnavailable', message);
}

export function internalError(error: Error): ApiError {
  return failure(500, 'InternalError', `Internal error occurred: ${error.message}`, {
    causes: [{ message: error.message }],
  });
}

/** An eviction that a PodDisruptionBudget does not allow now. @param why in the words of its cause */
export function disruptionRefused(why: string, retryAfterSeconds = 0): ApiError {
  return failure(
    429,
    'TooManyRequests',
    "Cannot evict pod as it would violate the pod's disruption budget.",
    {
      causes: [{ reason: 'DisruptionBudget', message: why }],
      ...(retryAfterSeconds === 0 ? {} : { retryAfterSeconds }),
    },
  );
}

/** An eviction of a pod that several budgets are about, which the server cannot weigh against each other. */
export function severalBudgets(): ApiError {
  return failure(
    500,
    '',
    'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
  );
}

/** The body of a request that succeeded and has no object to show. */
export function success(type: ResourceType, name: string, uid: string): Record<string, unknown> {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { ...detailsOf(type, name), uid },
  };
}
