import type { Pod, Probe } from '../api/objects.ts';
import type { KubeletContext } from './kubelet-context.ts';
import type { ManagedContainer } from './managed-container.ts';
import { Prober, type ProbeKind } from './prober.ts';

export interface ProbesOptions {
  context: KubeletContext;
  pod: Pod;
  container: ManagedContainer;
  podIp: string;
  /** `started` or `ready` of the container has changed. */
  onChange: () => void;
  /** The container must be restarted; the message is that of the Killing event. */
  restart: (message: string) => void;
}

/**
 * Starts the probes of a container that has just been started: the startup probe alone if there is one, and once
 * it has succeeded the others. Without probes the container counts as started and ready at once.
 */
export function startProbes({ context, pod, container, podIp, onChange, restart }: ProbesOptions): void {
  const { readinessProbe, livenessProbe, startupProbe } = container.spec;
  const { instance } = container;
  if (instance === undefined || container.probers.length > 0) return;
  const { clock, events, network, nodeName } = context;
  const target = {
    spec: container.spec,
    container: instance.container,
    podIp,
    nodeStack: network.nodeStack(nodeName),
    clock,
  };
  const start = (kind: ProbeKind, probe: Probe | undefined, onResult: (success: boolean) => void): void => {
    if (probe === undefined) return;
    const onFailure = (output: string): void =>
      events.record(pod, 'Warning', 'Unhealthy', `${kind} probe failed: ${output}`, container.fieldPath);
    container.probers.push(new Prober({ kind, probe, clock, target, onResult, onFailure }));
  };
  const restartAfter = (kind: 'liveness' | 'startup'): void =>
    restart(`Container ${container.spec.name} failed ${kind} probe, will be restarted`);
  const startedUp = (): void => {
    container.started = true;
    container.ready = readinessProbe === undefined;
    start('Readiness', readinessProbe, (success) => {
      container.ready = success;
      onChange();
    });
    start('Liveness', livenessProbe, (success) => {
      if (!success) restartAfter('liveness');
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
    else restartAfter('startup');
  });
}
