import type { ClusterApi } from '../api/cluster-api.ts';
import type { Node, Pod } from '../api/objects.ts';
import { NODES, PODS } from '../api/resources.ts';
import type { Clock } from '../clock.ts';
import { createEventRecorder } from '../controllers/events.ts';
import { podsOnNode } from '../controllers/indexes.ts';
import { isPodFinished, timestamp } from '../controllers/object-helpers.ts';
import { keyOf } from '../controllers/work-queue.ts';
import type { ContainerRuntime } from '../images/types.ts';
import { NetworkError, type NetworkStack } from '../network/types.ts';
import { rejectionOf } from './admission.ts';
import { BackOff } from './back-off.ts';
import { ImagePuller } from './image-puller.ts';
import { createClaimStorage } from './claim-storage.ts';
import type { KubeletContext, KubeletNetwork, TokenRequest } from './kubelet-context.ts';
import { KubeletServer, type KubeletCertificates, type SeenPod } from './kubelet-server.ts';
import { isMachineOff, NodeAgent } from './node-agent.ts';
import { createNodeMachine } from './node-machine.ts';
import { createNodeProxy } from './node-proxy.ts';
import { PodWorker } from './pod-worker.ts';
import type { NodeProxy } from './types.ts';

export type { KubeletNetwork, TokenRequest } from './kubelet-context.ts';

export interface KubeletsOptions {
  api: ClusterApi;
  clock: Clock;
  runtime: ContainerRuntime;
  network: KubeletNetwork;
  /** Signs a token of the pod's ServiceAccount; undefined when it is not there. Left out: pods get no tokens. */
  tokenFor?: (request: TokenRequest) => string | undefined;
  /** Nameserver of the pods; default 10.96.0.10. */
  dnsServiceIp?: string;
  /** Default `cluster.local`. */
  clusterDomain?: string;
  /** Where nodes ask for names; default 172.18.0.1, the gateway of kind's network. */
  nodeNameserver?: string;
  /** Whether nodes report themselves: lease, conditions, images. Default false. */
  reportNodes?: boolean;
  /** For the kubelets' own API. Left out: they have none. */
  certificates?: KubeletCertificates;
  /** Images that every node has from the start. Default: CoreDNS, as on kind. */
  preloadedImages?: readonly string[];
}

export interface Kubelets {
  readonly nodeProxy: NodeProxy;
  /** Ends every container and stops. The pods' status stays as it was last written. */
  close(): void;
}

/** Starts a kubelet for every node that a pod is assigned to. */
export function startKubelets({
  api,
  clock,
  runtime,
  network,
  tokenFor = () => undefined,
  dnsServiceIp = '10.96.0.10',
  clusterDomain = 'cluster.local',
  nodeNameserver = '172.18.0.1',
  reportNodes = false,
  certificates,
  preloadedImages = ['registry.k8s.io/coredns/coredns:v1.12.1'],
}: KubeletsOptions): Kubelets {
  const contexts = new Map<string, KubeletContext>();
  const workers = new Map<string, PodWorker>();
  /** When a kubelet first saw a pod (milliseconds since the epoch), by the pod's worker. */
  const seen = new WeakMap<PodWorker, number>();
  const servers: KubeletServer[] = [];
  const agents = new Map<string, NodeAgent>();
  /** Nodes whose machine is off. */
  const off = new Set<string>();

  const claims = createClaimStorage(api, runtime);
  const resolvConf = `nameserver ${nodeNameserver}\n`;

  const podsOn = (nodeName: string): SeenPod[] =>
    [...workers.values()]
      .filter(({ pod }) => pod.spec.nodeName === nodeName)
      .map((worker) => ({ pod: worker.pod, seenMs: seen.get(worker) ?? clock.now() }));

  /** Undefined for a node without a machine: anyone can write a Node, and the name of one into a pod. */
  const contextOf = (nodeName: string): KubeletContext | undefined => {
    const existing = contexts.get(nodeName);
    if (existing !== undefined) return existing;
    const stack = stackOf(network, nodeName);
    if (stack === undefined) return undefined;
    const node = createNodeMachine({
      nodeName,
      clock,
      runtime,
      stack,
      resolve: network.createResolver(
        stack,
        (path) => (path === '/etc/resolv.conf' ? resolvConf : ''),
        clock,
      ),
      nameserver: nodeNameserver,
    });
    const context: KubeletContext = {
      nodeName,
      node,
      api,
      clock,
      runtime,
      network,
      events: createEventRecorder({ api, clock, component: 'kubelet', host: nodeName }),
      images: new ImagePuller(clock, runtime.images, preloadedImages),
      restarts: new BackOff(),
      pulls: new BackOff(),
      tokenFor,
      claimStorage: claims.storage,
      dnsServiceIp,
      clusterDomain,
    };
    contexts.set(nodeName, context);
    if (certificates !== undefined)
      servers.push(new KubeletServer(stack, certificates, () => podsOn(nodeName)));
    return context;
  };
  const end = (key: string, uid: string): void => {
    const worker = workers.get(key);
    if (worker?.uid !== uid) return;
    workers.delete(key);
    worker.close();
  };
  /** Refuses a pod that the node cannot take; its status says why. */
  const isRejected = (pod: Pod, { nodeName, events }: KubeletContext): boolean => {
    const node = api.get(NODES, undefined, nodeName);
    const isNew = pod.status.startTime === undefined && pod.metadata.deletionTimestamp === undefined;
    if (node === undefined || !isNew || isPodFinished(pod)) return false;
    const there = [...workers.values()]
      .map((worker) => worker.pod)
      .filter((other) => other.spec.nodeName === nodeName && !isPodFinished(other));
    const rejection = rejectionOf(pod, node, there);
    if (rejection === undefined) return false;
    const { namespace, name, generation } = pod.metadata;
    events.record(pod, 'Warning', rejection.reason, rejection.message);
    api.mutate(
      PODS,
      namespace,
      name,
      (draft) => {
        const { qosClass } = draft.status;
        draft.status = {
          phase: 'Failed',
          reason: rejection.reason,
          message: `Pod was rejected: ${rejection.message}`,
          startTime: timestamp(clock.now()),
          observedGeneration: generation ?? 1,
          ...(qosClass === undefined ? {} : { qosClass }),
        };
      },
      { subresource: 'status' },
    );
    return true;
  };
  const changed = (pod: Pod): void => {
    const { nodeName } = pod.spec;
    if (nodeName === undefined || nodeName === '' || off.has(nodeName)) return;
    const key = keyOf(pod);
    const worker = workers.get(key);
    if (worker?.uid === pod.metadata.uid) {
      worker.update(pod);
      return;
    }
    if (worker !== undefined) end(key, worker.uid);
    const context = contextOf(nodeName);
    if (context === undefined || isRejected(pod, context)) return;
    const fresh = new PodWorker(context, pod);
    workers.set(key, fresh);
    seen.set(fresh, clock.now());
  };
  const stopAgent = (nodeName: string): void => {
    agents.get(nodeName)?.close();
    agents.delete(nodeName);
  };
  const switchOff = (nodeName: string): void => {
    off.add(nodeName);
    stopAgent(nodeName);
    network.setNodePower?.(nodeName, false);
    for (const { pod } of [...workers.values()])
      if (pod.spec.nodeName === nodeName) end(keyOf(pod), pod.metadata.uid);
  };
  const switchOn = (nodeName: string): void => {
    off.delete(nodeName);
    network.setNodePower?.(nodeName, true);
    for (const pod of podsOnNode(api, nodeName)) changed(pod);
  };
  const nodeChanged = (node: Node): void => {
    const nodeName = node.metadata.name;
    const context = contextOf(nodeName);
    if (context === undefined) return;
    const wasOff = off.has(nodeName);
    if (isMachineOff(node)) {
      if (!wasOff) switchOff(nodeName);
      return;
    }
    if (wasOff) switchOn(nodeName);
    if (!reportNodes) return;
    if (!agents.has(nodeName)) {
      const { events, images } = context;
      const options = { api, clock, events, nodeName, images: () => images.list() };
      agents.set(nodeName, new NodeAgent(options, wasOff));
    }
    agents.get(nodeName)?.update(node);
  };
  const nodes = api.watch(NODES, ({ type, object }) => {
    if (type === 'DELETED') stopAgent(object.metadata.name);
    else nodeChanged(object);
  });
  const watch = api.watch(PODS, ({ type, object }) => {
    if (type === 'DELETED') end(keyOf(object), object.metadata.uid);
    else changed(object);
  });
  return {
    nodeProxy: createNodeProxy(({ namespace, name }) => workers.get(`${namespace}/${name}`)),
    close() {
      nodes[Symbol.dispose]();
      watch[Symbol.dispose]();
      for (const agent of agents.values()) agent.close();
      claims[Symbol.dispose]();
      for (const server of servers) server[Symbol.dispose]();
      for (const worker of workers.values()) worker.close();
      workers.clear();
      for (const { node } of contexts.values()) node.close();
    },
  };
}

function stackOf(network: KubeletsOptions['network'], nodeName: string): NetworkStack | undefined {
  try {
    return network.nodeStack(nodeName);
  } catch (error) {
    if (error instanceof NetworkError) return undefined;
    throw error;
  }
}
