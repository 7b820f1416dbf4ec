import { existsSync, writeFileSync } from 'node:fs';
import type { Run } from './run.ts';
import type { StandInContainer } from './scenario.ts';

const KIND_LABEL = 'io.x-k8s.kind.cluster';
const K3D_LABEL = 'k3d.cluster';

/** The stand-in for `kind`. */
export async function kind(run: Run): Promise<number> {
  const { folder, args } = run;
  const command = args.slice(0, 2).join(' ');
  const cluster = run.option('--name');
  const own = folder.state.containers.filter(({ labels }) => labels[KIND_LABEL] === cluster);
  const words = (text: string): string => text.replaceAll('switchyard', cluster);
  if (command === 'version') return await run.replay('kind/version');
  if (command === 'create cluster') {
    if (folder.engineStopped) return await run.replay('kind/create-engine-stopped');
    if (own.length > 0) return await run.replay('kind/create-name-taken', { words });
    const names = ['control-plane', 'worker', 'worker2'].map((name) => `${cluster}-${name}`);
    const status = await run.replay('kind/create', {
      words,
      onLine: (text) => {
        if (text.includes('• Preparing nodes')) add(run, names, { [KIND_LABEL]: cluster });
        if (text.startsWith('Deleted nodes:')) removeLabelled(run, KIND_LABEL, cluster);
      },
    });
    if (status === 0) writeFileSync(run.option('--kubeconfig'), folder.kubeconfig, { mode: 0o600 });
    return status;
  }
  if (command === 'delete cluster') {
    if (folder.engineStopped) return await run.replay('kind/delete-engine-stopped', { words });
    const status = await run.replay(own.length > 0 ? 'kind/delete' : 'kind/delete-none', { words });
    if (status === 0) removeLabelled(run, KIND_LABEL, cluster);
    return status;
  }
  if (command === 'load image-archive')
    return await run.replay(existsSync(args[2] ?? '') ? 'kind/load' : 'kind/load-no-archive', { words });
  if (command === 'get clusters') {
    const clusters = folder.state.containers.flatMap(({ labels }) => labels[KIND_LABEL] ?? []);
    return await run.answer([...new Set(clusters)].map((name) => `${name}\n`).join(''));
  }
  if (command === 'get kubeconfig') return await run.answer(folder.kubeconfig);
  return await run.answer('', { status: 1, complaint: `stand-in: no such command: ${args.join(' ')}\n` });
}

/** The stand-in for `k3d`. */
export async function k3d(run: Run): Promise<number> {
  const { folder, args } = run;
  const command = args.slice(0, 2).join(' ');
  const cluster = args[2] ?? '';
  const own = folder.state.containers.filter(({ labels }) => labels[K3D_LABEL] === cluster);
  const words = (text: string): string => text.replaceAll('switchyard', cluster);
  if (command === 'version') return await run.replay('k3d/documented/version');
  if (command === 'cluster create') {
    if (folder.engineStopped) return await run.replay('k3d/documented/create-engine-stopped', { words });
    if (own.length > 0) return await run.replay('k3d/documented/create-name-taken', { words });
    return await run.replay('k3d/documented/create', {
      words,
      onLine: (text) => {
        const [, name] = /Creating (?:node|LoadBalancer) '([^']+)'/.exec(words(text)) ?? [];
        if (name !== undefined) add(run, [name], { [K3D_LABEL]: cluster });
        if (text.includes('changes have been rolled back')) removeLabelled(run, K3D_LABEL, cluster);
      },
    });
  }
  if (command === 'cluster delete') {
    const status = await run.replay(`k3d/documented/delete${own.length > 0 ? '' : '-none'}`, { words });
    if (status === 0) removeLabelled(run, K3D_LABEL, cluster);
    return status;
  }
  if (command === 'kubeconfig get') {
    if (own.length === 0) return await run.replay('k3d/documented/kubeconfig-none');
    return await run.answer(`---\n${folder.kubeconfig.replace('127.0.0.1', '0.0.0.0')}`);
  }
  return await run.answer('', { status: 1, complaint: `stand-in: no such command: ${args.join(' ')}\n` });
}

function add(run: Run, names: readonly string[], labels: Record<string, string>): void {
  const made = names.map((name): StandInContainer => ({
    id: containerId(),
    name,
    labels,
    status: 'running',
    createdAt: new Date().toISOString(),
  }));
  run.folder.change(({ containers }) => containers.push(...made));
}

function removeLabelled(run: Run, label: string, cluster: string): void {
  run.folder.change((state) => {
    state.containers = state.containers.filter(({ labels }) => labels[label] !== cluster);
  });
}

function containerId(): string {
  return Array.from({ length: 64 }, () => Math.floor(Math.random() * 16).toString(16)).join('');
}
