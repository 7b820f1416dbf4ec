import { randomBytes } from 'node:crypto';
import type {
  Container as ContainerSpec,
  ContainerState,
  ContainerStatus,
  EphemeralContainer,
  VolumeMount,
} from '../api/objects.ts';
import { timestamp } from '../controllers/object-helpers.ts';
import type { Clock } from '../clock.ts';
import { createPipe } from '../images/pipe.ts';
import type { AttachedProcess, Container, ExitStatus, Image, ProcessIo } from '../images/types.ts';
import type { ByteSink } from '../streams.ts';
import { LogBuffer, OutputHub } from './log-buffer.ts';
import type { Prober } from './prober.ts';

export type ContainerRole = 'init' | 'sidecar' | 'main' | 'ephemeral';

const SPEC_FIELDS = {
  main: 'containers',
  init: 'initContainers',
  sidecar: 'initContainers',
  ephemeral: 'ephemeralContainers',
} as const;

/** How much of the log becomes the termination message when it falls back to that. */
const FALLBACK_MESSAGE_LINES = 80;
const FALLBACK_MESSAGE_BYTES = 2048;

/** A running instance. */
interface Instance {
  container: Container;
  process: AttachedProcess;
  output: OutputHub;
  errors: OutputHub;
  stdin: ByteSink | undefined;
}

/** One container of a pod through all its instances. */
export class ManagedContainer {
  spec: ContainerSpec & Pick<EphemeralContainer, 'targetContainerName'>;
  readonly role: ContainerRole;
  state: ContainerState;
  lastState: ContainerState = {};
  restartCount = 0;
  image: Image | undefined;
  containerId: string | undefined;
  /** Passed its startup probe, if it has one, and runs. */
  started = false;
  /** Passed its readiness probe, if it has one, and runs. */
  ready = false;
  finishedAtMs = 0;
  /** No restart before this time (ms since the epoch). */
  restartAtMs = 0;
  /** Being stopped: by its liveness probe or with its pod. */
  stopping: Promise<void> | undefined;
  probers: Prober[] = [];
  /** Runs, but its postStart hook has not returned: its status is not told before that. */
  inPostStart = false;
  readonly #clock: Clock;
  #instance: Instance | undefined;
  #log: LogBuffer | undefined;
  #previousLog: LogBuffer | undefined;
  /** The start is over, successful or not, at least once. */
  #hadInstance = false;

  constructor(spec: ContainerSpec, role: ContainerRole, waitingReason: string, clock: Clock) {
    this.spec = spec;
    this.role = role;
    this.state = { waiting: { reason: waitingReason } };
    this.#clock = clock;
  }

  get instance(): Instance | undefined {
    return this.#instance;
  }

  /** `spec.containers{web}`, as events name it. */
  get fieldPath(): string {
    return `spec.${SPEC_FIELDS[this.role]}{${this.spec.name}}`;
  }

  /** Whether there has been an instance already, in this run of the node or an earlier one. */
  get hasRun(): boolean {
    return this.#hadInstance;
  }

  get exitCode(): number | undefined {
    return this.state.terminated?.exitCode;
  }

  /** Continues what a stopped kubelet left in the pod's status: whatever ran has ended with the node. */
  restore(status: ContainerStatus): void {
    this.restartCount = status.restartCount;
    this.containerId = status.containerID?.replace('switchyard://', '');
    if (status.containerID === undefined) return;
    this.#hadInstance = true;
    if (this.role === 'init') {
      // Volumes start empty after a reboot, so what init containers did must be done again.
      this.lastState = status.state;
      return;
    }
    this.lastState = status.lastState;
    this.state = status.state;
    const { running } = status.state;
    if (running !== undefined)
      this.#terminated({
        exitCode: 255,
        reason: 'Unknown',
        startedAt: running.startedAt,
        finishedAt: timestamp(this.#clock.now()),
      });
    this.finishedAtMs = this.#clock.now();
  }

  /** Says why the container does not run. A termination that was told before becomes the last state. */
  wait(reason: string, message?: string): void {
    if (this.state.terminated !== undefined) this.lastState = this.state;
    this.state = { waiting: message === undefined ? { reason } : { reason, message } };
  }

  /** Counts a new instance. The log of the one before is kept. */
  begin(image: Image): void {
    if (this.#hadInstance) this.restartCount++;
    this.#hadInstance = true;
    this.image = image;
    this.containerId = randomBytes(32).toString('hex');
    if (this.#log !== undefined) this.#previousLog = this.#log;
    this.#log = new LogBuffer(this.#clock);
    if (this.state.terminated !== undefined) this.lastState = this.state;
  }

  /**
   * Starts its main process.
   * @param messageFile what the container has left at its terminationMessagePath.
   * @throws FileError when the command is not there.
   */
  run(container: Container, messageFile: () => string, onExit: () => void): void {
    const log = (this.#log ??= new LogBuffer(this.#clock));
    const { stdin, tty } = this.spec;
    const input = stdin === true ? createPipe() : undefined;
    const output = new OutputHub(log.sink());
    const errors = new OutputHub(log.sink());
    const io: ProcessIo = {
      stdout: output.sink,
      ...(input === undefined ? {} : { stdin: input.source }),
      ...(tty === true ? { terminal: { columns: 80, rows: 24 } } : { stderr: errors.sink }),
    };
    const process = container.start(io);
    const startedAt = timestamp(this.#clock.now());
    this.#instance = { container, process, output, errors, stdin: input?.sink };
    this.state = { running: { startedAt } };
    const messageOf = (code: number): string => {
      const message = messageFile();
      const fallsBack = this.spec.terminationMessagePolicy === 'FallbackToLogsOnError';
      return message === '' && fallsBack && code !== 0
        ? log.tail(FALLBACK_MESSAGE_LINES, FALLBACK_MESSAGE_BYTES)
        : message;
    };
    const ended = (status: ExitStatus): void => {
      output.sink.end();
      errors.sink.end();
      log.close();
      this.#instance = undefined;
      this.stopProbes();
      const message = messageOf(status.code);
      this.#terminated({
        exitCode: status.code,
        reason: status.code === 0 ? 'Completed' : 'Error',
        ...(message === '' ? {} : { message }),
        startedAt,
        finishedAt: timestamp(this.#clock.now()),
      });
      onExit();
    };
    process.exit.then(ended, () => ended({ code: 1 }));
  }

  /**
   * The container could not be started at all (runc's failures).
   * @param restarts whether it will be tried again.
   */
  failStart(message: string, restarts: boolean): void {
    this.#log?.close();
    this.#terminated({
      exitCode: 128,
      reason: 'StartError',
      message,
      startedAt: '1970-01-01T00:00:00Z',
      finishedAt: timestamp(this.#clock.now()),
    });
    if (restarts) this.wait('RunContainerError', message);
  }

  #terminated(terminated: Omit<NonNullable<ContainerState['terminated']>, 'containerID'>): void {
    this.started = false;
    this.ready = false;
    this.finishedAtMs = this.#clock.now();
    this.state = { terminated: { ...terminated, containerID: `switchyard://${this.containerId ?? ''}` } };
  }

  /** Ends the running instance, if there is one, at once. */
  kill(): void {
    this.#instance?.container.kill();
  }

  stopProbes(): void {
    for (const prober of this.probers) prober.stop();
    this.probers = [];
  }

  /** The log that `kubectl logs` means; undefined when there is none. */
  log(previous: boolean): LogBuffer | undefined {
    // While it waits for a restart, the last instance is the previous one, too.
    if (previous) return this.state.waiting === undefined ? this.#previousLog : this.#log;
    return this.#log;
  }

  /** Joins a client to the container's own streams. */
  attach(io: ProcessIo): AttachedProcess | undefined {
    const instance = this.#instance;
    if (instance === undefined) return undefined;
    instance.output.attach(io.stdout);
    if (io.stderr !== undefined) instance.errors.attach(io.stderr);
    if (io.terminal !== undefined) instance.process.resize(io.terminal);
    if (io.stdin !== undefined && instance.stdin !== undefined) void this.#pump(io.stdin, instance.stdin);
    return instance.process;
  }

  async #pump(source: NonNullable<ProcessIo['stdin']>, sink: ByteSink): Promise<void> {
    try {
      for (let chunk = await source.read(); chunk !== undefined; chunk = await source.read())
        await sink.write(chunk);
    } catch {
      // The container has ended or does not read any more.
      source.cancel();
    }
    if (this.spec.stdinOnce === true) sink.end();
  }

  status(): ContainerStatus {
    const { image, spec, role, containerId } = this;
    const { requests = {} } = spec.resources ?? {};
    const mounts = spec.volumeMounts ?? [];
    return {
      name: spec.name,
      state: this.inPostStart ? { waiting: { reason: 'ContainerCreating' } } : this.state,
      lastState: this.lastState,
      ready: role === 'init' ? this.exitCode === 0 : role !== 'ephemeral' && this.ready,
      restartCount: this.restartCount,
      image: image === undefined ? spec.image : `${image.repository}:${image.tag}`,
      imageID: image === undefined ? '' : `${image.repository}@${image.digest}`,
      ...(containerId === undefined
        ? {}
        : { containerID: `switchyard://${containerId}`, resources: spec.resources ?? {} }),
      ...(containerId === undefined || Object.keys(requests).length === 0
        ? {}
        : { allocatedResources: requests }),
      ...(role === 'ephemeral' ? {} : { started: this.started && !this.inPostStart }),
      ...(mounts.length === 0 ? {} : { volumeMounts: mounts.map(mountStatus) }),
    };
  }
}

function mountStatus({ name, mountPath, readOnly }: VolumeMount): {
  name: string;
  mountPath: string;
  readOnly?: boolean;
  recursiveReadOnly?: string;
} {
  return {
    mountPath,
    name,
    ...(readOnly === true ? { readOnly, recursiveReadOnly: 'Disabled' } : {}),
  };
}
