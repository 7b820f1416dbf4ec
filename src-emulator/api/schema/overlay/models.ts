export const META_PACKAGE = 'io.k8s.apimachinery.pkg.apis.meta.v1';

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}

/** Models that belong to `meta/v1`. */
export const META_MODELS = words(`
  Condition DeleteOptions FieldSelectorRequirement LabelSelector LabelSelectorRequirement ListMeta
  ManagedFieldsEntry ObjectMeta OwnerReference Preconditions Status StatusCause StatusDetails
`);

/**
 * Models that belong to a group other than core. The library names them all `V1…`; where two groups share a
 * name it puts the group in front, which the generator reads by itself.
 */
export const MODEL_PACKAGES: Record<string, string[]> = {
  'io.k8s.api.admissionregistration.v1': words(`
    AuditAnnotation ExpressionWarning MatchCondition MatchResources MutatingWebhook
    MutatingWebhookConfiguration MutatingWebhookConfigurationList NamedRuleWithOperations ParamKind
    ParamRef RuleWithOperations TypeChecking ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding
    ValidatingAdmissionPolicyBindingList ValidatingAdmissionPolicyBindingSpec
    ValidatingAdmissionPolicyList ValidatingAdmissionPolicySpec ValidatingAdmissionPolicyStatus
    ValidatingWebhook ValidatingWebhookConfiguration ValidatingWebhookConfigurationList Validation
    Variable
  `),
  'io.k8s.api.apps.v1': words(`
    ControllerRevision ControllerRevisionList DaemonSet DaemonSetCondition DaemonSetList DaemonSetSpec
    DaemonSetStatus DaemonSetUpdateStrategy Deployment DeploymentCondition DeploymentList DeploymentSpec
    DeploymentStatus DeploymentStrategy ReplicaSet ReplicaSetCondition ReplicaSetList ReplicaSetSpec
    ReplicaSetStatus RollingUpdateDaemonSet RollingUpdateDeployment RollingUpdateStatefulSetStrategy
    StatefulSet StatefulSetCondition StatefulSetList StatefulSetOrdinals
    StatefulSetPersistentVolumeClaimRetentionPolicy StatefulSetSpec StatefulSetStatus
    StatefulSetUpdateStrategy
  `),
  'io.k8s.api.authentication.v1': words(`
    BoundObjectReference SelfSubjectReview SelfSubjectReviewStatus TokenRequestSpec TokenRequestStatus
    TokenReview TokenReviewSpec TokenReviewStatus UserInfo
  `),
  'io.k8s.api.authorization.v1': words(`
    FieldSelectorAttributes LabelSelectorAttributes LocalSubjectAccessReview NonResourceAttributes
    NonResourceRule ResourceAttributes ResourceRule SelfSubjectAccessReview SelfSubjectAccessReviewSpec
    SelfSubjectRulesReview SelfSubjectRulesReviewSpec SubjectAccessReview SubjectAccessReviewSpec
    SubjectAccessReviewStatus SubjectRulesReviewStatus
  `),
  'io.k8s.api.autoscaling.v1': words(`
    CrossVersionObjectReference HorizontalPodAutoscaler HorizontalPodAutoscalerList
    HorizontalPodAutoscalerSpec HorizontalPodAutoscalerStatus Scale ScaleSpec ScaleStatus
  `),
  'io.k8s.api.batch.v1': words(`
    CronJob CronJobList CronJobSpec CronJobStatus Job JobCondition JobList JobSpec JobStatus
    JobTemplateSpec PodFailurePolicy PodFailurePolicyOnExitCodesRequirement
    PodFailurePolicyOnPodConditionsPattern PodFailurePolicyRule SuccessPolicy SuccessPolicyRule
    UncountedTerminatedPods
  `),
  'io.k8s.api.certificates.v1': words(`
    CertificateSigningRequest CertificateSigningRequestCondition CertificateSigningRequestList
    CertificateSigningRequestSpec CertificateSigningRequestStatus
  `),
  'io.k8s.api.coordination.v1': words(`
    Lease LeaseList LeaseSpec
  `),
  'io.k8s.api.discovery.v1': words(`
    Endpoint EndpointConditions EndpointHints EndpointSlice EndpointSliceList ForNode ForZone
  `),
  'io.k8s.api.flowcontrol.v1': words(`
    ExemptPriorityLevelConfiguration FlowDistinguisherMethod FlowSchema FlowSchemaCondition FlowSchemaList
    FlowSchemaSpec FlowSchemaStatus GroupSubject LimitResponse LimitedPriorityLevelConfiguration
    NonResourcePolicyRule PolicyRulesWithSubjects PriorityLevelConfiguration
    PriorityLevelConfigurationCondition PriorityLevelConfigurationList PriorityLevelConfigurationReference
    PriorityLevelConfigurationSpec PriorityLevelConfigurationStatus QueuingConfiguration
    ResourcePolicyRule ServiceAccountSubject UserSubject
  `),
  'io.k8s.api.networking.v1': words(`
    HTTPIngressPath HTTPIngressRuleValue IPAddress IPAddressList IPAddressSpec IPBlock Ingress
    IngressBackend IngressClass IngressClassList IngressClassParametersReference IngressClassSpec
    IngressList IngressLoadBalancerIngress IngressLoadBalancerStatus IngressPortStatus IngressRule
    IngressServiceBackend IngressSpec IngressStatus IngressTLS NetworkPolicy NetworkPolicyEgressRule
    NetworkPolicyIngressRule NetworkPolicyList NetworkPolicyPeer NetworkPolicyPort NetworkPolicySpec
    ParentReference ServiceBackendPort ServiceCIDR ServiceCIDRList ServiceCIDRSpec ServiceCIDRStatus
  `),
  'io.k8s.api.node.v1': words(`
    Overhead RuntimeClass RuntimeClassList Scheduling
  `),
  'io.k8s.api.policy.v1': words(`
    Eviction PodDisruptionBudget PodDisruptionBudgetList PodDisruptionBudgetSpec PodDisruptionBudgetStatus
  `),
  'io.k8s.api.rbac.v1': words(`
    AggregationRule ClusterRole ClusterRoleBinding ClusterRoleBindingList ClusterRoleList PolicyRule Role
    RoleBinding RoleBindingList RoleList RoleRef
  `),
  'io.k8s.api.resource.v1': words(`
    AllocatedDeviceStatus AllocationResult CELDeviceSelector CapacityRequestPolicy
    CapacityRequestPolicyRange CapacityRequirements Counter CounterSet Device
    DeviceAllocationConfiguration DeviceAllocationResult DeviceAttribute DeviceCapacity DeviceClaim
    DeviceClaimConfiguration DeviceClass DeviceClassConfiguration DeviceClassList DeviceClassSpec
    DeviceConstraint DeviceCounterConsumption DeviceRequest DeviceRequestAllocationResult DeviceSelector
    DeviceSubRequest DeviceTaint DeviceToleration ExactDeviceRequest NetworkDeviceData
    OpaqueDeviceConfiguration ResourceClaim ResourceClaimConsumerReference ResourceClaimList
    ResourceClaimSpec ResourceClaimStatus ResourceClaimTemplate ResourceClaimTemplateList
    ResourceClaimTemplateSpec ResourcePool ResourceSlice ResourceSliceList ResourceSliceSpec
  `),
  'io.k8s.api.scheduling.v1': words(`
    PriorityClass PriorityClassList
  `),
  'io.k8s.api.storage.v1': words(`
    CSIDriver CSIDriverList CSIDriverSpec CSINode CSINodeDriver CSINodeList CSINodeSpec CSIStorageCapacity
    CSIStorageCapacityList StorageClass StorageClassList VolumeAttachment VolumeAttachmentList
    VolumeAttachmentSource VolumeAttachmentSpec VolumeAttachmentStatus VolumeAttributesClass
    VolumeAttributesClassList VolumeError VolumeNodeResources
  `),
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1': words(`
    CustomResourceColumnDefinition CustomResourceConversion CustomResourceDefinition
    CustomResourceDefinitionCondition CustomResourceDefinitionList CustomResourceDefinitionNames
    CustomResourceDefinitionSpec CustomResourceDefinitionStatus CustomResourceDefinitionVersion
    CustomResourceSubresourceScale CustomResourceSubresources CustomResourceValidation
    ExternalDocumentation JSONSchemaProps SelectableField ValidationRule WebhookConversion
  `),
  'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1': words(`
    APIService APIServiceCondition APIServiceList APIServiceSpec APIServiceStatus
  `),
};
