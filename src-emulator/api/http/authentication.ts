import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { TokenError, type ServiceAccountTokens } from '../auth/service-account-tokens.ts';
import { ANONYMOUS, AUTHENTICATED, type User } from '../auth/user.ts';
import { unauthorized } from '../status.ts';

/**
 * Who makes a request: whom its client certificate names (CN; groups are its O), or the ServiceAccount of its
 * bearer token, or nobody in particular.
 * @throws ApiError 401 for a token or a certificate that is not ours.
 */
export function authenticate(tokens: ServiceAccountTokens, request: IncomingMessage): User {
  const byCertificate = certificateUser(request);
  if (byCertificate !== undefined && byCertificate !== 'unknown') return byCertificate;
  const token = bearerToken(request);
  if (token !== undefined) return tokenUser(tokens, token);
  if (byCertificate === 'unknown') throw unauthorized();
  return ANONYMOUS;
}

function tokenUser(tokens: ServiceAccountTokens, token: string): User {
  try {
    return tokens.authenticate(token).user;
  } catch (error) {
    if (error instanceof TokenError) throw unauthorized();
    throw error;
  }
}

/** Other schemes than Bearer are not looked at. */
function bearerToken({ headers }: IncomingMessage): string | undefined {
  const [scheme = '', token = ''] = (headers.authorization ?? '').trim().split(' ');
  return scheme.toLowerCase() === 'bearer' && token !== '' ? token : undefined;
}

type CertificateUser = User | 'unknown' | undefined;

/** A connection keeps its certificate, and reading it takes longer than most requests. */
const users = new WeakMap<TLSSocket, CertificateUser>();

function certificateUser({ socket }: IncomingMessage): CertificateUser {
  // Every connection of this server is TLS: the type of a request does not say so.
  if (!(socket instanceof TLSSocket)) return undefined;
  if (!users.has(socket)) users.set(socket, readCertificate(socket));
  return users.get(socket);
}

function readCertificate(peer: TLSSocket): CertificateUser {
  const certificate = peer.getPeerCertificate();
  if (Object.keys(certificate).length === 0) return undefined;
  if (!peer.authorized) return 'unknown';
  const { CN: name, O: organization = [] } = certificate.subject as { CN?: string; O?: string | string[] };
  const fingerprint = certificate.fingerprint256.replaceAll(':', '').toLowerCase();
  return {
    username: name ?? '',
    groups: [organization, AUTHENTICATED].flat(),
    extra: { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${fingerprint}`] },
  };
}
