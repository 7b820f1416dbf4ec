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
  subresources: ['token'],
  schema: 'io.k8s.api.core.v1.ServiceAccount',
  nameFormat: 'dns1123Subdomain',
  hasGeneration: false,
  updateChecks: { newMetadata: 1 },
  showsDeleted: true,
  applyDefaults: () => undefined,
  prepareForCreate: keepNamesOfSecrets,
  prepareForUpdate: keepNamesOfSecrets,
  validate: () => [],
  validateUpdate: () => [],
  columns: [
    NAME_COLUMN,
    column(
      'Secrets',
      'Secrets is a list of the secrets in the same namespace that pods running using this ServiceAccount are allowed to use. Pods are only limited to this list if this service account has a "kubernetes.io/enforce-mountable-secrets" annotation set to "true". The "kubernetes.io/enforce-mountable-secrets" annotation is deprecated since v1.32. Prefer separate namespaces to isolate access to mounted secrets. This field should not be used to find auto-generated service account token secrets for use outside of pods. Instead, tokens can be requested directly using the TokenRequest API, or service account token secrets can be manually created. More info: https://kubernetes.io/docs/concepts/configuration/secret',
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
