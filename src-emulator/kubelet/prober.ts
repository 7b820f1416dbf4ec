import type { Probe } from '../api/objects.ts';
import type { Clock, Timer } from '../clock.ts';
import { runProbe, type ProbeResult, type ProbeTarget } from './probe.ts';

export type ProbeKind = 'Readiness' | 'Liveness' | 'Startup';

export interface ProberOptions {
  kind: ProbeKind;
  probe: Probe;
  clock: Clock;
  target: ProbeTarget;
  /** When the kubelet took the pod up (ms since the epoch): its probes tick from then on. */
  podSinceMs: number;
  /** When the container was started (ms since the epoch). */
  startedMs: number;
  /** Called whenever the verdict changes: thresholds have been counted in. */
  onResult: (success: boolean) => void;
  /** Called for every run that is worth an event. */
  onEvent: (result: ProbeResult) => void;
}

/**
 * Probes one running container until it is stopped, as a worker of the kubelet's prober does. A readiness probe
 * runs as soon as the container has started and then every period; liveness and startup probes tick from the
 * moment at which the kubelet took up the pod. A tick before the initial delay is over is left out.
 */
export class Prober {
  readonly #options: ProberOptions;
  readonly #periodMs: number;
  #timer: Timer | undefined;
  #stopped = false;
  #last: boolean | undefined;
  #run = 0;
  #verdict: boolean | undefined;

  constructor(options: ProberOptions) {
    this.#options = options;
    const { kind, probe, clock, podSinceMs, startedMs } = options;
    this.#periodMs = (probe.periodSeconds ?? 10) * 1000;
    const now = clock.now();
    const first = kind === 'Readiness' ? now : this.#tickAfter(podSinceMs, now + 1);
    const notBefore = startedMs + (probe.initialDelaySeconds ?? 0) * 1000;
    this.#timer = clock.setTimeout(() => void this.#probe(), this.#tickAfter(first, notBefore) - now);
  }

  /** The first tick at or after `at` of a ticker that was started at `anchor`. */
  #tickAfter(anchor: number, at: number): number {
    return anchor + Math.max(0, Math.ceil((at - anchor) / this.#periodMs)) * this.#periodMs;
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  async #probe(): Promise<void> {
    const { probe, target, clock, onEvent } = this.#options;
    // The next one is due a period after this one began, however long this one takes.
    const nextAt = clock.now() + this.#periodMs;
    const result = await runProbe(probe, target);
    if (this.#stopped) return;
    if (result.outcome !== 'success') onEvent(result);
    // A probe that could not be run tells nothing: the count goes on as if it had not been tried.
    if (result.outcome !== 'error') this.#count(result.outcome !== 'failure');
    // The verdict may have stopped this prober.
    if (this.#isStopped()) return;
    this.#timer = clock.setTimeout(() => void this.#probe(), Math.max(0, nextAt - clock.now()));
  }

  #isStopped(): boolean {
    return this.#stopped;
  }

  #count(success: boolean): void {
    const { probe, onResult } = this.#options;
    this.#run = success === this.#last ? this.#run + 1 : 1;
    this.#last = success;
    const threshold = success ? (probe.successThreshold ?? 1) : (probe.failureThreshold ?? 3);
    if (this.#run < threshold || this.#verdict === success) return;
    this.#verdict = success;
    onResult(success);
  }
}
