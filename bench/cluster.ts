import { fork, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NODE_OPTIONS } from '#emulator/process-arguments.ts';
import { createKubeClient, type KubeClient } from '#main/kube/client.ts';
import type { KubeObject } from '#main/kube/objects.ts';
import { type Figure, timed } from './figure.ts';

const PROGRAM = join(import.meta.dirname, '..', 'out', 'main', 'cluster-process.js');
const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment' };
const NODE = { apiVersion: 'v1', kind: 'Node' };
const CLOCK_TICKS_PER_SECOND = 100;

/** A cluster in a process of its own, as the app starts it. */
export interface BenchCluster {
  kube: KubeClient;
  kubeconfig: string;
  pid: number;
  stop(): Promise<void>;
}

/** Starts the built cluster process and resolves when it has answered a first authenticated request. */
export async function startBenchCluster(
  stateDirectory: string,
  options: readonly string[] = [],
): Promise<BenchCluster> {
  const args = ['--state-directory', stateDirectory, '--name', 'bench', ...options];
  const child: ChildProcess = fork(PROGRAM, args, {
    execArgv: [...process.execArgv, ...NODE_OPTIONS],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('exit', (code) => reject(new Error(`the cluster process ended with ${code}`)));
  });
  const kubeconfig = readFileSync(join(stateDirectory, 'kubeconfig'), 'utf8');
  const kube = createKubeClient(kubeconfig);
  await kube.list(NODE);
  return {
    kube,
    kubeconfig,
    pid: child.pid ?? 0,
    stop: async () => {
      await kube.close();
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function web(replicas: number): string {
  return `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: registry.k8s.io/e2e-test-images/agnhost:2.53
        args: [netexec, --http-port=8080]
        readinessProbe: {httpGet: {path: /healthz, port: 8080}, periodSeconds: 1}
`;
}

interface Workload extends KubeObject {
  status?: { availableReplicas?: number };
}

/** Applies the Deployment and resolves when that many replicas are Available, as a watch sees it. */
async function rollOut(kube: KubeClient, replicas: number): Promise<void> {
  const available = new Promise<void>((resolve) => {
    const look = (object: Workload): void => {
      if (object.status?.availableReplicas !== replicas) return;
      watch[Symbol.dispose]();
      resolve();
    };
    const watch = kube.watch<Workload>(
      DEPLOYMENT,
      { namespace: 'default' },
      { snapshot: (objects) => objects.forEach(look), event: (_type, object) => look(object) },
    );
  });
  await kube.apply(web(replicas), { namespace: 'default' });
  await available;
}

/** Processor time that a process has used so far, in ms: it does not grow with what else runs here. Linux only. */
export function processorMilliseconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / CLOCK_TICKS_PER_SECOND;
}

/** Resident memory of a process, in MB (10^6 bytes). Linux only. */
export function residentMegabytes(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return (Number(kilobytes) * 1024) / 1e6;
}

/** Start, roll-out and memory of the emulated cluster. */
export async function benchCluster(runs: number, scratch: string): Promise<Figure[]> {
  const start: number[] = [];
  const three: number[] = [];
  const memory: number[] = [];
  for (let run = 0; run < runs; run++) {
    let cluster: BenchCluster | undefined;
    start.push(
      await timed(async () => {
        cluster = await startBenchCluster(join(scratch, `start-${run}`));
      }),
    );
    if (cluster === undefined) continue;
    const { kube, pid } = cluster;
    three.push(await timed(() => rollOut(kube, 3)));
    await rollOut(kube, 30);
    memory.push(residentMegabytes(pid));
    await cluster.stop();
  }
  return [
    { name: 'emulated cluster: process start to first API answer', unit: 'ms', goal: '≤ 300', values: start },
    { name: '3 replicas: apply to Available (pull included)', unit: 'ms', goal: '≤ 1000', values: three },
    { name: 'resident memory with 30 pods', unit: 'MB', goal: '< 150', values: memory },
  ];
}
