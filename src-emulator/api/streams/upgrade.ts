import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { NodeProxy } from '../../kubelet/types.ts';
import { requestUrl, statusOf } from '../http/exchange.ts';
import { parseResourcePath } from '../http/route.ts';
import type { ApiMachinery } from '../machinery/machinery.ts';
import type { Pod } from '../objects.ts';
import { PODS } from '../resources.ts';
import { badRequest, unclassified, unknownPath } from '../status.ts';
import { kubeletAddress, kubeletUrl, whyUnreachable, type Dial } from './kubelet-connection.ts';
import { chooseContainer, findPod, requireNode } from './pod-target.ts';
import { refuseRemoteCommand, runRemoteCommand, type RemoteCommand } from './remote-command.ts';
import { servePortForward } from './spdy/port-forward.ts';
import { acceptSpdyStreams } from './spdy/remote-command.ts';
import { offersPortForward, requestedPorts, servePortForwardChannels } from './websocket-port-forward.ts';
import { acceptChannels, offersChannels } from './websocket.ts';

export interface Upgrade {
  machinery: ApiMachinery;
  nodeProxy: NodeProxy;
  /** Left out: every kubelet can be reached. */
  dial: Dial | undefined;
  request: IncomingMessage;
  socket: Duplex;
  head: Buffer;
  /** @throws ApiError 401, 403. */
  authorize(): void;
}

/** Newest first. v5 adds half-closing, which SPDY has of itself. */
const SPDY_PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
const PORT_FORWARD_PROTOCOL = 'portforward.k8s.io';

/** Serves exec, attach and port-forward on a connection that asks to be upgraded. @throws ApiError. */
export async function serveUpgrade(upgrade: Upgrade): Promise<void> {
  const { machinery, nodeProxy, request, socket, head } = upgrade;
  upgrade.authorize();
  const url = requestUrl(request);
  const route = parseResourcePath(url.pathname);
  const action = route?.subresource;
  if (route?.plural !== 'pods' || route.group !== '') throw unknownPath();
  if (action !== 'exec' && action !== 'attach' && action !== 'portforward') throw unknownPath();
  const pod = findPod(machinery, route.namespace, route.name);
  const { name, namespace = '' } = pod.metadata;
  const protocol = request.headers.upgrade?.toLowerCase() ?? '';

  if (action === 'portforward') {
    requireNode(pod);
    if (pod.status.phase !== 'Running')
      throw badRequest(
        `unable to forward port because pod is not running. Current status=${pod.status.phase}`,
      );
    const { why } = await reachKubelet(upgrade, pod);
    if (why !== undefined) throw unclassified(`error dialing backend: ${why}`);
    if (protocol === 'websocket') {
      // The tunnel of SPDY in a WebSocket is refused; kubectl then asks again with plain SPDY.
      if (!offersPortForward(request))
        throw badRequest('unable to upgrade: no subprotocol that is served was offered');
      servePortForwardChannels(nodeProxy, pod, requestedPorts(url.searchParams), upgrade);
      return;
    }
    if (!protocol.startsWith('spdy/3.1')) throw badRequest('Upgrade request required');
    acceptSpdy(socket, PORT_FORWARD_PROTOCOL);
    servePortForward(nodeProxy, pod, socket, head);
    return;
  }
  const command = readCommand(action, url.searchParams, {
    pod: { namespace, name },
    container: chooseContainer(pod, url.searchParams.get('container')),
  });
  requireNode(pod);
  if (action === 'exec' && (pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed'))
    throw badRequest(`cannot exec in a stopped state; current phase is ${pod.status.phase}`);

  const kubelet = await reachKubelet(upgrade, pod);
  const missing = nodeProxy.isRunning(command.pod, command.container) ? undefined : notRunning(command);
  if (protocol === 'websocket') {
    if (!offersChannels(request))
      throw badRequest('unable to upgrade: no subprotocol that is served was offered');
    const streams = await acceptChannels(request, socket, head);
    // What the node says comes after the handshake, which the server has made on its own.
    if (kubelet.why !== undefined)
      await refuseRemoteCommand(
        streams,
        `error sending request: Post "${kubelet.url(command)}": ${kubelet.why}`,
      );
    else if (missing !== undefined)
      await refuseRemoteCommand(streams, `unable to upgrade connection: ${missing}`);
    else await runRemoteCommand(nodeProxy, command, streams);
  } else if (protocol.startsWith('spdy/3.1')) {
    const offered = offeredVersions(request);
    const version = SPDY_PROTOCOLS.find((candidate) => offered.includes(candidate));
    if (version === undefined)
      throw badRequest(
        `unable to upgrade: unable to negotiate protocol: client supports [${offered.join(' ')}], server accepts [${SPDY_PROTOCOLS.join(' ')}]`,
      );
    if (kubelet.why !== undefined) throw unclassified(`error dialing backend: ${kubelet.why}`);
    if (missing !== undefined) {
      // The kubelet's own answer, passed on.
      endWith(socket, 500, 'text/plain; charset=utf-8', `${missing}\n`);
      return;
    }
    acceptSpdy(socket, version);
    await runRemoteCommand(
      nodeProxy,
      command,
      await acceptSpdyStreams(socket, head, command, machinery.clock),
    );
  } else throw badRequest('Upgrade request required');
}

/** Answers an upgrade with an ordinary error response. */
export function refuseUpgrade(socket: Duplex, error: unknown): void {
  if (socket.destroyed) return;
  const status = statusOf(error);
  endWith(socket, status.code, 'application/json', `${JSON.stringify(status)}\n`);
}

function endWith(socket: Duplex, code: number, type: string, body: string): void {
  socket.end(
    `HTTP/1.1 ${code} ${STATUS_CODES[code] ?? ''}\r\n` +
      `Content-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

interface Kubelet {
  /** Why it cannot be reached; undefined when it can be. */
  why: string | undefined;
  /** Where it is asked to run a command. */
  url(command: RemoteCommand): string;
}

/** @throws ApiError 404, 500 when it is not known where the pod's kubelet is */
async function reachKubelet({ machinery, dial }: Upgrade, pod: Pod): Promise<Kubelet> {
  if (dial === undefined) return { why: undefined, url: () => '' };
  const to = kubeletAddress(machinery, pod.spec.nodeName ?? '', PODS);
  return {
    why: await whyUnreachable(dial, to),
    url: ({ action, pod: { namespace, name }, container, ...wanted }) => {
      const query = new URLSearchParams(wanted.command.map((word) => ['command', word]));
      if (wanted.stdin) query.set('input', '1');
      if (wanted.stdout) query.set('output', '1');
      if (wanted.stderr) query.set('error', '1');
      if (wanted.tty) query.set('tty', '1');
      return kubeletUrl(to, `${action}/${namespace}/${name}/${container}`, query);
    },
  };
}

/** The kubelet's words for a container that does not run. */
function notRunning({ action, pod, container }: RemoteCommand): string {
  return action === 'exec'
    ? `container not found (${JSON.stringify(container)})`
    : `container ${container} not found in pod ${pod.name}_${pod.namespace}`;
}

function readCommand(
  action: 'exec' | 'attach',
  query: URLSearchParams,
  target: Pick<RemoteCommand, 'pod' | 'container'>,
): RemoteCommand {
  const flag = (name: string): boolean => ['true', '1'].includes(query.get(name) ?? '');
  const command = {
    action,
    ...target,
    command: query.getAll('command'),
    stdin: flag('stdin'),
    stdout: flag('stdout'),
    stderr: flag('stderr'),
    tty: flag('tty'),
  };
  if (!command.stdin && !command.stdout && !command.stderr)
    throw badRequest('you must specify at least 1 of stdin, stdout, stderr');
  if (action === 'exec' && command.command.length === 0) throw badRequest('you must specify a command');
  return command;
}

/** The versions in X-Stream-Protocol-Version: one header each, or one with commas. */
function offeredVersions(request: IncomingMessage): string[] {
  const header = request.headers['x-stream-protocol-version'] ?? '';
  return (Array.isArray(header) ? header.join(',') : header)
    .split(',')
    .map((version) => version.trim())
    .filter((version) => version !== '');
}

function acceptSpdy(socket: Duplex, version: string): void {
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: ${version}\r\n\r\n`,
  );
}
