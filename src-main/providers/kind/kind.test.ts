import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { commandLine } from '../../command/command.ts';
import { PUBLISHED_NODE_PORTS } from '../container/ports.ts';
import { proxyModeFor } from '../container/proxy-mode.ts';
import { printed, readRecording } from '../testing/recording.ts';
import * as argv from './argv.ts';
import { controlPlaneName, kindConfig, workerNames } from './config.ts';
import { kubernetesVersionOf, parseKindLine, parseKindVersion } from './parse.ts';

const target = { engine: 'podman', cluster: 'lab' } as const;

describe('command lines of kind', () => {
  it('name engine, cluster and a private kubeconfig, so that nothing of the user is touched', () => {
    const create = argv.createCommand(target, {
      image: 'kindest/node:v1.34.11',
      config: '/x/kind.yaml',
      kubeconfig: '/x/kubeconfig',
    });
    expect(commandLine(create)).toBe(
      'kind create cluster --name lab --image kindest/node:v1.34.11 --config /x/kind.yaml --kubeconfig /x/kubeconfig',
    );
    const remove = argv.deleteCommand(target, '/x/kubeconfig');
    expect(commandLine(remove)).toBe('kind delete cluster --name lab --kubeconfig /x/kubeconfig');
    const load = argv.loadArchiveCommand(target, '/x/images.tar');
    expect(commandLine(load)).toBe('kind load image-archive /x/images.tar --name lab');
    for (const command of [create, remove, load, argv.kubeconfigCommand(target)])
      expect(command.env).toEqual({ KIND_EXPERIMENTAL_PROVIDER: 'podman' });
  });
});

describe('the configuration of a kind cluster', () => {
  interface Config {
    kubeadmConfigPatches: string[];
    networking: Record<string, string>;
    nodes: { role: string; extraPortMappings: Record<string, unknown>[] }[];
  }
  const ports = { http: 8080, https: 8443, workers: [30070, 31070] };
  const config = parse(kindConfig({ ports, proxyMode: 'nftables' })) as Config;

  it('has one control plane and a worker for each block of ports', () => {
    expect(config.nodes.map(({ role }) => role)).toEqual(['control-plane', 'worker', 'worker']);
    expect(config.networking).toEqual({ apiServerAddress: '127.0.0.1', kubeProxyMode: 'nftables' });
    expect(workerNames('lab', 3)).toEqual(['lab-worker', 'lab-worker2', 'lab-worker3']);
    expect(controlPlaneName('lab')).toBe('lab-control-plane');
  });

  it('does not make learners wait for the rules of a Service that they have changed', () => {
    expect(config.kubeadmConfigPatches.map((patch) => parse(patch) as unknown)).toEqual([
      { kind: 'KubeProxyConfiguration', nftables: { minSyncPeriod: '100ms' } },
    ]);
  });

  it('publishes on loopback only, every port once', () => {
    const mappings = config.nodes.flatMap(({ extraPortMappings }) => extraPortMappings);
    expect(mappings.every(({ listenAddress }) => listenAddress === '127.0.0.1')).toBe(true);
    expect(new Set(mappings.map(({ hostPort }) => hostPort)).size).toBe(2 + 2 * PUBLISHED_NODE_PORTS.count);
    expect(config.nodes[2]?.extraPortMappings[3]).toEqual({
      containerPort: 30073,
      hostPort: 31073,
      listenAddress: '127.0.0.1',
      protocol: 'TCP',
    });
  });

  it('uses iptables unless the kernel lacks what session affinity needs', () => {
    expect(proxyModeFor({ kernel: '6.8.0-45-generic' }, '1.34.11')).toBe('iptables');
    expect(proxyModeFor({ kernel: '6.6.87.2-microsoft-standard-WSL2' }, '1.34.11')).toBe('nftables');
    expect(proxyModeFor({ kernel: '5.10.16.3-microsoft-standard-WSL2' }, '1.34.11')).toBe('iptables');
    expect(proxyModeFor({ kernel: '6.6.87.2-microsoft-standard-WSL2' }, '1.30.0')).toBe('iptables');
  });
});

describe('what kind prints', () => {
  const events = (name: string): string[] =>
    readRecording(name).lines.flatMap(({ text }) => {
      const event = parseKindLine(text);
      return event === undefined ? [] : [`${event.step} ${event.state}`];
    });

  it('tells each step of a cluster that is made', () => {
    const steps = [
      'node-image',
      'containers',
      'configuration',
      'control-plane',
      'pod-network',
      'storage',
      'workers',
    ];
    expect(events('kind/create')).toEqual(steps.flatMap((step) => [`${step} begins`, `${step} done`]));
  });

  it('tells which step failed', () => {
    expect(events('kind/create-port-taken').at(-1)).toBe('containers failed');
    expect(events('kind/create-image-unknown').at(-1)).toBe('node-image failed');
    expect(events('kind/create-old-node-image').at(-1)).toBe('control-plane failed');
    expect(events('kind/create-killed').at(-1)).toBe('control-plane begins');
    expect(events('kind/create-engine-stopped')).toEqual([]);
    expect(events('kind/delete')).toEqual([]);
  });

  it('tells its version, and a node image the version of Kubernetes', () => {
    expect(parseKindVersion(printed(readRecording('kind/version'), 'out'))).toBe('0.33.0');
    expect(parseKindVersion('garbage')).toBeUndefined();
    expect(kubernetesVersionOf('kindest/node:v1.34.11@sha256:44e2')).toBe('1.34.11');
    expect(kubernetesVersionOf('kindest/node:latest')).toBeUndefined();
  });
});
