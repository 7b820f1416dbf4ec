import { refusal, type Scenario, type Step } from '../suite/scenario.ts';

const pod = (about: string, spec: string): Step =>
  refusal(about, `apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {${spec}}\n`);
/** A pod of one good container with further fields. */
const container = (about: string, fields: string): Step =>
  pod(about, `containers: [{name: a, image: nginx, ${fields}}]`);
const volumes = (about: string, list: string, mounts = ''): Step =>
  pod(about, `volumes: [${list}], containers: [{name: a, image: nginx, volumeMounts: [${mounts}]}]`);
const probe = (about: string, fields: string): Step => container(about, `livenessProbe: {${fields}}`);

export const podsRefused: Scenario = {
  name: 'pods-refused',
  title: 'What is said about pods that cannot be',
  steps: [
    pod('no containers', 'containers: []'),
    pod('no containers at all', 'restartPolicy: Always'),
    pod('no image', 'containers: [{name: a}]'),
    pod('no name', 'containers: [{image: nginx}]'),
    pod('a bad container name', 'containers: [{name: My_App, image: nginx}]'),
    pod('the same name twice', 'containers: [{name: a, image: nginx}, {name: a, image: nginx}]'),
    pod(
      'an init container of the same name',
      'containers: [{name: a, image: nginx}], initContainers: [{name: a, image: nginx}]',
    ),
    pod('an image of spaces', "containers: [{name: a, image: ' nginx '}]"),
    pod('unknown restartPolicy', 'restartPolicy: Sometimes, containers: [{name: a, image: nginx}]'),
    pod('unknown dnsPolicy', 'dnsPolicy: Cluster, containers: [{name: a, image: nginx}]'),
    pod('dnsPolicy None without servers', 'dnsPolicy: None, containers: [{name: a, image: nginx}]'),
    pod(
      'a negative grace period',
      'terminationGracePeriodSeconds: -1, containers: [{name: a, image: nginx}]',
    ),
    pod('a deadline of 0', 'activeDeadlineSeconds: 0, containers: [{name: a, image: nginx}]'),
    pod('a bad hostname', 'hostname: my_host, containers: [{name: a, image: nginx}]'),
    pod('a bad node selector', "nodeSelector: {'a b': c}, containers: [{name: a, image: nginx}]"),
    pod(
      'an unknown toleration',
      'tolerations: [{key: a, operator: Is, effect: Never}], containers: [{name: a, image: nginx}]',
    ),
    pod(
      'a service account that is not there',
      'serviceAccountName: nobody, containers: [{name: a, image: nginx}]',
    ),
    pod(
      'a priority class that is not there',
      'priorityClassName: first, containers: [{name: a, image: nginx}]',
    ),
    pod(
      'ephemeral containers from the start',
      'containers: [{name: a, image: nginx}], ephemeralContainers: [{name: b, image: nginx}]',
    ),
    pod(
      'bad host aliases',
      'hostAliases: [{ip: nowhere, hostnames: [a_b]}], containers: [{name: a, image: nginx}]',
    ),
    container('unknown imagePullPolicy', 'imagePullPolicy: Sometimes'),
    container('a port of 0', 'ports: [{containerPort: 0}]'),
    container('a port without number', 'ports: [{name: http}]'),
    container('a port that is too high', 'ports: [{containerPort: 66000}]'),
    container('a port name that is too long', 'ports: [{containerPort: 80, name: a-name-that-is-too-long}]'),
    container(
      'the same port name twice',
      'ports: [{containerPort: 80, name: http}, {containerPort: 81, name: http}]',
    ),
    container('the same port twice', 'ports: [{containerPort: 80}, {containerPort: 80}]'),
    container('a protocol in lower case', 'ports: [{containerPort: 80, protocol: udp}]'),
    container('a hostPort', 'ports: [{containerPort: 80, hostPort: 70000}]'),
    container('env without a name', 'env: [{value: a}]'),
    container('env with an equals sign in its name', "env: [{name: 'A=B', value: a}]"),
    container('env with a number', 'env: [{name: A, value: 1}]'),
    container(
      'env with a value from two places',
      'env: [{name: A, value: a, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]',
    ),
    container(
      'env from an unknown field',
      'env: [{name: A, valueFrom: {fieldRef: {fieldPath: spec.colour}}}]',
    ),
    container('env from nowhere', 'env: [{name: A, valueFrom: {}}]'),
    container(
      'env from a ConfigMap without key',
      'env: [{name: A, valueFrom: {configMapKeyRef: {name: a}}}]',
    ),
    container(
      'env from an unknown resource',
      'env: [{name: A, valueFrom: {resourceFieldRef: {resource: limits.colour}}}]',
    ),
    container('envFrom nothing', 'envFrom: [{prefix: A_}]'),
    container('a bad quantity', 'resources: {requests: {cpu: lots}}'),
    container('a negative quantity', 'resources: {requests: {cpu: -1}}'),
    container('requests above limits', 'resources: {requests: {cpu: 2}, limits: {cpu: 1}}'),
    container('an unknown resource', 'resources: {requests: {colour: 1}}'),
    container('memory in a fraction', 'resources: {limits: {memory: 100m}}'),
    container('a mount of a volume that is not there', 'volumeMounts: [{name: v, mountPath: /v}]'),
    container('a relative working directory', 'workingDir: here'),
    container(
      'an unknown capability of the container',
      'securityContext: {privileged: true, allowPrivilegeEscalation: false}',
    ),
    container('a negative user', 'securityContext: {runAsUser: -1}'),
    container('a startup probe and stdin', 'stdinOnce: true, terminationMessagePolicy: Never'),
    probe('no handler', 'periodSeconds: 1'),
    probe('two handlers', 'httpGet: {path: /, port: 80}, tcpSocket: {port: 80}'),
    probe('no port', 'httpGet: {path: /}'),
    probe('a port of 0', 'tcpSocket: {port: 0}'),
    probe('a port by a bad name', 'httpGet: {path: /, port: My_Port}'),
    probe('an unknown scheme', 'httpGet: {path: /, port: 80, scheme: http}'),
    probe('a negative delay', 'initialDelaySeconds: -1, httpGet: {path: /, port: 80}'),
    probe(
      'negative numbers',
      'periodSeconds: -1, timeoutSeconds: -1, failureThreshold: -1, httpGet: {path: /, port: 80}',
    ),
    probe('liveness that needs two successes', 'successThreshold: 2, httpGet: {path: /, port: 80}'),
    probe('an empty command', 'exec: {command: []}'),
    probe('gRPC without a port', 'grpc: {service: a}'),
    container('a hook without a handler', 'lifecycle: {preStop: {}}'),
    container('a hook that sleeps a negative time', 'lifecycle: {preStop: {sleep: {seconds: -1}}}'),
    volumes('a volume without a source', '{name: v}', '{name: v, mountPath: /v}'),
    volumes('a volume with two sources', '{name: v, emptyDir: {}, configMap: {name: a}}'),
    volumes('the same volume twice', '{name: v, emptyDir: {}}, {name: v, emptyDir: {}}'),
    volumes('a bad volume name', '{name: My_Volume, emptyDir: {}}'),
    volumes('a mount without a path', '{name: v, emptyDir: {}}', '{name: v}'),
    volumes(
      'the same path twice',
      '{name: v, emptyDir: {}}',
      '{name: v, mountPath: /v}, {name: v, mountPath: /v}',
    ),
    volumes('a subPath that leads out', '{name: v, emptyDir: {}}', '{name: v, mountPath: /v, subPath: ../x}'),
    volumes('a ConfigMap without a name', '{name: v, configMap: {}}'),
    volumes('a mode that is too high', '{name: v, configMap: {name: a, defaultMode: 01777}}'),
    volumes('an item without a path', '{name: v, secret: {secretName: a, items: [{key: b}]}}'),
    volumes('a claim without a name', '{name: v, persistentVolumeClaim: {}}'),
    volumes('an unknown medium', '{name: v, emptyDir: {medium: Air}}'),
    volumes('an unknown source', '{name: v, floppy: {}}'),
  ],
};
