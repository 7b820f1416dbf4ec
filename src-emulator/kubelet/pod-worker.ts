import { isDeepStrictEqual } from 'node:util';
import { ApiError } from '../api/cluster-api.ts';
import type { Pod } from '../api/objects.ts';
import { PODS } from '../api/resources.ts';
import type { Timer } from '../clock.ts';
import { isPodFinished, timestamp } from '../controllers/object-helpers.ts';
import { NetworkError } from '../network/types.ts';
import { RESTART_MS, startContainer } from './container-starter.ts';
import { startProbes } from './container-probes.ts';
import { stopContainer } from './container-stopper.ts';
import type { KubeletContext } from './kubelet-context.ts';
import type { ManagedContainer } from './managed-container.ts';
import { PodContainers } from './pod-containers.ts';
import { buildStatus, outcomeOf, type PodFailure } from './pod-status.ts';
import { stopAllContainers } from './pod-termination.ts';
import { restartsAfter } from './restart-policy.ts';
import { hostIpOf, Sandbox } from './sandbox.ts';
import { MountError, PodVolumes } from './volumes.ts';

const FIRST_MOUNT_RETRY_MS = 500;
const LONGEST_MOUNT_RETRY_MS = 122_000;
/** How often ConfigMaps and Secrets in volumes are brought up to date. */
const VOLUME_REFRESH_MS = 60_000;

/** Runs one pod on its node, from admission to the end. */
export class PodWorker {
  readonly #context: KubeletContext;
  readonly #containers: PodContainers;
  readonly #volumes: PodVolumes;
  #pod: Pod;
  #sandbox: Sandbox | undefined;
  readonly #startTime: string;
  readonly #sinceMs: number;
  /** Why the kubelet has given the pod up. */
  #failure: PodFailure | undefined;
  #mountFailures = 0;
  #syncing = false;
  #again = false;
  #wakeTimer: Timer | undefined;
  #wakeAt = Infinity;
  #statusTimer: Timer | undefined;
  #refreshTimer: Timer | undefined;
  /** Ends the wait for SIGTERM early, after a second deletion with less patience. */
  #hurryTimer: Timer | undefined;
  #terminating = false;
  #gone = false;

  constructor(context: KubeletContext, pod: Pod) {
    this.#context = context;
    this.#pod = pod;
    this.#volumes = new PodVolumes(context);
    this.#sinceMs = context.clock.now();
    this.#startTime = pod.status.startTime ?? timestamp(this.#sinceMs);
    this.#containers = new PodContainers(context, pod);
    const ranBefore = this.#containers.restore(pod);
    if (ranBefore && !isPodFinished(pod) && pod.metadata.deletionTimestamp === undefined) {
      const message = 'Pod sandbox changed, it will be killed and re-created.';
      context.events.record(pod, 'Normal', 'SandboxChanged', message);
    }
    this.#publish();
    this.#wakeIn(0);
  }

  get uid(): string {
    return this.#pod.metadata.uid;
  }

  get pod(): Pod {
    return this.#pod;
  }

  get sandbox(): Sandbox | undefined {
    return this.#sandbox;
  }

  /** A newer version of the pod. */
  update(pod: Pod): void {
    const before = this.#pod;
    this.#pod = pod;
    const told = before.metadata.deletionTimestamp !== pod.metadata.deletionTimestamp;
    // The kubelet's own status writes come back here: only what others changed is worth a look.
    if (told || before.metadata.generation !== pod.metadata.generation) this.#wakeIn(0);
    const grace = pod.metadata.deletionGracePeriodSeconds ?? 0;
    if (this.#terminating && grace < (before.metadata.deletionGracePeriodSeconds ?? 0)) {
      this.#hurryTimer?.cancel();
      this.#hurryTimer = this.#context.clock.setTimeout(() => {
        for (const container of this.#containers.all) container.kill();
      }, grace * 1000);
    }
    if (!isDeepStrictEqual(foreignConditions(before), foreignConditions(pod))) this.#publish();
  }

  /** The pod is gone from the API, or the kubelet stops: everything ends at once. */
  close(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#wakeTimer?.cancel();
    this.#statusTimer?.cancel();
    this.#refreshTimer?.cancel();
    this.#hurryTimer?.cancel();
    for (const container of this.#containers.all) {
      container.stopProbes();
      container.kill();
      this.#context.restarts.forget(`${this.uid}/${container.spec.name}`);
      this.#context.pulls.forget(`${this.uid}/${container.spec.image}`);
    }
    this.#sandbox?.close();
    this.#sandbox = undefined;
  }

  container(name: string): ManagedContainer | undefined {
    return this.#containers.named(name);
  }

  #wakeIn(ms: number): void {
    if (this.#gone) return;
    const at = this.#context.clock.now() + ms;
    if (this.#wakeTimer !== undefined && this.#wakeAt <= at) return;
    this.#wakeTimer?.cancel();
    this.#wakeAt = at;
    this.#wakeTimer = this.#context.clock.setTimeout(() => {
      this.#wakeTimer = undefined;
      void this.#sync();
    }, ms);
  }

  async #sync(): Promise<void> {
    if (this.#syncing) {
      this.#again = true;
      return;
    }
    this.#syncing = true;
    try {
      if (this.#pod.metadata.deletionTimestamp !== undefined) this.#terminate();
      else if (isPodFinished(this.#pod)) this.#leave();
      else await this.#run();
    } catch (error) {
      // A fault of the emulator must not end the node: it is told where an operator looks.
      const message = `error syncing pod: ${error instanceof Error ? error.message : String(error)}`;
      this.#context.events.record(this.#pod, 'Warning', 'FailedSync', message);
      this.#wakeIn(10_000);
    } finally {
      this.#syncing = false;
    }
    this.#publish();
    if (this.#again) {
      this.#again = false;
      this.#wakeIn(0);
    }
  }

  /** One look at everything: starts what should run and does not. */
  async #run(): Promise<void> {
    this.#adoptChanges();
    if (this.#isPastDeadline()) {
      await this.#finish();
      return;
    }
    const outcome = outcomeOf(this.#pod, this.#containers.all);
    if (outcome === 'Failed' || outcome === 'Succeeded') {
      await this.#finish();
      return;
    }
    if (!this.#setUpVolumes() || !this.#setUpSandbox()) return;
    for (const container of this.#containers.withRole('ephemeral')) {
      if (!container.hasRun) await this.#ensureRunning(container);
      if (this.#halted()) return;
    }
    for (const container of this.#containers.withRole('init', 'sidecar')) {
      if (container.role === 'init' && container.exitCode === 0) continue;
      await this.#ensureRunning(container);
      if (this.#halted() || container.role === 'init' || !container.started) return;
    }
    for (const container of this.#containers.withRole('main')) {
      await this.#ensureRunning(container);
      if (this.#halted()) return;
    }
  }

  /** The image of a container can be changed: it is then restarted with the new one. */
  #adoptChanges(): void {
    for (const container of this.#containers.adopt(this.#pod)) {
      container.stopProbes();
      this.#restart(container, `Container ${container.spec.name} definition changed, will be restarted`);
    }
  }

  #restart(container: ManagedContainer, message: string, graceMs = this.#graceMs): void {
    void stopContainer(this.#context, this.#pod, container, { graceMs, message, podIp: this.#podIp });
  }

  get #graceMs(): number {
    return (this.#pod.spec.terminationGracePeriodSeconds ?? 30) * 1000;
  }

  get #podIp(): string {
    return this.#sandbox?.stack.address ?? '';
  }

  #halted(): boolean {
    return this.#gone || this.#pod.metadata.deletionTimestamp !== undefined;
  }

  /** activeDeadlineSeconds, counted from the pod's start. */
  #isPastDeadline(): boolean {
    const { activeDeadlineSeconds } = this.#pod.spec;
    if (this.#failure !== undefined) return true;
    if (activeDeadlineSeconds === undefined) return false;
    const leftMs = Date.parse(this.#startTime) + activeDeadlineSeconds * 1000 - this.#context.clock.now();
    if (leftMs > 0) {
      this.#wakeIn(leftMs);
      return false;
    }
    const message = 'Pod was active on the node longer than the specified deadline';
    this.#failure = { reason: 'DeadlineExceeded', message };
    this.#context.events.record(this.#pod, 'Normal', 'DeadlineExceeded', message);
    return true;
  }

  #setUpVolumes(): boolean {
    try {
      this.#volumes.setUp(this.#pod, this.#podIp);
    } catch (error) {
      if (!(error instanceof MountError)) throw error;
      for (const message of error.messages)
        this.#context.events.record(this.#pod, 'Warning', 'FailedMount', message);
      this.#wakeIn(Math.min(FIRST_MOUNT_RETRY_MS * 2 ** this.#mountFailures++, LONGEST_MOUNT_RETRY_MS));
      return false;
    }
    if (PodVolumes.follows(this.#pod)) this.#refreshTimer ??= this.#refreshLater();
    return true;
  }

  #refreshLater(): Timer {
    return this.#context.clock.setTimeout(() => {
      this.#volumes.refresh(this.#pod, this.#podIp);
      this.#refreshTimer = this.#refreshLater();
    }, VOLUME_REFRESH_MS);
  }

  #setUpSandbox(): boolean {
    if (this.#sandbox !== undefined) return true;
    try {
      this.#sandbox = new Sandbox(this.#context, this.#pod);
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      const message = `Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox: ${error.message}`;
      this.#context.events.record(this.#pod, 'Warning', 'FailedCreatePodSandBox', message);
      this.#wakeIn(10_000);
      return false;
    }
    return true;
  }

  async #ensureRunning(container: ManagedContainer): Promise<void> {
    const sandbox = this.#sandbox;
    if (container.instance !== undefined || sandbox === undefined || !this.#mayRun(container)) return;
    const waitMs = container.restartAtMs - this.#context.clock.now();
    if (waitMs > 0) {
      this.#wakeIn(waitMs);
      return;
    }
    const target = container.spec.targetContainerName;
    const retryMs = await startContainer({
      context: this.#context,
      pod: this.#pod,
      container,
      sandbox,
      volumes: this.#volumes,
      processTarget: target === undefined ? undefined : this.container(target)?.instance?.container,
      onExit: () => this.#exited(container),
    });
    if (this.#gone) container.kill();
    else this.#startProbes(container);
    if (retryMs !== undefined) this.#wakeIn(retryMs);
  }

  #mayRun({ role, exitCode, state, lastState }: ManagedContainer): boolean {
    const code = exitCode ?? (state.waiting && lastState.terminated?.exitCode);
    return code === undefined || restartsAfter(this.#pod, role, code);
  }

  #exited(container: ManagedContainer): void {
    if (this.#gone) return;
    this.#publish();
    if (this.#terminating) return;
    const moved = container.role === 'init' && container.exitCode === 0;
    container.restartAtMs = moved ? 0 : this.#context.clock.now() + RESTART_MS;
    this.#wakeIn(0);
  }

  #startProbes(container: ManagedContainer): void {
    const sandbox = this.#sandbox;
    if (sandbox === undefined) return;
    startProbes({
      context: this.#context,
      pod: this.#pod,
      container,
      podIp: sandbox.stack.address,
      podSinceMs: this.#sinceMs,
      onChange: () => {
        this.#publish();
        // Init containers behind a sidecar wait for it to have started.
        if (container.role === 'sidecar') this.#wakeIn(0);
      },
      restart: (message, graceSeconds) => {
        container.stopProbes();
        // A pod on its way out is not restarted for being ill.
        if (this.#halted()) return;
        const restarts =
          (this.#pod.spec.restartPolicy ?? 'Always') !== 'Never' || container.role === 'sidecar';
        const graceMs = graceSeconds === undefined ? this.#graceMs : graceSeconds * 1000;
        this.#restart(container, restarts ? `${message}, will be restarted` : message, graceMs);
      },
    });
  }

  /** All containers have ended for good, or their time is over: what still runs goes, then the network. */
  async #finish(): Promise<void> {
    await stopAllContainers(this.#context, this.#pod, this.#containers.all, {
      graceMs: this.#graceMs,
      podIp: this.#podIp,
    });
    this.#leave();
  }

  #leave(): void {
    this.#refreshTimer?.cancel();
    this.#sandbox?.close();
    this.#sandbox = undefined;
  }

  #terminate(): void {
    if (this.#terminating) return;
    this.#terminating = true;
    const { deletionGracePeriodSeconds } = this.#pod.metadata;
    void this.#end((deletionGracePeriodSeconds ?? 0) * 1000);
  }

  async #end(graceMs: number): Promise<void> {
    await stopAllContainers(this.#context, this.#pod, this.#containers.all, {
      graceMs,
      podIp: this.#podIp,
    });
    if (this.#gone) return;
    this.#leave();
    this.#statusTimer?.cancel();
    this.#statusTimer = undefined;
    if (!isPodFinished(this.#pod)) this.#writeStatus();
    const { namespace, name, uid } = this.#pod.metadata;
    try {
      this.#context.api.delete(PODS, namespace, name, { gracePeriodSeconds: 0, preconditions: { uid } });
    } catch (error) {
      // Another pod of the same name is there already: this one is gone.
      if (!(error instanceof ApiError)) throw error;
    }
  }

  /** Has the status written soon; changes of one moment go into one write. */
  #publish(): void {
    if (this.#gone) return;
    this.#statusTimer ??= this.#context.clock.setTimeout(() => {
      this.#statusTimer = undefined;
      this.#writeStatus();
    }, 0);
  }

  #writeStatus(): void {
    const { namespace, name, uid } = this.#pod.metadata;
    const { api, clock } = this.#context;
    if (isPodFinished(this.#pod)) return;
    const updated = api.mutate(
      PODS,
      namespace,
      name,
      (draft) => {
        if (draft.metadata.uid !== uid) return;
        draft.status = buildStatus({
          pod: draft,
          containers: this.#containers.all,
          hasSandbox: this.#sandbox !== undefined,
          podIp: this.#sandbox?.stack.address,
          hostIp: hostIpOf(this.#context),
          startTime: this.#startTime,
          failure: this.#failure,
          now: clock.now(),
        });
      },
      { subresource: 'status' },
    );
    if (updated?.metadata.uid === uid) this.#pod = updated;
  }
}

function foreignConditions(pod: Pod): unknown {
  const gates = new Set((pod.spec.readinessGates ?? []).map(({ conditionType }) => conditionType));
  return (pod.status.conditions ?? []).filter(({ type }) => gates.has(type));
}
