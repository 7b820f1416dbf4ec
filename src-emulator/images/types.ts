import type { Clock } from '../clock.ts';
import type { NetworkStack, ResolveHost } from '../network/types.ts';
import type { ByteSink, ByteSource } from '../streams.ts';

/** Signals that programs of the emulated containers can meet. */
export type Signal = 'SIGHUP' | 'SIGINT' | 'SIGQUIT' | 'SIGKILL' | 'SIGPIPE' | 'SIGTERM';

export interface ExitStatus {
  /** 0–255; 128 + the signal's number when a signal ended the process. */
  code: number;
  signal?: Signal;
}

/** Size of a terminal in character cells. */
export interface TerminalSize {
  columns: number;
  rows: number;
}

/** The virtual file system of one container. Paths are absolute and normalised by the implementation. */
export interface FileSystem {
  readFile(path: string): Uint8Array;
  writeFile(path: string, data: Uint8Array | string, options?: { append?: boolean; mode?: number }): void;
  exists(path: string): boolean;
  stat(path: string): FileStat;
  list(path: string): string[];
  mkdir(path: string, options?: { recursive?: boolean }): void;
  remove(path: string, options?: { recursive?: boolean }): void;
  rename(from: string, to: string): void;
  /** Where a symbolic link points, as it was written; undefined when there is no link at the path. */
  readLink(path: string): string | undefined;
  /** Makes a symbolic link at `path`. */
  symlink(target: string, path: string): void;
}

export interface FileStat {
  type: 'file' | 'directory' | 'symlink';
  size: number;
  mode: number;
  mtimeMs: number;
}

/** A file-system failure, worded as libc words it (`No such file or directory`). */
export class FileError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.name = 'FileError';
    this.code = code;
  }
}

/** The terminal that a process is attached to. */
export interface TerminalHandle {
  readonly size: TerminalSize;
  onResize(handler: (size: TerminalSize) => void): Disposable;
  /** Raw: every byte is handed over at once and nothing is echoed. Cooked: lines, echo, Ctrl+C and Ctrl+D. */
  setRaw(raw: boolean): void;
  /** Whether what is typed in cooked mode is shown. */
  setEcho(echo: boolean): void;
}

/** What a running program sees of the world. */
export interface ProcessContext {
  /** argv[0] is the program's own name. */
  readonly argv: readonly string[];
  readonly env: Record<string, string>;
  readonly cwd: string;
  readonly pid: number;
  readonly hostname: string;
  readonly fs: FileSystem;
  readonly network: NetworkStack;
  readonly resolve: ResolveHost;
  readonly clock: Clock;
  readonly stdin: ByteSource;
  readonly stdout: ByteSink;
  readonly stderr: ByteSink;
  readonly terminal: TerminalHandle | undefined;
  /** Aborts when the process must end (a fatal signal without handler, or the container stops). */
  readonly ended: AbortSignal;
  /** Installs a handler; without one SIGTERM, SIGINT, … end the process. Pid 1 ignores them by default, as on Linux. */
  onSignal(signal: Signal, handler: () => void): Disposable;
  /** Starts another program of the container by name or path. Rejects with FileError ENOENT when there is none. */
  spawn(argv: readonly string[], options?: SpawnOptions): Process;
  /** Runs `program` as a child process under the name `argv`: what fork without exec is to a shell. */
  fork(program: Program, argv: readonly string[], options?: SpawnOptions): Process;
  /**
   * Goes on as another program in the same process, as exec does; resolves with its exit code.
   * Throws FileError as {@link spawn} does.
   */
  exec(argv: readonly string[], options?: SpawnOptions): Promise<number>;
  /** Every process of the container, for `ps` and `kill`. */
  processes(): ProcessEntry[];
}

/** A line of the process table. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parentPid: number;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  readonly startedMs: number;
  signal(signal: Signal): void;
}

export interface SpawnOptions {
  env?: Record<string, string>;
  cwd?: string;
  stdin?: ByteSource;
  stdout?: ByteSink;
  stderr?: ByteSink;
  /** Ctrl+C at the terminal does not reach it. */
  background?: boolean;
}

/** A program: runs to completion and resolves with its exit code. */
export type Program = (context: ProcessContext) => Promise<number>;

export interface Process {
  readonly pid: number;
  readonly exit: Promise<ExitStatus>;
  signal(signal: Signal): void;
}

/** An image that the emulated cluster can run. */
export interface Image {
  /** Full name without tag, for example `registry.k8s.io/e2e-test-images/agnhost`. */
  repository: string;
  tag: string;
  /** `sha256:…`, made up but stable. */
  digest: string;
  sizeBytes: number;
  entrypoint: string[];
  cmd: string[];
  env: Record<string, string>;
  workingDir: string;
  /** Programs by absolute path. The shell finds them through PATH. */
  programs: Record<string, Program>;
  /** Files that are there at the start, by absolute path. */
  files: Record<string, string>;
  /** What the kubelet sends to stop it; SIGTERM when left out. */
  stopSignal?: Signal;
}

/** Looks up what a node could pull. */
export interface ImageRegistry {
  /**
   * Resolves a reference as containerd does (`nginx` → `docker.io/library/nginx:latest`).
   * `undefined` when no such image or tag is emulated; the caller turns that into ErrImagePull.
   */
  lookup(reference: string): Image | undefined;
  /** Images that there are as `repository:tag`, sorted: the kubelet names them when a pull fails. */
  references(): string[];
}

/** How a process's streams are wired up by whoever starts it from outside the container. */
export interface ProcessIo {
  stdin?: ByteSource;
  stdout: ByteSink;
  /** Left out when there is a terminal: both outputs arrive on stdout. */
  stderr?: ByteSink;
  /** Present when a terminal is wanted: its first size. */
  terminal?: TerminalSize;
}

/** A process that was started from outside, with its terminal if it has one. */
export interface AttachedProcess extends Process {
  resize(size: TerminalSize): void;
}

export interface ContainerConfig {
  image: Image;
  /** Replaces the image's entrypoint, as `command` in a container spec does. */
  command?: string[];
  /** Replaces the image's cmd, as `args` does. */
  args?: string[];
  env: Readonly<Record<string, string>>;
  workingDir?: string;
  hostname: string;
  network: NetworkStack;
  resolve: ResolveHost;
  clock: Clock;
  /** Files and folders laid over the image: /etc/hosts, /etc/resolv.conf, ConfigMap and Secret volumes. */
  mounts: Mount[];
  /** The container whose process ids this one shares; left out, it has its own. */
  shareProcessesWith?: Container;
}

/** A volume: a file system shared by the containers that mount it. */
export interface Mount {
  path: string;
  source: FileSystem;
  /** The file or folder of `source` that appears at `path`. */
  sourcePath: string;
  readOnly: boolean;
}

/** One container of a pod. */
export interface Container {
  /** Starts pid 1. @throws FileError ENOENT when the command is not in the image. */
  start(io: ProcessIo): AttachedProcess;
  /** Starts another process in it. @throws FileError ENOENT. */
  exec(argv: readonly string[], io: ProcessIo): AttachedProcess;
  /** Ends every process at once (SIGKILL). */
  kill(): void;
  readonly fs: FileSystem;
}

/** Makes containers and volumes: what the kubelet needs of a container runtime. */
export interface ContainerRuntime {
  readonly images: ImageRegistry;
  createContainer(config: ContainerConfig): Container;
  /** @param programs that lie in it as executable files, by absolute path. */
  createVolume(files?: Record<string, string | Uint8Array>, programs?: Record<string, Program>): FileSystem;
}
