/** Signed tokens (RFC 7519), with keys on P-256 (ES256 of RFC 7518). */
import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { isJsonObject } from '../../store/json.ts';

export type Claims = Record<string, unknown>;

/** What signs the tokens of one issuer, and knows them again. */
export class TokenSigner {
  readonly #privateKey: KeyObject;
  readonly #publicKey: KeyObject;
  readonly #keyId: string;

  /** @param privateKey PEM, of a P-256 key. */
  constructor(privateKey: string) {
    this.#privateKey = createPrivateKey(privateKey);
    this.#publicKey = createPublicKey(this.#privateKey);
    const der = this.#publicKey.export({ format: 'der', type: 'spki' });
    this.#keyId = createHash('sha256').update(der).digest('base64url');
  }

  sign(claims: Claims): string {
    const text = `${encode({ alg: 'ES256', kid: this.#keyId })}.${encode(claims)}`;
    const signature = sign('sha256', Buffer.from(text), {
      key: this.#privateKey,
      dsaEncoding: 'ieee-p1363',
    });
    return `${text}.${signature.toString('base64url')}`;
  }

  /** The claims of a token that this key signed; undefined for any other text. Their meaning is not looked at. */
  verify(token: string): Claims | undefined {
    const [header, payload, signature, ...rest] = token.split('.');
    if (header === undefined || payload === undefined || !signature || rest.length > 0) return undefined;
    const { alg, kid } = decode(header) ?? {};
    if (alg !== 'ES256' || kid !== this.#keyId) return undefined;
    const genuine = verify(
      'sha256',
      Buffer.from(`${header}.${payload}`),
      { key: this.#publicKey, dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature, 'base64url'),
    );
    return genuine ? decode(payload) : undefined;
  }

  /** The public key for others to verify tokens with: a JSON Web Key Set (RFC 7517). */
  keySet(): object {
    const { kty, crv, x, y } = this.#publicKey.export({ format: 'jwk' });
    return { keys: [{ use: 'sig', kty, kid: this.#keyId, crv, alg: 'ES256', x, y }] };
  }
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decode(part: string): Claims | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
