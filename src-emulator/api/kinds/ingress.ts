import type { KindDefinition, WriteContext } from '../kind-definition.ts';
import type { Ingress, IngressClass } from '../objects.ts';
import { INGRESS_CLASSES, INGRESSES } from '../resources.ts';
import { invalid } from '../validation/errors.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, column, NAME_COLUMN } from './columns.ts';
import { leniencyOf, STRICT, validateIngressSpec } from './ingress-validation.ts';
import { validateLoadBalancer } from './status-validation.ts';

const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';
const DEFAULT_CLASS_ANNOTATION = 'ingressclass.kubernetes.io/is-default-class';
const MAX_HOSTS_SHOWN = 3;

/** Admission plug-in DefaultIngressClass: of several defaults the newest. */
function defaultClass(context: WriteContext): IngressClass | undefined {
  const defaults = context
    .list(INGRESS_CLASSES)
    .filter(({ metadata }) => metadata.annotations?.[DEFAULT_CLASS_ANNOTATION] === 'true');
  const newestFirst = (a: IngressClass, b: IngressClass): number =>
    Date.parse(b.metadata.creationTimestamp) - Date.parse(a.metadata.creationTimestamp) ||
    (a.metadata.name < b.metadata.name ? -1 : 1);
  return defaults.sort(newestFirst)[0];
}

function hosts({ spec }: Ingress): string {
  const named = (spec.rules ?? []).flatMap(({ host = '' }) => (host === '' ? [] : [host]));
  if (named.length === 0) return '*';
  const shown = named.slice(0, MAX_HOSTS_SHOWN).join(',');
  return named.length > MAX_HOSTS_SHOWN ? `${shown} + ${named.length - MAX_HOSTS_SHOWN} more...` : shown;
}

function addresses({ status }: Ingress): string {
  const all = (status.loadBalancer.ingress ?? []).map(({ ip = '', hostname = '' }) => ip || hostname);
  return [...new Set(all.filter((address) => address !== ''))].sort().join(',');
}

export const INGRESS_KIND: KindDefinition<Ingress> = {
  type: INGRESSES,
  singular: 'ingress',
  shortNames: ['ing'],
  categories: [],
  subresources: ['status'],
  schema: 'io.k8s.api.networking.v1.Ingress',
  nameFormat: 'dns1123Subdomain',
  hasGeneration: true,
  applyDefaults: () => undefined,
  prepareForCreate(draft, context) {
    draft.status = { loadBalancer: {} };
    if (
      draft.spec.ingressClassName === undefined &&
      draft.metadata.annotations?.[CLASS_ANNOTATION] === undefined
    ) {
      const found = defaultClass(context);
      if (found !== undefined) draft.spec.ingressClassName = found.metadata.name;
    }
  },
  prepareForUpdate(draft, stored) {
    draft.status = stored.status;
  },
  validate: (ingress, context) => {
    const stored = context.get(INGRESSES, ingress.metadata.namespace, ingress.metadata.name);
    const errors = validateIngressSpec(ingress, stored === undefined ? STRICT : leniencyOf(stored));
    const annotation = ingress.metadata.annotations?.[CLASS_ANNOTATION];
    const { ingressClassName } = ingress.spec;
    const differs =
      annotation !== undefined && ingressClassName !== undefined && annotation !== ingressClassName;
    if (stored === undefined && differs)
      errors.push(
        invalid(
          `annotations.${CLASS_ANNOTATION}`,
          annotation,
          'must match `ingressClassName` when both are specified',
        ),
      );
    return errors;
  },
  validateUpdate: () => [],
  statusUpdate: {
    validate: ({ status }) =>
      validateLoadBalancer((status as Partial<Ingress['status']>).loadBalancer?.ingress ?? [], {
        needsMode: false,
      }),
  },
  warnings: ({ metadata, spec }, stored) =>
    stored === undefined &&
    spec.ingressClassName === undefined &&
    metadata.annotations?.[CLASS_ANNOTATION] !== undefined
      ? [`annotation "${CLASS_ANNOTATION}" is deprecated, please use 'spec.ingressClassName' instead`]
      : [],
  columns: [
    NAME_COLUMN,
    column('Class', 'The name of the IngressClass resource that should be used for additional configuration'),
    column('Hosts', 'Hosts that incoming requests are matched against before the ingress rule'),
    column('Address', 'Address is a list containing ingress points for the load-balancer'),
    column('Ports', 'Ports of TLS configurations that open'),
    AGE_COLUMN,
  ],
  cells: (ingress, now) => [
    ingress.metadata.name,
    ingress.spec.ingressClassName ?? ingress.metadata.annotations?.[CLASS_ANNOTATION] ?? '<none>',
    hosts(ingress),
    addresses(ingress),
    (ingress.spec.tls ?? []).length > 0 ? '80, 443' : '80',
    ageOf(ingress.metadata.creationTimestamp, now),
  ],
  fieldSelectors: {},
};
