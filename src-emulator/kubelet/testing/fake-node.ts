import type { Clock } from '../../clock.ts';
import { MemoryFileSystem } from '../../images/memory-file-system.ts';
import { createContainerRuntime } from '../../images/runtime.ts';
import {
  FileError,
  type AttachedProcess,
  type Container,
  type ContainerConfig,
  type ContainerRuntime,
  type ExitStatus,
  type Image,
  type ProcessIo,
  type Signal,
} from '../../images/types.ts';
import { EMPTY_KERNEL } from '../../network/kernel-view.ts';
import { NetworkError, type NetworkStack } from '../../network/types.ts';
import type { KubeletNetwork } from '../kubelet-context.ts';

/** How the pid 1 of an image behaves. */
type Behaviour = (io: ProcessIo, end: (code: number) => void) => { onSignal?(signal: Signal): void };

const BEHAVIOURS: Record<string, Behaviour> = {
  /** Serves until it is asked to end. */
  web: (io, end) => {
    void io.stdout.write('listening\n');
    return { onSignal: (signal) => signal === 'SIGTERM' && end(0) };
  },
  /** Fails at once. */
  crash: (io, end) => {
    void io.stdout.write('cannot go on\n');
    queueMicrotask(() => end(3));
    return {};
  },
  /** Does its work and ends. */
  task: (_io, end) => {
    queueMicrotask(() => end(0));
    return {};
  },
  /** Leaves a note for the status and ends. */
  note: (_io, end) => {
    queueMicrotask(() => end(0));
    return {};
  },
  /** Serves until its image's stop signal comes. */
  quits: (_io, end) => ({ onSignal: (signal) => signal === 'SIGQUIT' && end(0) }),
  /** Does not listen to SIGTERM. */
  deaf: () => ({}),
};

export interface FakeNode {
  runtime: ContainerRuntime;
  network: KubeletNetwork;
  /** The containers made so far, by the first word of their image. */
  readonly configs: ContainerConfig[];
  /** What commands that are executed in containers answer: exit codes by their words. Default 0. */
  readonly exitCodes: Map<string, number>;
  /** Signals that reached pid 1 of any container, in order. */
  readonly signals: string[];
  /** Addresses that are in use. */
  readonly addresses: Set<string>;
}

/** A container runtime and a network without programs and packets. */
export function createFakeNode(clock: Clock): FakeNode {
  const configs: ContainerConfig[] = [];
  const exitCodes = new Map<string, number>();
  const signals: string[] = [];
  const addresses = new Set<string>();
  let lastAddress = 1;
  const volumes = createContainerRuntime({ clock });

  const stack = (kind: 'pod' | 'node', nodeName: string, address: string): NetworkStack => ({
    kind,
    nodeName,
    address,
    listen: () => ({ [Symbol.dispose]: () => undefined }),
    connect: (to) => Promise.reject(new NetworkError('ECONNREFUSED', `refused by ${to.address}`)),
    bindUdp: () => {
      throw new NetworkError('EADDRINUSE', 'no UDP here');
    },
    ping: () => Promise.resolve(undefined),
    listeners: () => [],
    udpPorts: () => [],
    kernel: EMPTY_KERNEL,
    close: () => void addresses.delete(address),
  });

  return {
    configs,
    exitCodes,
    signals,
    addresses,
    network: {
      createPodStack(nodeName) {
        const address = `10.244.1.${++lastAddress}`;
        addresses.add(address);
        return stack('pod', nodeName, address);
      },
      nodeStack: (nodeName) => stack('node', nodeName, '172.18.0.3'),
      createResolver: () => () => Promise.resolve([]),
    },
    runtime: {
      images: {
        lookup: (reference) => imageNamed(reference),
        references: () => Object.keys(BEHAVIOURS).map((name) => `docker.io/library/${name}:1`),
      },
      createContainer(config) {
        // The containers of pods; those of the node itself run the kubelet's own images.
        if (imageNamed(`${config.image.repository.split('/').at(-1) ?? ''}:1`) !== undefined)
          configs.push(config);
        return createContainer(config, exitCodes, signals);
      },
      createVolume: (files) => volumes.createVolume(files),
    },
  };
}

function imageNamed(reference: string): Image | undefined {
  const [name, tag] = reference.split(':');
  if (name === undefined || tag !== '1' || !(name in BEHAVIOURS)) return undefined;
  return {
    repository: `docker.io/library/${name}`,
    tag,
    digest: `sha256:${name}`,
    sizeBytes: 1000,
    entrypoint: [`/${name}`],
    cmd: [],
    env: {},
    workingDir: '/',
    programs: {},
    files: {},
    ...(name === 'quits' ? { stopSignal: 'SIGQUIT' } : {}),
  };
}

function createContainer(
  config: ContainerConfig,
  exitCodes: Map<string, number>,
  signals: string[],
): Container {
  const name = config.image.repository.split('/').at(-1) ?? '';
  const live = new Set<(status: ExitStatus) => void>();
  const process = (behaviour: Behaviour, io: ProcessIo, told: boolean): AttachedProcess => {
    const { promise, resolve } = Promise.withResolvers<ExitStatus>();
    const end = (status: ExitStatus): void => {
      live.delete(end);
      resolve(status);
    };
    live.add(end);
    const hooks = behaviour(io, (code) => end({ code }));
    return {
      pid: 1,
      exit: promise,
      signal: (signal) => {
        if (told) signals.push(`${name} ${signal}`);
        if (signal === 'SIGKILL') end({ code: 137, signal });
        else hooks.onSignal?.(signal);
      },
      resize: () => undefined,
    };
  };
  return {
    fs: new MemoryFileSystem(() => config.clock.now()),
    start(io) {
      const command = config.command?.[0];
      if (command === '/missing')
        throw new FileError('ENOENT', 'exec: "/missing": stat /missing: no such file or directory');
      const note = config.mounts.find(({ path }) => path === '/dev/termination-log');
      if (name === 'note') note?.source.writeFile(note.sourcePath, 'all done\n');
      return process(BEHAVIOURS[name] ?? (() => ({})), io, true);
    },
    exec(argv, io) {
      const words = argv.join(' ');
      if (words === 'hang') return process(() => ({}), io, false);
      const code = exitCodes.get(words) ?? 0;
      return process(
        (streams, end) => {
          if (code !== 0) void streams.stdout.write(`${words} failed\n`);
          queueMicrotask(() => end(code));
          return {};
        },
        io,
        false,
      );
    },
    kill() {
      if (live.size > 0) signals.push(`${name} SIGKILL`);
      for (const end of [...live]) end({ code: 137, signal: 'SIGKILL' });
    },
  };
}
