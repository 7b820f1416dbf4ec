import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { stringify } from 'yaml';
import { issueCertificate, type Issued } from './certificates/certificate.ts';

/** A certificate and its private key, PEM. */
export interface CertificateAndKey {
  certificate: string;
  key: string;
}

/** What a cluster is known by. Plain JSON, so that it survives a restart of the cluster. */
export interface Credentials {
  /** The cluster's name in kubeconfigs. */
  name: string;
  authority: CertificateAndKey;
  server: CertificateAndKey;
  /** A client of the group kubeadm:cluster-admins, as the admin.conf of kubeadm has it. */
  administrator: CertificateAndKey;
  /** Private key, PEM, that signs the tokens of ServiceAccounts. */
  serviceAccountKey: string;
}

const VALID_MS = 10 * 365 * 24 * 3600 * 1000;
/** Clocks of other machines may be behind. */
const BACKDATED_MS = 24 * 3600 * 1000;

const SERVER_NAMES = [
  'localhost',
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
  'kubernetes.default.svc.cluster.local',
];
const SERVER_ADDRESSES = ['127.0.0.1', '10.96.0.1'];

/**
 * Makes a certificate authority, a server certificate and an administrator's client certificate (EC P-256,
 * valid for ten years).
 * @param options.now milliseconds since the epoch.
 * @param options.addresses more IPv4 addresses that the server is reached at.
 */
export function createCredentials(options: {
  name: string;
  now: number;
  addresses?: readonly string[];
}): Credentials {
  const validity = {
    notBefore: new Date(options.now - BACKDATED_MS),
    notAfter: new Date(options.now + VALID_MS),
  };
  const authority = issueCertificate({
    subject: { commonName: 'kubernetes' },
    use: 'authority',
    ...validity,
  });
  const server = issueCertificate(
    {
      subject: { commonName: 'kube-apiserver' },
      use: 'server',
      dnsNames: SERVER_NAMES,
      addresses: [...SERVER_ADDRESSES, ...(options.addresses ?? [])],
      ...validity,
    },
    authority,
  );
  const administrator = issueCertificate(
    {
      subject: { organization: 'kubeadm:cluster-admins', commonName: 'kubernetes-admin' },
      use: 'client',
      ...validity,
    },
    authority,
  );
  return {
    name: options.name,
    authority: withKey(authority),
    server: withKey(server),
    administrator: withKey(administrator),
    serviceAccountKey: createServiceAccountKey(),
  };
}

/** A key (P-256, PEM) for the tokens of ServiceAccounts. */
export function createServiceAccountKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return pemOf(privateKey);
}

function pemOf(key: KeyObject): string {
  return key.export({ format: 'pem', type: 'pkcs8' }).toString();
}

function withKey({ certificate, privateKey }: Issued): CertificateAndKey {
  return { certificate, key: pemOf(privateKey) };
}

/**
 * A complete kubeconfig (YAML) for the administrator.
 * @param url where the API is served, for example `https://127.0.0.1:6443`.
 */
export function kubeconfigFor(credentials: Credentials, url: string): string {
  const { name } = credentials;
  const embed = (pem: string): string => Buffer.from(pem).toString('base64');
  return stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        {
          name,
          cluster: { 'certificate-authority-data': embed(credentials.authority.certificate), server: url },
        },
      ],
      users: [
        {
          name,
          user: {
            'client-certificate-data': embed(credentials.administrator.certificate),
            'client-key-data': embed(credentials.administrator.key),
          },
        },
      ],
      contexts: [{ name, context: { cluster: name, user: name } }],
      'current-context': name,
      preferences: {},
    },
    { lineWidth: 0 },
  );
}
