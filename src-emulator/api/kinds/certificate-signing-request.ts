import type { KindDefinition } from '../kind-definition.ts';
import { formatTime } from '../machinery/deletion.ts';
import type { CertificateSigningRequest } from '../objects.ts';
import { CERTIFICATE_SIGNING_REQUESTS } from '../resources.ts';
import { ageOf, humanDuration } from './age.ts';
import { validateRequest, validateStatusChange } from './certificate-signing-request-validation.ts';
import { AGE_COLUMN, column, NAME_COLUMN } from './columns.ts';

/** Conditions get the times that they came without. */
function stampConditions(
  draft: CertificateSigningRequest,
  stored: CertificateSigningRequest,
  now: number,
): void {
  const time = formatTime(now);
  for (const condition of draft.status.conditions ?? []) {
    condition.lastUpdateTime ??= time;
    const before = stored.status.conditions?.find(
      ({ type, status }) => type === condition.type && status === condition.status,
    );
    condition.lastTransitionTime ??= before?.lastTransitionTime ?? time;
  }
}

function conditionCell({ status }: CertificateSigningRequest): string {
  const has = (type: string): boolean =>
    status.conditions?.some((condition) => condition.type === type) === true;
  const words = [has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending'];
  if (has('Failed')) words.push('Failed');
  if ((status.certificate ?? '') !== '') words.push('Issued');
  return words.join(',');
}

export const CERTIFICATE_SIGNING_REQUEST_KIND: KindDefinition<CertificateSigningRequest> = {
  type: CERTIFICATE_SIGNING_REQUESTS,
  singular: 'certificatesigningrequest',
  shortNames: ['csr'],
  categories: [],
  subresources: ['approval', 'status'],
  schema: 'io.k8s.api.certificates.v1.CertificateSigningRequest',
  nameFormat: 'path',
  hasGeneration: false,
  updateChecks: { newMetadata: 1 },
  applyDefaults: () => undefined,
  prepareForCreate(draft) {
    draft.status = {};
  },
  prepareForUpdate(draft, stored) {
    draft.spec = stored.spec;
    draft.status = stored.status;
  },
  validate: validateRequest,
  validateUpdate: () => [],
  statusUpdate: {
    prepare(draft, stored, context, subresource) {
      // An approval decides, and signs nothing.
      if (subresource === 'approval') {
        const { certificate } = stored.status;
        draft.status = {
          ...(draft.status.conditions === undefined ? {} : { conditions: draft.status.conditions }),
          ...(certificate === undefined ? {} : { certificate }),
        };
      }
      stampConditions(draft, stored, context.now);
    },
    validate: validateStatusChange,
  },
  columns: [
    NAME_COLUMN,
    AGE_COLUMN,
    column(
      'SignerName',
      'Requested signer for the request. It is a qualified name in the form: `scope-hostname.io/name`. If empty, it will be defaulted:\n 1. If it\'s a kubelet client certificate, it is assigned\n    "kubernetes.io/kube-apiserver-client-kubelet".\n 2. If it\'s a kubelet serving certificate, it is assigned\n    "kubernetes.io/kubelet-serving".\n 3. Otherwise, it is assigned "kubernetes.io/legacy-unknown".\nDistribution of trust for signers happens out of band. You can select on this field using `spec.signerName`.',
    ),
    column('Requestor', 'Base64-encoded PKCS#10 CSR data'),
    column(
      'RequestedDuration',
      'expirationSeconds is the requested duration of validity of the issued certificate. The certificate signer may issue a certificate with a different validity duration so a client must check the delta between the notBefore and and notAfter fields in the issued certificate to determine the actual duration.\n\nThe v1.22+ in-tree implementations of the well-known Kubernetes signers will honor this field as long as the requested duration is not greater than the maximum duration they will honor per the --cluster-signing-duration CLI flag to the Kubernetes controller manager.\n\nCertificate signers may not honor this field for various reasons:\n\n  1. Old signer that is unaware of the field (such as the in-tree\n     implementations prior to v1.22)\n  2. Signer whose configured maximum is shorter than the requested duration\n  3. Signer whose configured minimum is longer than the requested duration\n\nThe minimum valid value for expirationSeconds is 600, i.e. 10 minutes.',
    ),
    column('Condition', 'Conditions applied to the request, such as approval or denial.'),
  ],
  cells: (request, now) => [
    request.metadata.name,
    ageOf(request.metadata.creationTimestamp, now),
    request.spec.signerName,
    request.spec.username ?? '',
    request.spec.expirationSeconds === undefined
      ? '<none>'
      : humanDuration(request.spec.expirationSeconds * 1000),
    conditionCell(request),
  ],
  fieldSelectors: { 'spec.signerName': ({ spec }) => spec.signerName },
};
