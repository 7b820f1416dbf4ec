import type { KindDefinition } from '../kind-definition.ts';
import type { IngressClass } from '../objects.ts';
import { INGRESS_CLASSES } from '../resources.ts';
import { invalid } from '../validation/errors.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, column, NAME_COLUMN } from './columns.ts';
import { validateIngressClassSpec } from './ingress-validation.ts';

function parametersOf({ spec: { parameters } }: IngressClass): string {
  if (parameters === undefined) return '<none>';
  const { apiGroup, kind, name } = parameters;
  return `${kind}${apiGroup === undefined ? '' : `.${apiGroup}`}/${name}`;
}

export const INGRESS_CLASS_KIND: KindDefinition<IngressClass> = {
  type: INGRESS_CLASSES,
  singular: 'ingressclass',
  shortNames: [],
  categories: [],
  subresources: [],
  schema: 'io.k8s.api.networking.v1.IngressClass',
  nameFormat: 'dns1123Subdomain',
  hasGeneration: true,
  updateChecks: { newMetadata: 1 },
  applyDefaults({ spec }) {
    if (spec.parameters !== undefined) spec.parameters.scope ??= 'Cluster';
  },
  prepareForCreate: () => undefined,
  prepareForUpdate: () => undefined,
  validate: validateIngressClassSpec,
  validateUpdate: ({ spec }, stored) =>
    spec.controller === stored.spec.controller
      ? []
      : [invalid('spec.controller', spec.controller ?? '', 'field is immutable')],
  columns: [
    NAME_COLUMN,
    column('Controller', 'Controller that is responsible for handling this class'),
    column('Parameters', 'A reference to a resource with additional parameters'),
    AGE_COLUMN,
  ],
  cells: (ingressClass, now) => [
    ingressClass.metadata.name,
    ingressClass.spec.controller ?? '',
    parametersOf(ingressClass),
    ageOf(ingressClass.metadata.creationTimestamp, now),
  ],
  fieldSelectors: {},
};
