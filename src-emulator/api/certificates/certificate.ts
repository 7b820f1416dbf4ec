import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  X509Certificate,
  type KeyObject,
} from 'node:crypto';
import { SUBJECT } from './certificate-request.ts';
import { children, readDer } from './der-reader.ts';
import {
  bitString,
  boolean,
  integer,
  octetString,
  oid,
  sequence,
  set,
  tagged,
  taggedPrimitive,
  time,
  utf8String,
} from './der.ts';

/** What a certificate is for. */
export type CertificateUse = 'authority' | 'server' | 'client';

export interface CertificateRequest {
  /** Who it is about. */
  subject: { organization?: string; commonName: string };
  use: CertificateUse;
  notBefore: Date;
  notAfter: Date;
  /** Names and IPv4 addresses that a server answers to. */
  dnsNames?: readonly string[];
  addresses?: readonly string[];
}

/** Who signs certificates. */
export interface Issuer {
  privateKey: KeyObject;
  /** The subject as DER, for what it issues. */
  name: Buffer;
}

/** An issued certificate with its key. */
export interface Issued extends Issuer {
  /** PEM. */
  certificate: string;
}

/** A certificate before it is signed. */
export interface CertificateTemplate {
  /** Distinguished name, DER. */
  subject: Buffer;
  /** SubjectPublicKeyInfo, DER. */
  publicKey: Buffer;
  notBefore: Date;
  notAfter: Date;
  isAuthority?: boolean;
  /** Bits of the extension keyUsage (RFC 5280, 4.2.1.3), by their numbers. */
  keyUsages: readonly number[];
  /** Object identifiers of the extension extKeyUsage. */
  extendedKeyUsages: readonly string[];
  /** GeneralNames of subjectAltName, DER. */
  alternativeNames: readonly Buffer[];
}

const OID = {
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
} as const;

const DIGITAL_SIGNATURE = 0;
const KEY_CERT_SIGN = 5;
const SIGNATURE_ALGORITHM = sequence(oid(OID.ecdsaWithSha256));

/** What stands in subjectAltName (GeneralName of RFC 5280). */
export const generalName = {
  email: (text: string): Buffer => taggedPrimitive(1, Buffer.from(text)),
  dns: (text: string): Buffer => taggedPrimitive(2, Buffer.from(text)),
  uri: (text: string): Buffer => taggedPrimitive(6, Buffer.from(text)),
  ip: (bytes: Uint8Array): Buffer => taggedPrimitive(7, bytes),
};

/**
 * Makes a P-256 key and a certificate for it (X.509 v3, RFC 5280).
 * @param issuer who signs; left out, the certificate signs itself.
 */
export function issueCertificate(request: CertificateRequest, issuer?: Issuer): Issued {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { organization, commonName } = request.subject;
  const name = distinguishedName([
    ...(organization === undefined ? [] : [{ type: SUBJECT.organization, value: organization }]),
    { type: SUBJECT.commonName, value: commonName },
  ]);
  const authority = request.use === 'authority';
  const certificate = signCertificate(
    {
      subject: name,
      publicKey: publicKey.export({ format: 'der', type: 'spki' }),
      notBefore: request.notBefore,
      notAfter: request.notAfter,
      isAuthority: authority,
      keyUsages: authority ? [DIGITAL_SIGNATURE, KEY_CERT_SIGN] : [DIGITAL_SIGNATURE],
      extendedKeyUsages: authority ? [] : [request.use === 'server' ? OID.serverAuth : OID.clientAuth],
      alternativeNames: [
        ...(request.dnsNames ?? []).map(generalName.dns),
        ...(request.addresses ?? []).map((ip) => generalName.ip(Buffer.from(ip.split('.').map(Number)))),
      ],
    },
    issuer ?? { privateKey, name },
  );
  return { certificate, privateKey, name };
}

/** Signs a certificate with a P-256 key. Returns PEM. */
export function signCertificate(template: CertificateTemplate, issuer: Issuer): string {
  const body = sequence(
    tagged(0, integer(Buffer.of(2))),
    integer(positiveSerial()),
    SIGNATURE_ALGORITHM,
    issuer.name,
    sequence(time(template.notBefore), time(template.notAfter)),
    template.subject,
    template.publicKey,
    tagged(3, sequence(...extensions(template, createPublicKey(issuer.privateKey)))),
  );
  const signature = sign('sha256', body, issuer.privateKey);
  return toPem(sequence(body, SIGNATURE_ALGORITHM, bitString(signature)));
}

/** The issuer that a certificate and its key make. @param pair PEM of both. */
export function issuerOf(pair: { certificate: string; key: string }): Issuer {
  const [body] = children(readDer(new X509Certificate(pair.certificate).raw));
  const subject = body === undefined ? undefined : children(body)[5];
  if (subject === undefined) throw new Error('the certificate of the authority has no subject');
  return { privateKey: createPrivateKey(pair.key), name: subject.raw };
}

/** A name as DER: attributes of one type stand together, in the order of the first of each. */
export function distinguishedName(attributes: readonly { type: string; value: string }[]): Buffer {
  const byType = new Map<string, Buffer[]>();
  for (const { type, value } of attributes)
    byType.set(type, [...(byType.get(type) ?? []), sequence(oid(type), utf8String(value))]);
  return sequence(
    ...[...byType.values()].map((values) => set(...values.sort((a, b) => Buffer.compare(a, b)))),
  );
}

function extensions(template: CertificateTemplate, issuer: KeyObject): Buffer[] {
  const { isAuthority = false, keyUsages, extendedKeyUsages, alternativeNames } = template;
  const list: Buffer[] = [];
  if (keyUsages.length > 0) list.push(extension(OID.keyUsage, true, namedBits(keyUsages)));
  if (extendedKeyUsages.length > 0)
    list.push(extension(OID.extendedKeyUsage, false, sequence(...extendedKeyUsages.map(oid))));
  list.push(extension(OID.basicConstraints, true, sequence(...(isAuthority ? [boolean(true)] : []))));
  if (isAuthority)
    list.push(extension(OID.subjectKeyIdentifier, false, octetString(keyIdentifier(template.publicKey))));
  const issuerId = keyIdentifier(issuer.export({ format: 'der', type: 'spki' }));
  list.push(extension(OID.authorityKeyIdentifier, false, sequence(taggedPrimitive(0, issuerId))));
  if (alternativeNames.length > 0)
    list.push(extension(OID.subjectAltName, false, sequence(...alternativeNames)));
  return list;
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  return sequence(oid(id), ...(critical ? [boolean(true)] : []), octetString(value));
}

/** Bits by their numbers, without the zeros at the end. */
function namedBits(bits: readonly number[]): Buffer {
  const highest = Math.max(...bits);
  const bytes = Buffer.alloc(Math.floor(highest / 8) + 1);
  for (const bit of bits) {
    const at = Math.floor(bit / 8);
    bytes[at] = (bytes[at] ?? 0) | (0x80 >> (bit % 8));
  }
  return bitString(bytes, 7 - (highest % 8));
}

/** The usual identifier: SHA-1 of the public key. It says which key, and guards nothing. */
function keyIdentifier(spki: Buffer): Buffer {
  // The point of a P-256 key is the last 65 bytes.
  return createHash('sha1').update(spki.subarray(-65)).digest();
}

function positiveSerial(): Buffer {
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  return serial;
}

function toPem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
