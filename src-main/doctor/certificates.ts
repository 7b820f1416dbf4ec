import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { LocalizedText } from '#shared/locale.ts';

/** What can be said of certificates without asking anybody. */

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** The certificates of a PEM text; what is none is left out. */
export function certificatesIn(text: string): X509Certificate[] {
  return (text.match(PEM) ?? []).flatMap((pem) => {
    try {
      return [new X509Certificate(pem)];
    } catch {
      return [];
    }
  });
}

/** The base64 of a Secret's `data`, as text. */
export function decoded(value: unknown): string {
  return typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : '';
}

export function sameCertificate(a: X509Certificate, b: X509Certificate): boolean {
  return a.fingerprint256 === b.fingerprint256;
}

/**
 * Whether a certificate was signed by one of the authorities, directly or over others of its chain
 * (https://www.rfc-editor.org/rfc/rfc5280#section-6, signatures and names only).
 */
export function isSignedBy(
  certificate: X509Certificate,
  chain: readonly X509Certificate[],
  authorities: readonly X509Certificate[],
): boolean {
  if (
    authorities.some((authority) => sameCertificate(authority, certificate) || signed(authority, certificate))
  )
    return true;
  const next = chain.find((other) => !sameCertificate(other, certificate) && signed(other, certificate));
  const rest = chain.filter((other) => next !== undefined && !sameCertificate(other, next));
  return next !== undefined && isSignedBy(next, rest, authorities);
}

function signed(by: X509Certificate, certificate: X509Certificate): boolean {
  return certificate.checkIssued(by) && certificate.verify(by.publicKey);
}

/** Whether a certificate is for a name or an address: https://www.rfc-editor.org/rfc/rfc6125 */
export function coversName(certificate: X509Certificate, name: string): boolean {
  return (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined;
}

/** @param at milliseconds since the epoch */
export function isWithinTime({ validFrom, validTo }: X509Certificate, at: number): boolean {
  return Date.parse(validFrom) <= at && at <= Date.parse(validTo);
}

/** `CN=shop.example (issued by CN=shop-ca)`. */
export function certificateText(certificate: X509Certificate): LocalizedText {
  const subject = oneLine(certificate.subject) || (certificate.subjectAltName ?? '(no name)');
  const issuer = oneLine(certificate.issuer);
  return { en: `${subject} (issued by ${issuer})`, ko: `${subject} (발급자 ${issuer})` };
}

/** Distinguished names in one line: `O=Shop, CN=shop-ca`. */
export function oneLine(name: string | undefined): string {
  return (name ?? '').replaceAll('\n', ', ');
}
