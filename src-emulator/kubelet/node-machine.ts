import type { Clock } from '../clock.ts';
import { nodePrograms } from '../images/catalog/toolboxes.ts';
import type { Container, ContainerRuntime, FileSystem, Image, Program } from '../images/types.ts';
import type { NetworkStack, ResolveHost } from '../network/types.ts';
import { nodeHostsFile } from './pod-files.ts';

/** The machine under a kubelet: what `kubectl debug node` and hostPath volumes see. */
export interface NodeMachine {
  readonly files: FileSystem;
  /** The machine's own processes; pods with hostPID share their ids. */
  readonly processes: Container;
  /** What the machine's /etc/resolv.conf says. */
  readonly dns: { nameservers: string[]; searches: string[]; options: string[] };
  close(): void;
}

export interface NodeMachineOptions {
  nodeName: string;
  clock: Clock;
  runtime: ContainerRuntime;
  stack: NetworkStack;
  resolve: ResolveHost;
  /** Where the machine asks for names; for example `172.18.0.1`. */
  nameserver: string;
}

const KUBELET_ARGUMENTS = [
  '--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf',
  '--kubeconfig=/etc/kubernetes/kubelet.conf',
  '--config=/var/lib/kubelet/config.yaml',
  '--runtime-cgroups=/system.slice/containerd.service',
];

/** What runs on every node beside its pods. */
const DAEMONS = [
  ['/sbin/init'],
  ['/lib/systemd/systemd-journald'],
  ['/usr/local/bin/containerd'],
  ['/usr/bin/kubelet', ...KUBELET_ARGUMENTS],
];

/** Runs until its process is ended from outside. */
const daemon: Program = ({ ended }) =>
  new Promise((resolve) => ended.addEventListener('abort', () => resolve(0)));

/** Makes the machine of a node, with its files and daemons. */
export function createNodeMachine(options: NodeMachineOptions): NodeMachine {
  const { nodeName, clock, runtime, stack, resolve, nameserver } = options;
  const dns = { nameservers: [nameserver], searches: [], options: ['ndots:0'] };
  const files = runtime.createVolume(filesOf(nodeName, stack.address, nameserver), nodePrograms());
  for (const folder of FOLDERS) if (!files.exists(folder)) files.mkdir(folder, { recursive: true });
  const processes = runtime.createContainer({
    image: MACHINE,
    env: {},
    hostname: nodeName,
    network: stack,
    resolve,
    clock,
    mounts: [],
  });
  const nowhere = { write: () => Promise.resolve(), end: () => undefined };
  const [, ...daemons] = DAEMONS;
  processes.start({ stdout: nowhere, stderr: nowhere });
  for (const command of daemons) processes.exec(command, { stdout: nowhere, stderr: nowhere });
  return { files, processes, dns, close: () => processes.kill() };
}

const FOLDERS = [
  ...[
    '/bin',
    '/boot',
    '/dev',
    '/home',
    '/kind',
    '/lib',
    '/lib64',
    '/media',
    '/mnt',
    '/opt',
    '/proc',
    '/root',
  ],
  ...['/run', '/sbin', '/srv', '/sys', '/tmp', '/usr', '/var/log/containers', '/var/log/pods'],
  ...['/var/lib/kubelet/pods', '/etc/cni/net.d', '/etc/kubernetes/manifests'],
];

const MACHINE: Image = {
  repository: 'node',
  tag: 'machine',
  digest: '',
  sizeBytes: 0,
  entrypoint: ['/sbin/init'],
  cmd: [],
  env: {},
  workingDir: '/',
  programs: Object.fromEntries(DAEMONS.map(([path = '']) => [path, daemon])),
  files: {},
};

function filesOf(nodeName: string, address: string, nameserver: string): Record<string, string> {
  return {
    '/etc/hostname': `${nodeName}\n`,
    '/etc/hosts': `${nodeHostsFile(address, nodeName).join('\n')}\n`,
    '/etc/resolv.conf': `nameserver ${nameserver}\noptions ndots:0\n`,
    '/etc/os-release': 'PRETTY_NAME="Emulated node"\nNAME="Emulated node"\nID=switchyard\n',
    '/etc/passwd':
      'root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n',
    '/etc/group': 'root:x:0:\nnogroup:x:65534:\n',
  };
}
