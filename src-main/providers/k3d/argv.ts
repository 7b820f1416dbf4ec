import type { Command } from '../../command/command.ts';
import { PUBLISHED_NODE_PORTS, type HostPorts } from '../container/ports.ts';
import type { ProxyMode } from '../container/proxy-mode.ts';

/** Command lines of k3d 5.9 (k3d.io/stable/usage/commands). It works with docker only. */

/** On every node that we make. */
const MARK = 'dev.switchyard.cluster';

/** k3d's own deadline for each of its three stages. Without one it may wait for ever. */
const STAGE_TIMEOUT = '300s';
const ALL_NODES = 'server:*;agent:*';

export interface K3dPlan {
  cluster: string;
  image: string;
  ports: HostPorts;
  proxyMode: ProxyMode;
  /** Archives in this folder are imported by every node when it starts. */
  imageFolder: string;
  /** Applied by the server when it starts. */
  manifest: string;
}

/**
 * One server and as many agents as there are blocks of ports. Ports 80 and 443 lead to every node, through k3d's
 * load balancer; each agent's NodePorts to that agent alone. k3d chooses a free port for the API. Its metrics are
 * left out: nothing here asks for them.
 */
export function createCommand(plan: K3dPlan): Command {
  const { cluster, image, ports, proxyMode, imageFolder, manifest } = plan;
  const { first, count } = PUBLISHED_NODE_PORTS;
  const nodePorts = `${first}-${first + count - 1}`;
  return k3d([
    ...['cluster', 'create', cluster, '--servers', '1', '--agents', String(ports.workers.length)],
    ...['--image', image, '--api-port', '127.0.0.1:random', '--timeout', STAGE_TIMEOUT],
    ...['--kubeconfig-update-default=false', '--kubeconfig-switch-context=false'],
    ...['--port', `127.0.0.1:${ports.http}:80@loadbalancer`],
    ...['--port', `127.0.0.1:${ports.https}:443@loadbalancer`],
    ...ports.workers.flatMap((own, index) => [
      '--port',
      `127.0.0.1:${own}-${own + count - 1}:${nodePorts}@agent:${index}:direct`,
    ]),
    ...['--volume', `${escaped(imageFolder)}:/var/lib/rancher/k3s/agent/images@${ALL_NODES}`],
    ...['--volume', `${escaped(manifest)}:/var/lib/rancher/k3s/server/manifests/switchyard.yaml@server:0`],
    ...['--runtime-label', `${MARK}=${cluster}@${ALL_NODES}`],
    ...['--k3s-arg', '--disable=metrics-server@server:*'],
    ...['--k3s-arg', `--kube-proxy-arg=proxy-mode=${proxyMode}@${ALL_NODES}`],
  ]);
}

/** @param kubeconfig a private file: k3d takes the cluster out of the one that this variable names, else the user's */
export function deleteCommand(cluster: string, kubeconfig: string): Command {
  return k3d(['cluster', 'delete', cluster], { KUBECONFIG: kubeconfig });
}

/** Standard output is the kubeconfig, as long as nothing is logged there. */
export function kubeconfigCommand(cluster: string): Command {
  return k3d(['kubeconfig', 'get', cluster], { LOG_LEVEL: 'error' });
}

/** k3d takes what stands behind an `@` for the nodes that are meant. */
function escaped(path: string): string {
  return path.replaceAll('@', '\\@');
}

function k3d(args: string[], env: Readonly<Record<string, string>> = {}): Command {
  return { program: 'k3d', args, env: { LOG_COLORS: 'false', ...env } };
}
