import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { FieldError, KindDefinition } from '../kind-definition.ts';
import type { Secret } from '../objects.ts';
import { SECRETS } from '../resources.ts';
import { forbidden, invalid, invalidEach, required, tooLong } from '../validation/errors.ts';
import { configMapKey } from '../validation/names.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, column, NAME_COLUMN } from './columns.ts';
import { dataChanged, MAX_DATA_BYTES } from './data.ts';

const REDACTED = '<secret contents redacted>';
const ACCOUNT_ANNOTATION = 'kubernetes.io/service-account.name';

/** Values that were given in plain text move into data. */
function foldStringData(draft: Secret & { stringData?: Record<string, string> }): void {
  if (draft.stringData === undefined) return;
  const encoded = Object.entries(draft.stringData).map(([key, value]) => [
    key,
    Buffer.from(value).toString('base64'),
  ]);
  draft.data = { ...draft.data, ...(Object.fromEntries(encoded) as Record<string, string>) };
  delete draft.stringData;
}

function validate({ data = {}, type = '', metadata }: Secret): FieldError[] {
  const errors: FieldError[] = [];
  let size = 0;
  for (const [key, value] of Object.entries(data)) {
    errors.push(...invalidEach(`data[${key}]`, key, configMapKey(key)));
    size += Buffer.byteLength(value, 'base64');
  }
  if (size > MAX_DATA_BYTES) errors.push(tooLong('data', MAX_DATA_BYTES));
  const missing = (...keys: string[]): FieldError[] =>
    keys.filter((key) => !Object.hasOwn(data, key)).map((key) => required(`data[${key}]`));
  switch (type) {
    case 'kubernetes.io/service-account-token':
      if ((metadata.annotations?.[ACCOUNT_ANNOTATION] ?? '') === '')
        errors.push(required(`metadata.annotations[${ACCOUNT_ANNOTATION}]`));
      break;
    case 'kubernetes.io/dockercfg':
      errors.push(...validateJson(data, '.dockercfg'));
      break;
    case 'kubernetes.io/dockerconfigjson':
      errors.push(...validateJson(data, '.dockerconfigjson'));
      break;
    case 'kubernetes.io/basic-auth':
      if (missing('username', 'password').length === 2) errors.push(...missing('username', 'password'));
      break;
    case 'kubernetes.io/ssh-auth':
      if ((data['ssh-privatekey'] ?? '') === '') errors.push(required('data[ssh-privatekey]'));
      break;
    case 'kubernetes.io/tls':
      errors.push(...missing('tls.crt', 'tls.key'));
      break;
    default:
      break;
  }
  return errors;
}

function validateJson(data: Record<string, string>, key: string): FieldError[] {
  const value = data[key];
  if (value === undefined) return [required(`data[${key}]`)];
  const text = Buffer.from(value, 'base64').toString();
  try {
    JSON.parse(text);
    return [];
  } catch {
    const first = text.trimStart().charAt(0);
    const problem =
      first === ''
        ? 'unexpected end of JSON input'
        : `invalid character '${first}' looking for beginning of value`;
    return [invalid(`data[${key}]`, REDACTED, problem)];
  }
}

/** What Go's crypto/tls says of a certificate and a key that do not make a pair (pkg/api/secret/warnings.go). */
function warnings({ type, data = {} }: Secret): string[] {
  if (type !== 'kubernetes.io/tls') return [];
  const pem = (key: string): string => Buffer.from(data[key] ?? '', 'base64').toString();
  const missing = (block: RegExp, key: string): boolean => !block.test(pem(key));
  if (missing(/-----BEGIN CERTIFICATE-----/, 'tls.crt'))
    return ['tls: failed to find any PEM data in certificate input'];
  if (missing(/-----BEGIN [A-Z ]*PRIVATE KEY-----/, 'tls.key'))
    return ['tls: failed to find any PEM data in key input'];
  try {
    const certificate = new X509Certificate(pem('tls.crt'));
    const key = createPrivateKey(pem('tls.key'));
    return certificate.checkPrivateKey(key) ? [] : ['tls: private key does not match public key'];
  } catch {
    // What neither can read is told in other words by the two.
    return [];
  }
}

export const SECRET_KIND: KindDefinition<Secret> = {
  type: SECRETS,
  singular: 'secret',
  shortNames: [],
  categories: [],
  subresources: [],
  schema: 'io.k8s.api.core.v1.Secret',
  nameFormat: 'dns1123Subdomain',
  hasGeneration: false,
  updateChecks: { newMetadata: 1 },
  checksChangesFirst: true,
  applyDefaults(draft) {
    draft.type ??= 'Opaque';
    foldStringData(draft);
  },
  prepareForCreate: () => undefined,
  prepareForUpdate: () => undefined,
  validate,
  warnings,
  validateUpdate(secret, stored) {
    const errors: FieldError[] = [];
    if (secret.type !== stored.type) errors.push(invalid('type', secret.type, 'field is immutable'));
    if (stored.immutable !== true) return errors;
    if (secret.immutable !== true)
      errors.push(forbidden('immutable', 'field is immutable when `immutable` is set'));
    if (dataChanged(secret.data, stored.data))
      errors.push(forbidden('data', 'field is immutable when `immutable` is set'));
    return errors;
  },
  columns: [
    NAME_COLUMN,
    column('Type', 'Used to facilitate programmatic handling of secret data.'),
    column('Data', 'Data contains the secret data.'),
    AGE_COLUMN,
  ],
  cells: ({ metadata, type = '', data = {} }, now) => [
    metadata.name,
    type,
    Object.keys(data).length,
    ageOf(metadata.creationTimestamp, now),
  ],
  fieldSelectors: { type: ({ type = '' }) => type },
};
