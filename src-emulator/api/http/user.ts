import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { unauthorized } from '../status.ts';

/** Who makes a request: authentication.k8s.io/v1 UserInfo. */
export interface User {
  username: string;
  groups: string[];
  extra?: Record<string, string[]>;
}

const AUTHENTICATED = 'system:authenticated';
const ANONYMOUS: User = { username: 'system:anonymous', groups: ['system:unauthenticated'] };

/** May do anything, whatever the rules say. */
export function isMaster(user: User): boolean {
  return user.groups.includes('system:masters');
}

/**
 * The user that a client certificate names (CN; groups are its O), or the one that a master asks to be taken for
 * (`kubectl --as`).
 * @throws ApiError 401 for a token or a certificate that is not ours.
 */
export function requestUser(request: IncomingMessage): User {
  const user = certificateUser(request);
  const wanted = request.headers['impersonate-user'];
  if (typeof wanted !== 'string' || !isMaster(user)) return user;
  const groups = request.headersDistinct['impersonate-group'] ?? [];
  const last = wanted === ANONYMOUS.username ? 'system:unauthenticated' : AUTHENTICATED;
  return { username: wanted, groups: [...groups.filter((group) => group !== last), last] };
}

function certificateUser({ socket, headers }: IncomingMessage): User {
  // Every connection of this server is TLS: the type of a request does not say so.
  const peer = socket instanceof TLSSocket ? socket : undefined;
  const certificate = peer?.getPeerCertificate();
  const hasCertificate = certificate !== undefined && Object.keys(certificate).length > 0;
  if (peer?.authorized === true && hasCertificate) {
    const { CN: name, O: organization = [] } = certificate.subject as {
      CN?: string;
      O?: string | string[];
    };
    const fingerprint = certificate.fingerprint256.replaceAll(':', '').toLowerCase();
    return {
      username: name ?? '',
      groups: [organization, AUTHENTICATED].flat(),
      extra: { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${fingerprint}`] },
    };
  }
  if (headers.authorization !== undefined || hasCertificate) throw unauthorized();
  return ANONYMOUS;
}
