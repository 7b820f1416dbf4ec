import type { Pod, Probe } from '../api/objects.ts';
import type { KubeletContext } from './kubelet-context.ts';
import type { ManagedContainer } from './managed-container.ts';
import type { ProbeResult, ProbeTarget } from './probe.ts';
import { Prober, type ProbeKind } from './prober.ts';

export interface ProbesOptions {
  context: KubeletContext;
  pod: Pod;
  container: ManagedContainer;
  podIp: string;
  /** When the kubelet took the pod up, in ms since the epoch. */
  podSinceMs: number;
  /** `started` or `ready` of the container has changed. */
  onChange: () => void;
  /**
   * The container must be restarted; the message is that of the Killing event.
   * @param graceSeconds the probe's own terminationGracePeriodSeconds, if it has one.
   */
  restart: (message: string, graceSeconds: number | undefined) => void;
}

/** What probes and hooks of a running container speak to; undefined when it does not run. */
export function probeTarget(
  { network, nodeName, clock }: KubeletContext,
  { spec, instance }: ManagedContainer,
  podIp: string,
): ProbeTarget | undefined {
  if (instance === undefined) return undefined;
  return { spec, container: instance.container, podIp, nodeStack: network.nodeStack(nodeName), clock };
}

/**
 * Starts the probes of a container that has just been started: the startup probe alone if there is one, and once
 * it has succeeded the others. Without probes the container counts as started and ready at once.
 */
export function startProbes(options: ProbesOptions): void {
  const { context, pod, container, podIp, podSinceMs, onChange, restart } = options;
  const { readinessProbe, livenessProbe, startupProbe } = container.spec;
  const target = probeTarget(context, container, podIp);
  if (target === undefined || container.probers.length > 0) return;
  const { clock, events } = context;
  const startedMs = clock.now();
  const start = (kind: ProbeKind, probe: Probe | undefined, onResult: (success: boolean) => void): void => {
    if (probe === undefined) return;
    const onEvent = (result: ProbeResult): void => {
      const [reason, words] = eventOf(kind, result);
      events.record(pod, 'Warning', reason, words, container.fieldPath);
    };
    container.probers.push(
      new Prober({ kind, probe, clock, target, podSinceMs, startedMs, onResult, onEvent }),
    );
  };
  const restartAfter = (kind: 'liveness' | 'startup', probe: Probe | undefined): void =>
    restart(`Container ${container.spec.name} failed ${kind} probe`, probe?.terminationGracePeriodSeconds);
  const startedUp = (): void => {
    container.started = true;
    container.ready = readinessProbe === undefined;
    start('Readiness', readinessProbe, (success) => {
      container.ready = success;
      onChange();
    });
    start('Liveness', livenessProbe, (success) => {
      if (!success) restartAfter('liveness', livenessProbe);
    });
    onChange();
  };
  if (startupProbe === undefined) {
    startedUp();
    return;
  }
  start('Startup', startupProbe, (success) => {
    container.stopProbes();
    if (success) startedUp();
    else restartAfter('startup', startupProbe);
  });
}

function eventOf(kind: ProbeKind, { outcome, output }: ProbeResult): [reason: string, message: string] {
  if (outcome === 'warning') return ['ProbeWarning', `${kind} probe warning: ${output}`];
  if (outcome === 'error')
    return ['Unhealthy', `${kind} probe errored and resulted in unknown state: ${output}`];
  return ['Unhealthy', `${kind} probe failed: ${output}`];
}
