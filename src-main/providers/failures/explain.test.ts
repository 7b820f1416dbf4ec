import { describe, expect, it } from 'vitest';
import type { EngineId } from '../../engine/engine-id.ts';
import type { OperatingSystem } from '../../host/platform.ts';
import { readRecording, recordingNames, type Recording } from '../testing/recording.ts';
import { explainFailure, type Failure } from './explain.ts';
import { KNOWN_FAILURES } from './known-failures.ts';

/** Every failure that was recorded or documented: its code, and words of the line that gives it away. */
const EXPLAINED: Record<string, [code: string, line: string]> = {
  'docker/info-engine-forbidden': ['engine-permission', 'permission denied while trying to connect'],
  'docker/ps-engine-forbidden': ['engine-permission', 'permission denied while trying to connect'],
  'docker/pull-engine-forbidden': ['engine-permission', 'permission denied while trying to connect'],
  'docker/version-engine-forbidden': ['engine-permission', 'permission denied while trying to connect'],
  'kind/create-engine-forbidden': ['engine-permission', 'permission denied while trying to connect'],
  'docker/documented/forbidden-29': ['engine-permission', 'docker API at unix:///var/run/docker.sock'],

  'docker/info-engine-stopped': ['engine-stopped', 'Cannot connect to the Docker daemon'],
  'docker/ps-engine-stopped': ['engine-stopped', 'Cannot connect to the Docker daemon'],
  'docker/pull-engine-stopped': ['engine-stopped', 'Cannot connect to the Docker daemon'],
  'docker/version-engine-stopped': ['engine-stopped', 'Cannot connect to the Docker daemon'],
  'kind/clusters-engine-stopped': ['engine-stopped', 'Command Output: Cannot connect'],
  'kind/create-engine-stopped': ['engine-stopped', 'Cannot connect to the Docker daemon'],
  'kind/delete-engine-stopped': ['engine-stopped', 'Command Output: Cannot connect'],
  'docker/documented/stopped-29': ['engine-stopped', 'failed to connect to the docker API'],
  'docker/documented/stopped-macos': ['engine-stopped', '.docker/run/docker.sock'],
  'docker/documented/stopped-windows': ['engine-stopped', 'The system cannot find the file specified'],
  'podman/documented/info-machine-stopped': ['engine-stopped', 'unable to connect to Podman socket'],
  'nerdctl/documented/info-stopped': ['engine-stopped', 'cannot access containerd socket'],
  'nerdctl/documented/info-rootless-stopped': ['engine-stopped', 'rootless containerd not running'],
  'kind/documented/create-podman-stopped': ['engine-stopped', 'unable to connect to Podman'],
  'k3d/documented/create-engine-stopped': ['engine-stopped', 'Cannot connect to the Docker daemon'],

  'kind/create-port-taken': ['port-taken', 'listen tcp4 127.0.0.1:38080: bind: address already in use'],
  'kind/create-port-allocated': ['port-taken', 'Bind for 127.0.0.1:38080 failed: port is already allocated'],
  'kind/documented/create-port-engine-28': ['port-taken', 'failed to bind host port for 127.0.0.1:8080'],
  'kind/documented/create-windows-port': ['port-taken', 'Ports are not available'],
  'kind/documented/create-macos-port': ['port-taken', 'Ports are not available'],
  'kind/documented/create-podman-port': ['port-taken', 'rootlessport listen tcp 127.0.0.1:8080'],
  'k3d/documented/create-port-taken': ['port-taken', 'Bind for 127.0.0.1:30070 failed'],
  'k3d/documented/create-port-listening': ['port-taken', 'listen tcp4 127.0.0.1:8080'],
  'k3d/documented/create-port-taken-plain': ['port-taken', 'Bind for 127.0.0.1:8080 failed'],

  'docker/pull-disk-full': ['disk-full', 'no space left on device'],
  'docker/load-disk-full': ['disk-full', 'no space left on device'],
  'kind/create-disk-full': ['disk-full', 'no space left on device'],
  'kind/load-disk-full': ['disk-full', 'no space left on device'],
  'kind/documented/create-evicted': ['disk-full', 'must evict pod(s) to reclaim ephemeral-storage'],
  'k3d/documented/create-disk-full': ['disk-full', 'no space left on device'],

  'kind/create-no-addresses': ['address-pool-exhausted', 'non-overlapping IPv4 address pool'],
  'kind/documented/create-subnets': ['address-pool-exhausted', 'exhausted attempts'],
  'k3d/documented/create-no-addresses': ['address-pool-exhausted', 'non-overlapping IPv4 address pool'],

  'kind/create-name-taken': ['cluster-exists', 'node(s) already exist'],
  'k3d/documented/create-name-taken': ['cluster-exists', 'a cluster with that name already exists'],

  'docker/load-garbage': ['image-import-failed', 'archive/tar: invalid tar header'],
  'kind/load-before-containerd': ['containerd-silent', 'failed to dial "/run/containerd/containerd.sock"'],
  'kind/load-garbage': ['image-import-failed', 'ctr: archive/tar: invalid tar header'],
  'kind/documented/load-digest': ['image-import-failed', 'ctr: content digest sha256:'],

  'docker/pull-without-network': ['name-resolution', 'lookup registry-1.docker.io'],
  'docker/documented/pull-dns-timeout': ['name-resolution', 'i/o timeout'],
  'kind/create-image-unknown': ['name-resolution', 'lookup registry-1.docker.io'],
  'kind/documented/create-node-dns': ['name-resolution', 'lookup registry.k8s.io'],
  'podman/documented/pull-without-network': ['name-resolution', 'lookup registry-1.docker.io'],
  'k3d/documented/create-without-network': ['name-resolution', 'lookup registry-1.docker.io'],

  'docker/pull-rate-limited': ['pull-rate-limited', 'toomanyrequests'],
  'k3d/documented/create-rate-limited': ['pull-rate-limited', 'toomanyrequests'],

  'docker/pull-unknown': ['image-unknown', 'manifest unknown'],
  'docker/pull-private': ['image-unknown', 'denied'],
  'docker/pull-other-architecture': ['image-unknown', 'no matching manifest for linux/'],
  'docker/documented/pull-hub-denied': ['image-unknown', 'pull access denied for kindest/nodes'],
  'podman/documented/pull-unknown': ['image-unknown', 'manifest unknown'],
  'k3d/documented/create-image-unknown': ['image-unknown', 'manifest unknown'],

  'docker/pull-certificate': ['certificate-untrusted', 'x509: certificate signed by unknown authority'],
  'k3d/documented/create-certificate': ['certificate-untrusted', 'x509: certificate signed by unknown'],

  'docker/pull-proxy': ['image-pull-failed', 'proxyconnect tcp'],
  'docker/pull-timeout': ['image-pull-failed', 'Client.Timeout exceeded while awaiting headers'],
  'docker/documented/pull-deadline': ['image-pull-failed', 'context deadline exceeded'],
  'docker/documented/pull-tls-timeout': ['image-pull-failed', 'TLS handshake timeout'],
  'kind/documented/create-pull-failed': ['image-pull-failed', 'Client.Timeout exceeded'],

  'kind/create-cgroup-v1': ['cgroup-v1', 'The kubelet is not healthy after 4m0'],
  'kind/documented/create-kubelet-journal': ['cgroup-v1', 'kubelet is configured to not run'],
  'kind/documented/create-rootless-cgroup-v1': ['cgroup-v1', 'requires cgroup v2'],
  'k3d/documented/create-cgroup-v1': ['cgroup-v1', 'kubelet is configured to not run'],

  'kind/create-no-node-image': ['inotify-limits', 'could not find a log line that matches'],
  'kind/documented/create-log-line': ['inotify-limits', 'could not find a log line that matches'],
  'kind/documented/create-podman-log-line': ['inotify-limits', 'could not find a log line that matches'],
  'kind/documented/create-open-files': ['inotify-limits', 'too many open files'],
  'k3d/documented/create-inotify': ['inotify-limits', 'too many open files'],

  'kind/documented/create-cgroup-pid': ['node-cgroups', 'error adding pid 3271 to cgroups'],
  'kind/documented/create-rootless-delegate': ['rootless-delegate', 'Delegate=yes'],
  'kind/create-old-node-image': ['node-image-version', 'your configuration file uses an old API spec'],
  'kind/documented/create-old-kubeadm': [
    'node-image-version',
    'no kind "ClusterConfiguration" is registered',
  ],
  'k3d/documented/create-timeout': ['node-start-failed', 'k3s is up and running'],
};

/** Failures of a question to which the answer may well be no; nobody is shown them as a cluster's failure. */
const ANSWERS = [
  'docker/inspect-container-missing',
  'docker/inspect-images-one-missing',
  'docker/network-missing',
  'docker/save-missing',
  'docker/start-missing',
  'docker/tag-missing',
  'docker/untag-missing',
  'k3d/documented/kubeconfig-none',
  'kind/kubeconfig-none',
  'kind/load-no-archive',
];
const KILLED = ['kind/create-interrupted', 'kind/create-killed'];

const step = { en: 'Joining the workers', ko: '워커 참여' };

/** Output as a result has it: one stream after the other. */
function outputOf({ lines }: Recording): string[] {
  return [...lines.filter(({ from }) => from === 'out'), ...lines.filter(({ from }) => from === 'err')].map(
    ({ text }) => text,
  );
}

function failureOf(name: string, more: Partial<Failure> = {}): Failure {
  const recording = readRecording(name);
  const engine = (['podman', 'nerdctl'] as const).find((id: EngineId) => recording.program.includes(id));
  const lines = recording.lines.map(({ text }) => text);
  return {
    engine: engine ?? 'docker',
    tool: name.startsWith('k3d/') ? 'k3d' : 'kind',
    cluster: 'switchyard',
    step,
    system: 'linux',
    output: outputOf(recording),
    log: {
      file: '/tmp/x.log',
      lines: ['$ docker image inspect x', '[]', `$ ${recording.command}`, ...lines],
    },
    killed: typeof recording.end === 'string',
    ...more,
  };
}

const failing = recordingNames().filter((name) => readRecording(name).end !== 0);
const SYSTEMS: OperatingSystem[] = ['linux', 'wsl', 'macos', 'windows'];

describe('what programs print when they fail', () => {
  it('is known, whatever was recorded or documented', () => {
    const known = [...Object.keys(EXPLAINED), ...ANSWERS, ...KILLED];
    expect(failing.filter((name) => !known.includes(name))).toEqual([]);
    expect(known.filter((name) => !failing.includes(name))).toEqual([]);
  });

  it.each(Object.entries(EXPLAINED))('%s', (name, [code, words]) => {
    const problem = explainFailure(failureOf(name));
    expect(problem.code).toBe(code);
    const { lines, matters } = problem.log ?? { lines: [] };
    expect(lines[matters ?? -1]).toContain(words);
  });

  it('has a remedy on each operating system, in English and in Korean', () => {
    for (const name of Object.keys(EXPLAINED))
      for (const system of SYSTEMS) {
        const { message, fix } = explainFailure(failureOf(name, { system }));
        for (const text of [message, fix]) {
          expect(text?.en, name).toMatch(/^[A-Z"a-z].{20,}/);
          expect(text?.ko, name).toMatch(/[가-힣].*(니다|세요|요)[.:]?/);
          expect(`${text?.en ?? ''}${text?.ko ?? ''}`, name).not.toMatch(/undefined|\bnull\b/);
        }
      }
  });

  it('leads to the lines for that operating system', () => {
    const commands = (name: string, system: OperatingSystem): string[] =>
      explainFailure(failureOf(name, { system })).commands ?? [];
    expect(commands('kind/create-engine-stopped', 'linux')).toEqual(['sudo systemctl start docker']);
    expect(commands('kind/create-engine-stopped', 'windows')).toEqual([]);
    expect(commands('kind/documented/create-podman-stopped', 'macos')).toEqual(['podman machine start']);
    expect(commands('kind/documented/create-podman-stopped', 'linux')).toEqual([
      'systemctl --user start podman.socket',
    ]);
    expect(commands('kind/documented/create-log-line', 'wsl')).toContain(
      'sudo sysctl fs.inotify.max_user_instances=512',
    );
    expect(commands('kind/documented/create-log-line', 'macos').join()).toContain('docker run --privileged');
    expect(commands('kind/create-cgroup-v1', 'windows')).toEqual(['kernelCommandLine = cgroup_no_v1=all']);
    expect(commands('kind/documented/create-windows-port', 'windows')).toContain('net stop winnat');
    expect(commands('kind/create-name-taken', 'linux')).toEqual(['kind delete cluster --name switchyard']);
    expect(commands('k3d/documented/create-name-taken', 'linux')).toEqual(['k3d cluster delete switchyard']);
  });

  it('names what it is about', () => {
    const message = (name: string): string => explainFailure(failureOf(name)).message.en;
    expect(message('kind/create-port-taken')).toContain('127.0.0.1:38080');
    expect(message('kind/create-port-allocated')).toContain('127.0.0.1:38080');
    expect(message('kind/documented/create-port-engine-28')).toContain('127.0.0.1:8080');
    expect(message('kind/documented/create-windows-port')).toContain('127.0.0.1:8080');
    expect(message('docker/pull-without-network')).toContain('registry-1.docker.io');
    expect(message('docker/pull-timeout')).toContain('http://registry.example:5000/v2/');
    expect(message('docker/documented/pull-tls-timeout')).toContain('https://registry-1.docker.io/v2/');
  });

  it('is never taken for a failure when all went well', () => {
    const alarms = recordingNames()
      .map((name) => ({ name, recording: readRecording(name) }))
      .filter(({ recording }) => recording.end === 0)
      .flatMap(({ name, recording }) =>
        outputOf(recording).flatMap((line) =>
          KNOWN_FAILURES.filter(({ words }) => words.test(line)).map(
            ({ code }) => `${name}: ${code}: ${line}`,
          ),
        ),
      );
    expect(alarms).toEqual([]);
  });
});

describe('a failure that nobody knows', () => {
  it('names the step, and shows the last lines and where all of them are', () => {
    const lines = Array.from({ length: 60 }, (_, index) => `line ${index}`);
    const problem = explainFailure(
      failureOf('kind/create-killed', { output: lines, killed: false, log: { file: '/x/kind.log', lines } }),
    );
    expect(problem.code).toBe('cluster-failed');
    expect(problem.message).toEqual({
      en: 'This step failed: Joining the workers.',
      ko: '이 단계에서 실패했습니다: 워커 참여.',
    });
    expect(problem.log).toEqual({ file: '/x/kind.log', lines: lines.slice(20) });
  });

  it.each(KILLED)('tells a program that was ended from one that failed: %s', (name) => {
    const problem = explainFailure(failureOf(name));
    expect(problem.code).toBe('program-killed');
    expect(problem.message.en).toContain('kind was ended');
    expect(problem.log?.lines.at(-1)).toMatch(/• (Preparing nodes|Starting control-plane)/u);
  });

  it('keeps the line that matters in sight, however long the log is', () => {
    const noise = Array.from({ length: 200 }, (_, index) => `I1125 noise ${index}`);
    const output = [...noise, 'x: no space left on device', ...noise];
    const { log } = explainFailure(
      failureOf('kind/create-killed', { output, log: { file: '/x', lines: output } }),
    );
    expect(log?.lines).toHaveLength(40);
    expect(log?.lines[log.matters ?? -1]).toBe('x: no space left on device');
  });
});
