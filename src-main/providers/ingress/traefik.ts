import type { KubeObject } from '../../kube/objects.ts';

/** The controller behind Ingresses in clusters that come without one. */
export const TRAEFIK_IMAGE = 'traefik:v3.6';

/** The namespace of what the app itself runs in a cluster. */
export const SYSTEM_NAMESPACE = 'switchyard-system';

export const TRAEFIK_NAME = 'traefik';

/** On everything that the app puts into a cluster for itself. */
export const MANAGED = { 'app.kubernetes.io/managed-by': 'switchyard' };
const LABELS = { 'app.kubernetes.io/name': TRAEFIK_NAME, ...MANAGED };

/** Finds Traefik's pods. The Helm chart that k3s installs Traefik with sets the same label. */
export const TRAEFIK_POD_LABELS = { 'app.kubernetes.io/name': TRAEFIK_NAME };

/** The folder that Traefik's file provider watches, and the one file in it, which `ingress-keeper.ts` writes. */
export const DYNAMIC_FOLDER = '/dynamic';
export const DYNAMIC_FILE = 'precedence.yml';
/** Has the same file for a pod to come: also when the app is closed by then. */
export const SEED_CONFIG_MAP = 'ingress-precedence';
const SEED_FOLDER = '/seed';

/** Unprivileged ports in the pod; the node and the Service have 80 and 443. */
const PORTS = { web: 8000, websecure: 8443, ping: 8080 };

/**
 * Traefik's static configuration (https://doc.traefik.io/traefik/reference/install-configuration/). The router
 * priorities that the Ingress API asks for cannot be had by static options: see `precedence.ts`.
 */
const ARGUMENTS = [
  // Nothing of a learner's cluster is told to anybody.
  '--global.checknewversion=false',
  '--global.sendanonymoususage=false',
  `--entrypoints.web.address=:${PORTS.web}`,
  // TLS on 443 for every Ingress, without annotations; the certificate follows from SNI.
  `--entrypoints.websecure.address=:${PORTS.websecure}`,
  '--entrypoints.websecure.http.tls=true',
  `--entrypoints.traefik.address=:${PORTS.ping}`,
  '--ping=true',
  // A changed Ingress is to be served at once; the default is two seconds.
  '--providers.providersthrottleduration=50ms',
  '--providers.kubernetesingress=true',
  // A Service without endpoints answers 503, as other controllers do, and not 404.
  '--providers.kubernetesingress.allowemptyservices=true',
  '--providers.kubernetesingress.allowexternalnameservices=true',
  // /foo is a prefix of /foo/bar, not of /foobar.
  '--providers.kubernetesingress.strictprefixmatching=true',
  // Ingresses report the address of the Service in front of Traefik.
  `--providers.kubernetesingress.ingressendpoint.publishedservice=${SYSTEM_NAMESPACE}/${TRAEFIK_NAME}`,
  `--providers.file.directory=${DYNAMIC_FOLDER}`,
  // Pods that speak TLS have certificates of their own making.
  '--serverstransport.insecureskipverify=true',
  '--accesslog=true',
  // Connections kept alive do not hold up a restart.
  '--entrypoints.web.transport.lifecycle.gracetimeout=2',
  '--entrypoints.websecure.transport.lifecycle.gracetimeout=2',
];

/**
 * A container that starts again keeps its file, which may be newer than the seed that its node knows. When a node
 * starts, kube-proxy comes after the pods; a first try that went nowhere would cost Traefik half a minute, in which
 * it serves nothing and is Ready.
 */
const START = `
[ -e ${DYNAMIC_FOLDER}/${DYNAMIC_FILE} ] || cp ${SEED_FOLDER}/* ${DYNAMIC_FOLDER} 2>/dev/null
tries=0
until nc -z -w 1 "$KUBERNETES_SERVICE_HOST" "$KUBERNETES_SERVICE_PORT" 2>/dev/null || [ $tries -ge 60 ]; do
  tries=$((tries + 1))
  sleep 0.5
done
exec traefik "$@"
`;

/**
 * Everything that an Ingress controller needs, for clusters made by kind: Traefik on the control plane with the
 * node's ports 80 and 443 (kind maps those to this machine), the default IngressClass, and a Service of type
 * LoadBalancer whose address the Ingresses report.
 */
export function traefikManifests(): KubeObject[] {
  return [...accessManifests(), ...classAndService(), deployment()];
}

/** {@link traefikManifests} as YAML documents. JSON is YAML. */
export function traefikYaml(): string {
  return traefikManifests()
    .map((object) => JSON.stringify(object))
    .join('\n---\n');
}

function accessManifests(): KubeObject[] {
  const clusterWide = `${SYSTEM_NAMESPACE}:${TRAEFIK_NAME}`;
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: SYSTEM_NAMESPACE, labels: MANAGED } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: namespaced() },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: clusterWide, labels: LABELS },
      // What Traefik's informers list and watch, and the one thing that it writes.
      rules: [
        { apiGroups: [''], resources: ['services', 'secrets', 'nodes'], verbs: ['list', 'watch'] },
        { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
        {
          apiGroups: ['networking.k8s.io'],
          resources: ['ingresses', 'ingressclasses'],
          verbs: ['list', 'watch'],
        },
        { apiGroups: ['networking.k8s.io'], resources: ['ingresses/status'], verbs: ['update'] },
      ],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: clusterWide, labels: LABELS },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: clusterWide },
      subjects: [{ kind: 'ServiceAccount', name: TRAEFIK_NAME, namespace: SYSTEM_NAMESPACE }],
    },
  ];
}

function classAndService(): KubeObject[] {
  return [
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      metadata: {
        name: TRAEFIK_NAME,
        labels: LABELS,
        annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' },
      },
      spec: { controller: 'traefik.io/ingress-controller' },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: namespaced(),
      spec: {
        type: 'LoadBalancer',
        // From outside, the node's ports 80 and 443 lead here.
        allocateLoadBalancerNodePorts: false,
        selector: TRAEFIK_POD_LABELS,
        ports: [
          { name: 'web', port: 80, targetPort: 'web' },
          { name: 'websecure', port: 443, targetPort: 'websecure' },
        ],
      },
    },
  ];
}

function deployment(): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: namespaced(),
    spec: {
      replicas: 1,
      // The ports of the node are free for a new pod only when the old one is gone.
      strategy: { type: 'Recreate' },
      selector: { matchLabels: TRAEFIK_POD_LABELS },
      template: { metadata: { labels: LABELS }, spec: podSpec() },
    },
  };
}

function podSpec(): object {
  return {
    serviceAccountName: TRAEFIK_NAME,
    nodeSelector: { 'node-role.kubernetes.io/control-plane': '' },
    tolerations: [{ key: 'node-role.kubernetes.io/control-plane', operator: 'Exists', effect: 'NoSchedule' }],
    terminationGracePeriodSeconds: 5,
    containers: [
      {
        name: TRAEFIK_NAME,
        image: TRAEFIK_IMAGE,
        imagePullPolicy: 'IfNotPresent',
        command: ['sh', '-c', START, 'sh'],
        args: ARGUMENTS,
        ports: [
          { name: 'web', containerPort: PORTS.web, hostPort: 80 },
          { name: 'websecure', containerPort: PORTS.websecure, hostPort: 443 },
          { name: 'ping', containerPort: PORTS.ping },
        ],
        readinessProbe: { httpGet: { path: '/ping', port: 'ping' }, periodSeconds: 1, failureThreshold: 3 },
        resources: { requests: { cpu: '20m', memory: '128Mi' }, limits: { memory: '256Mi' } },
        securityContext: {
          runAsNonRoot: true,
          runAsUser: 65532,
          runAsGroup: 65532,
          readOnlyRootFilesystem: true,
          allowPrivilegeEscalation: false,
          capabilities: { drop: ['ALL'] },
          seccompProfile: { type: 'RuntimeDefault' },
        },
        volumeMounts: [
          { name: 'dynamic', mountPath: DYNAMIC_FOLDER },
          { name: 'seed', mountPath: SEED_FOLDER, readOnly: true },
        ],
      },
    ],
    volumes: [
      { name: 'dynamic', emptyDir: {} },
      // Traefik starts before there is anything to put right.
      { name: 'seed', configMap: { name: SEED_CONFIG_MAP, optional: true } },
    ],
  };
}

function namespaced(): { name: string; namespace: string; labels: Record<string, string> } {
  return { name: TRAEFIK_NAME, namespace: SYSTEM_NAMESPACE, labels: LABELS };
}
