import { X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';

import { issueCertificate } from '../api/certificates/certificate.ts';
import type { ClusterApi } from '../api/cluster-api.ts';
import type { Ingress, Secret } from '../api/objects.ts';
import { SECRETS } from '../api/resources.ts';

const DEFAULT_NAME = 'TRAEFIK DEFAULT CERT';
const DEFAULT_VALID_MS = 365 * 24 * 3600 * 1000;

interface Loaded {
  version: string;
  /** Undefined for a Secret that holds no usable pair. */
  pair: { context: SecureContext; names: string[] } | undefined;
}

/**
 * The certificates of Ingresses. As with Traefik, what a certificate is served for follows from the names in it and
 * not from the hosts that the Ingress lists beside it; a name that no certificate has gets a self-signed one.
 */
export class Certificates {
  readonly #api: ClusterApi;
  readonly #default: SecureContext;
  readonly #loaded = new Map<string, Loaded>();

  /** @param now milliseconds since the epoch */
  constructor(api: ClusterApi, now: number) {
    this.#api = api;
    const { certificate, privateKey } = issueCertificate({
      subject: { commonName: DEFAULT_NAME },
      use: 'server',
      dnsNames: ['traefik.default'],
      notBefore: new Date(now),
      notAfter: new Date(now + DEFAULT_VALID_MS),
    });
    this.#default = createSecureContext({
      cert: certificate,
      key: privateKey.export({ format: 'pem', type: 'pkcs8' }),
    });
  }

  /** The certificate for a name that a client asks for; a Secret that changed is read anew. */
  for(serverName: string, ingresses: readonly Ingress[]): SecureContext {
    const name = serverName.toLowerCase();
    const wildcard = `*${name.slice(Math.max(name.indexOf('.'), 0))}`;
    const pairs = ingresses
      .flatMap(({ metadata, spec }) =>
        (spec.tls ?? []).map(({ secretName = '' }) => this.#load(metadata.namespace ?? '', secretName)),
      )
      .filter((pair) => pair !== undefined);
    const found =
      pairs.find(({ names }) => names.includes(name)) ?? pairs.find(({ names }) => names.includes(wildcard));
    return found?.context ?? this.#default;
  }

  #load(namespace: string, name: string): Loaded['pair'] {
    const secret = this.#api.get(SECRETS, namespace, name);
    if (secret === undefined) return undefined;
    const key = `${namespace}/${name}`;
    const known = this.#loaded.get(key);
    const version = secret.metadata.resourceVersion;
    if (known?.version === version) return known.pair;
    const pair = pairOf(secret);
    this.#loaded.set(key, { version, pair });
    return pair;
  }
}

function pairOf({ data = {} }: Secret): Loaded['pair'] {
  const decode = (key: string): string => Buffer.from(data[key] ?? '', 'base64').toString();
  try {
    const cert = decode('tls.crt');
    return {
      context: createSecureContext({ cert, key: decode('tls.key') }),
      names: namesOf(new X509Certificate(cert)),
    };
  } catch {
    // Not a certificate, or one of another key: the default is served, and that shows.
    return undefined;
  }
}

function namesOf({ subjectAltName = '', subject }: X509Certificate): string[] {
  const alternatives = [...subjectAltName.matchAll(/(?:DNS|IP Address):([^,]+)/g)].map(
    ([, name = '']) => name,
  );
  const common = /^CN=(.*)$/m.exec(subject)?.[1];
  return [...alternatives, ...(common === undefined ? [] : [common])].map((name) =>
    name.trim().toLowerCase(),
  );
}
