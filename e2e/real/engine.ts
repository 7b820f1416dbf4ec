import { execa } from 'execa';

/** The container engine of this machine, seen by a test: what it has, and how it is stopped and started. */
export const ENGINE = process.env['KIND_EXPERIMENTAL_PROVIDER'] ?? 'docker';

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

/** Shell lines that stop and start the engine here; a test that needs them says that it was skipped without. */
export const ENGINE_SWITCH =
  process.env['SWITCHYARD_ENGINE_STOP'] !== undefined && process.env['SWITCHYARD_ENGINE_START'] !== undefined
    ? { stop: process.env['SWITCHYARD_ENGINE_STOP'], start: process.env['SWITCHYARD_ENGINE_START'] }
    : undefined;

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
