import { distinguishedName, generalName, signCertificate, type Issuer } from './certificate.ts';
import type { ParsedRequest } from './certificate-request.ts';

/** Bits of keyUsage by the names that the certificates API has for them. */
const KEY_USAGES: Record<string, number> = {
  signing: 0,
  'digital signature': 0,
  'content commitment': 1,
  'key encipherment': 2,
  'data encipherment': 3,
  'key agreement': 4,
  'cert sign': 5,
  'crl sign': 6,
  'encipher only': 7,
  'decipher only': 8,
};

/** Purposes of extKeyUsage, in the order in which a certificate lists them. */
const EXTENDED_KEY_USAGES: Record<string, string> = {
  any: '2.5.29.37.0',
  'server auth': '1.3.6.1.5.5.7.3.1',
  'client auth': '1.3.6.1.5.5.7.3.2',
  'code signing': '1.3.6.1.5.5.7.3.3',
  'email protection': '1.3.6.1.5.5.7.3.4',
  's/mime': '1.3.6.1.5.5.7.3.4',
  'ipsec end system': '1.3.6.1.5.5.7.3.5',
  'ipsec tunnel': '1.3.6.1.5.5.7.3.6',
  'ipsec user': '1.3.6.1.5.5.7.3.7',
  timestamping: '1.3.6.1.5.5.7.3.8',
  'ocsp signing': '1.3.6.1.5.5.7.3.9',
  'microsoft sgc': '1.3.6.1.4.1.311.10.3.3',
  'netscape sgc': '2.16.840.1.113730.4.1',
};

/** Every usage that a request may ask for, sorted. */
export const USAGES: readonly string[] = [
  ...Object.keys(KEY_USAGES),
  ...Object.keys(EXTENDED_KEY_USAGES),
].sort();

/** Attributes of a subject in the order in which Go writes them: C, O, OU, L, ST, street, postal code, CN, serial. */
const SUBJECT_ORDER = [6, 10, 11, 7, 8, 9, 17, 3, 5].map((arc) => `2.5.4.${arc}`);

const MINUTE_MS = 60_000;
/** Clocks of those who check may be behind. */
const BACKDATE_MS = 5 * MINUTE_MS;
/** A life shorter than this is not shortened by the backdating. */
const SHORT_MS = 8 * 60 * MINUTE_MS;
const LONGEST_MS = 365 * 24 * 60 * MINUTE_MS;
const SHORTEST_MS = 10 * MINUTE_MS;

/**
 * Signs a request as kube-controller-manager does (k8s.io/kubernetes/pkg/controller/certificates/authority):
 * subject and names as asked, usages from the CertificateSigningRequest, a year at the longest.
 * @param options.now milliseconds since the epoch.
 * @returns PEM.
 */
export function signRequest(
  request: ParsedRequest,
  options: { usages: readonly string[]; expirationSeconds?: number; now: number },
  issuer: Issuer,
): string {
  const { usages, expirationSeconds, now } = options;
  const life =
    expirationSeconds === undefined
      ? LONGEST_MS
      : Math.max(SHORTEST_MS, Math.min(LONGEST_MS, expirationSeconds * 1000));
  const known = SUBJECT_ORDER.flatMap((type) => request.subject.filter((part) => part.type === type));
  const extended = Object.entries(EXTENDED_KEY_USAGES).filter(([usage]) => usages.includes(usage));
  return signCertificate(
    {
      subject: distinguishedName(known),
      publicKey: request.publicKey,
      notBefore: new Date(now - BACKDATE_MS),
      notAfter: new Date(now + (life < SHORT_MS ? life : life - BACKDATE_MS)),
      keyUsages: usages.flatMap((usage) => KEY_USAGES[usage] ?? []),
      extendedKeyUsages: [...new Set(extended.map(([, id]) => id))],
      alternativeNames: [
        ...request.dnsNames.map(generalName.dns),
        ...request.emailAddresses.map(generalName.email),
        ...request.ipAddresses.map(generalName.ip),
        ...request.uris.map(generalName.uri),
      ],
    },
    issuer,
  );
}
