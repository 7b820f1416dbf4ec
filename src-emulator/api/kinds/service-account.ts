import type { KindDefinition } from '../kind-definition.ts';
import type { ServiceAccount } from '../objects.ts';
import { SERVICE_ACCOUNTS } from '../resources.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, column, NAME_COLUMN } from './columns.ts';

/** Of what refers to a Secret only the name is kept. */
function keepNamesOfSecrets(draft: ServiceAccount): void {
  if (draft.secrets !== undefined) draft.secrets = draft.secrets.map(({ name }) => ({ name }));
}

export const SERVICE_ACCOUNT_KIND: KindDefinition<ServiceAccount> = {
  type: SERVICE_ACCOUNTS,
  singular: 'serviceaccount',
  shortNames: ['sa'],
  categories: [],
  subresources: [],
  schema: 'io.k8s.api.core.v1.ServiceAccount',
  nameFormat: 'dns1123Subdomain',
  hasGeneration: false,
  metadataChecks: 'twice',
  applyDefaults: () => undefined,
  prepareForCreate: keepNamesOfSecrets,
  prepareForUpdate: keepNamesOfSecrets,
  validate: () => [],
  validateUpdate: () => [],
  columns: [
    NAME_COLUMN,
    column(
      'Secrets',
      'Secrets is a list of the secrets in the same namespace that pods running using this ServiceAccount are allowed to use.',
    ),
    AGE_COLUMN,
  ],
  cells: ({ metadata, secrets = [] }, now) => [
    metadata.name,
    secrets.length,
    ageOf(metadata.creationTimestamp, now),
  ],
  fieldSelectors: {},
};
