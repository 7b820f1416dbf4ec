import type { KindDefinition } from '../kind-definition.ts';
import type { CertificateSigningRequest } from '../objects.ts';
import { CERTIFICATE_SIGNING_REQUESTS } from '../resources.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, NAME_COLUMN } from './columns.ts';

export const CERTIFICATE_SIGNING_REQUEST_KIND: KindDefinition<CertificateSigningRequest> = {
  type: CERTIFICATE_SIGNING_REQUESTS,
  singular: 'certificatesigningrequest',
  shortNames: ['csr'],
  categories: [],
  subresources: ['approval', 'status'],
  schema: 'io.k8s.api.certificates.v1.CertificateSigningRequest',
  nameFormat: 'dns1123Subdomain',
  hasGeneration: false,
  metadataChecks: 'twice',
  applyDefaults: () => undefined,
  prepareForCreate(draft) {
    draft.status = {};
  },
  prepareForUpdate(draft, stored) {
    draft.status = stored.status;
  },
  validate: () => [],
  validateUpdate: () => [],
  columns: [NAME_COLUMN, AGE_COLUMN],
  cells: ({ metadata }, now) => [metadata.name, ageOf(metadata.creationTimestamp, now)],
  fieldSelectors: {},
};
