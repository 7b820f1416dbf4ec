import { describeRules, goList, uncoveredRules } from '../auth/policy-rules.ts';
import type { RbacAuthorizer } from '../auth/rbac-authorizer.ts';
import { isMaster, type User } from '../auth/user.ts';
import type { ClusterRole, KubeObject, PolicyRule, Role, RoleBinding } from '../objects.ts';
import { forbidden, notFound, unclassified } from '../status.ts';
import { jsonEqual } from '../../store/json.ts';
import type { AdmissionPlugin, AdmissionRequest } from './admission.ts';

const RBAC = 'rbac.authorization.k8s.io';

const EVERYTHING: PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

/**
 * Nobody gives away what they do not have themselves, unless they may `escalate` roles or `bind` the role in
 * question (k8s.io/kubernetes/pkg/registry/rbac).
 */
export function createRoleEscalationCheck(authorizer: RbacAuthorizer): AdmissionPlugin {
  const confirm = (user: User, namespace: string, rules: readonly PolicyRule[]): string | undefined => {
    const held = authorizer.rulesFor(user, namespace);
    const missing = uncoveredRules(held.rules, rules);
    if (missing.length === 0) return undefined;
    const errors = held.errors.length === 0 ? '' : `; resolution errors: [${held.errors.join(', ')}]`;
    return `user ${JSON.stringify(user.username)} (groups=${goList(user.groups)}) is attempting to grant RBAC permissions not currently held:\n${describeRules(missing)}${errors}`;
  };

  const checkRole = (user: User, { type, object, stored, operation }: AdmissionRequest): void => {
    const role = object as Role | ClusterRole;
    const { namespace = '', name } = object.metadata;
    const escalate = {
      verb: 'escalate',
      group: RBAC,
      resource: type.plural,
      subresource: '',
      namespace,
      // A request that creates has no name yet.
      name: operation === 'CREATE' ? '' : name,
    };
    if (authorizer.authorize(user, escalate).allowed) return;
    const why = confirm(user, namespace, role.rules ?? []);
    if (why !== undefined) throw forbidden(type, name, why);
    if ((aggregates(object) || aggregates(stored)) && confirm(user, namespace, EVERYTHING) !== undefined)
      throw forbidden(type, name, 'must have cluster-admin privileges to use the aggregationRule');
  };

  const checkBinding = (user: User, { type, object }: AdmissionRequest): void => {
    const { metadata, roleRef } = object as RoleBinding;
    const { namespace = '', name } = metadata;
    const resource = { Role: 'roles', ClusterRole: 'clusterroles' }[roleRef.kind] as string | undefined;
    // Asking which rules that role has comes before validation, and fails.
    if (resource === undefined)
      throw unclassified(`unsupported role reference kind: ${JSON.stringify(roleRef.kind)}`);
    const bind = {
      verb: 'bind',
      group: roleRef.apiGroup,
      resource,
      subresource: '',
      namespace,
      name: roleRef.name,
    };
    if (authorizer.authorize(user, bind).allowed) return;
    const rules = authorizer.rulesOf(roleRef, namespace);
    if (rules === undefined) throw notFound(type, roleRef.name);
    const why = confirm(user, namespace, rules);
    if (why !== undefined) throw forbidden(type, name, why);
  };

  return {
    admit(request) {
      const { type, object, stored, user } = request;
      if (type.group !== RBAC || user === undefined || isMaster(user)) return;
      if (stored !== undefined && onlyCollectorsChange(object, stored)) return;
      if (type.plural.endsWith('bindings')) checkBinding(user, request);
      else checkRole(user, request);
    },
  };
}

function aggregates(object: KubeObject | undefined): boolean {
  const rule = (object as ClusterRole | undefined)?.aggregationRule;
  return (rule?.clusterRoleSelectors ?? []).length > 0;
}

/** Finalizers and owners may be changed by whoever cleans up. */
function onlyCollectorsChange(object: KubeObject, stored: KubeObject): boolean {
  const rest = ({ metadata, ...others }: KubeObject): unknown => ({
    ...others,
    metadata: {
      ...metadata,
      ownerReferences: undefined,
      finalizers: undefined,
      managedFields: undefined,
    },
  });
  return jsonEqual(rest(object), rest(stored));
}
