import { createHash, randomUUID } from 'node:crypto';
import { ensureBootstrapPolicy, systemAccounts } from '../api/auth/bootstrap-policy/index.ts';
import type { ClusterApi } from '../api/cluster-api.ts';
import type { KubeObject, NewObject, Node, Service } from '../api/objects.ts';
import {
  CONFIG_MAPS,
  DEPLOYMENTS,
  ENDPOINTS,
  ENDPOINT_SLICES,
  NAMESPACES,
  NODES,
  PRIORITY_CLASSES,
  SERVICE_ACCOUNTS,
  SERVICE_CIDRS,
  SERVICES,
  STORAGE_CLASSES,
  type ResourceType,
} from '../api/resources.ts';
import type { Clock } from '../clock.ts';
import { healthyConditions, isMachineOff } from '../kubelet/node-agent.ts';
import { timestamp } from './object-helpers.ts';
import { LOCAL_PATH_PROVISIONER } from './persistent-volume/provisioner.ts';

const KUBERNETES_VERSION = 'v1.34.4';
const API_SERVER_PORT = 6443;
/** What the API server leaves in every cluster. */
const SYSTEM_PRIORITIES: [name: string, value: number, description: string][] = [
  [
    'system-cluster-critical',
    2_000_000_000,
    'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  ],
  [
    'system-node-critical',
    2_000_001_000,
    'Used for system critical pods that must not be moved from their current node.',
  ],
];
const CONTROL_PLANE_LABEL = 'node-role.kubernetes.io/control-plane';

/** One machine of the emulated cluster. */
export interface NodeDescription {
  name: string;
  role: 'control-plane' | 'worker';
  /** Its InternalIP, for example `172.18.0.2`. */
  address: string;
  /** The range its pods get addresses from, for example `10.244.1.0/24`. */
  podCidr: string;
}

export interface BootstrapOptions {
  api: ClusterApi;
  nodes: readonly NodeDescription[];
  clock: Clock;
  /** Address of Service kube-dns, normally 10.96.0.10. */
  dnsServiceIp: string;
  /** The range that cluster addresses come from. Default `10.96.0.0/16`. */
  serviceCidr?: string;
  /** Address of Service kubernetes; normally 10.96.0.1. */
  apiServiceIp?: string;
}

/**
 * Creates what kubeadm and kind leave in a new cluster: namespaces, roles, nodes, the Services kubernetes and kube-dns,
 * CoreDNS. What exists already stays as it is, so a cluster that comes back with its state is left alone; only
 * the nodes report anew.
 */
export function bootstrapCluster({
  api,
  nodes,
  clock,
  dnsServiceIp,
  serviceCidr = '10.96.0.0/16',
  apiServiceIp = '10.96.0.1',
}: BootstrapOptions): void {
  const ensure = <T extends KubeObject>(type: ResourceType<T>, object: NewObject<T>): void => {
    const { namespace, name } = object.metadata;
    if (name !== undefined && api.get(type, namespace, name) === undefined) api.create(type, object);
  };

  for (const name of ['kube-system', 'default', 'kube-public', 'kube-node-lease'])
    ensure(NAMESPACES, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: { 'kubernetes.io/metadata.name': name } },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    });
  for (const [name, value, description] of SYSTEM_PRIORITIES)
    ensure(PRIORITY_CLASSES, {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name },
      value,
      description,
    });
  ensure(STORAGE_CLASSES, {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    provisioner: LOCAL_PATH_PROVISIONER,
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'WaitForFirstConsumer',
  });
  ensureBootstrapPolicy(api);
  for (const node of nodes) ensureNode(api, node, nodes.length > 1, timestamp(clock.now()));

  ensure(SERVICE_CIDRS, {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'ServiceCIDR',
    metadata: { name: 'kubernetes', finalizers: ['networking.k8s.io/service-cidr-finalizer'] },
    spec: { cidrs: [serviceCidr] },
    status: {
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          reason: '',
          message: 'Kubernetes Service CIDR is ready',
          lastTransitionTime: timestamp(clock.now()),
        },
      ],
    },
  });
  ensure(SERVICES, kubernetesService(apiServiceIp));
  const controlPlanes = nodes.filter(({ role }) => role === 'control-plane');
  ensure(ENDPOINT_SLICES, {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      namespace: 'default',
      name: 'kubernetes',
      labels: { 'kubernetes.io/service-name': 'kubernetes' },
    },
    addressType: 'IPv4',
    endpoints: controlPlanes.map(({ address }) => ({ addresses: [address], conditions: { ready: true } })),
    ports: [{ name: 'https', port: API_SERVER_PORT, protocol: 'TCP' }],
  });

  ensure(ENDPOINTS, {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: {
      namespace: 'default',
      name: 'kubernetes',
      labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' },
    },
    subsets: [
      {
        addresses: controlPlanes.map(({ address }) => ({ ip: address })),
        ports: [{ name: 'https', port: API_SERVER_PORT, protocol: 'TCP' }],
      },
    ],
  });

  ensure(SERVICES, dnsService(dnsServiceIp));
  for (const name of systemAccounts())
    ensure(SERVICE_ACCOUNTS, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { namespace: 'kube-system', name },
    });
  ensure(CONFIG_MAPS, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace: 'kube-system', name: 'coredns' },
    data: { Corefile: COREFILE },
  });
  ensureCoreDns(api);
}

function ensureNode(api: ClusterApi, description: NodeDescription, tainted: boolean, now: string): void {
  const { name, role, podCidr } = description;
  const controlPlane = role === 'control-plane';
  const existing = api.get(NODES, undefined, name);
  // A machine that was switched off stays so.
  if (existing !== undefined && isMachineOff(existing)) return;
  if (existing === undefined)
    api.create(NODES, {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name,
        labels: {
          'beta.kubernetes.io/arch': 'amd64',
          'beta.kubernetes.io/os': 'linux',
          'kubernetes.io/arch': 'amd64',
          'kubernetes.io/hostname': name,
          'kubernetes.io/os': 'linux',
          ...(controlPlane
            ? { [CONTROL_PLANE_LABEL]: '', 'node.kubernetes.io/exclude-from-external-load-balancers': '' }
            : {}),
        },
        annotations: {
          'node.alpha.kubernetes.io/ttl': '0',
          'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
        },
      },
      spec: {
        podCIDR: podCidr,
        podCIDRs: [podCidr],
        providerID: `switchyard://${name}`,
        ...(controlPlane && tainted ? { taints: [{ key: CONTROL_PLANE_LABEL, effect: 'NoSchedule' }] } : {}),
      },
      status: {},
    });
  api.mutate(
    NODES,
    undefined,
    name,
    (draft) => {
      draft.status = nodeStatus(description, draft.status, now);
    },
    { subresource: 'status' },
  );
}

function nodeStatus({ name, address }: NodeDescription, before: Node['status'], now: string): Node['status'] {
  const resources = {
    cpu: '4',
    'ephemeral-storage': '61202244Ki',
    'hugepages-1Gi': '0',
    'hugepages-2Mi': '0',
    memory: '8141456Ki',
    pods: '110',
  };
  const machineID = createHash('sha256').update(name).digest('hex').slice(0, 32);
  return {
    addresses: [
      { type: 'InternalIP', address },
      { type: 'Hostname', address: name },
    ],
    capacity: resources,
    allocatable: resources,
    conditions: healthyConditions(before.conditions, now),
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    nodeInfo: {
      architecture: 'amd64',
      bootID: before.nodeInfo?.['bootID'] ?? randomUUID(),
      // Not a containerd: what runs the containers here is this emulator, and says so.
      containerRuntimeVersion: 'switchyard://0.1.0',
      kernelVersion: 'emulated',
      kubeProxyVersion: '',
      kubeletVersion: KUBERNETES_VERSION,
      machineID,
      operatingSystem: 'linux',
      osImage: 'Emulated node',
      systemUUID: machineID,
    },
  };
}

function kubernetesService(clusterIP: string): NewObject<Service> {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      namespace: 'default',
      name: 'kubernetes',
      labels: { component: 'apiserver', provider: 'kubernetes' },
    },
    spec: {
      type: 'ClusterIP',
      clusterIP,
      clusterIPs: [clusterIP],
      ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: API_SERVER_PORT }],
      sessionAffinity: 'None',
    },
    status: { loadBalancer: {} },
  };
}

function dnsService(clusterIP: string): NewObject<Service> {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      namespace: 'kube-system',
      name: 'kube-dns',
      labels: {
        'k8s-app': 'kube-dns',
        'kubernetes.io/cluster-service': 'true',
        'kubernetes.io/name': 'CoreDNS',
      },
      annotations: { 'prometheus.io/port': '9153', 'prometheus.io/scrape': 'true' },
    },
    spec: {
      type: 'ClusterIP',
      clusterIP,
      clusterIPs: [clusterIP],
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 },
        { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 53 },
        { name: 'metrics', port: 9153, protocol: 'TCP', targetPort: 9153 },
      ],
      selector: { 'k8s-app': 'kube-dns' },
      sessionAffinity: 'None',
    },
    status: { loadBalancer: {} },
  };
}

function ensureCoreDns(api: ClusterApi): void {
  if (api.get(DEPLOYMENTS, 'kube-system', 'coredns') !== undefined) return;
  api.create(DEPLOYMENTS, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace: 'kube-system', name: 'coredns', labels: { 'k8s-app': 'kube-dns' } },
    spec: {
      replicas: 2,
      selector: { matchLabels: { 'k8s-app': 'kube-dns' } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } },
      template: {
        metadata: { labels: { 'k8s-app': 'kube-dns' } },
        spec: {
          dnsPolicy: 'Default',
          serviceAccountName: 'coredns',
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          tolerations: [
            { key: 'CriticalAddonsOnly', operator: 'Exists' },
            { key: CONTROL_PLANE_LABEL, effect: 'NoSchedule' },
          ],
          containers: [
            {
              name: 'coredns',
              image: 'registry.k8s.io/coredns/coredns:v1.12.1',
              imagePullPolicy: 'IfNotPresent',
              args: ['-conf', '/etc/coredns/Corefile'],
              ports: [
                { name: 'dns', containerPort: 53, protocol: 'UDP' },
                { name: 'dns-tcp', containerPort: 53, protocol: 'TCP' },
                { name: 'metrics', containerPort: 9153, protocol: 'TCP' },
              ],
              resources: { limits: { memory: '170Mi' }, requests: { cpu: '100m', memory: '70Mi' } },
              volumeMounts: [{ name: 'config-volume', mountPath: '/etc/coredns', readOnly: true }],
            },
          ],
          volumes: [
            {
              name: 'config-volume',
              configMap: { name: 'coredns', items: [{ key: 'Corefile', path: 'Corefile' }] },
            },
          ],
        },
      },
    },
    status: {},
  });
}

/** Only what the emulated DNS server does. */
const COREFILE = `.:53 {
    errors
    kubernetes cluster.local in-addr.arpa {
       pods insecure
       ttl 30
    }
    loadbalance
}
`;
