import { type Clock, RealClock } from '../clock.ts';
import { createClusterNetwork } from '../network/cluster-network.ts';
import { startOutside } from '../outside/index.ts';
import { createResolver } from '../network/dns/resolver.ts';
import { serveDns } from '../network/dns/server.ts';
import { ApiStub } from '../network/test-support.ts';
import { createPipe } from './pipe.ts';
import { createContainerRuntime } from './runtime.ts';
import { nowhere } from './test-support.ts';
import type { AttachedProcess, Container } from './types.ts';

const DNS_ADDRESS = '10.96.0.10';

export interface TestPod {
  container: Container;
  process: AttachedProcess;
  address: string;
  /** What pid 1 has printed, both streams in order. */
  readonly log: string;
}

/** Two nodes, DNS, a world outside, and Services that a test makes: a small cluster for programs to talk in. */
export class TestCluster {
  readonly stub = new ApiStub();
  readonly clock: Clock;
  readonly #network;
  readonly #runtime;
  readonly #outside: Disposable;

  constructor(clock: Clock = new RealClock()) {
    this.clock = clock;
    this.#runtime = createContainerRuntime({ clock });
    this.#network = createClusterNetwork({
      clock,
      api: this.stub.api,
      hostAddress: '172.18.0.1',
      nodes: [
        { name: 'node-1', address: '172.18.0.2', podCIDR: '10.244.1.0/24' },
        { name: 'node-2', address: '172.18.0.3', podCIDR: '10.244.2.0/24' },
      ],
    });
    const dns = this.#network.createPodStack('node-1');
    serveDns({ api: this.stub.api, stack: dns, clock, outside: this.#network.outside });
    this.#outside = startOutside({ outside: this.#network.outside, runtime: this.#runtime, clock });
    for (const name of ['default', 'kube-system']) this.stub.namespace(name);
    const ports = [
      { name: 'dns', port: 53, protocol: 'UDP' as const },
      { name: 'dns-tcp', port: 53, protocol: 'TCP' as const },
    ];
    this.stub.service('kube-system/kube-dns', { clusterIP: DNS_ADDRESS, ports });
    this.stub.endpoints('kube-system/kube-dns', [{ addresses: [dns.address], nodeName: 'node-1' }], ports);
    this.stub.service('default/kubernetes', {
      clusterIP: '10.96.0.1',
      ports: [{ name: 'https', port: 443 }],
    });
  }

  /** A Service on `port` for the pods, which listen on `targetPort`. */
  service(name: string, clusterIP: string, targetPort: number, pods: readonly TestPod[], port = 80): void {
    this.stub.service(`default/${name}`, { clusterIP, ports: [{ name: '', port, protocol: 'TCP' }] });
    const endpoints = pods.map((pod) => ({ addresses: [pod.address], nodeName: 'node-1' }));
    this.stub.endpoints(`default/${name}`, endpoints, [{ name: '', port: targetPort, protocol: 'TCP' }]);
  }

  /** Runs an image as the kubelet would. */
  pod(
    name: string,
    image: string,
    options: { command?: string[]; args?: string[]; node?: string } = {},
  ): TestPod {
    const stack = this.#network.createPodStack(options.node ?? 'node-1');
    const found = this.#runtime.images.lookup(image);
    if (found === undefined) throw new Error(`no image ${image}`);
    const files: Record<string, string> = {
      '/etc/hosts': `127.0.0.1\tlocalhost\n${stack.address}\t${name}\n`,
      '/etc/resolv.conf': `search default.svc.cluster.local svc.cluster.local cluster.local\nnameserver ${DNS_ADDRESS}\noptions ndots:5\n`,
    };
    const volume = this.#runtime.createVolume(files);
    const container = this.#runtime.createContainer({
      image: found,
      ...(options.command === undefined ? {} : { command: options.command }),
      ...(options.args === undefined ? {} : { args: options.args }),
      env: {},
      hostname: name,
      network: stack,
      resolve: createResolver(stack, (path) => files[path], this.clock),
      clock: this.clock,
      mounts: Object.keys(files).map((path) => ({ path, source: volume, sourcePath: path, readOnly: false })),
    });
    let log = '';
    const output = createPipe();
    const process = container.start({
      stdout: output.sink,
      stderr: { ...nowhere, write: (data) => output.sink.write(data) },
    });
    void (async () => {
      for (let chunk = await output.source.read(); chunk !== undefined; chunk = await output.source.read())
        log += new TextDecoder().decode(chunk);
    })();
    return {
      container,
      process,
      address: stack.address,
      get log() {
        return log;
      },
    };
  }

  close(): void {
    this.#outside[Symbol.dispose]();
    this.#network.close();
  }
}
