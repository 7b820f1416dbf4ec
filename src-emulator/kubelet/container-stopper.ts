import type { Pod } from '../api/objects.ts';
import type { KubeletContext } from './kubelet-context.ts';
import type { ManagedContainer } from './managed-container.ts';

/** After the preStop hook a container has at least this long to answer SIGTERM. */
const MINIMUM_GRACE_MS = 2000;

/**
 * Ends a running container as the kubelet does: preStop hook, the image's stop signal (SIGTERM if it
 * names none), and SIGKILL when the grace period is over.
 * @param graceMs 0 kills at once.
 */
export async function stopContainer(
  context: KubeletContext,
  pod: Pod,
  container: ManagedContainer,
  { graceMs, message }: { graceMs: number; message: string },
): Promise<void> {
  const { clock, events } = context;
  const { instance } = container;
  if (instance === undefined) return;
  events.record(pod, 'Normal', 'Killing', message, container.fieldPath);
  const deadline = clock.now() + graceMs;
  const ended = instance.process.exit.then(
    () => undefined,
    () => undefined,
  );
  if (graceMs > 0) {
    await runPreStop(context, pod, container, graceMs);
    instance.process.signal(container.image?.stopSignal ?? 'SIGTERM');
    const left = Math.max(deadline - clock.now(), Math.min(graceMs, MINIMUM_GRACE_MS));
    await Promise.race([ended, waitOrEnd(context, left, ended)]);
  }
  if (container.instance === instance) instance.container.kill();
  await ended;
}

/** A sleep that does not outlive what it waits for. */
async function waitOrEnd({ clock }: KubeletContext, ms: number, ended: Promise<void>): Promise<void> {
  const abort = new AbortController();
  void ended.then(() => abort.abort());
  await clock.sleep(ms, abort.signal).catch(() => undefined);
}

async function runPreStop(
  context: KubeletContext,
  pod: Pod,
  container: ManagedContainer,
  graceMs: number,
): Promise<void> {
  const hook = container.spec.lifecycle?.preStop;
  const { instance } = container;
  if (hook === undefined || instance === undefined) return;
  if (hook.sleep !== undefined) {
    await context.clock.sleep(Math.min(hook.sleep.seconds * 1000, graceMs));
    return;
  }
  if (hook.exec === undefined) return;
  const nowhere = { write: () => Promise.resolve(), end: () => undefined };
  try {
    const process = instance.container.exec(hook.exec.command, { stdout: nowhere, stderr: nowhere });
    const exit = process.exit.then(({ code }) => code);
    const abort = new AbortController();
    const late = context.clock.sleep(graceMs, abort.signal).then(
      () => undefined,
      () => undefined,
    );
    const code = await Promise.race([exit, late]);
    abort.abort();
    if (code === 0) return;
  } catch {
    // The command is not there: told below like a hook that failed.
  }
  context.events.record(pod, 'Warning', 'FailedPreStopHook', 'PreStopHook failed', container.fieldPath);
}
