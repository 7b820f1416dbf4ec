/**
 * The order of fields in Go's structs, which is that of the JSON that a server answers: of the types where it is not
 * that of the protobuf numbers (`protobuf/field-numbers`), or of the alphabet where there are none, with `kind`,
 * `apiVersion` and `metadata` ahead in objects.
 *
 * Source: `types.go` of k8s.io/api, k8s.io/apimachinery, k8s.io/apiextensions-apiserver and k8s.io/kube-aggregator v0.34.
 */
export const FIELD_ORDER: Record<string, string> = {
  'admissionregistration.v1.MatchCondition': 'name expression',
  'admissionregistration.v1.MatchResources':
    'namespaceSelector objectSelector resourceRules excludeResourceRules matchPolicy',
  'admissionregistration.v1.MutatingWebhook':
    'name clientConfig rules failurePolicy matchPolicy namespaceSelector objectSelector sideEffects timeoutSeconds admissionReviewVersions reinvocationPolicy matchConditions',
  'admissionregistration.v1.NamedRuleWithOperations':
    'resourceNames operations apiGroups apiVersions resources scope',
  'admissionregistration.v1.ParamRef': 'name namespace selector parameterNotFoundAction',
  'admissionregistration.v1.RuleWithOperations': 'operations apiGroups apiVersions resources scope',
  'admissionregistration.v1.ServiceReference': 'namespace name path port',
  'admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec':
    'policyName paramRef matchResources validationActions',
  'admissionregistration.v1.ValidatingAdmissionPolicySpec':
    'paramKind matchConstraints validations failurePolicy auditAnnotations matchConditions variables',
  'admissionregistration.v1.ValidatingAdmissionPolicyStatus': 'observedGeneration typeChecking conditions',
  'admissionregistration.v1.ValidatingWebhook':
    'name clientConfig rules failurePolicy matchPolicy namespaceSelector objectSelector sideEffects timeoutSeconds admissionReviewVersions matchConditions',
  'admissionregistration.v1.Validation': 'expression message reason messageExpression',
  'admissionregistration.v1.Variable': 'name expression',
  'admissionregistration.v1.WebhookClientConfig': 'url service caBundle',
  'apiextensions.v1.CustomResourceColumnDefinition': 'name type format description priority jsonPath',
  'apiextensions.v1.CustomResourceDefinitionCondition': 'type status lastTransitionTime reason message',
  'apiextensions.v1.CustomResourceDefinitionNames': 'plural singular shortNames kind listKind categories',
  'apiextensions.v1.CustomResourceDefinitionSpec':
    'group names scope versions conversion preserveUnknownFields',
  'apiextensions.v1.CustomResourceDefinitionStatus': 'conditions acceptedNames storedVersions',
  'apiextensions.v1.CustomResourceDefinitionVersion':
    'name served storage deprecated deprecationWarning schema subresources additionalPrinterColumns selectableFields',
  'apiextensions.v1.CustomResourceSubresourceScale': 'specReplicasPath statusReplicasPath labelSelectorPath',
  'apiextensions.v1.CustomResourceSubresources': 'status scale',
  'apiextensions.v1.JSONSchemaProps':
    'id $schema $ref description type format title default maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength pattern maxItems minItems uniqueItems multipleOf enum maxProperties minProperties required items allOf oneOf anyOf not properties additionalProperties patternProperties dependencies additionalItems definitions externalDocs example nullable x-kubernetes-preserve-unknown-fields x-kubernetes-embedded-resource x-kubernetes-int-or-string x-kubernetes-list-map-keys x-kubernetes-list-type x-kubernetes-map-type x-kubernetes-validations',
  'apiextensions.v1.ServiceReference': 'namespace name path port',
  'apiextensions.v1.ValidationRule': 'rule message messageExpression reason fieldPath optionalOldSelf',
  'apiextensions.v1.WebhookClientConfig': 'url service caBundle',
  'apiregistration.v1.APIServiceCondition': 'type status lastTransitionTime reason message',
  'apiregistration.v1.APIServiceSpec':
    'service group version insecureSkipTLSVerify caBundle groupPriorityMinimum versionPriority',
  'apiregistration.v1.ServiceReference': 'namespace name port',
  'apps.v1.DeploymentCondition': 'type status lastUpdateTime lastTransitionTime reason message',
  'apps.v1.DeploymentStatus':
    'observedGeneration replicas updatedReplicas readyReplicas availableReplicas unavailableReplicas terminatingReplicas conditions collisionCount',
  'apps.v1.ReplicaSetSpec': 'replicas minReadySeconds selector template',
  'apps.v1.ReplicaSetStatus':
    'replicas fullyLabeledReplicas readyReplicas availableReplicas terminatingReplicas observedGeneration conditions',
  'authentication.v1.TokenRequestSpec': 'audiences expirationSeconds boundObjectRef',
  'authentication.v1.TokenReviewStatus': 'authenticated user audiences error',
  'authorization.v1.SubjectAccessReviewStatus': 'allowed denied reason evaluationError',
  'autoscaling.v2.HPAScalingRules': 'stabilizationWindowSeconds selectPolicy policies tolerance',
  'autoscaling.v2.MetricSpec': 'type object pods resource containerResource external',
  'autoscaling.v2.MetricStatus': 'type object pods resource containerResource external',
  'batch.v1.CronJobSpec':
    'schedule timeZone startingDeadlineSeconds concurrencyPolicy suspend jobTemplate successfulJobsHistoryLimit failedJobsHistoryLimit',
  'batch.v1.JobSpec':
    'parallelism completions activeDeadlineSeconds podFailurePolicy successPolicy backoffLimit backoffLimitPerIndex maxFailedIndexes selector manualSelector template ttlSecondsAfterFinished completionMode suspend podReplacementPolicy managedBy',
  'batch.v1.JobStatus':
    'conditions startTime completionTime active succeeded failed terminating completedIndexes failedIndexes uncountedTerminatedPods ready',
  'certificates.v1.CertificateSigningRequestCondition':
    'type status reason message lastUpdateTime lastTransitionTime',
  'certificates.v1.CertificateSigningRequestSpec':
    'request signerName expirationSeconds usages username uid groups extra',
  'core.v1.ClusterTrustBundleProjection': 'name signerName labelSelector optional path',
  'core.v1.ConfigMap': 'kind apiVersion metadata immutable data binaryData',
  'core.v1.Container':
    'name image command args workingDir ports envFrom env resources resizePolicy restartPolicy restartPolicyRules volumeMounts volumeDevices livenessProbe readinessProbe startupProbe lifecycle terminationMessagePath terminationMessagePolicy imagePullPolicy securityContext stdin stdinOnce tty',
  'core.v1.EndpointAddress': 'ip hostname nodeName targetRef',
  'core.v1.EphemeralContainer':
    'name image command args workingDir ports envFrom env resources resizePolicy restartPolicy restartPolicyRules volumeMounts volumeDevices livenessProbe readinessProbe startupProbe lifecycle terminationMessagePath terminationMessagePolicy imagePullPolicy securityContext stdin stdinOnce tty targetContainerName',
  'core.v1.ISCSIPersistentVolumeSource':
    'targetPortal iqn lun iscsiInterface fsType readOnly portals chapAuthDiscovery chapAuthSession secretRef initiatorName',
  'core.v1.ISCSIVolumeSource':
    'targetPortal iqn lun iscsiInterface fsType readOnly portals chapAuthDiscovery chapAuthSession secretRef initiatorName',
  'core.v1.NodeSpec': 'podCIDR podCIDRs providerID unschedulable taints configSource externalID',
  'core.v1.PersistentVolumeClaimSpec':
    'accessModes selector resources volumeName storageClassName volumeMode dataSource dataSourceRef volumeAttributesClassName',
  'core.v1.PodCondition': 'type observedGeneration status lastProbeTime lastTransitionTime reason message',
  'core.v1.PodSecurityContext':
    'seLinuxOptions windowsOptions runAsUser runAsGroup runAsNonRoot supplementalGroups supplementalGroupsPolicy fsGroup sysctls fsGroupChangePolicy seccompProfile appArmorProfile seLinuxChangePolicy',
  'core.v1.PodSpec':
    'volumes initContainers containers ephemeralContainers restartPolicy terminationGracePeriodSeconds activeDeadlineSeconds dnsPolicy nodeSelector serviceAccountName serviceAccount automountServiceAccountToken nodeName hostNetwork hostPID hostIPC shareProcessNamespace securityContext imagePullSecrets hostname subdomain affinity schedulerName tolerations hostAliases priorityClassName priority dnsConfig readinessGates runtimeClassName enableServiceLinks preemptionPolicy overhead topologySpreadConstraints setHostnameAsFQDN os hostUsers schedulingGates resourceClaims resources hostnameOverride',
  'core.v1.PodStatus':
    'observedGeneration phase conditions message reason nominatedNodeName hostIP hostIPs podIP podIPs startTime initContainerStatuses containerStatuses qosClass ephemeralContainerStatuses resize resourceClaimStatuses extendedResourceClaimStatus',
  'core.v1.ReplicationControllerSpec': 'replicas minReadySeconds selector template',
  'core.v1.ReplicationControllerStatus':
    'replicas fullyLabeledReplicas readyReplicas availableReplicas observedGeneration conditions',
  'core.v1.Secret': 'kind apiVersion metadata immutable data stringData type',
  'core.v1.SecurityContext':
    'capabilities privileged seLinuxOptions windowsOptions runAsUser runAsGroup runAsNonRoot readOnlyRootFilesystem allowPrivilegeEscalation procMount seccompProfile appArmorProfile',
  'core.v1.ServicePort': 'name protocol appProtocol port targetPort nodePort',
  'core.v1.ServiceSpec':
    'ports selector clusterIP clusterIPs type externalIPs sessionAffinity loadBalancerIP loadBalancerSourceRanges externalName externalTrafficPolicy healthCheckNodePort publishNotReadyAddresses sessionAffinityConfig ipFamilies ipFamilyPolicy allocateLoadBalancerNodePorts loadBalancerClass internalTrafficPolicy trafficDistribution',
  'core.v1.Volume':
    'name hostPath emptyDir gcePersistentDisk awsElasticBlockStore gitRepo secret nfs iscsi glusterfs persistentVolumeClaim rbd flexVolume cinder cephfs flocker downwardAPI fc azureFile configMap vsphereVolume quobyte azureDisk photonPersistentDisk projected portworxVolume scaleIO storageos csi ephemeral image',
  'core.v1.VolumeMount': 'name readOnly recursiveReadOnly mountPath subPath mountPropagation subPathExpr',
  'discovery.v1.EndpointSlice': 'kind apiVersion metadata addressType endpoints ports',
  'flowcontrol.v1.ExemptPriorityLevelConfiguration': 'nominalConcurrencyShares lendablePercent',
  'flowcontrol.v1.FlowSchemaCondition': 'type status lastTransitionTime reason message',
  'flowcontrol.v1.FlowSchemaSpec': 'priorityLevelConfiguration matchingPrecedence distinguisherMethod rules',
  'flowcontrol.v1.LimitResponse': 'type queuing',
  'flowcontrol.v1.LimitedPriorityLevelConfiguration':
    'nominalConcurrencyShares limitResponse lendablePercent borrowingLimitPercent',
  'flowcontrol.v1.NonResourcePolicyRule': 'verbs nonResourceURLs',
  'flowcontrol.v1.PolicyRulesWithSubjects': 'subjects resourceRules nonResourceRules',
  'flowcontrol.v1.PriorityLevelConfigurationCondition': 'type status lastTransitionTime reason message',
  'flowcontrol.v1.PriorityLevelConfigurationSpec': 'type limited exempt',
  'flowcontrol.v1.QueuingConfiguration': 'queues handSize queueLengthLimit',
  'flowcontrol.v1.ResourcePolicyRule': 'verbs apiGroups resources clusterScope namespaces',
  'flowcontrol.v1.ServiceAccountSubject': 'namespace name',
  'flowcontrol.v1.Subject': 'kind user group serviceAccount',
  'meta.v1.APIResource':
    'name singularName namespaced group version kind verbs shortNames categories storageVersionHash',
  'meta.v1.APIResourceList': 'kind apiVersion groupVersion resources',
  'meta.v1.DeleteOptions':
    'kind apiVersion gracePeriodSeconds preconditions orphanDependents propagationPolicy dryRun ignoreStoreReadErrorWithClusterBreakingPotential',
  'meta.v1.OwnerReference': 'apiVersion kind name uid controller blockOwnerDeletion',
  'meta.v1.StatusDetails': 'name group kind uid causes retryAfterSeconds',
  'networking.v1.HTTPIngressPath': 'path pathType backend',
  'networking.v1.IngressBackend': 'service resource',
  'networking.v1.IngressSpec': 'ingressClassName defaultBackend tls rules',
  'resource.v1.AllocatedDeviceStatus': 'driver pool device shareID conditions data networkData',
  'resource.v1.AllocationResult': 'devices nodeSelector allocationTimestamp',
  'resource.v1.CapacityRequestPolicy': 'default validValues validRange',
  'resource.v1.CapacityRequestPolicyRange': 'min max step',
  'resource.v1.CounterSet': 'name counters',
  'resource.v1.Device':
    'name attributes capacity consumesCounters nodeName nodeSelector allNodes taints bindsToNode bindingConditions bindingFailureConditions allowMultipleAllocations',
  'resource.v1.DeviceAllocationConfiguration': 'source requests opaque',
  'resource.v1.DeviceAllocationResult': 'results config',
  'resource.v1.DeviceAttribute': 'int bool string version',
  'resource.v1.DeviceCapacity': 'value requestPolicy',
  'resource.v1.DeviceClaim': 'requests constraints config',
  'resource.v1.DeviceClaimConfiguration': 'requests opaque',
  'resource.v1.DeviceClassSpec': 'selectors config extendedResourceName',
  'resource.v1.DeviceConstraint': 'requests matchAttribute distinctAttribute',
  'resource.v1.DeviceRequest': 'name exactly firstAvailable',
  'resource.v1.DeviceRequestAllocationResult':
    'request driver pool device adminAccess tolerations bindingConditions bindingFailureConditions shareID consumedCapacity',
  'resource.v1.DeviceSubRequest': 'name deviceClassName selectors allocationMode count tolerations capacity',
  'resource.v1.DeviceTaint': 'key value effect timeAdded',
  'resource.v1.DeviceToleration': 'key operator value effect tolerationSeconds',
  'resource.v1.ExactDeviceRequest':
    'deviceClassName selectors allocationMode count adminAccess tolerations capacity',
  'resource.v1.NetworkDeviceData': 'interfaceName ips hardwareAddress',
  'resource.v1.ResourceClaimConsumerReference': 'apiGroup resource name uid',
  'resource.v1.ResourceClaimStatus': 'allocation reservedFor devices',
  'resource.v1.ResourcePool': 'name generation resourceSliceCount',
  'resource.v1.ResourceSliceSpec':
    'driver pool nodeName nodeSelector allNodes devices perDeviceNodeSelection sharedCounters',
  'storage.v1.CSIDriverSpec':
    'attachRequired podInfoOnMount volumeLifecycleModes storageCapacity fsGroupPolicy tokenRequests requiresRepublish seLinuxMount nodeAllocatableUpdatePeriodSeconds',
  'storage.v1.CSINodeDriver': 'name nodeID topologyKeys allocatable',
  'storage.v1.CSIStorageCapacity':
    'kind apiVersion metadata nodeTopology storageClassName capacity maximumVolumeSize',
  'storage.v1.VolumeAttachmentSource': 'persistentVolumeName inlineVolumeSpec',
  'storage.v1.VolumeAttachmentSpec': 'attacher source nodeName',
  'storage.v1.VolumeAttachmentStatus': 'attached attachmentMetadata attachError detachError',
  'storage.v1.VolumeError': 'time message errorCode',
};
