import { dialWords } from '../../kubelet/http-get.ts';
import type { SocketAddress, VirtualSocket } from '../../network/types.ts';
import type { ApiMachinery } from '../machinery/machinery.ts';
import { NODES, type ResourceType } from '../resources.ts';
import { notFound, unclassified } from '../status.ts';

/** Opens a connection into the cluster's network, as the API server does from its node. */
export type Dial = (to: SocketAddress) => Promise<VirtualSocket>;

/** In the order in which kubeadm prefers them, as far as they need no name to be looked up. */
const PREFERRED = ['InternalIP', 'ExternalIP'];
const KUBELET_PORT = 10250;

/**
 * Where the kubelet of a node listens.
 * @param asked what the request was about: the server tells of a node that is not there as of one of these
 * @throws ApiError 404, 500 for a node that has no address
 */
export function kubeletAddress(machinery: ApiMachinery, node: string, asked: ResourceType): SocketAddress {
  const found = machinery.get(NODES, undefined, node);
  if (found === undefined) throw notFound(asked, node);
  const { addresses = [], daemonEndpoints } = found.status;
  const usable = PREFERRED.flatMap((type) => addresses.filter((address) => address.type === type));
  const [first] = usable;
  if (first === undefined) {
    const known = addresses.map(({ type, address }) => `{${type} ${address}}`).join(' ');
    throw unclassified(`no preferred addresses found; known addresses: [${known}]`);
  }
  return { address: first.address, port: daemonEndpoints?.kubeletEndpoint.Port || KUBELET_PORT };
}

/** Why a kubelet cannot be reached, as Go tells it; undefined when it can be. */
export async function whyUnreachable(dial: Dial | undefined, to: SocketAddress): Promise<string | undefined> {
  if (dial === undefined) return undefined;
  try {
    (await dial(to)).destroy();
    return undefined;
  } catch (error) {
    return `dial tcp ${to.address}:${to.port}: ${dialWords(error)}`;
  }
}

/** The URL of a request to a kubelet as errors show it. @param query in any order: Go sorts it by its keys */
export function kubeletUrl({ address, port }: SocketAddress, path: string, query: URLSearchParams): string {
  query.sort();
  return `https://${address}:${port}/${path}${query.size === 0 ? '' : `?${query.toString()}`}`;
}
