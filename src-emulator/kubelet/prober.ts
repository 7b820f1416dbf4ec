import type { Probe } from '../api/objects.ts';
import type { Clock, Timer } from '../clock.ts';
import { runProbe, type ProbeTarget } from './probe.ts';

export type ProbeKind = 'Readiness' | 'Liveness' | 'Startup';

export interface ProberOptions {
  kind: ProbeKind;
  probe: Probe;
  clock: Clock;
  target: ProbeTarget;
  /** Called whenever the verdict changes: thresholds have been counted in. */
  onResult: (success: boolean) => void;
  /** Called for every failed run. */
  onFailure: (output: string) => void;
}

/**
 * Probes one running container until it is stopped. The first readiness probe comes as soon as the initial delay
 * allows; liveness and startup probes one period later at the latest, as in the kubelet's prober workers.
 */
export class Prober {
  readonly #options: ProberOptions;
  #timer: Timer | undefined;
  #stopped = false;
  #last: boolean | undefined;
  #run = 0;
  #verdict: boolean | undefined;

  constructor(options: ProberOptions) {
    this.#options = options;
    const { kind, probe, clock } = options;
    const delayMs = (probe.initialDelaySeconds ?? 0) * 1000;
    const firstMs = kind === 'Readiness' ? delayMs : Math.max(delayMs, this.#periodMs);
    this.#timer = clock.setTimeout(() => void this.#probe(), firstMs);
  }

  get #periodMs(): number {
    return (this.#options.probe.periodSeconds ?? 10) * 1000;
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  async #probe(): Promise<void> {
    const { probe, target, clock, onFailure } = this.#options;
    // The next one is due a period after this one began, however long this one takes.
    const nextAt = clock.now() + this.#periodMs;
    const { success, output } = await runProbe(probe, target);
    if (this.#stopped) return;
    if (!success) onFailure(output);
    this.#run = success === this.#last ? this.#run + 1 : 1;
    this.#last = success;
    this.#judge(success);
    // The verdict may have stopped this prober.
    if (this.#isStopped()) return;
    this.#timer = clock.setTimeout(() => void this.#probe(), Math.max(0, nextAt - clock.now()));
  }

  #isStopped(): boolean {
    return this.#stopped;
  }

  #judge(success: boolean): void {
    const { probe, onResult } = this.#options;
    const threshold = success ? (probe.successThreshold ?? 1) : (probe.failureThreshold ?? 3);
    if (this.#run < threshold || this.#verdict === success) return;
    this.#verdict = success;
    onResult(success);
  }
}
