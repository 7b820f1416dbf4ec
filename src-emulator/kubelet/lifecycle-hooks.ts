import type { LifecycleHandler, Pod } from '../api/objects.ts';
import { FileError } from '../images/types.ts';
import { captureExec } from './capture-exec.ts';
import { execFailure } from './exec-failure.ts';
import { httpGet, resolvePort } from './http-get.ts';
import type { ProbeTarget } from './probe.ts';
import { fullPodName } from './restart-policy.ts';

/**
 * Runs a postStart or preStop handler (k8s.io/kubernetes/pkg/kubelet/lifecycle).
 * @returns undefined when it has succeeded, otherwise what the kubelet says of it.
 */
export async function runLifecycleHook(
  handler: LifecycleHandler,
  pod: Pod,
  target: ProbeTarget,
): Promise<string | undefined> {
  const failed = (hook: string, error: string, more = ''): string =>
    `${hook} for Container "${target.spec.name}" in Pod "${fullPodName(pod)}" failed - error: ${error}${more}`;
  const { exec, httpGet: action, sleep } = handler;
  if (exec !== undefined) {
    const { command = [] } = exec;
    const hook = `Exec lifecycle hook ([${command.join(' ')}])`;
    try {
      const { clock } = target;
      const { code, stdout, stderr } = await captureExec(target.container, command, { clock, timeoutMs: 0 });
      if (code === 0) return undefined;
      const error = `command '${command.join(' ')}' exited with ${code}: ${stderr}`;
      return failed(hook, error, `, message: ${JSON.stringify(stdout + stderr)}`);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      return failed(hook, `rpc error: code = Unknown desc = ${execFailure(error)}`, ', message: ""');
    }
  }
  if (action !== undefined) {
    try {
      const port = resolvePort(action.port, target.spec);
      await httpGet({ ...action, port }, target, { purpose: 'lifecycle', timeoutMs: 0 });
      return undefined;
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      return failed(`HTTP lifecycle hook (${action.path ?? '/'})`, words);
    }
  }
  if (sleep !== undefined) {
    await target.clock.sleep(sleep.seconds * 1000);
    return undefined;
  }
  const { port = 0, host = '' } = handler.tcpSocket ?? {};
  const shownPort = typeof port === 'number' ? `{0 ${port} }` : `{1 0 ${port}}`;
  return (
    'Cannot run handler: invalid handler: &LifecycleHandler{Exec:nil,HTTPGet:nil,' +
    `TCPSocket:&TCPSocketAction{Port:${shownPort},Host:${host},},Sleep:nil,}`
  );
}
