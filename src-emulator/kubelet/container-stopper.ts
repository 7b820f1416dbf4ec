import type { Pod } from '../api/objects.ts';
import { probeTarget } from './container-probes.ts';
import type { KubeletContext } from './kubelet-context.ts';
import { runLifecycleHook } from './lifecycle-hooks.ts';
import type { ManagedContainer } from './managed-container.ts';

/** A container has at least this long to answer SIGTERM, whatever is left of its grace period. */
const MINIMUM_GRACE_MS = 2000;

export interface StopOptions {
  /** 0 skips the preStop hook. */
  graceMs: number;
  /** That of the Killing event. */
  message: string;
  podIp: string;
  /** Settled when it is this container's turn: sidecars wait for those that may need them. */
  turn?: Promise<unknown>;
}

/**
 * Ends a running container as the kubelet does (killContainer of kuberuntime): preStop hook, its turn in the
 * order of termination, the image's stop signal (SIGTERM if it names none), and SIGKILL when the grace period is
 * over. What hook and turn take counts in whole seconds, rounded down.
 */
export async function stopContainer(
  context: KubeletContext,
  pod: Pod,
  container: ManagedContainer,
  { graceMs, message, podIp, turn }: StopOptions,
): Promise<void> {
  const { clock, events } = context;
  const { instance } = container;
  if (instance === undefined) return;
  events.record(pod, 'Normal', 'Killing', message, container.fieldPath);
  const ended = instance.process.exit.then(
    () => undefined,
    () => undefined,
  );
  let leftMs = graceMs;
  const spend = async (what: Promise<unknown>): Promise<void> => {
    const since = clock.now();
    await Promise.race([what, waitOrEnd(context, leftMs, Promise.race([what, ended]))]);
    leftMs -= Math.floor((clock.now() - since) / 1000) * 1000;
  };
  if (leftMs > 0) {
    const hook = runPreStop(context, pod, container, podIp);
    if (hook !== undefined) await spend(hook);
  }
  if (turn !== undefined && leftMs > 0) await spend(turn);
  instance.process.signal(container.image?.stopSignal ?? 'SIGTERM');
  await Promise.race([ended, waitOrEnd(context, Math.max(leftMs, MINIMUM_GRACE_MS), ended)]);
  if (container.instance === instance) instance.container.kill();
  await ended;
}

/** A sleep that does not outlive what it waits for. */
async function waitOrEnd({ clock }: KubeletContext, ms: number, ended: Promise<unknown>): Promise<void> {
  const abort = new AbortController();
  void ended.then(
    () => abort.abort(),
    () => abort.abort(),
  );
  await clock.sleep(ms, abort.signal).catch(() => undefined);
}

/** @returns undefined when there is no hook. */
function runPreStop(
  context: KubeletContext,
  pod: Pod,
  container: ManagedContainer,
  podIp: string,
): Promise<void> | undefined {
  const hook = container.spec.lifecycle?.preStop;
  const target = probeTarget(context, container, podIp);
  if (hook === undefined || target === undefined) return undefined;
  return runLifecycleHook(hook, pod, target).then((failure) => {
    if (failure === undefined) return;
    // Without the words: they could give away what the hook has read.
    context.events.record(pod, 'Warning', 'FailedPreStopHook', 'PreStopHook failed', container.fieldPath);
  });
}
