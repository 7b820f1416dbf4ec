import { CIDRS, COUNTS, LABEL_KEYS, LABEL_VALUES } from './common.ts';

const SIGNERS = [
  'kubernetes.io/kubelet-serving',
  'kubernetes.io/kube-apiserver-client',
  'kubernetes.io/legacy-unknown',
  'example.com/a',
  'a',
  '',
  'example.com/',
  'kubernetes.io/kube-apiserver-client-kubelet',
  'Example.com/a b',
];

/** Fields of what belongs to the whole cluster: nodes, namespaces, limits, rights, leases, certificates. */
export const CLUSTER_VALUES: Record<string, readonly unknown[]> = {
  'CertificateSigningRequestSpec.expirationSeconds': [600, 599, 3600, 0, -1],
  'CertificateSigningRequestSpec.request': ['AQID', '', '!!'],
  'CertificateSigningRequestSpec.signerName': SIGNERS,
  'CertificateSigningRequestSpec.usages': [
    ['client auth'],
    ['server auth', 'digital signature'],
    [],
    ['foo'],
    ['client auth', 'client auth'],
  ],
  'LeaseSpec.leaseDurationSeconds': COUNTS,
  'LeaseSpec.leaseTransitions': COUNTS,
  'LeaseSpec.strategy': ['OldestEmulationVersion', 'Foo', ''],
  'LimitRangeItem.type': ['Container', 'Pod', 'PersistentVolumeClaim', 'Foo', '', 'example.com/x'],
  'NamespaceSpec.finalizers': [['kubernetes'], [], ['a'], ['example.com/a']],
  'NodeSpec.podCIDR': CIDRS,
  'NodeSpec.podCIDRs': [['10.250.1.0/24'], ['10.250.1.0/24', 'fd00::/64'], ['abc'], []],
  'PolicyRule.nonResourceURLs': [['/healthz'], ['/a*', 'b'], []],
  'PolicyRule.resources': [['pods'], ['*'], [], ['pods/log'], ['']],
  'PolicyRule.verbs': [['get'], ['*'], [], ['']],
  'PolicyRule.apiGroups': [[''], ['*'], ['apps'], []],
  'ResourceQuotaSpec.scopes': [
    ['BestEffort'],
    ['Terminating'],
    ['Foo'],
    ['Terminating', 'NotTerminating'],
    ['BestEffort', 'NotBestEffort'],
  ],
  'RoleRef.kind': ['Role', 'ClusterRole', 'Foo', ''],
  'RoleRef.apiGroup': ['rbac.authorization.k8s.io', '', 'foo'],
  'RoleRef.name': ['view', 'a', '', 'a/b'],
  'Subject.kind': ['User', 'Group', 'ServiceAccount', 'Foo', ''],
  'Subject.apiGroup': ['rbac.authorization.k8s.io', '', 'foo'],
  'Subject.namespace': ['fuzz', ''],
  'Taint.effect': ['NoSchedule', 'PreferNoSchedule', 'NoExecute', 'Foo', ''],
  'Taint.key': LABEL_KEYS,
  'Taint.value': LABEL_VALUES,
};
