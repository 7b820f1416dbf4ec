import type { Clock } from '../clock.ts';
import { createRegistry } from './registry.ts';
import { SharedSink, SharedSource } from './descriptors.ts';
import { ContainerFileSystem } from './container-file-system.ts';
import { FileTree } from './file-tree.ts';
import { MemoryFileSystem } from './memory-file-system.ts';
import { DEFAULT_PATH, findProgram } from './find-program.ts';
import { sourceOf } from './pipe.ts';
import { ProcFileSystem } from './proc-file-system.ts';
import { ContainerProcess, type ProcessWorld } from './process.ts';
import { Terminal } from './terminal.ts';
import {
  type AttachedProcess,
  type Container,
  type ContainerConfig,
  type ContainerRuntime,
  FileError,
  type Image,
  type ProcessIo,
  type Signal,
  type TerminalSize,
} from './types.ts';

export interface ContainerRuntimeOptions {
  clock: Clock;
  /** Images besides the catalog's; one of the same name and tag wins over it. */
  extraImages?: Image[];
}

/** The container runtime of the emulated nodes: makes containers from the images of the catalog. */
export function createContainerRuntime(options: ContainerRuntimeOptions): ContainerRuntime {
  const now = (): number => options.clock.now();
  return {
    images: createRegistry(options.extraImages ?? []),
    createContainer: (config) => new EmulatedContainer(config),
    createVolume: (files = {}, programs = {}) => {
      const tree = new FileTree();
      for (const [path, program] of Object.entries(programs)) tree.addProgram(path, program);
      const volume = new MemoryFileSystem(now, Object.keys(programs).length > 0 ? tree : undefined);
      for (const [path, data] of Object.entries(files)) {
        const absolute = path.startsWith('/') ? path : `/${path}`;
        volume.mkdir(absolute.slice(0, absolute.lastIndexOf('/')) || '/', { recursive: true });
        volume.writeFile(absolute, data);
      }
      return volume;
    },
  };
}

/** Folders that every container has. */
const FOLDERS = ['/dev', '/etc', '/home', '/proc', '/root', '/sys', '/tmp', '/usr', '/var', '/run'];

const trees = new WeakMap<Image, FileTree>();

/** The image's files, laid out once and shared by all of its containers. */
function treeOf(image: Image): FileTree {
  let tree = trees.get(image);
  if (tree !== undefined) return tree;
  tree = new FileTree();
  for (const folder of FOLDERS) tree.addDirectory(folder);
  for (const device of ['null', 'zero', 'random', 'urandom', 'tty', 'stdin', 'stdout', 'stderr'])
    tree.addFile(`/dev/${device}`, '', 0o666);
  for (const [path, text] of Object.entries(image.files)) tree.addFile(path, text);
  for (const [path, program] of Object.entries(image.programs)) tree.addProgram(path, program);
  trees.set(image, tree);
  return tree;
}

/** Process ids and who has them. */
interface PidNamespace {
  table: Map<number, ContainerProcess>;
  lastPid: number;
}

class EmulatedContainer implements Container {
  readonly fs: ContainerFileSystem;
  readonly #config: ContainerConfig;
  readonly #world: ProcessWorld;
  /** Every process that this container sees; those of other containers among them when it shares theirs. */
  readonly #pids: PidNamespace;
  #main: ContainerProcess | undefined;
  #ended = false;

  constructor(config: ContainerConfig) {
    this.#config = config;
    const own = new MemoryFileSystem(() => config.clock.now(), treeOf(config.image));
    const { shareProcessesWith } = config;
    this.#pids =
      shareProcessesWith instanceof EmulatedContainer
        ? shareProcessesWith.#pids
        : { table: new Map(), lastPid: 0 };
    const pids = this.#pids;
    const proc = new ProcFileSystem(() => [...pids.table.values()], config.clock, config.network);
    this.fs = new ContainerFileSystem(own, [
      { path: '/proc', source: proc, sourcePath: '/', readOnly: true },
      ...config.mounts,
    ]);
    if (!this.fs.exists('/etc/hostname')) this.fs.writeFile('/etc/hostname', `${config.hostname}\n`);
    const workingDir = this.#workingDir();
    if (!this.fs.exists(workingDir)) this.fs.mkdir(workingDir, { recursive: true });
    this.#world = {
      fs: this.fs,
      network: config.network,
      resolve: config.resolve,
      clock: config.clock,
      hostname: config.hostname,
      table: pids.table,
      nextPid: () => ++pids.lastPid,
      onExit: (process) => {
        if (process === this.#main) this.kill();
      },
    };
  }

  start(io: ProcessIo): AttachedProcess {
    const { image, command, args } = this.#config;
    // A command of the pod replaces the entrypoint and drops the image's cmd with it.
    const entrypoint = command ?? image.entrypoint;
    const cmd = args ?? (command === undefined ? image.cmd : []);
    const { process, attached } = this.#launch([...entrypoint, ...cmd], io);
    this.#main = process;
    return attached;
  }

  exec(argv: readonly string[], io: ProcessIo): AttachedProcess {
    if (this.#ended) throw new FileError('ESRCH', 'container is not running');
    return this.#launch(argv, io).attached;
  }

  kill(): void {
    this.#ended = true;
    for (const process of this.#own()) process.signal('SIGKILL');
  }

  /** Its own processes, without those of containers that share its process ids. */
  #own(): ContainerProcess[] {
    return [...this.#pids.table.values()].filter(({ world }) => world === this.#world);
  }

  #workingDir(): string {
    return this.#config.workingDir ?? (this.#config.image.workingDir || '/');
  }

  #launch(argv: readonly string[], io: ProcessIo): { process: ContainerProcess; attached: AttachedProcess } {
    const environment = (): Record<string, string> => {
      const env: Record<string, string> = {
        PATH: DEFAULT_PATH,
        HOSTNAME: this.#config.hostname,
        ...(io.terminal === undefined ? {} : { TERM: 'xterm' }),
        ...this.#config.image.env,
        ...this.#config.env,
      };
      return 'HOME' in env ? env : { ...env, HOME: '/root' };
    };
    const found = findForStart(this.fs, argv, environment(), this.#workingDir());
    const terminal =
      io.terminal === undefined
        ? undefined
        : new Terminal(io.stdin, io.stdout, io.terminal, (signal) => this.#signalTerminal(terminal, signal));
    const stdout = terminal?.output ?? SharedSink.of(io.stdout);
    const process = new ContainerProcess(this.#world, found.program, {
      argv: found.argv,
      environment,
      cwd: this.#workingDir(),
      stdin: terminal?.input ?? SharedSource.of(io.stdin ?? sourceOf('')),
      stdout,
      stderr: terminal?.output ?? (io.stderr === undefined ? stdout : SharedSink.of(io.stderr)),
      terminal,
      background: false,
      parentPid: 0,
    });
    const attached = {
      pid: process.pid,
      exit: process.exit,
      signal: (signal: Signal) => process.signal(signal),
      resize: (size: TerminalSize) => terminal?.resize(size),
    };
    return { process, attached };
  }

  #signalTerminal(terminal: Terminal | undefined, signal: Signal): void {
    for (const process of this.#own()) {
      if (process.terminal !== terminal || (process.background && signal !== 'SIGHUP')) continue;
      // The container's own terminal may be left and taken up again: it does not hang up.
      if (signal === 'SIGHUP' && process === this.#main) continue;
      process.signal(signal);
    }
  }
}

/** @throws FileError in the words of runc, which the kubelet hands on in its events. */
function findForStart(
  fs: ContainerFileSystem,
  argv: readonly string[],
  env: Record<string, string>,
  cwd: string,
): ReturnType<typeof findProgram> {
  const name = argv[0] ?? '';
  try {
    return findProgram(fs, argv, env, cwd);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    if (error.code !== 'ENOENT')
      throw new FileError(error.code, `exec: "${name}": ${error.message.toLowerCase()}`);
    throw new FileError(
      'ENOENT',
      name.includes('/')
        ? `exec: "${name}": stat ${name}: no such file or directory`
        : `exec: "${name}": executable file not found in $PATH`,
    );
  }
}
