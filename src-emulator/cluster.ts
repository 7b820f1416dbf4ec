import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { createAccessControl } from './api/auth/access-control.ts';
import {
  createCredentials,
  createServiceAccountKey,
  kubeconfigFor,
  type Credentials,
} from './api/credentials.ts';
import { createKinds } from './api/kinds/index.ts';
import { createApiMachinery } from './api/machinery/machinery.ts';
import { finalizeNamespace } from './api/machinery/namespace-finalization.ts';
import { bindPod } from './api/machinery/pod-subresources.ts';
import { loadSchemas } from './api/schema/index.ts';
import { startApiServer } from './api/server.ts';
import { RealClock, type Clock } from './clock.ts';
import { bootstrapCluster, startControllers, type NodeDescription } from './controllers/index.ts';
import { startServiceLoadBalancerController } from './controllers/service-load-balancer.ts';
import { startNodeControllers } from './controllers/node-lifecycle/index.ts';
import { coreDnsImage } from './coredns-image.ts';
import { ingressControllerImage, installIngressController } from './ingress/index.ts';
import { createContainerRuntime } from './images/runtime.ts';
import { startKubelets } from './kubelet/index.ts';
import { createClusterNetwork } from './network/cluster-network.ts';
import { createResolver } from './network/dns/resolver.ts';
import type { SocketAddress } from './network/types.ts';
import { startOutside } from './outside/index.ts';
import { HostPorts } from './network/host-ports/host-ports.ts';
import { ensureDaemons } from './system/daemons.ts';
import { systemImages } from './system/images.ts';
import { keepStaticPods } from './system/static-pods.ts';
import { ObjectStore } from './store/object-store.ts';
import { keepStore } from './store/persistence.ts';
import type { SetAsideFile } from './process-arguments.ts';
import type { HostPort } from './process-host-ports.ts';
import { readStateFile, writeFileAtomically } from './store/state-file.ts';

export interface ClusterOptions {
  /** Default: real time. */
  clock?: Clock;
  /** Port of the HTTPS API on 127.0.0.1; 0, the default, picks a free one. */
  port?: number;
  /** The cluster's name in the kubeconfig and the first part of its nodes' names. Default `switchyard`. */
  name?: string;
  /** Worker nodes beside the control plane, at most 200. Default 2. */
  workers?: number;
  /** Where objects and credentials are kept across restarts. Left out: nothing is written. */
  stateDirectory?: string;
  /** Whether Services of type LoadBalancer get an address; without, they stay `<pending>`. Default true. */
  loadBalancer?: boolean;
  /** Installs an Ingress controller with the default IngressClass. Default false: as Kubernetes comes, without one. */
  ingressController?: boolean;
  /**
   * Opens NodePorts and the addresses of load balancers on this machine's loopback, and tells which ports they got;
   * `remembered` are those of an earlier run. Left out: no port but the API's is opened.
   */
  hostPorts?: { remembered?: readonly HostPort[]; onChange: (ports: readonly HostPort[]) => void };
}

/** A running emulated cluster. */
export interface Cluster {
  /** `https://127.0.0.1:<port>`. */
  readonly url: string;
  /** A complete kubeconfig (YAML) with an administrator's client certificate. */
  readonly kubeconfig: string;
  /** Files that could not be understood: without its state the cluster starts empty, without its credentials with new ones. */
  readonly setAside: readonly SetAsideFile[];
  /** Where the host of the nodes reaches the API. */
  readonly apiAddress: SocketAddress;
  /**
   * A connection from the host of the nodes, within this process: unlike one to {@link url} it goes on at the cluster's
   * own time, virtual or real.
   * @throws NetworkError as a system does of a connection that is refused or not answered
   */
  connect(to: SocketAddress): Promise<Duplex>;
  /** Stops everything and writes the last state. */
  stop(): Promise<void>;
}

/** Addresses as kind gives them: nodes on Docker's network, pods and Services in kind's default ranges. */
const HOST_ADDRESS = '172.18.0.1';
const SERVICE_CIDR = '10.96.0.0/16';
const DNS_SERVICE_IP = '10.96.0.10';
/** What Services of type LoadBalancer get: the upper end of the nodes' network, where Docker gives nothing out. */
const LOAD_BALANCER_ADDRESSES = Array.from({ length: 51 }, (_, index) => `172.18.255.${200 + index}`);
const NODE_PORT_RANGE: [number, number] = [30_000, 32_767];
const API_PORT_IN_CLUSTER = 6443;
/** How long the API server waits for a connection to a pod, as Go's default transport does. */
const DIAL_TIMEOUT_MS = 30_000;
const DEFAULT_WORKERS = 2;

/** The control plane is the first. The network's own address and the host's come before. */
function nodeAddress(index: number): string {
  return `172.18.0.${index + 2}`;
}

function describeNodes(name: string, workers: number): [NodeDescription, ...NodeDescription[]] {
  const node = (role: NodeDescription['role'], suffix: string, index: number): NodeDescription => ({
    name: `${name}-${suffix}`,
    role,
    address: nodeAddress(index),
    podCidr: `10.244.${index}.0/24`,
  });
  return [
    node('control-plane', 'control-plane', 0),
    ...Array.from({ length: workers }, (_, index) =>
      node('worker', index === 0 ? 'worker' : `worker${index + 1}`, index + 1),
    ),
  ];
}

/**
 * Starts a cluster of one control plane and its workers, and resolves when the API answers. This is the
 * emulator's composition root: the only place where its parts meet.
 *
 * @throws the system's error when the port is taken or the state directory cannot be written.
 */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const { clock = new RealClock(), port = 0, name = 'switchyard', stateDirectory } = options;
  const nodes = describeNodes(name, options.workers ?? DEFAULT_WORKERS);
  const [controlPlane] = nodes;
  const setAside: SetAsideFile[] = [];
  const [schemas, credentials] = await Promise.all([
    loadSchemas(),
    loadCredentials(stateDirectory, name, clock, setAside),
  ]);

  const store = new ObjectStore();
  const persistence =
    stateDirectory === undefined
      ? undefined
      : keepStore({
          store,
          clock,
          directory: stateDirectory,
          onSetAside: (file) => setAside.push(file),
          onProblem: (text) => process.stderr.write(`${text}\n`),
        });
  const api = createApiMachinery({
    clock,
    store,
    schemas,
    kinds: createKinds({ serviceCidr: SERVICE_CIDR, nodePortRange: NODE_PORT_RANGE }),
  });
  const access = createAccessControl(api, credentials);
  bootstrapCluster({
    api: api.as('kubeadm'),
    nodes,
    clock,
    dnsServiceIp: DNS_SERVICE_IP,
    serviceCidr: SERVICE_CIDR,
  });
  if (options.ingressController === true) installIngressController(api.as('kubectl'));

  ensureDaemons(api.as('kubeadm'), controlPlane.name);
  const staticPods = keepStaticPods(api.as('kubelet'), clock, controlPlane);

  const network = createClusterNetwork({
    clock,
    api,
    nodes: nodes.map((node) => ({ name: node.name, address: node.address, podCIDR: node.podCidr })),
    hostAddress: HOST_ADDRESS,
  });
  const controllers = startControllers({
    api: api.as('kube-controller-manager'),
    schedulerApi: api.as('kube-scheduler'),
    clock,
    bindPod: (namespace, pod, node) => bindPod(api, namespace, pod, { target: { name: node } }),
    finalizeNamespace: (namespace) => finalizeNamespace(api, namespace),
    caCertificate: credentials.authority.certificate,
    issueForSecret: (account, name) => access.tokens.issueForSecret(account, name),
    controlPlane: controlPlane.name,
    certificates: {
      authority: credentials.authority,
      mayRequest: (request, subresource) => access.mayRequestCertificate(request, subresource),
    },
  });
  const loadBalancers =
    options.loadBalancer === false
      ? undefined
      : startServiceLoadBalancerController({
          api: api.as('cloud-controller-manager'),
          clock,
          addresses: LOAD_BALANCER_ADDRESSES,
        });
  /** What every node has from the start. */
  const nodeImages = [coreDnsImage(api, network.outside), ...systemImages()];
  const runtime = createContainerRuntime({
    clock,
    extraImages: [...nodeImages, ingressControllerImage(api.as('traefik'))],
  });
  const outside = startOutside({ outside: network.outside, runtime, clock });
  const kubelets = startKubelets({
    api: api.as('kubelet'),
    clock,
    runtime,
    network: {
      createPodStack: (node, mappings) => network.createPodStack(node, mappings),
      nodeStack: (node) => network.nodeStack(node),
      setNodePower: (node, on) => network.setNodePower(node, on),
      createResolver,
    },
    reportNodes: true,
    dnsServiceIp: DNS_SERVICE_IP,
    preloadedImages: nodeImages.map(({ repository, tag }) => `${repository}:${tag}`),
    tokenFor: (request) => access.tokens.tokenForPod(request),
    certificates: { ...credentials.server, authority: credentials.authority.certificate },
  });
  const nodeControllers = startNodeControllers({ api: api.as('kube-controller-manager'), clock });
  const server = await startApiServer({
    machinery: api,
    access,
    credentials,
    port,
    nodeProxy: kubelets.nodeProxy,
    dial: (to) => network.nodeStack(controlPlane.name).connect(to, { timeoutMs: DIAL_TIMEOUT_MS }),
    clock,
  });
  // Pods reach the API where kind has it too: on the control plane, behind the Service `kubernetes`.
  network
    .nodeStack(controlPlane.name)
    .listen(API_PORT_IN_CLUSTER, (connection) => server.acceptConnection(connection));

  const workers = nodes.filter(({ role }) => role === 'worker');
  const hostPorts =
    options.hostPorts === undefined
      ? undefined
      : new HostPorts({ ...options.hostPorts, api, clock, host: network.host, nodes: workers });
  await hostPorts?.settled();

  return {
    url: server.url,
    kubeconfig: kubeconfigFor(credentials, server.url),
    setAside,
    apiAddress: { address: controlPlane.address, port: API_PORT_IN_CLUSTER },
    connect: (to) => network.host.connect(to, { timeoutMs: DIAL_TIMEOUT_MS }),
    stop: async () => {
      await Promise.all([server.close(), hostPorts?.close()]);
      access[Symbol.dispose]();
      controllers[Symbol.dispose]();
      nodeControllers[Symbol.dispose]();
      loadBalancers?.[Symbol.dispose]();
      staticPods[Symbol.dispose]();
      kubelets.close();
      outside[Symbol.dispose]();
      network.close();
      persistence?.[Symbol.dispose]();
    },
  };
}

/** The credentials that the cluster had before, or new ones: a kubeconfig handed out once stays good. */
async function loadCredentials(
  stateDirectory: string | undefined,
  name: string,
  clock: Clock,
  setAside: SetAsideFile[],
): Promise<Credentials> {
  const path = stateDirectory === undefined ? undefined : join(stateDirectory, 'credentials.json');
  if (path !== undefined) {
    const kept = readKept(path, clock, checkCredentials, setAside);
    if (kept !== undefined) {
      const known = kept as Omit<Credentials, 'serviceAccountKey'> & Partial<Credentials>;
      const { serviceAccountKey = createServiceAccountKey() } = known;
      const complete = { ...known, serviceAccountKey };
      // A file from before there were tokens gets its key now.
      if (known.serviceAccountKey === undefined) writeFileAtomically(path, JSON.stringify(complete));
      return complete;
    }
  }
  const made = createCredentials({
    name,
    now: clock.now(),
    addresses: [nodeAddress(0)],
  });
  if (path !== undefined) writeFileAtomically(path, JSON.stringify(made));
  return made;
}

function checkCredentials(value: unknown): void {
  const { authority, server, administrator } = value as Partial<Credentials>;
  for (const pair of [authority, server, administrator])
    if (typeof pair?.certificate !== 'string' || typeof pair.key !== 'string')
      throw new Error('a certificate or key is missing');
}

/** Reads a file of the last run; one that cannot be understood is added to `setAside`. */
function readKept(
  path: string,
  clock: Clock,
  check: (value: unknown) => void,
  setAside: SetAsideFile[],
): unknown {
  const content = readStateFile(path, clock, check);
  if (content.setAside !== undefined)
    setAside.push({ path, keptAs: content.setAside.path, reason: content.setAside.reason });
  return content.value;
}
