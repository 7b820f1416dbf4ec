import { execa } from 'execa';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The container engine of this machine, seen by a test: what it has, and how it is stopped and started. */
export const ENGINE = process.env['KIND_EXPERIMENTAL_PROVIDER'] ?? 'docker';

/** What clusters are made of here; without, the app's own choice. */
export const NODE_IMAGE = process.env['SWITCHYARD_NODE_IMAGE'] ?? '';

export interface Container {
  id: string;
  name: string;
  startedAt: string;
}

/** Containers of a kind cluster, ended ones too. */
export async function nodesOf(cluster: string): Promise<Container[]> {
  const label = `label=io.x-k8s.kind.cluster=${cluster}`;
  const { stdout: ids } = await execa(ENGINE, ['ps', '--all', '--quiet', '--no-trunc', '--filter', label]);
  if (ids.trim() === '') return [];
  const { stdout } = await execa(ENGINE, ['container', 'inspect', ...ids.trim().split(/\s+/)]);
  const found = JSON.parse(stdout) as { Id: string; Name: string; State: { StartedAt: string } }[];
  return found
    .map(({ Id, Name, State }) => ({ id: Id, name: Name.replace(/^\//, ''), startedAt: State.StartedAt }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** Names of every kind cluster. */
export async function clusters(): Promise<string[]> {
  const { stdout } = await execa('kind', ['get', 'clusters'], { stderr: 'ignore' });
  return stdout.split('\n').filter((name) => name !== '' && !name.includes(' '));
}

/** A cluster that the user made with kind: the app has no part in it. */
export class OwnCluster {
  readonly name: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'switchyard-own-'));
  readonly kubeconfig = join(this.#folder, 'kubeconfig');

  constructor(name: string) {
    this.name = name;
  }

  /** Makes it, with a control plane and so many workers. */
  static async make(name: string, workers = 0): Promise<OwnCluster> {
    const cluster = new OwnCluster(name);
    const { kubeconfig } = cluster;
    const nodes = ['control-plane', ...Array<string>(workers).fill('worker')].map((role) => ({ role }));
    const config = { kind: 'Cluster', apiVersion: 'kind.x-k8s.io/v1alpha4', nodes };
    const target = ['--name', name, '--image', NODE_IMAGE, '--kubeconfig', kubeconfig];
    await execa('kind', ['create', 'cluster', ...target, '--config', '-'], { input: JSON.stringify(config) });
    await execa('kubectl', [
      ...['--kubeconfig', kubeconfig, 'wait', 'node', '--all'],
      ...['--for=condition=Ready', '--timeout=180s'],
    ]);
    return cluster;
  }

  nodes(): Promise<Container[]> {
    return nodesOf(this.name);
  }

  async delete(): Promise<void> {
    await execa('kind', ['delete', 'cluster', '--name', this.name, '--kubeconfig', this.kubeconfig]);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Shell lines that stop and start something of this machine. */
interface Switch {
  stop: string;
  start: string;
}

/** The engine; a test that stops it says that it was skipped where nobody says how. */
export const ENGINE_SWITCH = switchOf('SWITCHYARD_ENGINE');
/** Whatever nodes fetch images from. */
export const MIRROR_SWITCH = switchOf('SWITCHYARD_MIRROR');

function switchOf(name: string): Switch | undefined {
  const { [`${name}_STOP`]: stop, [`${name}_START`]: start } = process.env;
  return stop === undefined || start === undefined ? undefined : { stop, start };
}

export async function shell(line: string): Promise<void> {
  // What it starts (an engine, say) goes on in the background and must not hold the test up.
  await execa('sh', ['-c', line], { stdio: 'ignore' });
}

/** What of this environment the product needs to reach the engine. */
export const ENGINE_ENVIRONMENT = Object.fromEntries(
  ['SWITCHYARD_NODE_IMAGE', 'DOCKER_HOST', 'KIND_EXPERIMENTAL_PROVIDER', 'XDG_RUNTIME_DIR'].flatMap(
    (name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    },
  ),
);
