/** The facts (see `index.ts`) about every group but core, and about `meta/v1`. */
export const GROUP_FACTS: Record<string, string> = {
  'apps.v1.ControllerRevision': 'metadata:always revision:always',
  'apps.v1.DaemonSet': 'metadata:always spec:always status:always',
  'apps.v1.DaemonSetCondition':
    'lastTransitionTime:always status:always,go=v1.ConditionStatus type:always,go=DaemonSetConditionType',
  'apps.v1.DaemonSetSpec': 'revisionHistoryLimit:pointer template:always updateStrategy:always',
  'apps.v1.DaemonSetStatus':
    'collisionCount:pointer conditions:keys=type,merge=type currentNumberScheduled:always desiredNumberScheduled:always numberMisscheduled:always numberReady:always',
  'apps.v1.DaemonSetUpdateStrategy': 'type:go=DaemonSetUpdateStrategyType',
  'apps.v1.Deployment': 'metadata:always spec:always status:always',
  'apps.v1.DeploymentCondition':
    'lastTransitionTime:always lastUpdateTime:always status:always,go=v1.ConditionStatus type:always,go=DeploymentConditionType',
  'apps.v1.DeploymentSpec':
    'progressDeadlineSeconds:pointer replicas:pointer revisionHistoryLimit:pointer strategy:retainKeys,always template:always',
  'apps.v1.DeploymentStatus':
    'collisionCount:pointer conditions:keys=type,merge=type terminatingReplicas:pointer',
  'apps.v1.DeploymentStrategy': 'type:go=DeploymentStrategyType',
  'apps.v1.ReplicaSet': 'metadata:always spec:always status:always',
  'apps.v1.ReplicaSetCondition':
    'lastTransitionTime:always status:always,go=v1.ConditionStatus type:always,go=ReplicaSetConditionType',
  'apps.v1.ReplicaSetSpec': 'replicas:pointer template:always',
  'apps.v1.ReplicaSetStatus': 'conditions:keys=type,merge=type replicas:always terminatingReplicas:pointer',
  'apps.v1.RollingUpdateDaemonSet': 'maxSurge:pointer maxUnavailable:pointer',
  'apps.v1.RollingUpdateDeployment': 'maxSurge:pointer maxUnavailable:pointer',
  'apps.v1.RollingUpdateStatefulSetStrategy': 'maxUnavailable:pointer partition:pointer',
  'apps.v1.StatefulSet': 'metadata:always spec:always status:always',
  'apps.v1.StatefulSetCondition':
    'lastTransitionTime:always status:always,go=v1.ConditionStatus type:always,go=StatefulSetConditionType',
  'apps.v1.StatefulSetOrdinals': 'start:always',
  'apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy':
    'whenDeleted:go=PersistentVolumeClaimRetentionPolicyType whenScaled:go=PersistentVolumeClaimRetentionPolicyType',
  'apps.v1.StatefulSetSpec':
    'podManagementPolicy:go=PodManagementPolicyType replicas:pointer revisionHistoryLimit:pointer serviceName:always template:always updateStrategy:always volumeClaimTemplates:atomic',
  'apps.v1.StatefulSetStatus':
    'availableReplicas:always collisionCount:pointer conditions:keys=type,merge=type replicas:always',
  'apps.v1.StatefulSetUpdateStrategy': 'type:go=StatefulSetUpdateStrategyType',
  'authentication.v1.BoundObjectReference': 'uid:go=types.UID',
  'authentication.v1.SelfSubjectReview': 'metadata:always status:always',
  'authentication.v1.SelfSubjectReviewStatus': 'userInfo:always',
  'authentication.v1.TokenRequest': 'metadata:always spec:always status:always',
  'authentication.v1.TokenRequestSpec': 'audiences:atomic,always expirationSeconds:pointer',
  'authentication.v1.TokenRequestStatus': 'expirationTimestamp:always token:always',
  'authentication.v1.TokenReview': 'metadata:always spec:always status:always',
  'authentication.v1.TokenReviewSpec': 'audiences:atomic',
  'authentication.v1.TokenReviewStatus': 'audiences:atomic user:always',
  'authentication.v1.UserInfo': 'groups:atomic',
  'authorization.v1.FieldSelectorAttributes': 'requirements:atomic',
  'authorization.v1.LabelSelectorAttributes': 'requirements:atomic',
  'authorization.v1.LocalSubjectAccessReview': 'metadata:always spec:always status:always',
  'authorization.v1.NonResourceRule': 'nonResourceURLs:atomic verbs:atomic,always',
  'authorization.v1.ResourceRule':
    'apiGroups:atomic resourceNames:atomic resources:atomic verbs:atomic,always',
  'authorization.v1.SelfSubjectAccessReview': 'metadata:always spec:always status:always',
  'authorization.v1.SelfSubjectRulesReview': 'metadata:always spec:always status:always',
  'authorization.v1.SubjectAccessReview': 'metadata:always spec:always status:always',
  'authorization.v1.SubjectAccessReviewSpec': 'groups:atomic',
  'authorization.v1.SubjectAccessReviewStatus': 'allowed:always',
  'authorization.v1.SubjectRulesReviewStatus':
    'incomplete:always nonResourceRules:atomic,always resourceRules:atomic,always',
  'autoscaling.v1.CrossVersionObjectReference': 'kind:always name:always *:atomic',
  'autoscaling.v1.HorizontalPodAutoscaler': 'metadata:always spec:always status:always',
  'autoscaling.v1.HorizontalPodAutoscalerSpec':
    'maxReplicas:always minReplicas:pointer scaleTargetRef:always targetCPUUtilizationPercentage:pointer',
  'autoscaling.v1.HorizontalPodAutoscalerStatus':
    'currentCPUUtilizationPercentage:pointer currentReplicas:always desiredReplicas:always observedGeneration:pointer',
  'autoscaling.v1.Scale': 'metadata:always spec:always status:always',
  'autoscaling.v1.ScaleStatus': 'replicas:always',
  'autoscaling.v2.ContainerResourceMetricSource':
    'container:always name:always,go=v1.ResourceName target:always',
  'autoscaling.v2.ContainerResourceMetricStatus':
    'container:always current:always name:always,go=v1.ResourceName',
  'autoscaling.v2.CrossVersionObjectReference': 'kind:always name:always',
  'autoscaling.v2.ExternalMetricSource': 'metric:always target:always',
  'autoscaling.v2.ExternalMetricStatus': 'current:always metric:always',
  'autoscaling.v2.HPAScalingPolicy': 'periodSeconds:always type:always,go=HPAScalingPolicyType value:always',
  'autoscaling.v2.HPAScalingRules':
    'policies:atomic selectPolicy:pointer,go=ScalingPolicySelect stabilizationWindowSeconds:pointer tolerance:quantity',
  'autoscaling.v2.HorizontalPodAutoscaler': 'metadata:always spec:always status:always',
  'autoscaling.v2.HorizontalPodAutoscalerCondition':
    'lastTransitionTime:always status:always,go=v1.ConditionStatus type:always,go=HorizontalPodAutoscalerConditionType',
  'autoscaling.v2.HorizontalPodAutoscalerSpec':
    'maxReplicas:always metrics:atomic minReplicas:pointer scaleTargetRef:always',
  'autoscaling.v2.HorizontalPodAutoscalerStatus':
    'conditions:keys=type,merge=type currentMetrics:atomic,always desiredReplicas:always observedGeneration:pointer',
  'autoscaling.v2.MetricIdentifier': 'name:always',
  'autoscaling.v2.MetricSpec': 'type:always,go=MetricSourceType',
  'autoscaling.v2.MetricStatus': 'type:always,go=MetricSourceType',
  'autoscaling.v2.MetricTarget':
    'averageUtilization:pointer averageValue:quantity type:always,go=MetricTargetType value:quantity',
  'autoscaling.v2.MetricValueStatus': 'averageUtilization:pointer averageValue:quantity value:quantity',
  'autoscaling.v2.ObjectMetricSource': 'describedObject:always metric:always target:always',
  'autoscaling.v2.ObjectMetricStatus': 'current:always describedObject:always metric:always',
  'autoscaling.v2.PodsMetricSource': 'metric:always target:always',
  'autoscaling.v2.PodsMetricStatus': 'current:always metric:always',
  'autoscaling.v2.ResourceMetricSource': 'name:always,go=v1.ResourceName target:always',
  'autoscaling.v2.ResourceMetricStatus': 'current:always name:always,go=v1.ResourceName',
  'batch.v1.CronJob': 'metadata:always spec:always status:always',
  'batch.v1.CronJobSpec':
    'concurrencyPolicy:go=ConcurrencyPolicy failedJobsHistoryLimit:pointer jobTemplate:always schedule:always startingDeadlineSeconds:pointer successfulJobsHistoryLimit:pointer suspend:pointer timeZone:pointer',
  'batch.v1.CronJobStatus': 'active:atomic',
  'batch.v1.Job': 'metadata:always spec:always status:always',
  'batch.v1.JobCondition':
    'lastProbeTime:always lastTransitionTime:always status:always,go=v1.ConditionStatus type:always,go=JobConditionType',
  'batch.v1.JobSpec':
    'activeDeadlineSeconds:pointer backoffLimit:pointer backoffLimitPerIndex:pointer completionMode:pointer,go=CompletionMode completions:pointer managedBy:pointer manualSelector:pointer maxFailedIndexes:pointer parallelism:pointer podReplacementPolicy:pointer,go=PodReplacementPolicy suspend:pointer template:always ttlSecondsAfterFinished:pointer',
  'batch.v1.JobStatus':
    'conditions:atomic,merge=type failedIndexes:pointer ready:pointer terminating:pointer',
  'batch.v1.JobTemplateSpec': 'metadata:always spec:always',
  'batch.v1.PodFailurePolicy': 'rules:atomic,always',
  'batch.v1.PodFailurePolicyOnExitCodesRequirement':
    'containerName:pointer operator:always,go=PodFailurePolicyOnExitCodesOperator values:set,always',
  'batch.v1.PodFailurePolicyOnPodConditionsPattern':
    'status:always,go=v1.ConditionStatus type:always,go=v1.PodConditionType',
  'batch.v1.PodFailurePolicyRule': 'action:always,go=PodFailurePolicyAction onPodConditions:atomic',
  'batch.v1.SuccessPolicy': 'rules:atomic,always',
  'batch.v1.SuccessPolicyRule': 'succeededCount:pointer succeededIndexes:pointer',
  'batch.v1.UncountedTerminatedPods': 'failed:set,go=types.UID succeeded:set,go=types.UID',
  'certificates.v1.CertificateSigningRequest': 'metadata:always spec:always status:always',
  'certificates.v1.CertificateSigningRequestCondition':
    'lastTransitionTime:always lastUpdateTime:always status:always,go=v1.ConditionStatus type:always,go=RequestConditionType',
  'certificates.v1.CertificateSigningRequestSpec':
    'expirationSeconds:pointer groups:atomic request:atomic,always signerName:always usages:atomic,go=KeyUsage',
  'certificates.v1.CertificateSigningRequestStatus': 'certificate:atomic conditions:keys=type',
  'coordination.v1.Lease': 'metadata:always spec:always',
  'coordination.v1.LeaseSpec':
    'holderIdentity:pointer leaseDurationSeconds:pointer leaseTransitions:pointer preferredHolder:pointer strategy:pointer,go=CoordinatedLeaseStrategy',
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
  'events.v1.Event':
    'deprecatedFirstTimestamp:always deprecatedLastTimestamp:always deprecatedSource:always eventTime:always metadata:always regarding:always',
  'events.v1.EventSeries': 'count:always lastObservedTime:always',
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
  'networking.v1.HTTPIngressPath': 'backend:always pathType:pointer,go=PathType',
  'networking.v1.HTTPIngressRuleValue': 'paths:atomic,always',
  'networking.v1.IPAddress': 'metadata:always spec:always',
  'networking.v1.IPBlock': 'cidr:always except:atomic',
  'networking.v1.Ingress': 'metadata:always spec:always status:always',
  'networking.v1.IngressClass': 'metadata:always spec:always',
  'networking.v1.IngressClassParametersReference':
    'apiGroup:pointer kind:always name:always namespace:pointer scope:pointer',
  'networking.v1.IngressLoadBalancerIngress': 'ports:atomic',
  'networking.v1.IngressLoadBalancerStatus': 'ingress:atomic',
  'networking.v1.IngressPortStatus': 'error:pointer port:always protocol:always,go=v1.Protocol',
  'networking.v1.IngressServiceBackend': 'name:always port:always',
  'networking.v1.IngressSpec': 'ingressClassName:pointer rules:atomic tls:atomic',
  'networking.v1.IngressStatus': 'loadBalancer:always',
  'networking.v1.IngressTLS': 'hosts:atomic',
  'networking.v1.NetworkPolicy': 'metadata:always spec:always',
  'networking.v1.NetworkPolicyEgressRule': 'ports:atomic to:atomic',
  'networking.v1.NetworkPolicyIngressRule': 'from:atomic ports:atomic',
  'networking.v1.NetworkPolicyPort': 'endPort:pointer port:pointer protocol:pointer,go=v1.Protocol',
  'networking.v1.NetworkPolicySpec':
    'egress:atomic ingress:atomic podSelector:always policyTypes:atomic,go=PolicyType',
  'networking.v1.ServiceBackendPort': '*:atomic',
  'networking.v1.ServiceCIDR': 'metadata:always spec:always status:always',
  'networking.v1.ServiceCIDRSpec': 'cidrs:atomic',
  'networking.v1.ServiceCIDRStatus': 'conditions:keys=type,merge=type',
  'node.v1.Overhead': 'podFixed:quantity',
  'node.v1.RuntimeClass': 'handler:always metadata:always',
  'node.v1.Scheduling': 'nodeSelector:atomic tolerations:atomic',
  'policy.v1.Eviction': 'metadata:always',
  'policy.v1.PodDisruptionBudget': 'metadata:always spec:always status:always',
  'policy.v1.PodDisruptionBudgetSpec':
    'maxUnavailable:pointer minAvailable:pointer unhealthyPodEvictionPolicy:pointer,go=UnhealthyPodEvictionPolicyType',
  'policy.v1.PodDisruptionBudgetStatus':
    'conditions:keys=type,merge=type currentHealthy:always desiredHealthy:always disruptionsAllowed:always expectedPods:always',
  'rbac.v1.AggregationRule': 'clusterRoleSelectors:atomic',
  'rbac.v1.ClusterRole': 'metadata:always rules:atomic,always',
  'rbac.v1.ClusterRoleBinding': 'metadata:always roleRef:always subjects:atomic',
  'rbac.v1.PolicyRule':
    'apiGroups:atomic nonResourceURLs:atomic resourceNames:atomic resources:atomic verbs:atomic,always',
  'rbac.v1.Role': 'metadata:always rules:atomic,always',
  'rbac.v1.RoleBinding': 'metadata:always roleRef:always subjects:atomic',
  'rbac.v1.RoleRef': 'apiGroup:always kind:always name:always *:atomic',
  'rbac.v1.Subject': 'kind:always name:always *:atomic',
  'scheduling.v1.PriorityClass':
    'metadata:always preemptionPolicy:pointer,go=v1.PreemptionPolicy value:always',
  'storage.v1.StorageClass':
    'allowVolumeExpansion:pointer allowedTopologies:atomic metadata:always mountOptions:atomic provisioner:always reclaimPolicy:pointer,go=v1.PersistentVolumeReclaimPolicy volumeBindingMode:pointer,go=VolumeBindingMode',
};
