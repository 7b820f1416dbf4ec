import type { ClusterApi } from '../cluster-api.ts';
import type { PolicyRule, RoleRef, Subject } from '../objects.ts';
import { CLUSTER_ROLE_BINDINGS, CLUSTER_ROLES, ROLE_BINDINGS, ROLES } from '../resources.ts';
import { ruleAllows } from './policy-rules.ts';
import { isResourceRequest, type RequestAttributes } from './request-attributes.ts';
import { isMaster, serviceAccountUsername, type User } from './user.ts';

export interface Decision {
  allowed: boolean;
  /** Which binding allows it; or which roles of the user's bindings are missing. Empty when nothing is to be said. */
  reason: string;
}

/** The rules that a user's bindings give, and what is wrong with those that give none. */
export interface ResolvedRules {
  rules: PolicyRule[];
  errors: string[];
}

/** One rule and how the user came by it. */
interface Grant {
  rule: PolicyRule;
  source: string;
}

interface Grants {
  grants: Grant[];
  errors: string[];
}

/** So many users at a time have their rules kept; more than that is a client that makes up names. */
const MAX_USERS = 500;

/**
 * Decides by the Roles and bindings in the cluster (k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac). What a
 * user may do is worked out once and kept until a role or a binding changes.
 */
export class RbacAuthorizer implements Disposable {
  readonly #api: ClusterApi;
  readonly #known = new Map<string, Map<string, Grants>>();
  readonly #watches: Disposable[];

  constructor(api: ClusterApi) {
    this.#api = api;
    this.#watches = [ROLES, ROLE_BINDINGS, CLUSTER_ROLES, CLUSTER_ROLE_BINDINGS].map((type) =>
      api.watch(type, () => this.#known.clear()),
    );
  }

  authorize(user: User, attributes: RequestAttributes): Decision {
    if (isMaster(user)) return { allowed: true, reason: '' };
    const namespace = isResourceRequest(attributes) ? attributes.namespace : '';
    const everywhere = this.#grants(user, '');
    const here = namespace === '' ? undefined : this.#grants(user, namespace);
    const granted =
      everywhere.grants.find(({ rule }) => ruleAllows(rule, attributes)) ??
      here?.grants.find(({ rule }) => ruleAllows(rule, attributes));
    if (granted !== undefined) return { allowed: true, reason: `RBAC: allowed by ${granted.source}` };
    const errors = [...everywhere.errors, ...(here?.errors ?? [])];
    return { allowed: false, reason: errors.length === 0 ? '' : `RBAC: ${aggregate(errors)}` };
  }

  /** All rules that count for a user in a namespace; an empty namespace leaves those of the cluster alone. */
  rulesFor(user: User, namespace: string): ResolvedRules {
    const everywhere = this.#grants(user, '');
    const here = namespace === '' ? { grants: [], errors: [] } : this.#grants(user, namespace);
    return {
      rules: [...everywhere.grants, ...here.grants].map(({ rule }) => rule),
      errors: [...everywhere.errors, ...here.errors],
    };
  }

  /** The rules of the role that a binding refers to; undefined when there is none. */
  rulesOf(roleRef: RoleRef, namespace: string): PolicyRule[] | undefined {
    const role =
      roleRef.kind === 'Role'
        ? this.#api.get(ROLES, namespace, roleRef.name)
        : this.#api.get(CLUSTER_ROLES, undefined, roleRef.name);
    return role === undefined ? undefined : (role.rules ?? []);
  }

  [Symbol.dispose](): void {
    for (const watch of this.#watches) watch[Symbol.dispose]();
  }

  /** What the bindings of one namespace give, or with an empty one those of the cluster. */
  #grants(user: User, namespace: string): Grants {
    const key = JSON.stringify([user.username, user.groups]);
    let known = this.#known.get(key);
    if (known === undefined) {
      if (this.#known.size >= MAX_USERS) this.#known.clear();
      known = new Map();
      this.#known.set(key, known);
    }
    const found = known.get(namespace) ?? this.#collect(user, namespace);
    known.set(namespace, found);
    return found;
  }

  #collect(user: User, namespace: string): Grants {
    const bindings =
      namespace === '' ? this.#api.list(CLUSTER_ROLE_BINDINGS) : this.#api.list(ROLE_BINDINGS, { namespace });
    const collected: Grants = { grants: [], errors: [] };
    for (const { kind, metadata, roleRef, subjects = [] } of bindings) {
      const subject = subjects.find((candidate) => isSubject(user, candidate, namespace));
      if (subject === undefined) continue;
      const rules = this.rulesOf(roleRef, namespace);
      if (rules === undefined) {
        collected.errors.push(
          `${roleRef.kind.toLowerCase()}.rbac.authorization.k8s.io ${JSON.stringify(roleRef.name)} not found`,
        );
        continue;
      }
      const name = namespace === '' ? metadata.name : `${metadata.name}/${namespace}`;
      const source = `${kind} ${JSON.stringify(name)} of ${roleRef.kind} ${JSON.stringify(roleRef.name)} to ${describeSubject(subject, namespace)}`;
      for (const rule of rules) collected.grants.push({ rule, source });
    }
    return collected;
  }
}

function isSubject(user: User, subject: Subject, bindingNamespace: string): boolean {
  switch (subject.kind) {
    case 'User':
      return user.username === subject.name;
    case 'Group':
      return user.groups.includes(subject.name);
    case 'ServiceAccount': {
      const namespace = subject.namespace || bindingNamespace;
      return namespace !== '' && user.username === serviceAccountUsername(namespace, subject.name);
    }
  }
}

function describeSubject(subject: Subject, bindingNamespace: string): string {
  const name =
    subject.kind === 'ServiceAccount'
      ? `${subject.name}/${subject.namespace || bindingNamespace}`
      : subject.name;
  return `${subject.kind} ${JSON.stringify(name)}`;
}

/** Several errors as one, as k8s.io/apimachinery/pkg/util/errors puts them. */
export function aggregate(errors: readonly string[]): string {
  const unique = [...new Set(errors)];
  return unique.length === 1 ? unique.join('') : `[${unique.join(', ')}]`;
}
