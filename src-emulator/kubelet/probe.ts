import type { Probe } from '../api/objects.ts';
import { FileError, type Container as RuntimeContainer } from '../images/types.ts';
import { captureExec } from './capture-exec.ts';
import { execFailure } from './exec-failure.ts';
import { grpcProbe } from './grpc-probe.ts';
import { dialWords, httpGet, resolvePort, type DialTarget } from './http-get.ts';

export interface ProbeTarget extends DialTarget {
  container: RuntimeContainer;
}

export interface ProbeResult {
  /** `error`: the probe itself could not be run, which says nothing of the container. */
  outcome: 'success' | 'warning' | 'failure' | 'error';
  /** What the kubelet would say behind "Readiness probe failed: ". */
  output: string;
}

const SUCCESS: ProbeResult = { outcome: 'success', output: '' };

/** Runs a probe once (k8s.io/kubernetes/pkg/probe). Never rejects. */
export async function runProbe(probe: Probe, target: ProbeTarget): Promise<ProbeResult> {
  const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000;
  const failure = (output: string): ProbeResult => ({ outcome: 'failure', output });
  try {
    if (probe.exec !== undefined) return await execProbe(probe.exec.command, target, timeoutMs);
    if (probe.httpGet !== undefined) return await httpProbe(probe.httpGet, target, timeoutMs);
    if (probe.tcpSocket !== undefined) {
      const words = await tcpProbe(probe.tcpSocket, target, timeoutMs);
      return words === undefined ? SUCCESS : failure(words);
    }
    if (probe.grpc !== undefined) {
      const words = await grpcProbe(probe.grpc, target, timeoutMs);
      return words === undefined ? SUCCESS : failure(words);
    }
    return SUCCESS;
  } catch (error) {
    return { outcome: 'error', output: error instanceof Error ? error.message : String(error) };
  }
}

/** @throws Error when the command cannot be run at all. */
async function execProbe(
  command: readonly string[],
  { container, clock }: ProbeTarget,
  timeoutMs: number,
): Promise<ProbeResult> {
  try {
    const { code, stdout, stderr, timedOut } = await captureExec(container, command, { clock, timeoutMs });
    if (timedOut)
      return {
        outcome: 'failure',
        output: `command timed out: ${JSON.stringify(command.join(' '))} timed out after ${timeoutMs / 1000}s`,
      };
    return { outcome: code === 0 ? 'success' : 'failure', output: stdout + stderr };
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    throw new Error(`rpc error: code = Unknown desc = ${execFailure(error)}`, { cause: error });
  }
}

/** @throws Error when the port has no number. */
async function httpProbe(
  action: NonNullable<Probe['httpGet']>,
  target: ProbeTarget,
  timeoutMs: number,
): Promise<ProbeResult> {
  const port = resolvePort(action.port, target.spec);
  try {
    const options = { purpose: 'probe', timeoutMs };
    const { statusCode, body } = await httpGet({ ...action, port }, target, options);
    if (statusCode < 200 || statusCode >= 400)
      return { outcome: 'failure', output: `HTTP probe failed with statuscode: ${statusCode}` };
    return statusCode < 300
      ? SUCCESS
      : { outcome: 'warning', output: `Probe terminated redirects, Response body: ${body}` };
  } catch (error) {
    return { outcome: 'failure', output: error instanceof Error ? error.message : String(error) };
  }
}

async function tcpProbe(
  { host, port }: NonNullable<Probe['tcpSocket']>,
  { podIp, nodeStack, spec }: ProbeTarget,
  timeoutMs: number,
): Promise<string | undefined> {
  const to = { address: host === undefined || host === '' ? podIp : host, port: resolvePort(port, spec) };
  try {
    const socket = await nodeStack.connect(to, { timeoutMs });
    socket.destroy();
    return undefined;
  } catch (error) {
    return `dial tcp ${to.address}:${to.port}: ${dialWords(error)}`;
  }
}
