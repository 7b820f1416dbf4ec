import { createHash, randomUUID } from 'node:crypto';
import { ensureBootstrapPolicy, systemAccounts } from '../api/auth/bootstrap-policy/index.ts';
import { GROUP_PRIORITIES } from '../api/group-priorities.ts';
import type { ClusterApi } from '../api/cluster-api.ts';
import type { CSINode, KubeObject, NewObject, Node, Service } from '../api/objects.ts';
import {
  API_SERVICES,
  CSI_NODES,
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
import { CONTROL_PLANE_LABEL, ensureClusterDns } from './bootstrap-dns.ts';
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
  for (const [group, version, groupPriorityMinimum, versionPriority] of GROUP_PRIORITIES)
    ensure(API_SERVICES, {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: {
        name: `${version}.${group}`,
        labels: { 'kube-aggregator.kubernetes.io/automanaged': 'onstart' },
      },
      spec: { ...(group === '' ? {} : { group }), version, groupPriorityMinimum, versionPriority },
      status: {
        conditions: [
          {
            type: 'Available',
            status: 'True',
            lastTransitionTime: timestamp(clock.now()),
            reason: 'Local',
            message: 'Local APIServices are always available',
          },
        ],
      },
    });
  for (const node of nodes) {
    ensureNode(api, node, nodes.length > 1, timestamp(clock.now()));
    ensure(CSI_NODES, csiNodeOf(api.get(NODES, undefined, node.name), node.name));
  }

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

  for (const name of systemAccounts())
    ensure(SERVICE_ACCOUNTS, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { namespace: 'kube-system', name },
    });
  ensureClusterDns(api, dnsServiceIp);
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

/** No driver of storage runs on an emulated node. */
function csiNodeOf(node: Node | undefined, name: string): NewObject<CSINode> {
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'CSINode',
    metadata: {
      name,
      ...(node === undefined
        ? {}
        : { ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid: node.metadata.uid }] }),
    },
    spec: { drivers: null },
  };
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
