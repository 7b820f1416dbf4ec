import type { ApiError } from '../cluster-api.ts';
import { forbidden, forbiddenPath } from '../status.ts';
import { isResourceRequest, type RequestAttributes } from './request-attributes.ts';
import type { User } from './user.ts';

/**
 * The refusal of a request that a user has no right to make.
 * @param reason what the authorizer said, if anything.
 */
export function forbiddenRequest(
  { username }: User,
  attributes: RequestAttributes,
  reason: string,
): ApiError {
  const why = escapeHtml(denial(username, attributes)) + (reason === '' ? '' : `: ${reason}`);
  if (!isResourceRequest(attributes)) return forbiddenPath(why);
  const { group, resource, name } = attributes;
  return forbidden({ group, version: '', kind: '', plural: resource, namespaced: false }, name, why);
}

function denial(username: string, attributes: RequestAttributes): string {
  const user = `User ${JSON.stringify(username)} cannot ${attributes.verb}`;
  if (!isResourceRequest(attributes)) return `${user} path ${JSON.stringify(attributes.path)}`;
  const { group, resource, subresource, namespace } = attributes;
  const what = subresource === '' ? resource : `${resource}/${subresource}`;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`;
  return `${user} resource ${JSON.stringify(what)} in API group ${JSON.stringify(group)} ${where}`;
}

/** A browser must find no markup in an error. */
function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
