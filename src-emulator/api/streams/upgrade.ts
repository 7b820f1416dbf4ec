import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { NodeProxy } from '../../kubelet/types.ts';
import { requestUrl, statusOf } from '../http/exchange.ts';
import { parseResourcePath } from '../http/route.ts';
import type { ApiMachinery } from '../machinery/machinery.ts';
import { badRequest, unknownPath } from '../status.ts';
import { chooseContainer, findPod, requireNode } from './pod-target.ts';
import { runRemoteCommand, type RemoteCommand } from './remote-command.ts';
import { servePortForward } from './spdy/port-forward.ts';
import { acceptSpdyStreams } from './spdy/remote-command.ts';
import { offersPortForward, requestedPorts, servePortForwardChannels } from './websocket-port-forward.ts';
import { acceptChannels, offersChannels } from './websocket.ts';

export interface Upgrade {
  machinery: ApiMachinery;
  nodeProxy: NodeProxy;
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

  if (protocol === 'websocket') {
    if (!offersChannels(request))
      throw badRequest('unable to upgrade: no subprotocol that is served was offered');
    await runRemoteCommand(nodeProxy, command, await acceptChannels(request, socket, head));
  } else if (protocol.startsWith('spdy/3.1')) {
    const offered = offeredVersions(request);
    const version = SPDY_PROTOCOLS.find((candidate) => offered.includes(candidate));
    if (version === undefined)
      throw badRequest(
        `unable to upgrade: unable to negotiate protocol: client supports [${offered.join(' ')}], server accepts [${SPDY_PROTOCOLS.join(' ')}]`,
      );
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
  const body = `${JSON.stringify(status)}\n`;
  socket.end(
    `HTTP/1.1 ${status.code} ${STATUS_CODES[status.code] ?? ''}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
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
