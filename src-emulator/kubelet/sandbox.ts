import type { Pod } from '../api/objects.ts';
import { NODES } from '../api/resources.ts';
import type { FileSystem, Mount } from '../images/types.ts';
import type { NetworkStack, ResolveHost } from '../network/types.ts';
import type { KubeletContext } from './kubelet-context.ts';
import { hostsFile, resolvConf } from './pod-files.ts';

/** What the containers of a pod share: the network namespace and the files that belong to it. */
export class Sandbox {
  readonly stack: NetworkStack;
  readonly resolve: ResolveHost;
  readonly #files: FileSystem;
  readonly #ownsStack: boolean;

  /** @throws NetworkError when the node has no address left. */
  constructor(context: KubeletContext, pod: Pod) {
    const { network, nodeName, runtime, clock, dnsServiceIp, clusterDomain } = context;
    this.#ownsStack = pod.spec.hostNetwork !== true;
    this.stack = this.#ownsStack ? network.createPodStack(nodeName) : network.nodeStack(nodeName);
    this.#files = runtime.createVolume({
      '/hosts': hostsFile(pod, this.stack.address, clusterDomain),
      '/resolv.conf': resolvConf(pod, dnsServiceIp, clusterDomain),
    });
    const decoder = new TextDecoder();
    const readFile = (path: string): string => {
      const source = path.replace(/^\/etc/, '');
      return this.#files.exists(source) ? decoder.decode(this.#files.readFile(source)) : '';
    };
    this.resolve = network.createResolver(this.stack, readFile, clock);
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
    if (this.#ownsStack) this.stack.close();
  }
}

/** The address of a node, as its status has it. */
export function hostIpOf({ api, nodeName }: Pick<KubeletContext, 'api' | 'nodeName'>): string {
  const addresses = api.get(NODES, undefined, nodeName)?.status.addresses ?? [];
  return addresses.find(({ type }) => type === 'InternalIP')?.address ?? '';
}
