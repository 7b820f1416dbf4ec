import { jsonEqual } from '../../store/json.ts';
import type { FieldError, KindDefinition } from '../kind-definition.ts';
import type { ServiceCIDR } from '../objects.ts';
import { SERVICE_CIDRS } from '../resources.ts';
import { invalid, required } from '../validation/errors.ts';
import { validateCanonicalCidr } from '../validation/network.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, column, NAME_COLUMN } from './columns.ts';

const AT = 'spec.cidrs';

function validate({ spec }: ServiceCIDR): FieldError[] {
  const { cidrs = [] } = spec;
  if (cidrs.length === 0) return [required(AT, 'at least one CIDR required')];
  if (cidrs.length > 2) return [invalid(AT, { CIDRs: cidrs }, 'may only hold up to 2 values')];
  const errors = cidrs.flatMap((cidr, index) => validateCanonicalCidr(`${AT}[${index}]`, cidr));
  const [first = '', second] = cidrs;
  if (errors.length === 0 && second !== undefined && first.includes(':') === second.includes(':'))
    errors.push(
      invalid(
        AT,
        cidrs,
        'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64',
      ),
    );
  return errors;
}

function validateUpdate({ spec: { cidrs = [] } }: ServiceCIDR, stored: ServiceCIDR): FieldError[] {
  const before = stored.spec.cidrs ?? [];
  const immutable = (field: string, value: unknown): FieldError =>
    invalid(field, value, 'field is immutable');
  const becomesDualStack = before.length === 1 && cidrs.length === 2;
  if (before.length !== cidrs.length && !becomesDualStack)
    return jsonEqual(cidrs, before) ? [] : [immutable(AT, cidrs)];
  return before.flatMap((cidr, index) =>
    cidrs[index] === cidr ? [] : [immutable(`${AT}[${index}]`, cidrs[index])],
  );
}

export const SERVICE_CIDR_KIND: KindDefinition<ServiceCIDR> = {
  type: SERVICE_CIDRS,
  singular: 'servicecidr',
  shortNames: [],
  categories: [],
  subresources: ['status'],
  schema: 'io.k8s.api.networking.v1.ServiceCIDR',
  nameFormat: 'dns1123Subdomain',
  hasGeneration: false,
  applyDefaults: () => undefined,
  prepareForCreate: () => undefined,
  prepareForUpdate(draft, stored) {
    if (stored.status === undefined) delete draft.status;
    else draft.status = stored.status;
  },
  validate,
  validateUpdate,
  columns: [
    NAME_COLUMN,
    column(
      'CIDRs',
      'CIDRs defines the IP blocks in CIDR notation (e.g. "192.168.0.0/24" or "2001:db8::/64") from which to assign service cluster IPs. Max of two CIDRs is allowed, one of each IP family. This field is immutable.',
    ),
    AGE_COLUMN,
  ],
  cells: ({ metadata, spec }, now) => [
    metadata.name,
    (spec.cidrs ?? []).join(','),
    ageOf(metadata.creationTimestamp, now),
  ],
  fieldSelectors: {},
};
