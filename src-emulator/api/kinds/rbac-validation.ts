/** Rules, subjects and role references (k8s.io/kubernetes/pkg/apis/rbac). */
import type { FieldError, TableColumn } from '../kind-definition.ts';
import type { PolicyRule, RoleBinding, RoleRef, Subject } from '../objects.ts';
import { invalid, invalidEach, notSupported, required } from '../validation/errors.ts';
import { dns1123Subdomain, pathSegment } from '../validation/names.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, column, NAME_COLUMN, wideColumn } from './columns.ts';

const RBAC = 'rbac.authorization.k8s.io';

export const CREATED_AT_COLUMN: TableColumn = {
  ...AGE_COLUMN,
  name: 'Created At',
  type: 'date',
};

/** @param namespaced whether the rules stand in a Role, which has no say about paths. */
export function validateRules(
  rules: readonly PolicyRule[] | null | undefined,
  namespaced: boolean,
): FieldError[] {
  return (rules ?? []).flatMap((rule, index) => validateRule(rule, namespaced, `rules[${index}]`));
}

function validateRule(rule: PolicyRule, namespaced: boolean, field: string): FieldError[] {
  const {
    verbs = [],
    apiGroups = [],
    resources = [],
    resourceNames = [],
    nonResourceURLs = [],
  } = rule as Partial<PolicyRule>;
  const errors: FieldError[] = [];
  if (verbs.length === 0) errors.push(required(`${field}.verbs`, 'verbs must contain at least one value'));
  if (nonResourceURLs.length > 0) {
    const urls = `${field}.nonResourceURLs`;
    if (namespaced)
      errors.push(invalid(urls, nonResourceURLs, 'namespaced rules cannot apply to non-resource URLs'));
    if (apiGroups.length + resources.length + resourceNames.length > 0)
      errors.push(
        invalid(urls, nonResourceURLs, 'rules cannot apply to both regular resources and non-resource URLs'),
      );
    return errors;
  }
  if (apiGroups.length === 0)
    errors.push(required(`${field}.apiGroups`, 'resource rules must supply at least one api group'));
  if (resources.length === 0)
    errors.push(required(`${field}.resources`, 'resource rules must supply at least one resource'));
  return errors;
}

/** The parts that a RoleBinding and a ClusterRoleBinding share. */
type Binding = Pick<RoleBinding, 'subjects'> & { roleRef: RoleRef };

/** Users and groups belong to the group of the roles. */
export function defaultBinding(draft: Binding): void {
  // A body may lack the reference altogether, which validation then says.
  const { apiGroup = '', ...rest } = (draft.roleRef as Partial<RoleRef> | undefined) ?? {};
  draft.roleRef = { kind: '', name: '', ...rest, apiGroup: apiGroup === '' ? RBAC : apiGroup } as RoleRef;
  for (const subject of draft.subjects ?? [])
    if (subject.kind === 'User' || subject.kind === 'Group') subject.apiGroup ||= RBAC;
}

/** @param namespaced whether the binding is a RoleBinding, which may refer to a Role. */
export function validateBinding({ roleRef, subjects = [] }: Binding, namespaced: boolean): FieldError[] {
  const errors: FieldError[] = [];
  if (roleRef.apiGroup !== RBAC) errors.push(notSupported('roleRef.apiGroup', roleRef.apiGroup, [RBAC]));
  const kinds = namespaced ? ['Role', 'ClusterRole'] : ['ClusterRole'];
  if (!kinds.includes(roleRef.kind)) errors.push(notSupported('roleRef.kind', roleRef.kind, kinds));
  if (roleRef.name === '') errors.push(required('roleRef.name'));
  else errors.push(...invalidEach('roleRef.name', roleRef.name, pathSegment(roleRef.name)));
  subjects.forEach((subject, index) =>
    errors.push(...validateSubject(subject, namespaced, `subjects[${index}]`)),
  );
  return errors;
}

function validateSubject(
  { kind = '', name = '', apiGroup = '', namespace = '' }: Partial<Record<keyof Subject, string>>,
  namespaced: boolean,
  field: string,
): FieldError[] {
  const errors: FieldError[] = name === '' ? [required(`${field}.name`)] : [];
  switch (kind) {
    case 'ServiceAccount':
      if (name !== '') errors.push(...invalidEach(`${field}.name`, name, dns1123Subdomain(name)));
      if (apiGroup !== '') errors.push(notSupported(`${field}.apiGroup`, apiGroup, ['']));
      if (!namespaced && namespace === '') errors.push(required(`${field}.namespace`));
      break;
    case 'User':
    case 'Group':
      if (apiGroup !== RBAC) errors.push(notSupported(`${field}.apiGroup`, apiGroup, [RBAC]));
      break;
    default:
      errors.push(notSupported(`${field}.kind`, kind, ['ServiceAccount', 'User', 'Group']));
  }
  return errors;
}

/** A binding keeps its role. */
export function validateRoleRefUpdate({ roleRef }: Binding, stored: Binding): FieldError[] {
  const { apiGroup, kind, name } = roleRef;
  const { roleRef: before } = stored;
  if (apiGroup === before.apiGroup && kind === before.kind && name === before.name) return [];
  // Shown with the field names of Go.
  const shown = { APIGroup: apiGroup, Kind: kind, Name: name };
  return [invalid('roleRef', shown, 'cannot change roleRef')];
}

export function bindingColumns(kind: string, roleDescription: string): TableColumn[] {
  return [
    NAME_COLUMN,
    column('Role', roleDescription),
    AGE_COLUMN,
    wideColumn('Users', `Users in the ${kind}`),
    wideColumn('Groups', `Groups in the ${kind}`),
    wideColumn('ServiceAccounts', `ServiceAccounts in the ${kind}`),
  ];
}

export function bindingCells({ metadata, roleRef, subjects = [] }: RoleBinding, now: number): string[] {
  const named = (kind: Subject['kind']): string =>
    subjects
      .filter((subject) => subject.kind === kind)
      .map(({ name, namespace = '' }) => (kind === 'ServiceAccount' ? `${namespace}/${name}` : name))
      .join(', ');
  return [
    metadata.name,
    `${roleRef.kind}/${roleRef.name}`,
    ageOf(metadata.creationTimestamp, now),
    named('User'),
    named('Group'),
    named('ServiceAccount'),
  ];
}
