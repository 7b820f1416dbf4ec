import type { Pod } from '../api/objects.ts';
import { NODES } from '../api/resources.ts';
import type { Container, FileSystem, Image, Mount } from '../images/types.ts';
import type { PortMapping } from '../network/port-mappings.ts';
import type { NetworkStack, ResolveHost } from '../network/types.ts';
import type { KubeletContext } from './kubelet-context.ts';
import { hostsFile, kernelHostnameOf, resolvConf } from './pod-files.ts';

/** What holds the namespaces of a pod open. */
const PAUSE: Image = {
  repository: 'registry.k8s.io/pause',
  tag: '3.10.1',
  digest: 'sha256:278fb9dbcca9518083ad1e11276933a2e96f23de604a3a08cc3c80002767d24c',
  sizeBytes: 320_448,
  entrypoint: ['/pause'],
  cmd: [],
  env: {},
  workingDir: '/',
  programs: {
    '/pause': (context) =>
      new Promise((resolve) => {
        context.onSignal('SIGTERM', () => resolve(0));
        context.ended.addEventListener('abort', () => resolve(0));
      }),
  },
  files: {},
};

/** What the containers of a pod share: the network namespace and the files that belong to it. */
export class Sandbox {
  readonly stack: NetworkStack;
  readonly resolve: ResolveHost;
  /** What hostname(1) says in its containers. */
  readonly hostname: string;
  /** The container whose process ids those of the pod share; undefined when each has its own. */
  readonly processes: Container | undefined;
  readonly #pause: Container | undefined;
  readonly #files: FileSystem;
  readonly #ownsStack: boolean;

  /** @throws NetworkError when the node has no address left; Error when the pod's full name is too long. */
  constructor(context: KubeletContext, pod: Pod) {
    const { network, node, nodeName, runtime, clock, dnsServiceIp, clusterDomain } = context;
    this.hostname = kernelHostnameOf(pod, nodeName, clusterDomain);
    this.#ownsStack = pod.spec.hostNetwork !== true;
    this.stack = this.#ownsStack
      ? network.createPodStack(nodeName, portMappingsOf(pod))
      : network.nodeStack(nodeName);
    this.#files = runtime.createVolume({
      '/hosts': hostsFile(pod, this.stack.address, { nodeName, clusterDomain }),
      '/resolv.conf': resolvConf(pod, dnsServiceIp, clusterDomain, node.dns),
    });
    const decoder = new TextDecoder();
    const readFile = (path: string): string => {
      const source = path.replace(/^\/etc/, '');
      return this.#files.exists(source) ? decoder.decode(this.#files.readFile(source)) : '';
    };
    this.resolve = network.createResolver(this.stack, readFile, clock);
    if (pod.spec.shareProcessNamespace === true) this.#pause = this.#startPause(context);
    this.processes = pod.spec.hostPID === true ? node.processes : this.#pause;
  }

  #startPause({ runtime, clock }: KubeletContext): Container {
    const pause = runtime.createContainer({
      image: PAUSE,
      env: {},
      hostname: this.hostname,
      network: this.stack,
      resolve: this.resolve,
      clock,
      mounts: [],
    });
    const nowhere = { write: () => Promise.resolve(), end: () => undefined };
    pause.start({ stdout: nowhere, stderr: nowhere });
    return pause;
  }

  /** /etc/hosts and /etc/resolv.conf, shared by all containers. */
  mounts(): Mount[] {
    return ['hosts', 'resolv.conf'].map((file) => ({
      path: `/etc/${file}`,
      source: this.#files,
      sourcePath: `/${file}`,
      readOnly: false,
    }));
  }

  close(): void {
    this.#pause?.kill();
    if (this.#ownsStack) this.stack.close();
  }
}

/** The ports of the node that lead to the pod. */
function portMappingsOf({ spec }: Pod): PortMapping[] {
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  const ports = [...sidecars, ...spec.containers].flatMap(({ ports = [] }) => ports);
  return ports.flatMap(({ protocol = 'TCP', hostPort = 0, hostIP = '', containerPort }) =>
    hostPort > 0 && protocol !== 'SCTP'
      ? { protocol, hostIP: hostIP === '' ? '0.0.0.0' : hostIP, hostPort, containerPort }
      : [],
  );
}

/** The address of a node, as its status has it. */
export function hostIpOf({ api, nodeName }: Pick<KubeletContext, 'api' | 'nodeName'>): string {
  const addresses = api.get(NODES, undefined, nodeName)?.status.addresses ?? [];
  return addresses.find(({ type }) => type === 'InternalIP')?.address ?? '';
}
