import http from 'node:http';
import tls from 'node:tls';
import type { Container, Probe } from '../api/objects.ts';
import type { Clock } from '../clock.ts';
import { FileError, type Container as RuntimeContainer } from '../images/types.ts';
import { NetworkError, type NetworkStack, type VirtualSocket } from '../network/types.ts';
import type { ByteSink } from '../streams.ts';

/** The most that is kept of a probe's output, in bytes. */
const MAX_OUTPUT = 10 * 1024;

export interface ProbeTarget {
  spec: Container;
  container: RuntimeContainer;
  podIp: string;
  /** Probes come from the node, not from the pod. */
  nodeStack: NetworkStack;
  clock: Clock;
}

export interface ProbeResult {
  success: boolean;
  /** What the kubelet would say behind "Readiness probe failed: ". */
  output: string;
}

/** Runs a probe once (k8s.io/kubernetes/pkg/probe). Never rejects: whatever goes wrong is a failure. */
export async function runProbe(probe: Probe, target: ProbeTarget): Promise<ProbeResult> {
  const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000;
  try {
    if (probe.exec !== undefined) return await execProbe(probe.exec.command, target, timeoutMs);
    if (probe.httpGet !== undefined) return await httpProbe(probe.httpGet, target, timeoutMs);
    if (probe.tcpSocket !== undefined) {
      const { host, port } = probe.tcpSocket;
      const socket = await dial(host ?? target.podIp, portNumber(port, target.spec), target, timeoutMs);
      socket.destroy();
    }
    return { success: true, output: '' };
  } catch (error) {
    return { success: false, output: error instanceof Error ? error.message : String(error) };
  }
}

async function execProbe(
  command: readonly string[],
  { container, clock }: ProbeTarget,
  timeoutMs: number,
): Promise<ProbeResult> {
  let output = '';
  const decoder = new TextDecoder();
  const sink: ByteSink = {
    write: (data) => {
      if (output.length < MAX_OUTPUT)
        output += typeof data === 'string' ? data : decoder.decode(data, { stream: true });
      return Promise.resolve();
    },
    end: () => undefined,
  };
  let process;
  try {
    process = container.exec(command, { stdout: sink, stderr: sink });
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return {
      success: false,
      output:
        'OCI runtime exec failed: exec failed: unable to start container process: ' +
        `${error.message}: unknown`,
    };
  }
  const deadline = new AbortController();
  const timer = clock.setTimeout(() => {
    deadline.abort();
    process.signal('SIGKILL');
  }, timeoutMs);
  const { code } = await process.exit;
  timer.cancel();
  if (deadline.signal.aborted)
    return {
      success: false,
      output: `command timed out: ${JSON.stringify(command.join(' '))} timed out after ${timeoutMs / 1000}s`,
    };
  return { success: code === 0, output: output.replace(/\n$/, '') };
}

async function httpProbe(
  { path = '/', port, host, scheme = 'HTTP', httpHeaders = [] }: NonNullable<Probe['httpGet']>,
  target: ProbeTarget,
  timeoutMs: number,
): Promise<ProbeResult> {
  const number = portNumber(port, target.spec);
  const address = host ?? target.podIp;
  const url = `${scheme.toLowerCase()}://${address}:${number}${path.startsWith('/') ? path : `/${path}`}`;
  const failed = (why: string): ProbeResult => ({ success: false, output: `Get "${url}": ${why}` });
  let socket: VirtualSocket;
  try {
    socket = await dial(address, number, target, timeoutMs);
  } catch (error) {
    return failed(error instanceof Error ? error.message : String(error));
  }
  const stream = scheme === 'HTTPS' ? tls.connect({ socket, rejectUnauthorized: false }) : socket;
  const headers: Record<string, string> = { 'User-Agent': 'kube-probe/1.34', Accept: '*/*' };
  for (const header of httpHeaders) headers[header.name] = header.value;
  return new Promise((resolve) => {
    const finish = (result: ProbeResult): void => {
      timer.cancel();
      request.destroy();
      socket.destroy();
      resolve(result);
    };
    const request = http.request(
      {
        host: address,
        port: number,
        path: new URL(url).pathname + new URL(url).search,
        headers,
        createConnection: () => stream,
      },
      (response) => {
        response.resume();
        const status = response.statusCode ?? 0;
        finish(
          status >= 200 && status < 400
            ? { success: true, output: '' }
            : { success: false, output: `HTTP probe failed with statuscode: ${status}` },
        );
      },
    );
    const timer = target.clock.setTimeout(
      () => finish(failed('context deadline exceeded (Client.Timeout exceeded while awaiting headers)')),
      timeoutMs,
    );
    stream.on('error', () => undefined);
    request.on('error', (error: Error & { code?: string }) =>
      finish(failed(error.code === 'ECONNRESET' ? 'EOF' : error.message)),
    );
    request.end();
  });
}

/** Dials with Go's error words. */
async function dial(
  address: string,
  port: number,
  target: ProbeTarget,
  timeoutMs: number,
): Promise<VirtualSocket> {
  try {
    return await target.nodeStack.connect({ address, port }, { timeoutMs });
  } catch (error) {
    throw new Error(`dial tcp ${address}:${port}: ${dialWords(error)}`, { cause: error });
  }
}

function dialWords(error: unknown): string {
  if (!(error instanceof NetworkError)) return String(error);
  switch (error.code) {
    case 'ECONNREFUSED':
      return 'connect: connection refused';
    case 'ECONNRESET':
      return 'connect: connection reset by peer';
    case 'EHOSTUNREACH':
      return 'connect: no route to host';
    case 'ENETUNREACH':
      return 'connect: network is unreachable';
    default:
      return 'i/o timeout';
  }
}

/** A named port is looked up in the container. @throws Error in the kubelet's words. */
function portNumber(port: number | string, spec: Container): number {
  if (typeof port === 'number') return port;
  const named = spec.ports?.find(({ name }) => name === port)?.containerPort ?? Number.parseInt(port, 10);
  if (Number.isNaN(named)) throw new Error(`strconv.Atoi: parsing "${port}": invalid syntax`);
  return named;
}
