import type { IncomingMessage } from 'node:http';
import type { AccessControl } from '../auth/access-control.ts';
import { forbiddenRequest } from '../auth/forbidden.ts';
import { impersonate } from '../auth/impersonation.ts';
import { requestAttributes } from '../auth/request-attributes.ts';
import type { User } from '../auth/user.ts';
import { authenticate } from './authentication.ts';
import { requestUrl } from './exchange.ts';

/** The user of a request, who may make it. @throws ApiError 401, 403. */
export function authorize({ authorizer, tokens }: AccessControl, request: IncomingMessage): User {
  const user = impersonate(authorizer, authenticate(tokens, request), request.headersDistinct);
  const { pathname, searchParams } = requestUrl(request);
  const attributes = requestAttributes(request.method ?? 'GET', pathname, searchParams);
  const { allowed, reason } = authorizer.authorize(user, attributes);
  if (!allowed) throw forbiddenRequest(user, attributes, reason);
  return user;
}
