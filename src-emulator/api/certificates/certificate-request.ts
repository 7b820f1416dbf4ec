import { createPublicKey, verify } from 'node:crypto';
import { children, readDer, readOid, TAG, type DerValue } from './der-reader.ts';

/** What a certificate request (PKCS #10, RFC 2986) asks for. */
export interface ParsedRequest {
  /** Attributes of the subject by their object identifiers, in the order in which they came. */
  subject: { type: string; value: string }[];
  commonName: string;
  organizations: string[];
  dnsNames: string[];
  emailAddresses: string[];
  uris: string[];
  /** Four or sixteen bytes each. */
  ipAddresses: Buffer[];
  /** SubjectPublicKeyInfo, DER. */
  publicKey: Buffer;
}

export const SUBJECT = { commonName: '2.5.4.3', organization: '2.5.4.10' } as const;
const EXTENSION_REQUEST = '1.2.840.113549.1.9.14';
const SUBJECT_ALT_NAME = '2.5.29.17';
/** Tags of GeneralName. */
const NAME = { email: 0x81, dns: 0x82, uri: 0x86, ip: 0x87 } as const;

/** Signature algorithms and the hash of each; Ed25519 hashes by itself. */
const HASHES: Record<string, string | null> = {
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.3.101.112': null,
};

/**
 * Reads a request and checks that whoever made it has the key.
 * @param pem the PEM text.
 * @throws Error in the words of Kubernetes and Go.
 */
export function parseCertificateRequest(pem: string): ParsedRequest {
  const block = /-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)-----END \1-----/.exec(pem);
  if (block?.[1] !== 'CERTIFICATE REQUEST') throw new Error('PEM block type must be CERTIFICATE REQUEST');
  try {
    return readRequest(Buffer.from(block[2] ?? '', 'base64'));
  } catch (error) {
    if (error instanceof SignatureError) throw error;
    throw new Error(`asn1: syntax error: ${(error as Error).message}`, { cause: error });
  }
}

class SignatureError extends Error {}

function readRequest(der: Buffer): ParsedRequest {
  const [info, algorithm, signature] = children(readDer(der));
  if (info === undefined || algorithm === undefined || signature?.tag !== TAG.bitString)
    throw new Error('sequence truncated');
  const [, subject, publicKey, attributes] = children(info);
  if (subject === undefined || publicKey === undefined) throw new Error('sequence truncated');
  checkSignature(info.raw, publicKey.raw, algorithm, signature.content.subarray(1));
  const names = attributes === undefined ? [] : alternativeNames(attributes);
  const texts = (tag: number): string[] =>
    names.filter((name) => name.tag === tag).map(({ content }) => content.toString('latin1'));
  const parts = children(subject)
    .flatMap(children)
    .map((attribute) => {
      const [type, value] = children(attribute);
      if (type === undefined || value === undefined) throw new Error('sequence truncated');
      return { type: readOid(type), value: value.content.toString('utf8') };
    });
  const valuesOf = (type: string): string[] =>
    parts.filter((part) => part.type === type).map(({ value }) => value);
  return {
    subject: parts,
    commonName: valuesOf(SUBJECT.commonName).at(-1) ?? '',
    organizations: valuesOf(SUBJECT.organization),
    dnsNames: texts(NAME.dns),
    emailAddresses: texts(NAME.email),
    uris: texts(NAME.uri),
    ipAddresses: names.filter(({ tag }) => tag === NAME.ip).map(({ content }) => content),
    publicKey: publicKey.raw,
  };
}

function checkSignature(signed: Buffer, spki: Buffer, algorithm: DerValue, signature: Buffer): void {
  const [type] = children(algorithm);
  const hash = type === undefined ? undefined : HASHES[readOid(type)];
  if (hash === undefined) throw new SignatureError('x509: cannot verify signature: algorithm unimplemented');
  const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  if (verify(hash, signed, key, signature)) return;
  throw new SignatureError(
    key.asymmetricKeyType === 'rsa' ? 'crypto/rsa: verification error' : 'x509: ECDSA verification failure',
  );
}

/** The subjectAltName among the extensions that are asked for. */
function alternativeNames(attributes: DerValue): DerValue[] {
  for (const attribute of children(attributes)) {
    const [type, values] = children(attribute);
    if (type === undefined || values === undefined || readOid(type) !== EXTENSION_REQUEST) continue;
    for (const extension of children(values).flatMap(children)) {
      const [id, ...rest] = children(extension);
      const value = rest.at(-1);
      if (id !== undefined && value !== undefined && readOid(id) === SUBJECT_ALT_NAME)
        return children(readDer(value.content));
    }
  }
  return [];
}
