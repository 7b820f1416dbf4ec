import type { KubeObject, NamedRef } from '../kube/objects.ts';
import { LEARNER_LABEL, STANDS_FOR_LABEL, WORKSHOP_LABEL } from '../tenancy/marks.ts';
import { HOME_PREFIX } from './learner-id.ts';
import { containerDefaults, quotaOf, type Limits } from './limits.ts';
import { LEARNER_RULES } from './rules.ts';

/** Name of what is prepared inside a namespace. */
const PREPARED = 'switchyard-learner';
const RBAC = 'rbac.authorization.k8s.io';

/** What decides over the objects of every namespace of a workshop. */
export interface Terms {
  workshop: string;
  limits: Limits;
  /** Services of type LoadBalancer in each namespace. */
  loadBalancers: number;
  /** Whether labs are reached from outside of the cluster, or reach out of it. */
  outside: boolean;
  /** Where pods have their addresses, as far as the nodes say. */
  podCidrs: readonly string[];
  /** PriorityClasses that would push aside the pods of others. */
  priorities: readonly string[];
}

/** A namespace of one learner, and which one of the labs it stands for. */
export interface PlannedNamespace {
  name: string;
  standsFor: string;
}

type Labels = Record<string, string>;

/** Where the workshop keeps what no learner may touch: the accounts that their kubeconfigs speak for. */
export function homeOf(workshop: string): string {
  return `${HOME_PREFIX}${workshop}`;
}

export function homeNamespace(workshop: string): KubeObject {
  return namespace(homeOf(workshop), { [WORKSHOP_LABEL]: workshop });
}

/** The account of a learner. It stands in a namespace that the learner cannot reach, so that it outlasts them. */
export function serviceAccount(workshop: string, learner: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: {
      name: learner,
      namespace: homeOf(workshop),
      labels: { [WORKSHOP_LABEL]: workshop, [LEARNER_LABEL]: learner },
    },
    // Pods do not run as learners.
    automountServiceAccountToken: false,
  };
}

export function learnerNamespace(
  workshop: string,
  learner: string,
  { name, standsFor }: PlannedNamespace,
): KubeObject {
  return namespace(name, {
    [WORKSHOP_LABEL]: workshop,
    [LEARNER_LABEL]: learner,
    [STANDS_FOR_LABEL]: standsFor,
    // https://kubernetes.io/docs/concepts/security/pod-security-standards/
    'pod-security.kubernetes.io/enforce': 'baseline',
  });
}

/** Everything that is prepared inside a namespace of a learner, rights last: nobody acts before limits hold. */
export function namespaceObjects(terms: Terms, learner: string, name: string): KubeObject[] {
  const { workshop } = terms;
  const labels = { [WORKSHOP_LABEL]: workshop, [LEARNER_LABEL]: learner };
  const metadata = { name: PREPARED, namespace: name, labels };
  const defaults = containerDefaults(terms.limits);
  return [
    {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata,
      spec: { hard: quotaOf(terms.limits, terms.loadBalancers) },
    },
    {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { ...metadata, name: `${PREPARED}-priority` },
      spec: {
        hard: { pods: '0' },
        scopeSelector: {
          matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: [...terms.priorities] }],
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata,
      spec: {
        limits: [{ type: 'Container', default: defaults.limit, defaultRequest: defaults.request }],
      },
    },
    networkPolicy(terms, metadata),
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'Role',
      metadata,
      rules: [...LEARNER_RULES],
    },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: RBAC, kind: 'Role', name: PREPARED },
      subjects: [{ kind: 'ServiceAccount', name: learner, namespace: homeOf(workshop) }],
    },
  ];
}

/**
 * Pods of a learner reach their own namespaces and the cluster's DNS. Into them come, beside their own, those of
 * namespaces that are no learner's: the controllers of the cluster. Where labs reach out of the cluster, every
 * address is open but those of pods. https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
function networkPolicy(terms: Terms, metadata: KubeObject['metadata']): KubeObject {
  const own = { namespaceSelector: { matchLabels: metadata.labels ?? {} } };
  const nobodys = {
    namespaceSelector: { matchExpressions: [{ key: LEARNER_LABEL, operator: 'DoesNotExist' }] },
  };
  const outside = terms.outside ? outsideOf(terms.podCidrs) : [];
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata,
    spec: {
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [own, nobodys, ...outside] }],
      egress: [
        { to: [own, ...outside] },
        {
          to: [
            { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } } },
            // Where DNS is answered on each node: https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns/
            { ipBlock: { cidr: '169.254.20.10/32' } },
          ],
          ports: [
            { protocol: 'UDP', port: 53 },
            { protocol: 'TCP', port: 53 },
          ],
        },
      ],
    },
  };
}

/** Every address that is no pod's. Nothing where it is not known which are: openness would undo the rest. */
function outsideOf(podCidrs: readonly string[]): object[] {
  const v6 = podCidrs.filter((cidr) => cidr.includes(':'));
  const v4 = podCidrs.filter((cidr) => !cidr.includes(':'));
  return [
    ...(v4.length === 0 ? [] : [{ ipBlock: { cidr: '0.0.0.0/0', except: v4 } }]),
    ...(v6.length === 0 ? [] : [{ ipBlock: { cidr: '::/0', except: v6 } }]),
  ];
}

function namespace(name: string, labels: Labels): KubeObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

export function refOf({ apiVersion, kind, metadata }: KubeObject): NamedRef {
  const { name, namespace: within } = metadata;
  return { apiVersion, kind, name, ...(within === undefined ? {} : { namespace: within }) };
}
