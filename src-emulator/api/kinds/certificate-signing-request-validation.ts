/** k8s.io/kubernetes/pkg/apis/certificates/validation. */
import { X509Certificate } from 'node:crypto';
import { jsonEqual } from '../../store/json.ts';
import { parseCertificateRequest } from '../certificates/certificate-request.ts';
import { SIGNERS } from '../certificates/signers.ts';
import { USAGES } from '../certificates/signing.ts';
import type { FieldError } from '../kind-definition.ts';
import type { CertificateSigningRequest, Condition } from '../objects.ts';
import { duplicate, forbidden, invalid, notSupported, required, tooLong } from '../validation/errors.ts';
import { dns1123Label, dns1123Subdomain } from '../validation/names.ts';

const CONDITIONS = 'status.conditions';
const APPROVED = 'Approved';
const DENIED = 'Denied';
const FAILED = 'Failed';
const SHORTEST_SECONDS = 600;
const MAX_SUBDOMAIN = 253;
/** Domain, slash, and a path with room for a label in front. */
const MAX_SIGNER_NAME = MAX_SUBDOMAIN + 1 + MAX_SUBDOMAIN + 63 + 1;

export function validateRequest({ spec, status }: CertificateSigningRequest): FieldError[] {
  const { request = '', usages = [], signerName = '', expirationSeconds } = spec as Partial<typeof spec>;
  const errors: FieldError[] = [];
  try {
    parseCertificateRequest(Buffer.from(request, 'base64').toString());
  } catch (error) {
    // Bytes that are not there show as null.
    const shown = request === '' ? undefined : request;
    errors.push(invalid('spec.request', shown, (error as Error).message));
  }
  if (usages.length === 0) errors.push(required('spec.usages'));
  usages.forEach((usage, index) => {
    if (!USAGES.includes(usage)) errors.push(notSupported(`spec.usages[${index}]`, usage, USAGES));
  });
  usages.forEach((usage, index) => {
    if (usages.indexOf(usage) < index) errors.push(duplicate(`spec.usages[${index}]`, usage));
  });
  if (signerName === SIGNERS.legacyUnknown)
    errors.push(
      invalid('spec.signerName', signerName, 'the legacy signerName is not allowed via this API version'),
    );
  else errors.push(...validateSignerName(signerName));
  if (expirationSeconds !== undefined && expirationSeconds < SHORTEST_SECONDS)
    errors.push(
      invalid(
        'spec.expirationSeconds',
        expirationSeconds,
        'may not specify a duration less than 600 seconds (10 minutes)',
      ),
    );
  return [
    ...errors,
    ...validateConditions(status.conditions ?? []),
    ...validateCertificate(status.certificate),
  ];
}

/** `domain/path`: the domain has a dot, and the parts of both are names of DNS. */
function validateSignerName(name: string): FieldError[] {
  const field = 'spec.signerName';
  if (name === '') return [required(field)];
  const [domain = '', path, ...rest] = name.split('/');
  if (path === undefined || rest.length > 0)
    return [
      invalid(field, name, "must be a fully qualified domain and path of the form 'example.com/signer-name'"),
    ];
  const errors: FieldError[] = [];
  if (domain.length > MAX_SUBDOMAIN) errors.push(tooLong(field, MAX_SUBDOMAIN));
  // Only the first bad label is told of.
  const check = (text: string, format: (label: string) => string[]): void => {
    const bad = text.split('.').find((label) => format(label).length > 0);
    if (bad === undefined) return;
    for (const why of format(bad))
      errors.push(invalid(field, text, `validating label ${JSON.stringify(bad)}: ${why}`));
  };
  check(domain, dns1123Label);
  if (!domain.includes('.'))
    errors.push(invalid(field, domain, 'should be a domain with at least two segments separated by dots'));
  check(path, dns1123Subdomain);
  if (name.length > MAX_SIGNER_NAME) errors.push(tooLong(field, MAX_SIGNER_NAME));
  return errors;
}

function validateConditions(conditions: readonly Condition[]): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  conditions.forEach(({ type, status }, index) => {
    const at = `${CONDITIONS}[${index}]`;
    if (type === '') errors.push(required(`${at}.type`));
    const allowed = [APPROVED, DENIED, FAILED].includes(type) ? ['True'] : ['False', 'True', 'Unknown'];
    if ((status as string) === '') errors.push(required(`${at}.status`));
    else if (!allowed.includes(status)) errors.push(notSupported(`${at}.status`, status, allowed));
    const opposite = { [APPROVED]: DENIED, [DENIED]: APPROVED }[type];
    if (opposite !== undefined && seen.has(opposite))
      errors.push(invalid(CONDITIONS, type, 'Approved and Denied conditions are mutually exclusive'));
    if (seen.has(type)) errors.push(duplicate(`${at}.type`, type));
    seen.add(type);
  });
  return errors;
}

function validateCertificate(certificate: string | undefined): FieldError[] {
  if (certificate === undefined || certificate === '') return [];
  const refuse = (why: string): FieldError[] => [invalid('status.certificate', '<certificate data>', why)];
  const text = Buffer.from(certificate, 'base64').toString();
  const blocks = [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g)];
  if (blocks.length === 0) return refuse('must contain at least one CERTIFICATE PEM block');
  for (const [block, type] of blocks) {
    if (type !== 'CERTIFICATE')
      return refuse(`only CERTIFICATE PEM blocks are allowed, found ${JSON.stringify(type)}`);
    try {
      new X509Certificate(block);
    } catch {
      return refuse('x509: malformed certificate');
    }
  }
  return [];
}

/** What a status or an approval may not change. */
export function validateStatusChange(
  request: CertificateSigningRequest,
  stored: CertificateSigningRequest,
  subresource: 'status' | 'approval',
): FieldError[] {
  const errors = validateRequest(request);
  const of = ({ status }: CertificateSigningRequest, type: string): Condition[] =>
    (status.conditions ?? []).filter((condition) => condition.type === type);
  for (const type of [APPROVED, DENIED, FAILED])
    if (of(request, type).length < of(stored, type).length)
      errors.push(
        forbidden(CONDITIONS, `updates may not remove a condition of type ${JSON.stringify(type)}`),
      );
  if (subresource === 'status')
    for (const type of [APPROVED, DENIED]) {
      const [now, before] = [of(request, type), of(stored, type)];
      if (now.length > before.length)
        errors.push(forbidden(CONDITIONS, `updates may not add a condition of type ${JSON.stringify(type)}`));
      else if (now.length === before.length && !jsonEqual(now, before))
        errors.push(
          forbidden(CONDITIONS, `updates may not modify a condition of type ${JSON.stringify(type)}`),
        );
    }
  const before = stored.status.certificate ?? '';
  if ((request.status.certificate ?? '') !== before) {
    if (subresource === 'approval')
      errors.push(forbidden('status.certificate', 'updates may not set certificate content'));
    else if (before !== '')
      errors.push(forbidden('status.certificate', 'updates may not modify existing certificate content'));
  }
  return errors;
}
