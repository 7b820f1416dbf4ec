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
