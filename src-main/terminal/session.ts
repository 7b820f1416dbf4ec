import type { TerminalEvent, TerminalInfo } from '#shared/contract.ts';
import type { Clock } from '#emulator/clock.ts';
import type { LocalizedText } from '#shared/locale.ts';
import type { KubeClient } from '../kube/client.ts';
import type { ExecSession } from '../kube/exec.ts';
import { POD, type Pod } from '../kube/objects.ts';
import { Attachment } from './attachment.ts';
import { RingBuffer } from './ring-buffer.ts';
import {
  absentMessage,
  brokenMessage,
  containerReadiness,
  defaultContainer,
  endedMessage,
  goneMessage,
  GOODBYE,
  isReplacement,
  notRunningMessage,
  SHELL,
  waitingMessage,
} from './shell.ts';

/** What a screen shows again after it was away. */
const REPLAY_BYTES = 256 * 1024;
const CONTAINER_DEADLINE_MS = 60_000;
const CONTAINER_POLL_MS = 250;

export interface TerminalSize {
  columns: number;
  rows: number;
}

export interface SessionOptions {
  id: string;
  namespace: string;
  pod: string;
  container: string | undefined;
  size: TerminalSize;
  kube: () => KubeClient;
  clock: Clock;
  onInfo: () => void;
}

/** One shell in a pod. It lives here, whatever screens come and go. */
export class TerminalSession {
  readonly #options: SessionOptions;
  readonly #replay = new RingBuffer(REPLAY_BYTES);
  #info: TerminalInfo;
  #size: TerminalSize;
  #attachment: Attachment | undefined;
  /** The connection under way or open; ends whatever belongs to an earlier one. */
  #connection = new AbortController();
  #exec: ExecSession | undefined;
  #lastPod: Pod | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#size = options.size;
    const { id, namespace, pod, container } = options;
    this.#info = { id, namespace, pod, container: container ?? '', state: 'connecting' };
  }

  get info(): TerminalInfo {
    return this.#info;
  }

  /** Starts a shell, in the same pod or in its replacement. Never rejects: what goes wrong is in the info. */
  async connect(): Promise<void> {
    this.#connection.abort();
    this.#exec?.close();
    this.#exec = undefined;
    const connection = new AbortController();
    this.#connection = connection;
    try {
      this.#change('connecting');
      const pod = await this.#findPod();
      if (connection.signal.aborted) return;
      if (pod === undefined) {
        const { pod: name } = this.#info;
        this.#change('closed', this.#lastPod === undefined ? absentMessage(name) : goneMessage(name));
        return;
      }
      this.#lastPod = pod;
      const wanted = this.#options.container;
      const container =
        wanted !== undefined &&
        [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].some(({ name }) => name === wanted)
          ? wanted
          : (defaultContainer(pod) ?? '');
      this.#info = { ...this.#info, pod: pod.metadata.name, container };
      if (await this.#waitForContainer(container, connection.signal))
        await this.#open(container, connection.signal);
    } catch (error) {
      if (!connection.signal.aborted) this.#change('closed', brokenMessage(error));
    }
  }

  /** Replays what is kept, then follows until `signal`, or until another screen attaches. */
  async *attach(signal: AbortSignal | undefined): AsyncGenerator<TerminalEvent, void, void> {
    this.#attachment?.end();
    const attachment = new Attachment({
      pause: () => this.#exec?.pause(),
      resume: () => this.#exec?.resume(),
    });
    this.#attachment = attachment;
    attachment.data(this.#replay.bytes());
    attachment.info(this.#info);
    const end = (): void => attachment.end();
    signal?.addEventListener('abort', end);
    try {
      if (signal?.aborted !== true) yield* attachment.events();
    } finally {
      signal?.removeEventListener('abort', end);
      attachment.end();
      if (this.#attachment === attachment) this.#attachment = undefined;
    }
  }

  write(bytes: Uint8Array): void {
    this.#exec?.write(bytes);
  }

  resize(size: TerminalSize): void {
    this.#size = size;
    this.#exec?.resize(size.columns, size.rows);
  }

  acknowledge(bytes: number): void {
    this.#attachment?.acknowledge(bytes);
  }

  close(): void {
    this.#connection.abort();
    this.#exec?.write(GOODBYE);
    this.#exec?.close();
    this.#exec = undefined;
    this.#attachment?.end();
  }

  async #findPod(): Promise<Pod | undefined> {
    const { namespace, pod: name } = this.#info;
    const kube = this.#options.kube();
    const pod = await kube.get<Pod>({ ...POD, namespace, name });
    if (pod !== undefined && pod.metadata.deletionTimestamp === undefined) return pod;
    const gone = pod ?? this.#lastPod;
    if (gone === undefined) return undefined;
    const candidates = (await kube.list<Pod>(POD, { namespace })).filter((other) =>
      isReplacement(other, gone),
    );
    return candidates.find((other) => other.status?.phase === 'Running') ?? candidates[0];
  }

  /** False when it will not run; the info then says why. */
  async #waitForContainer(container: string, signal: AbortSignal): Promise<boolean> {
    const { clock, kube } = this.#options;
    const { namespace, pod: name } = this.#info;
    const deadline = clock.now() + CONTAINER_DEADLINE_MS;
    for (;;) {
      const pod = await kube().get<Pod>({ ...POD, namespace, name });
      if (signal.aborted) return false;
      if (pod === undefined) {
        this.#change('closed', goneMessage(name));
        return false;
      }
      const readiness = containerReadiness(pod, container);
      if (readiness.state === 'running') return true;
      if (readiness.state === 'ended' || clock.now() >= deadline) {
        this.#change('closed', notRunningMessage(container, readiness.reason));
        return false;
      }
      this.#change('connecting', waitingMessage(container, readiness.reason));
      await clock.sleep(CONTAINER_POLL_MS, signal);
    }
  }

  async #open(container: string, signal: AbortSignal): Promise<void> {
    const { namespace, pod } = this.#info;
    const exec = await this.#options.kube().openExec(namespace, pod, SHELL, {
      container,
      tty: true,
      onData: (_stream, bytes) => {
        if (signal.aborted) return;
        this.#replay.push(bytes);
        this.#attachment?.data(bytes);
      },
      onEnd: (end) => {
        if (signal.aborted) return;
        this.#exec = undefined;
        void this.#ended(end, signal);
      },
    });
    if (signal.aborted) {
      exec.close();
      return;
    }
    this.#exec = exec;
    exec.resize(this.#size.columns, this.#size.rows);
    this.#change('open');
  }

  async #ended(end: { exitCode: number } | { error: Error }, signal: AbortSignal): Promise<void> {
    const { namespace, pod: name } = this.#info;
    // A pod that is being deleted takes its shells with it: that is the reason to give, not the exit status.
    const pod = await this.#options
      .kube()
      .get<Pod>({ ...POD, namespace, name })
      .catch(() => this.#lastPod);
    if (signal.aborted) return;
    const exitCode = 'exitCode' in end ? end.exitCode : undefined;
    if (pod === undefined || pod.metadata.deletionTimestamp !== undefined)
      this.#change('closed', goneMessage(name), exitCode);
    else
      this.#change(
        'closed',
        'error' in end ? brokenMessage(end.error) : endedMessage(end.exitCode),
        exitCode,
      );
  }

  #change(state: TerminalInfo['state'], message?: LocalizedText, exitCode?: number): void {
    const { id, namespace, pod, container } = this.#info;
    this.#info = {
      id,
      namespace,
      pod,
      container,
      state,
      ...(message !== undefined && { message }),
      ...(exitCode !== undefined && { exitCode }),
    };
    this.#attachment?.info(this.#info);
    this.#options.onInfo();
  }
}
