import type { Clock, Timer } from '#emulator/clock.ts';
import type { KubeClient } from '../kube/client.ts';
import { ENDPOINT_SLICE, POD, SERVICE, type KindRef } from '../kube/objects.ts';

const DEBOUNCE_MS = 60;
/**
 * The network follows the API with a delay (proxy rules, DNS): look again some times after a change. kube-proxy
 * lets a second pass between one writing of its rules and the next (`minSyncPeriod`): closest looks around that.
 */
const SETTLING_MS = [150, 400, 700, 950, 1150, 1400, 1800, 3000];
const SAFETY_POLL_MS = 10_000;

export interface ChangeHandlers {
  /** Objects of these kinds changed, or may have; undefined: look at everything. */
  changed(kinds: ReadonlySet<string> | undefined): void;
  /** The live connection to the API server was lost, or came back. */
  connection(error: Error | undefined): void;
}

/** Tells when objects of the lab's namespaces change: gathered for a moment, again while things settle, and now and then. */
export class ChangeWatcher implements Disposable {
  readonly #clock: Clock;
  readonly #handlers: ChangeHandlers;
  readonly #watches: Disposable[] = [];
  readonly #broken = new Set<string>();
  readonly #pending = new Set<string>();
  #timer: Timer | undefined;
  #settling: Timer[] = [];
  #poll: Timer | undefined;
  #closed = false;

  constructor(
    kube: KubeClient,
    clock: Clock,
    namespaces: readonly string[],
    kinds: readonly KindRef[],
    handlers: ChangeHandlers,
  ) {
    this.#clock = clock;
    this.#handlers = handlers;
    for (const namespace of namespaces)
      for (const kind of kinds)
        this.#watches.push(
          kube.watch(
            kind,
            { namespace, clock },
            {
              snapshot: () => {
                this.#note(kind.kind);
              },
              event: () => {
                this.#note(kind.kind);
              },
              state: (state, error) => {
                this.#connection(`${kind.kind}/${namespace}`, state, error);
              },
            },
          ),
        );
    this.#schedulePoll();
  }

  #note(kind: string): void {
    if (this.#closed) return;
    this.#pending.add(kind);
    this.#timer ??= this.#clock.setTimeout(() => {
      this.#timer = undefined;
      const kinds = new Set(this.#pending);
      this.#pending.clear();
      this.#handlers.changed(kinds);
      for (const timer of this.#settling) timer.cancel();
      this.#settling = SETTLING_MS.map((ms) =>
        this.#clock.setTimeout(() => {
          this.#handlers.changed(kinds);
        }, ms),
      );
    }, DEBOUNCE_MS);
  }

  #connection(watch: string, state: 'connecting' | 'connected' | 'disconnected', error?: Error): void {
    if (this.#closed || state === 'connecting') return;
    const wasBroken = this.#broken.size > 0;
    if (state === 'connected') this.#broken.delete(watch);
    else this.#broken.add(watch);
    if (wasBroken !== this.#broken.size > 0)
      this.#handlers.connection(this.#broken.size > 0 ? (error ?? new Error('disconnected')) : undefined);
  }

  #schedulePoll(): void {
    this.#poll = this.#clock.setTimeout(() => {
      this.#handlers.changed(undefined);
      this.#schedulePoll();
    }, SAFETY_POLL_MS);
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#poll?.cancel();
    for (const timer of this.#settling) timer.cancel();
    for (const watch of this.#watches) watch[Symbol.dispose]();
  }
}

/** Kinds whose changes can matter to a lab: those on a request's path, and those that its checks name. */
export function watchedKinds(named: readonly KindRef[]): KindRef[] {
  const kinds = [POD, SERVICE, ENDPOINT_SLICE, ...named];
  return kinds.filter((kind, index) => kinds.findIndex((other) => other.kind === kind.kind) === index);
}
