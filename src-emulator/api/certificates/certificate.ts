import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  type KeyObject,
} from 'node:crypto';
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

/** An issued certificate with its key. */
export interface Issued {
  /** PEM. */
  certificate: string;
  privateKey: KeyObject;
  /** The subject as DER, for what it issues. */
  name: Buffer;
}

const OID = {
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  commonName: '2.5.4.3',
  organization: '2.5.4.10',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
} as const;

const SIGNATURE_ALGORITHM = sequence(oid(OID.ecdsaWithSha256));

/**
 * Makes a P-256 key and a certificate for it (X.509 v3, RFC 5280).
 * @param issuer who signs; left out, the certificate signs itself.
 */
export function issueCertificate(request: CertificateRequest, issuer?: Issued): Issued {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = distinguishedName(request.subject);
  const signer = issuer?.privateKey ?? privateKey;
  const body = sequence(
    tagged(0, integer(Buffer.of(2))),
    integer(positiveSerial()),
    SIGNATURE_ALGORITHM,
    issuer?.name ?? name,
    sequence(time(request.notBefore), time(request.notAfter)),
    name,
    publicKey.export({ format: 'der', type: 'spki' }),
    tagged(3, sequence(...extensions(request, publicKey, createPublicKey(signer)))),
  );
  const signature = sign('sha256', body, signer);
  const certificate = sequence(body, SIGNATURE_ALGORITHM, bitString(signature));
  return { certificate: toPem(certificate), privateKey, name };
}

function distinguishedName(subject: CertificateRequest['subject']): Buffer {
  const attribute = (type: string, value: string): Buffer => set(sequence(oid(type), utf8String(value)));
  return sequence(
    ...(subject.organization === undefined ? [] : [attribute(OID.organization, subject.organization)]),
    attribute(OID.commonName, subject.commonName),
  );
}

function extensions(request: CertificateRequest, own: KeyObject, issuer: KeyObject): Buffer[] {
  const authority = request.use === 'authority';
  // digitalSignature, and keyCertSign for an authority.
  const keyUsage = authority ? bitString(Buffer.of(0x84), 2) : bitString(Buffer.of(0x80), 7);
  const list = [
    extension(OID.basicConstraints, true, sequence(...(authority ? [boolean(true)] : []))),
    extension(OID.keyUsage, true, keyUsage),
    extension(OID.authorityKeyIdentifier, false, sequence(taggedPrimitive(0, keyIdentifier(issuer)))),
  ];
  if (authority) list.push(extension(OID.subjectKeyIdentifier, false, octetString(keyIdentifier(own))));
  else {
    const purpose = request.use === 'server' ? OID.serverAuth : OID.clientAuth;
    list.push(extension(OID.extendedKeyUsage, false, sequence(oid(purpose))));
  }
  const names = [
    ...(request.dnsNames ?? []).map((dns) => taggedPrimitive(2, Buffer.from(dns))),
    ...(request.addresses ?? []).map((ip) => taggedPrimitive(7, Buffer.from(ip.split('.').map(Number)))),
  ];
  if (names.length > 0) list.push(extension(OID.subjectAltName, false, sequence(...names)));
  return list;
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  return sequence(oid(id), ...(critical ? [boolean(true)] : []), octetString(value));
}

/** The usual identifier: SHA-1 of the public key. It says which key, and guards nothing. */
function keyIdentifier(key: KeyObject): Buffer {
  const spki = key.export({ format: 'der', type: 'spki' });
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
