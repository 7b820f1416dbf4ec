/**
 * What the client library's models do not say about the Kubernetes 1.34 API, and its OpenAPI documents and Go
 * types do: which groups and kinds are served, how lists merge, which fields keep a zero value. Hand-written
 * input of `scripts/generate-openapi.ts`; nothing reads it at run time.
 *
 * Sources: the `x-kubernetes-*` extensions of a 1.34 server's OpenAPI v3 documents, and `types.go` of
 * k8s.io/api and k8s.io/apimachinery v0.34.
 */

/** One kind whose paths and schemas the OpenAPI documents describe. */
export interface ServedKind {
  kind: string;
  plural: string;
  namespaced: boolean;
  subresources: string[];
  /** False for kinds that are only ever written (Binding) and have no list. */
  listed: boolean;
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

function kind(name: string, plural: string, namespaced = true, subresources: string[] = []): ServedKind {
  return { kind: name, plural, namespaced, subresources, listed: true };
}

export const GROUP_VERSIONS: ServedGroupVersion[] = [
  {
    group: '',
    version: 'v1',
    package: 'io.k8s.api.core.v1',
    kinds: [
      kind('Namespace', 'namespaces', false, ['status']),
      kind('Node', 'nodes', false, ['status']),
      kind('Pod', 'pods', true, ['status']),
      kind('Service', 'services', true, ['status']),
      kind('Endpoints', 'endpoints'),
      kind('ConfigMap', 'configmaps'),
      kind('Secret', 'secrets'),
      kind('ServiceAccount', 'serviceaccounts'),
      kind('Event', 'events'),
    ],
    extraModels: ['Binding'],
  },
  {
    group: 'apps',
    version: 'v1',
    package: 'io.k8s.api.apps.v1',
    kinds: [
      kind('Deployment', 'deployments', true, ['status', 'scale']),
      kind('ReplicaSet', 'replicasets', true, ['status', 'scale']),
    ],
    extraModels: [],
  },
  {
    group: 'authentication.k8s.io',
    version: 'v1',
    package: 'io.k8s.api.authentication.v1',
    kinds: [],
    extraModels: ['SelfSubjectReview'],
  },
  {
    group: 'authorization.k8s.io',
    version: 'v1',
    package: 'io.k8s.api.authorization.v1',
    kinds: [],
    extraModels: ['SelfSubjectAccessReview', 'SelfSubjectRulesReview'],
  },
  {
    group: 'autoscaling',
    version: 'v1',
    package: 'io.k8s.api.autoscaling.v1',
    kinds: [],
    extraModels: ['Scale'],
  },
  {
    group: 'discovery.k8s.io',
    version: 'v1',
    package: 'io.k8s.api.discovery.v1',
    kinds: [kind('EndpointSlice', 'endpointslices')],
    extraModels: [],
  },
  {
    group: 'policy',
    version: 'v1',
    package: 'io.k8s.api.policy.v1',
    kinds: [],
    extraModels: ['Eviction'],
  },
];

export const META_PACKAGE = 'io.k8s.apimachinery.pkg.apis.meta.v1';

/** Models that belong to `meta/v1`. */
export const META_MODELS = [
  'Condition',
  'DeleteOptions',
  'LabelSelector',
  'LabelSelectorRequirement',
  'ListMeta',
  'ManagedFieldsEntry',
  'ObjectMeta',
  'OwnerReference',
  'Preconditions',
  'Status',
  'StatusCause',
  'StatusDetails',
];

/**
 * Models that belong to a group other than core. The library names them all `V1…`; where two groups share a
 * name it puts the group in front, which the generator reads by itself.
 */
export const MODEL_PACKAGES: Record<string, string[]> = {
  'io.k8s.api.apps.v1': [
    'Deployment',
    'DeploymentCondition',
    'DeploymentList',
    'DeploymentSpec',
    'DeploymentStatus',
    'DeploymentStrategy',
    'ReplicaSet',
    'ReplicaSetCondition',
    'ReplicaSetList',
    'ReplicaSetSpec',
    'ReplicaSetStatus',
    'RollingUpdateDeployment',
  ],
  'io.k8s.api.authentication.v1': ['SelfSubjectReview', 'SelfSubjectReviewStatus', 'UserInfo'],
  'io.k8s.api.authorization.v1': [
    'FieldSelectorAttributes',
    'LabelSelectorAttributes',
    'NonResourceAttributes',
    'NonResourceRule',
    'ResourceAttributes',
    'ResourceRule',
    'SelfSubjectAccessReview',
    'SelfSubjectAccessReviewSpec',
    'SelfSubjectRulesReview',
    'SelfSubjectRulesReviewSpec',
    'SubjectAccessReviewStatus',
    'SubjectRulesReviewStatus',
  ],
  'io.k8s.api.autoscaling.v1': ['Scale', 'ScaleSpec', 'ScaleStatus'],
  'io.k8s.api.discovery.v1': [
    'Endpoint',
    'EndpointConditions',
    'EndpointHints',
    'EndpointSlice',
    'EndpointSliceList',
    'ForNode',
    'ForZone',
  ],
  'io.k8s.api.policy.v1': ['Eviction'],
};

/**
 * Facts about fields, by type (`core.v1.Pod` is short for `io.k8s.api.core.v1.Pod`). Each is
 * `field:fact,fact`; the field `*` is the type itself. The facts:
 *
 * - `keys=a+b`: a list that is a map, keyed by these fields (list-type map)
 * - `set`, `atomic`: the other list types; `atomic` on an object or a map is its map-type
 * - `merge=k`, `merge`: strategic merge patch merges this list by key `k`, or as a set
 * - `retainKeys`: strategic merge patch drops the keys that the patch does not name
 * - `pointer`: zero and absent differ, so `""`, `0` and `false` are kept
 * - `always`: written even when nothing set it
 * - `quantity`: a resource.Quantity, or a map of them
 * - `go=T`: the named Go type of a string, as decoding errors say it
 * - `newer`: came after 1.34, so it is left out
 */
export const FIELD_FACTS: Record<string, string> = {
  'apps.v1.Deployment': 'metadata:always spec:always status:always',
  'apps.v1.DeploymentCondition':
    'lastTransitionTime:always lastUpdateTime:always status:always,go=ConditionStatus type:always,go=DeploymentConditionType',
  'apps.v1.DeploymentSpec':
    'progressDeadlineSeconds:pointer replicas:pointer revisionHistoryLimit:pointer strategy:retainKeys,always template:always',
  'apps.v1.DeploymentStatus':
    'collisionCount:pointer conditions:keys=type,merge=type terminatingReplicas:pointer',
  'apps.v1.DeploymentStrategy': 'type:go=DeploymentStrategyType',
  'apps.v1.ReplicaSet': 'metadata:always spec:always status:always',
  'apps.v1.ReplicaSetCondition':
    'lastTransitionTime:always status:always,go=ConditionStatus type:always,go=ReplicaSetConditionType',
  'apps.v1.ReplicaSetSpec': 'replicas:pointer template:always',
  'apps.v1.ReplicaSetStatus': 'conditions:keys=type,merge=type replicas:always terminatingReplicas:pointer',
  'apps.v1.RollingUpdateDeployment': 'maxSurge:pointer maxUnavailable:pointer',
  'authentication.v1.SelfSubjectReview': 'metadata:always status:always',
  'authentication.v1.SelfSubjectReviewStatus': 'userInfo:always',
  'authentication.v1.UserInfo': 'groups:atomic',
  'authorization.v1.FieldSelectorAttributes': 'requirements:atomic',
  'authorization.v1.LabelSelectorAttributes': 'requirements:atomic',
  'authorization.v1.SelfSubjectAccessReview': 'metadata:always spec:always status:always',
  'authorization.v1.SelfSubjectRulesReview': 'metadata:always spec:always status:always',
  'authorization.v1.SubjectAccessReviewStatus': 'allowed:always',
  'autoscaling.v1.Scale': 'metadata:always spec:always status:always',
  'autoscaling.v1.ScaleStatus': 'replicas:always',
  'core.v1.AWSElasticBlockStoreVolumeSource': 'volumeID:always',
  'core.v1.AppArmorProfile': 'localhostProfile:pointer type:always,go=AppArmorProfileType',
  'core.v1.AttachedVolume': 'devicePath:always name:always,go=UniqueVolumeName',
  'core.v1.AzureDiskVolumeSource':
    'cachingMode:pointer,go=AzureDataDiskCachingMode diskName:always diskURI:always fsType:pointer kind:pointer,go=AzureDataDiskKind readOnly:pointer',
  'core.v1.AzureFileVolumeSource': 'secretName:always shareName:always',
  'core.v1.Binding': 'metadata:always target:always',
  'core.v1.CSIVolumeSource': 'driver:always fsType:pointer readOnly:pointer',
  'core.v1.Capabilities': 'add:atomic,go=Capability drop:atomic,go=Capability',
  'core.v1.CephFSVolumeSource': 'monitors:atomic,always',
  'core.v1.CinderVolumeSource': 'volumeID:always',
  'core.v1.ClientIPConfig': 'timeoutSeconds:pointer',
  'core.v1.ClusterTrustBundleProjection': 'name:pointer optional:pointer path:always signerName:pointer',
  'core.v1.ConfigMap': 'immutable:pointer metadata:always',
  'core.v1.ConfigMapEnvSource': 'optional:pointer',
  'core.v1.ConfigMapKeySelector': 'key:always optional:pointer *:atomic',
  'core.v1.ConfigMapNodeConfigSource':
    'kubeletConfigKey:always name:always namespace:always uid:go=types.UID',
  'core.v1.ConfigMapProjection': 'items:atomic optional:pointer',
  'core.v1.ConfigMapVolumeSource': 'defaultMode:pointer items:atomic optional:pointer',
  'core.v1.Container':
    'args:atomic command:atomic env:keys=name,merge=name envFrom:atomic imagePullPolicy:go=PullPolicy name:always ports:keys=containerPort+protocol,merge=containerPort resizePolicy:atomic resources:always restartPolicy:pointer,go=ContainerRestartPolicy restartPolicyRules:atomic terminationMessagePolicy:go=TerminationMessagePolicy volumeDevices:keys=devicePath,merge=devicePath volumeMounts:keys=mountPath,merge=mountPath',
  'core.v1.ContainerExtendedResourceRequest': 'containerName:always requestName:always resourceName:always',
  'core.v1.ContainerImage': 'names:atomic,always',
  'core.v1.ContainerPort': 'containerPort:always protocol:go=Protocol',
  'core.v1.ContainerResizePolicy':
    'resourceName:always,go=ResourceName restartPolicy:always,go=ResourceResizeRestartPolicy',
  'core.v1.ContainerRestartRule': 'action:go=ContainerRestartRuleAction',
  'core.v1.ContainerRestartRuleOnExitCodes': 'operator:go=ContainerRestartRuleOnExitCodesOperator values:set',
  'core.v1.ContainerStateRunning': 'startedAt:always',
  'core.v1.ContainerStateTerminated': 'exitCode:always finishedAt:always startedAt:always',
  'core.v1.ContainerStatus':
    'allocatedResources:quantity allocatedResourcesStatus:keys=name,merge=name image:always imageID:always lastState:always name:always ready:always restartCount:always started:pointer state:always stopSignal:pointer,go=Signal volumeMounts:keys=mountPath,merge=mountPath',
  'core.v1.DaemonEndpoint': 'Port:always',
  'core.v1.DownwardAPIProjection': 'items:atomic',
  'core.v1.DownwardAPIVolumeFile': 'mode:pointer path:always',
  'core.v1.DownwardAPIVolumeSource': 'defaultMode:pointer items:atomic',
  'core.v1.EmptyDirVolumeSource': 'medium:go=StorageMedium sizeLimit:quantity',
  'core.v1.EndpointAddress': 'ip:always nodeName:pointer *:atomic',
  'core.v1.EndpointPort': 'appProtocol:pointer port:always protocol:go=Protocol *:atomic',
  'core.v1.EndpointSubset': 'addresses:atomic notReadyAddresses:atomic ports:atomic',
  'core.v1.Endpoints': 'metadata:always subsets:atomic',
  'core.v1.EnvVar': 'name:always',
  'core.v1.EphemeralContainer':
    'args:atomic command:atomic env:keys=name,merge=name envFrom:atomic imagePullPolicy:go=PullPolicy name:always ports:keys=containerPort+protocol,merge=containerPort resizePolicy:atomic resources:always restartPolicy:pointer,go=ContainerRestartPolicy restartPolicyRules:atomic terminationMessagePolicy:go=TerminationMessagePolicy volumeDevices:keys=devicePath,merge=devicePath volumeMounts:keys=mountPath,merge=mountPath',
  'core.v1.Event':
    'eventTime:always firstTimestamp:always involvedObject:always lastTimestamp:always metadata:always reportingComponent:always reportingInstance:always source:always',
  'core.v1.EventSeries': 'lastObservedTime:always',
  'core.v1.ExecAction': 'command:atomic',
  'core.v1.FCVolumeSource': 'lun:pointer targetWWNs:atomic wwids:atomic',
  'core.v1.FileKeySelector': 'key:always optional:pointer path:always volumeName:always *:atomic',
  'core.v1.FlexVolumeSource': 'driver:always',
  'core.v1.GCEPersistentDiskVolumeSource': 'pdName:always',
  'core.v1.GRPCAction': 'port:always service:pointer',
  'core.v1.GitRepoVolumeSource': 'repository:always',
  'core.v1.GlusterfsVolumeSource': 'endpoints:always path:always',
  'core.v1.HTTPGetAction': 'httpHeaders:atomic port:always scheme:go=URIScheme',
  'core.v1.HTTPHeader': 'name:always value:always',
  'core.v1.HostAlias': 'hostnames:atomic ip:always',
  'core.v1.HostIP': 'ip:always',
  'core.v1.HostPathVolumeSource': 'path:always type:pointer,go=HostPathType',
  'core.v1.ISCSIVolumeSource':
    'initiatorName:pointer iqn:always lun:always portals:atomic targetPortal:always',
  'core.v1.ImageVolumeSource': 'pullPolicy:go=PullPolicy',
  'core.v1.KeyToPath': 'key:always mode:pointer path:always',
  'core.v1.Lifecycle': 'stopSignal:pointer,go=Signal',
  'core.v1.LinuxContainerUser': 'gid:always supplementalGroups:atomic uid:always',
  'core.v1.LoadBalancerIngress': 'ipMode:pointer,go=LoadBalancerIPMode ports:atomic',
  'core.v1.LoadBalancerStatus': 'ingress:atomic',
  'core.v1.LocalObjectReference': '*:atomic',
  'core.v1.NFSVolumeSource': 'path:always server:always',
  'core.v1.Namespace': 'metadata:always spec:always status:always',
  'core.v1.NamespaceCondition':
    'lastTransitionTime:always status:always,go=ConditionStatus type:always,go=NamespaceConditionType',
  'core.v1.NamespaceSpec': 'finalizers:atomic,go=FinalizerName',
  'core.v1.NamespaceStatus': 'conditions:keys=type,merge=type phase:go=NamespacePhase',
  'core.v1.Node': 'metadata:always spec:always status:always',
  'core.v1.NodeAddress': 'address:always type:always,go=NodeAddressType',
  'core.v1.NodeAffinity': 'preferredDuringSchedulingIgnoredDuringExecution:atomic',
  'core.v1.NodeCondition':
    'lastHeartbeatTime:always lastTransitionTime:always status:always,go=ConditionStatus type:always,go=NodeConditionType',
  'core.v1.NodeDaemonEndpoints': 'kubeletEndpoint:always',
  'core.v1.NodeFeatures': 'supplementalGroupsPolicy:pointer',
  'core.v1.NodeRuntimeHandler': 'name:always',
  'core.v1.NodeRuntimeHandlerFeatures': 'recursiveReadOnlyMounts:pointer userNamespaces:pointer',
  'core.v1.NodeSelector': 'nodeSelectorTerms:atomic,always *:atomic',
  'core.v1.NodeSelectorRequirement': 'key:always operator:always,go=NodeSelectorOperator values:atomic',
  'core.v1.NodeSelectorTerm': 'matchExpressions:atomic matchFields:atomic *:atomic',
  'core.v1.NodeSpec': 'podCIDRs:set,merge taints:atomic',
  'core.v1.NodeStatus':
    'addresses:keys=type,merge=type allocatable:quantity capacity:quantity conditions:keys=type,merge=type daemonEndpoints:always images:atomic nodeInfo:always phase:go=NodePhase runtimeHandlers:atomic volumesAttached:atomic volumesInUse:atomic,go=UniqueVolumeName declaredFeatures:newer',
  'core.v1.NodeSwapStatus': 'capacity:pointer',
  'core.v1.NodeSystemInfo':
    'architecture:always bootID:always containerRuntimeVersion:always kernelVersion:always kubeProxyVersion:always kubeletVersion:always machineID:always operatingSystem:always osImage:always systemUUID:always',
  'core.v1.ObjectFieldSelector': 'fieldPath:always *:atomic',
  'core.v1.ObjectReference': 'uid:go=types.UID *:atomic',
  'core.v1.PersistentVolumeClaimSpec':
    'accessModes:atomic,go=PersistentVolumeAccessMode resources:always storageClassName:pointer volumeAttributesClassName:pointer volumeMode:pointer,go=PersistentVolumeMode',
  'core.v1.PersistentVolumeClaimTemplate': 'metadata:always spec:always',
  'core.v1.PersistentVolumeClaimVolumeSource': 'claimName:always',
  'core.v1.PhotonPersistentDiskVolumeSource': 'pdID:always',
  'core.v1.Pod': 'metadata:always spec:always status:always',
  'core.v1.PodAffinity':
    'preferredDuringSchedulingIgnoredDuringExecution:atomic requiredDuringSchedulingIgnoredDuringExecution:atomic',
  'core.v1.PodAffinityTerm':
    'matchLabelKeys:atomic mismatchLabelKeys:atomic namespaces:atomic topologyKey:always',
  'core.v1.PodAntiAffinity':
    'preferredDuringSchedulingIgnoredDuringExecution:atomic requiredDuringSchedulingIgnoredDuringExecution:atomic',
  'core.v1.PodCertificateProjection': 'maxExpirationSeconds:pointer userAnnotations:newer',
  'core.v1.PodCondition':
    'lastProbeTime:always lastTransitionTime:always status:always,go=ConditionStatus type:always,go=PodConditionType',
  'core.v1.PodDNSConfig': 'nameservers:atomic options:atomic searches:atomic',
  'core.v1.PodDNSConfigOption': 'value:pointer',
  'core.v1.PodExtendedResourceClaimStatus': 'requestMappings:atomic,always resourceClaimName:always',
  'core.v1.PodIP': 'ip:always',
  'core.v1.PodOS': 'name:always,go=OSName',
  'core.v1.PodReadinessGate': 'conditionType:always,go=PodConditionType',
  'core.v1.PodResourceClaim': 'name:always resourceClaimName:pointer resourceClaimTemplateName:pointer',
  'core.v1.PodResourceClaimStatus': 'name:always resourceClaimName:pointer',
  'core.v1.PodSchedulingGate': 'name:always',
  'core.v1.PodSecurityContext':
    'fsGroup:pointer fsGroupChangePolicy:pointer,go=PodFSGroupChangePolicy runAsGroup:pointer runAsNonRoot:pointer runAsUser:pointer seLinuxChangePolicy:pointer,go=PodSELinuxChangePolicy supplementalGroups:atomic supplementalGroupsPolicy:pointer,go=SupplementalGroupsPolicy sysctls:atomic',
  'core.v1.PodSpec':
    'activeDeadlineSeconds:pointer automountServiceAccountToken:pointer containers:keys=name,merge=name,always dnsPolicy:go=DNSPolicy enableServiceLinks:pointer ephemeralContainers:keys=name,merge=name hostAliases:keys=ip,merge=ip hostUsers:pointer hostnameOverride:pointer imagePullSecrets:keys=name,merge=name initContainers:keys=name,merge=name nodeSelector:atomic overhead:quantity preemptionPolicy:pointer,go=PreemptionPolicy priority:pointer readinessGates:atomic resourceClaims:keys=name,merge=name,retainKeys restartPolicy:go=RestartPolicy runtimeClassName:pointer schedulingGates:keys=name,merge=name setHostnameAsFQDN:pointer shareProcessNamespace:pointer terminationGracePeriodSeconds:pointer tolerations:atomic topologySpreadConstraints:keys=topologyKey+whenUnsatisfiable,merge=topologyKey volumes:keys=name,merge=name,retainKeys schedulingGroup:newer',
  'core.v1.PodStatus':
    'conditions:keys=type,merge=type containerStatuses:atomic ephemeralContainerStatuses:atomic hostIPs:atomic,merge=ip initContainerStatuses:atomic phase:go=PodPhase podIPs:keys=ip,merge=ip qosClass:go=PodQOSClass resize:go=PodResizeStatus resourceClaimStatuses:keys=name,merge=name,retainKeys resources:newer nodeAllocatableResourceClaimStatuses:newer allocatedResources:newer',
  'core.v1.PodTemplateSpec': 'metadata:always spec:always',
  'core.v1.PortStatus': 'error:pointer port:always protocol:always,go=Protocol',
  'core.v1.PortworxVolumeSource': 'volumeID:always',
  'core.v1.PreferredSchedulingTerm': 'preference:always weight:always',
  'core.v1.Probe': 'terminationGracePeriodSeconds:pointer',
  'core.v1.ProjectedVolumeSource': 'defaultMode:pointer sources:atomic,always',
  'core.v1.QuobyteVolumeSource': 'registry:always volume:always',
  'core.v1.RBDVolumeSource': 'image:always monitors:atomic,always',
  'core.v1.ResourceClaim': 'name:always',
  'core.v1.ResourceFieldSelector': 'divisor:quantity resource:always *:atomic',
  'core.v1.ResourceHealth': 'health:go=ResourceHealthStatus resourceID:always,go=ResourceID message:newer',
  'core.v1.ResourceRequirements': 'claims:keys=name limits:quantity requests:quantity',
  'core.v1.ResourceStatus': 'name:always,go=ResourceName resources:keys=resourceID',
  'core.v1.ScaleIOVolumeSource': 'gateway:always system:always',
  'core.v1.SeccompProfile': 'localhostProfile:pointer type:always,go=SeccompProfileType',
  'core.v1.Secret': 'immutable:pointer metadata:always type:go=SecretType',
  'core.v1.SecretEnvSource': 'optional:pointer',
  'core.v1.SecretKeySelector': 'key:always optional:pointer *:atomic',
  'core.v1.SecretProjection': 'items:atomic optional:pointer',
  'core.v1.SecretVolumeSource': 'defaultMode:pointer items:atomic optional:pointer',
  'core.v1.SecurityContext':
    'allowPrivilegeEscalation:pointer privileged:pointer procMount:pointer,go=ProcMountType readOnlyRootFilesystem:pointer runAsGroup:pointer runAsNonRoot:pointer runAsUser:pointer',
  'core.v1.Service': 'metadata:always spec:always status:always',
  'core.v1.ServiceAccount':
    'automountServiceAccountToken:pointer imagePullSecrets:atomic metadata:always secrets:keys=name,merge=name',
  'core.v1.ServiceAccountTokenProjection': 'expirationSeconds:pointer path:always',
  'core.v1.ServicePort': 'appProtocol:pointer port:always protocol:go=Protocol targetPort:always',
  'core.v1.ServiceSpec':
    'allocateLoadBalancerNodePorts:pointer clusterIPs:atomic externalIPs:atomic externalTrafficPolicy:go=ServiceExternalTrafficPolicy internalTrafficPolicy:pointer,go=ServiceInternalTrafficPolicy ipFamilies:atomic,go=IPFamily ipFamilyPolicy:pointer,go=IPFamilyPolicy loadBalancerClass:pointer loadBalancerSourceRanges:atomic ports:keys=port+protocol,merge=port selector:atomic sessionAffinity:go=ServiceAffinity trafficDistribution:pointer type:go=ServiceType',
  'core.v1.ServiceStatus': 'conditions:keys=type,merge=type loadBalancer:always',
  'core.v1.SleepAction': 'seconds:always',
  'core.v1.Sysctl': 'name:always value:always',
  'core.v1.TCPSocketAction': 'port:always',
  'core.v1.Taint': 'effect:always,go=TaintEffect key:always',
  'core.v1.Toleration': 'effect:go=TaintEffect operator:go=TolerationOperator tolerationSeconds:pointer',
  'core.v1.TopologySpreadConstraint':
    'matchLabelKeys:atomic maxSkew:always minDomains:pointer nodeAffinityPolicy:pointer,go=NodeInclusionPolicy nodeTaintsPolicy:pointer,go=NodeInclusionPolicy topologyKey:always whenUnsatisfiable:always,go=UnsatisfiableConstraintAction',
  'core.v1.TypedLocalObjectReference': 'apiGroup:pointer kind:always name:always *:atomic',
  'core.v1.TypedObjectReference': 'apiGroup:pointer kind:always name:always namespace:pointer',
  'core.v1.Volume': 'name:always',
  'core.v1.VolumeDevice': 'devicePath:always name:always',
  'core.v1.VolumeMount':
    'mountPath:always mountPropagation:pointer,go=MountPropagationMode name:always recursiveReadOnly:pointer,go=RecursiveReadOnlyMode',
  'core.v1.VolumeMountStatus':
    'mountPath:always name:always recursiveReadOnly:pointer,go=RecursiveReadOnlyMode volumeStatus:newer',
  'core.v1.VolumeResourceRequirements': 'limits:quantity requests:quantity',
  'core.v1.VsphereVirtualDiskVolumeSource': 'volumePath:always',
  'core.v1.WeightedPodAffinityTerm': 'podAffinityTerm:always weight:always',
  'core.v1.WindowsSecurityContextOptions':
    'gmsaCredentialSpec:pointer gmsaCredentialSpecName:pointer hostProcess:pointer runAsUserName:pointer',
  'discovery.v1.Endpoint':
    'addresses:set,always conditions:always hostname:pointer nodeName:pointer zone:pointer',
  'discovery.v1.EndpointConditions': 'ready:pointer serving:pointer terminating:pointer',
  'discovery.v1.EndpointHints': 'forNodes:atomic forZones:atomic',
  'discovery.v1.EndpointPort':
    'appProtocol:pointer name:pointer port:pointer protocol:pointer,go=v1.Protocol *:atomic',
  'discovery.v1.EndpointSlice':
    'addressType:always,go=AddressType endpoints:atomic,always metadata:always ports:atomic,always',
  'discovery.v1.ForNode': 'name:always',
  'discovery.v1.ForZone': 'name:always',
  'meta.v1.Condition':
    'lastTransitionTime:always message:always reason:always status:always,go=ConditionStatus type:always',
  'meta.v1.DeleteOptions':
    'dryRun:atomic gracePeriodSeconds:pointer ignoreStoreReadErrorWithClusterBreakingPotential:pointer orphanDependents:pointer propagationPolicy:pointer,go=DeletionPropagation',
  'meta.v1.LabelSelector': 'matchExpressions:atomic *:atomic',
  'meta.v1.LabelSelectorRequirement': 'key:always operator:always,go=LabelSelectorOperator values:atomic',
  'meta.v1.ListMeta': 'remainingItemCount:pointer shardInfo:newer',
  'meta.v1.ManagedFieldsEntry': 'operation:go=ManagedFieldsOperationType',
  'meta.v1.ObjectMeta':
    'deletionGracePeriodSeconds:pointer finalizers:set,merge managedFields:atomic ownerReferences:keys=uid,merge=uid uid:go=types.UID',
  'meta.v1.OwnerReference':
    'apiVersion:always blockOwnerDeletion:pointer controller:pointer kind:always name:always uid:always,go=types.UID *:atomic',
  'meta.v1.Preconditions': 'resourceVersion:pointer uid:pointer,go=types.UID',
  'meta.v1.Status': 'details:atomic metadata:always reason:go=StatusReason',
  'meta.v1.StatusCause': 'reason:go=CauseType',
  'meta.v1.StatusDetails': 'causes:atomic uid:go=types.UID',
  'policy.v1.Eviction': 'metadata:always',
};

/**
 * Descriptions of fields that hold an object. The library drops them, so these are our own; where one is missing
 * the description of the object's type stands in. The type `*` is for all types.
 */
export const FIELD_DESCRIPTIONS: Record<string, string> = {
  '*.metadata':
    'Standard metadata of the object: name, namespace, labels, annotations and what the server adds.',
  '*.spec': 'The state that is wished for.',
  '*.status': 'The state that was last observed. Filled in by the cluster; read-only.',
  'apps.v1.DeploymentSpec.selector':
    'Which pods belong to this Deployment. It must match the labels of the pod template and cannot be changed.',
  'apps.v1.DeploymentSpec.strategy': 'How old pods are replaced by new ones.',
  'apps.v1.DeploymentSpec.template': 'What the pods that are created look like.',
  'apps.v1.DeploymentStrategy.rollingUpdate':
    'How fast a rolling update goes. Only for the type RollingUpdate.',
  'apps.v1.RollingUpdateDeployment.maxSurge':
    'How many pods there may be above the number wished for, as a number or a percentage (rounded up). Defaults to 25%.',
  'apps.v1.RollingUpdateDeployment.maxUnavailable':
    'How many pods may be unavailable during the update, as a number or a percentage (rounded down). Defaults to 25%.',
  'apps.v1.ReplicaSetSpec.selector':
    'Which pods belong to this ReplicaSet. It must match the labels of the pod template and cannot be changed.',
  'apps.v1.ReplicaSetSpec.template': 'What the pods that are created look like.',
  'core.v1.Container.lifecycle': 'What to run right after the container starts and right before it stops.',
  'core.v1.Container.livenessProbe':
    'Whether the container still works. It is restarted when the probe fails.',
  'core.v1.Container.readinessProbe':
    'Whether the container can serve. While the probe fails its pod receives no traffic from Services.',
  'core.v1.Container.startupProbe':
    'Whether the container has finished starting. The other probes wait until it succeeds.',
  'core.v1.Container.resources': 'How much CPU and memory the container asks for, and how much it may use.',
  'core.v1.Container.securityContext':
    'Security settings of this container; they take precedence over those of the pod.',
  'core.v1.EnvVar.valueFrom': 'Where the value comes from, when it is not written out.',
  'core.v1.EnvVarSource.configMapKeyRef': 'A key of a ConfigMap.',
  'core.v1.EnvVarSource.fieldRef': 'A field of the pod, such as metadata.name or status.podIP.',
  'core.v1.EnvVarSource.secretKeyRef': 'A key of a Secret in the namespace of the pod.',
  'core.v1.HTTPGetAction.port': 'The number or the name of the container port to ask.',
  'core.v1.TCPSocketAction.port': 'The number or the name of the container port to dial.',
  'core.v1.PodSpec.affinity': 'Rules on which nodes, and near which other pods, the pod is placed.',
  'core.v1.PodSpec.securityContext': 'Security settings of the whole pod.',
  'core.v1.Probe.exec': 'A command to run in the container; the exit status 0 is success.',
  'core.v1.Probe.httpGet': 'An HTTP request to send; a status from 200 to 399 is success.',
  'core.v1.Probe.tcpSocket': 'A port to dial; an open connection is success.',
  'core.v1.ServicePort.targetPort':
    'The port of the pods that traffic goes to: a number, or the name of a container port. Defaults to port.',
  'core.v1.ServiceSpec.sessionAffinityConfig': 'Settings of session affinity.',
  'core.v1.ServiceStatus.loadBalancer': 'The state of the load balancer, when there is one.',
};
