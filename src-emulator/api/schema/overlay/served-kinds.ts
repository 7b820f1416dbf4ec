/** Which groups and kinds the emulated API server serves, and so describes in its OpenAPI documents. */

/** One kind whose paths and schemas the OpenAPI documents describe. */
export interface ServedKind {
  kind: string;
  plural: string;
  namespaced: boolean;
  subresources: string[];
}

/** One OpenAPI document. */
export interface ServedGroupVersion {
  group: string;
  version: string;
  /** Prefix of the schema names, for example `io.k8s.api.core.v1`. */
  package: string;
  kinds: ServedKind[];
  /** Models of this package that no served kind refers to, but that requests carry. */
  extraModels: string[];
}

/** Where the Go types of groups live that other programs than the API server proper brought along. */
const PACKAGE_ROOTS: Record<string, string> = {
  'apiextensions.k8s.io': 'io.k8s.apiextensions-apiserver.pkg.apis',
  'apiregistration.k8s.io': 'io.k8s.kube-aggregator.pkg.apis',
};

/** `services status`, `!nodes status`: the plural (`!`: not in namespaces), then the subresources. */
function served(
  group: string,
  version: string,
  kinds: Record<string, string>,
  extraModels: string[] = [],
): ServedGroupVersion {
  const name = group === '' ? 'core' : (group.split('.')[0] ?? group);
  return {
    group,
    version,
    package: `${PACKAGE_ROOTS[group] ?? 'io.k8s.api'}.${name}.${version}`,
    kinds: Object.entries(kinds).map(([kind, line]) => {
      const [plural = '', ...subresources] = line.replace('!', '').split(' ');
      return { kind, plural, namespaced: !line.startsWith('!'), subresources };
    }),
    extraModels,
  };
}

export const GROUP_VERSIONS: ServedGroupVersion[] = [
  served(
    '',
    'v1',
    {
      ConfigMap: 'configmaps',
      Endpoints: 'endpoints',
      Event: 'events',
      LimitRange: 'limitranges',
      Namespace: '!namespaces status',
      Node: '!nodes status',
      PersistentVolume: '!persistentvolumes status',
      PersistentVolumeClaim: 'persistentvolumeclaims status',
      Pod: 'pods status ephemeralcontainers',
      PodTemplate: 'podtemplates',
      ReplicationController: 'replicationcontrollers status scale',
      ResourceQuota: 'resourcequotas status',
      Secret: 'secrets',
      Service: 'services status',
      ServiceAccount: 'serviceaccounts',
    },
    ['Binding', 'ComponentStatus'],
  ),
  served('admissionregistration.k8s.io', 'v1', {
    MutatingWebhookConfiguration: '!mutatingwebhookconfigurations',
    ValidatingAdmissionPolicy: '!validatingadmissionpolicies status',
    ValidatingAdmissionPolicyBinding: '!validatingadmissionpolicybindings',
    ValidatingWebhookConfiguration: '!validatingwebhookconfigurations',
  }),
  served('apiextensions.k8s.io', 'v1', { CustomResourceDefinition: '!customresourcedefinitions status' }),
  served('apiregistration.k8s.io', 'v1', { APIService: '!apiservices status' }),
  served('apps', 'v1', {
    ControllerRevision: 'controllerrevisions',
    DaemonSet: 'daemonsets status',
    Deployment: 'deployments status scale',
    ReplicaSet: 'replicasets status scale',
    StatefulSet: 'statefulsets status scale',
  }),
  served('authentication.k8s.io', 'v1', {}, ['SelfSubjectReview', 'TokenRequest', 'TokenReview']),
  served('authorization.k8s.io', 'v1', {}, [
    'LocalSubjectAccessReview',
    'SelfSubjectAccessReview',
    'SelfSubjectRulesReview',
    'SubjectAccessReview',
  ]),
  served('autoscaling', 'v1', { HorizontalPodAutoscaler: 'horizontalpodautoscalers status' }, ['Scale']),
  served('autoscaling', 'v2', { HorizontalPodAutoscaler: 'horizontalpodautoscalers status' }),
  served('batch', 'v1', { CronJob: 'cronjobs status', Job: 'jobs status' }),
  served('certificates.k8s.io', 'v1', {
    CertificateSigningRequest: '!certificatesigningrequests status approval',
  }),
  served('coordination.k8s.io', 'v1', { Lease: 'leases' }),
  served('discovery.k8s.io', 'v1', { EndpointSlice: 'endpointslices' }),
  served('events.k8s.io', 'v1', { Event: 'events' }),
  served('flowcontrol.apiserver.k8s.io', 'v1', {
    FlowSchema: '!flowschemas status',
    PriorityLevelConfiguration: '!prioritylevelconfigurations status',
  }),
  served('networking.k8s.io', 'v1', {
    IPAddress: '!ipaddresses',
    Ingress: 'ingresses status',
    IngressClass: '!ingressclasses',
    NetworkPolicy: 'networkpolicies',
    ServiceCIDR: '!servicecidrs status',
  }),
  served('node.k8s.io', 'v1', { RuntimeClass: '!runtimeclasses' }),
  served('policy', 'v1', { PodDisruptionBudget: 'poddisruptionbudgets status' }, ['Eviction']),
  served('rbac.authorization.k8s.io', 'v1', {
    ClusterRole: '!clusterroles',
    ClusterRoleBinding: '!clusterrolebindings',
    Role: 'roles',
    RoleBinding: 'rolebindings',
  }),
  served('resource.k8s.io', 'v1', {
    DeviceClass: '!deviceclasses',
    ResourceClaim: 'resourceclaims status',
    ResourceClaimTemplate: 'resourceclaimtemplates',
    ResourceSlice: '!resourceslices',
  }),
  served('scheduling.k8s.io', 'v1', { PriorityClass: '!priorityclasses' }),
  served('storage.k8s.io', 'v1', {
    CSIDriver: '!csidrivers',
    CSINode: '!csinodes',
    CSIStorageCapacity: 'csistoragecapacities',
    StorageClass: '!storageclasses',
    VolumeAttachment: '!volumeattachments status',
    VolumeAttributesClass: '!volumeattributesclasses',
  }),
];
