import type { ClusterApi } from '../api/cluster-api.ts';
import type { KubeObject, NewObject } from '../api/objects.ts';
import {
  CLUSTER_ROLE_BINDINGS,
  CLUSTER_ROLES,
  DEPLOYMENTS,
  INGRESS_CLASSES,
  NAMESPACES,
  SERVICE_ACCOUNTS,
  SERVICES,
  type ResourceType,
} from '../api/resources.ts';
import { CONTROLLER } from './routes.ts';

const NAMESPACE = 'switchyard-system';
const NAME = 'traefik';
const IMAGE = 'traefik:v3.6';
const LABELS = { 'app.kubernetes.io/name': NAME, 'app.kubernetes.io/managed-by': 'switchyard' };
const SELECTOR = { 'app.kubernetes.io/name': NAME };
const PORTS = { web: 8000, websecure: 8443, ping: 8080 };
const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane';

/** Puts the Ingress controller into a cluster, under the names that it has in the app's kind clusters. */
export function installIngressController(api: ClusterApi): void {
  const ensure = <T extends KubeObject>(type: ResourceType<T>, object: NewObject<T>): void => {
    const { namespace, name = '' } = object.metadata;
    if (api.get(type, namespace, name) === undefined) api.create(type, object);
  };
  const metadata = { namespace: NAMESPACE, name: NAME, labels: LABELS };
  const clusterWide = { name: `${NAMESPACE}:${NAME}`, labels: LABELS };

  ensure(NAMESPACES, {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: NAMESPACE, labels: { 'app.kubernetes.io/managed-by': 'switchyard' } },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  });
  ensure(SERVICE_ACCOUNTS, { apiVersion: 'v1', kind: 'ServiceAccount', metadata });
  ensure(CLUSTER_ROLES, {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: clusterWide,
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
  });
  ensure(CLUSTER_ROLE_BINDINGS, {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: clusterWide,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: clusterWide.name },
    subjects: [{ kind: 'ServiceAccount', name: NAME, namespace: NAMESPACE }],
  });
  ensure(INGRESS_CLASSES, {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: {
      name: NAME,
      labels: LABELS,
      annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' },
    },
    spec: { controller: CONTROLLER },
  });
  ensure(SERVICES, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: {
      type: 'LoadBalancer',
      allocateLoadBalancerNodePorts: false,
      // The controller sees, and passes on, who asks.
      externalTrafficPolicy: 'Local',
      selector: SELECTOR,
      ports: [
        { name: 'web', port: 80, targetPort: 'web' },
        { name: 'websecure', port: 443, targetPort: 'websecure' },
      ],
    },
    status: { loadBalancer: {} },
  });
  ensure(DEPLOYMENTS, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: {
      replicas: 1,
      strategy: { type: 'Recreate' },
      selector: { matchLabels: SELECTOR },
      template: {
        metadata: { labels: LABELS },
        spec: {
          serviceAccountName: NAME,
          nodeSelector: { [CONTROL_PLANE]: '' },
          tolerations: [{ key: CONTROL_PLANE, operator: 'Exists', effect: 'NoSchedule' }],
          terminationGracePeriodSeconds: 5,
          containers: [
            {
              name: NAME,
              image: IMAGE,
              imagePullPolicy: 'IfNotPresent',
              args: [
                `--entrypoints.web.address=:${PORTS.web}`,
                `--entrypoints.websecure.address=:${PORTS.websecure}`,
                '--entrypoints.websecure.http.tls=true',
                `--entrypoints.traefik.address=:${PORTS.ping}`,
                '--ping=true',
                '--providers.kubernetesingress=true',
                '--providers.kubernetesingress.allowemptyservices=true',
                '--providers.kubernetesingress.allowexternalnameservices=true',
                `--providers.kubernetesingress.ingressendpoint.publishedservice=${NAMESPACE}/${NAME}`,
                '--accesslog=true',
              ],
              ports: Object.entries(PORTS).map(([name, containerPort]) => ({ name, containerPort })),
              readinessProbe: {
                httpGet: { path: '/ping', port: 'ping' },
                periodSeconds: 1,
                failureThreshold: 3,
              },
              resources: { requests: { cpu: '20m', memory: '128Mi' }, limits: { memory: '256Mi' } },
            },
          ],
        },
      },
    },
    status: {},
  });
}
