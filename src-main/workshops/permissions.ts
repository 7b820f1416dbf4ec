import { AppError } from '#shared/app-error.ts';
import type { KubeClient } from '../kube/client.ts';
import type { KubeObject } from '../kube/objects.ts';
import { LEARNER_RULES } from './rules.ts';

const REVIEW = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview' };

/** Something that may be allowed: in every namespace, since those of learners do not exist yet. */
interface Access {
  verb: string;
  group: string;
  /** Plural, with its subresource: `serviceaccounts/token`. */
  resource: string;
}

const RBAC = 'rbac.authorization.k8s.io';

const TO_PREPARE: readonly Access[] = [
  ...each('', 'namespaces', ['get', 'list', 'create', 'patch']),
  ...each('', 'serviceaccounts', ['get', 'create', 'patch']),
  ...each('', 'serviceaccounts/token', ['create']),
  ...each('', 'resourcequotas', ['get', 'create', 'patch']),
  ...each('', 'limitranges', ['get', 'create', 'patch']),
  ...each('networking.k8s.io', 'networkpolicies', ['get', 'create', 'patch']),
  ...each(RBAC, 'roles', ['get', 'create', 'patch']),
  ...each(RBAC, 'rolebindings', ['get', 'create', 'patch']),
];

const TO_UNPREPARE: readonly Access[] = [
  ...each('', 'namespaces', ['get', 'list', 'delete']),
  ...each('', 'serviceaccounts', ['list', 'delete']),
];

/**
 * Nobody may give rights that they do not have, except who may `escalate` and `bind`:
 * https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping
 */
const TO_GIVE: readonly Access[] = each(RBAC, 'roles', ['escalate', 'bind']);

/** Beyond so many missing rights it is simpler to ask for the two that stand for all of them. */
const FEW = 6;

type Reviewer = Pick<KubeClient, 'create'>;

/** @throws AppError `workshop-forbidden`, which names everything that the facilitator may not do */
export async function requireRightsToPrepare(kube: Reviewer): Promise<void> {
  const missing = await missingOf(kube, TO_PREPARE);
  const instead = await missingOf(kube, TO_GIVE);
  if (instead.length > 0) {
    const ungivable = await missingOf(
      kube,
      LEARNER_RULES.flatMap(({ apiGroups, resources, verbs }) =>
        apiGroups.flatMap((group) => resources.flatMap((resource) => each(group, resource, verbs))),
      ),
    );
    missing.push(...(ungivable.length > FEW ? instead : ungivable));
  }
  if (missing.length > 0) throw forbidden(missing);
}

/** @throws AppError `workshop-forbidden` */
export async function requireRightsToUnprepare(kube: Reviewer): Promise<void> {
  const missing = await missingOf(kube, TO_UNPREPARE);
  if (missing.length > 0) throw forbidden(missing);
}

async function missingOf(kube: Reviewer, accesses: readonly Access[]): Promise<Access[]> {
  const allowed = await Promise.all(accesses.map((access) => isAllowed(kube, access)));
  return accesses.filter((_, index) => allowed[index] !== true);
}

async function isAllowed(kube: Reviewer, { verb, group, resource: name }: Access): Promise<boolean> {
  const [resource, subresource] = name.split('/');
  const answer = await kube.create({
    ...REVIEW,
    metadata: { name: '' },
    spec: { resourceAttributes: { verb, group, resource, subresource } },
  });
  return (answer as KubeObject & { status?: { allowed?: boolean } }).status?.allowed === true;
}

function each(group: string, resource: string, verbs: readonly string[]): Access[] {
  return verbs.map((verb) => ({ verb, group, resource }));
}

function forbidden(missing: readonly Access[]): AppError {
  // As `kubectl auth can-i` takes them.
  const lines = missing.map(
    ({ verb, group, resource }) =>
      `${verb} ${group === '' ? resource : resource.replace(/^[^/]+/, (name) => `${name}.${group}`)}`,
  );
  return new AppError({
    code: 'workshop-forbidden',
    message: {
      en: `This kubeconfig may not do what a workshop needs: ${lines.join(', ')}.`,
      ko: `이 kubeconfig에는 워크숍에 필요한 권한이 없습니다: ${lines.join(', ')}.`,
    },
    fix: {
      en: 'Ask for these rights in all namespaces (cluster-admin has them), or use a kubeconfig that has them. See with: kubectl auth can-i VERB RESOURCE --all-namespaces',
      ko: '모든 네임스페이스에서 이 권한을 요청하거나(cluster-admin에는 있습니다) 권한이 있는 kubeconfig를 사용하세요. 확인: kubectl auth can-i VERB RESOURCE --all-namespaces',
    },
  });
}
