import { readFileSync } from 'node:fs';
import { printed, readRecording } from '../../src-main/providers/testing/recording.ts';
import type { Run } from './run.ts';
import type { StandInContainer } from './scenario.ts';

/** What the others print where they do not print what docker prints. */
const OTHERS: Record<string, { stopped: string; info: string; pull: string; network: string }> = {
  podman: {
    stopped: 'podman/documented/info-machine-stopped',
    info: 'podman/documented/info',
    pull: 'podman/documented/pull',
    network: 'podman/documented/network',
  },
  nerdctl: {
    stopped: 'nerdctl/documented/info-stopped',
    info: 'nerdctl/documented/info',
    pull: 'nerdctl/documented/pull',
    network: 'docker/network',
  },
};

/** The stand-in for `docker`, `podman` and `nerdctl`. */
export async function engine(run: Run): Promise<number> {
  const { folder, args } = run;
  const [command, sub] = args;
  const other = OTHERS[run.program];
  if (folder.engineStopped) return await run.replay(other?.stopped ?? stoppedRecording(command));
  if (command === 'info') return await run.replay(other?.info ?? 'docker/info');
  if (command === 'version') return await run.replay('docker/version');
  if (command === 'ps') return await run.answer(lines(withLabel(run).map(({ id }) => id)));
  if (command === 'container' && sub === 'inspect') return await inspectContainers(run);
  if (command === 'image' && sub === 'inspect') return await inspectImages(run);
  if (command === 'network' && sub === 'inspect') return await run.replay(other?.network ?? 'docker/network');
  if (command === 'pull') return await pull(run, other?.pull ?? 'docker/pull');
  if (command === 'save') return await save(run);
  if (command === 'load') {
    readFileSync(0);
    return await run.replay('docker/load');
  }
  if (command === 'start') return await setRunning(run, args.slice(1));
  if (command === 'rm') return await remove(run, run.rest().slice(1));
  if (command === 'exec') return await nodeImages(run);
  return await run.answer('', { status: 1, complaint: `stand-in: no such command: ${args.join(' ')}\n` });
}

function stoppedRecording(command = ''): string {
  const recorded = ['info', 'version', 'pull'].includes(command) ? command : 'ps';
  return `docker/${recorded}-engine-stopped`;
}

function withLabel(run: Run): StandInContainer[] {
  const [key = '', value] = run
    .option('--filter')
    .replace(/^label=/, '')
    .split('=');
  return run.folder.state.containers.filter(({ labels }) =>
    value === undefined ? key in labels : labels[key] === value,
  );
}

async function inspectContainers(run: Run): Promise<number> {
  const ids = run.args.slice(2);
  const found = run.folder.state.containers.filter(({ id, name }) => ids.includes(id) || ids.includes(name));
  const [template] = JSON.parse(printed(readRecording('docker/inspect-containers'), 'out')) as [
    { State: object; Config: object },
  ];
  const inspected = found.map(({ id, name, labels, status, createdAt }) => ({
    ...template,
    Id: id,
    Name: `/${name}`,
    Created: createdAt,
    State: { ...template.State, Status: status, Running: status === 'running' },
    Config: { ...template.Config, Labels: labels },
  }));
  return await run.answer(`${JSON.stringify(inspected, undefined, 4)}\n`, missing(found.length, ids.length));
}

async function inspectImages(run: Run): Promise<number> {
  const references = run.args.slice(2);
  const { images } = run.folder.state;
  const found = images.filter((image) =>
    references.some((reference) => normalReference(reference) === normalReference(image)),
  );
  const [template] = JSON.parse(printed(readRecording('docker/inspect-images'), 'out')) as [object];
  const inspected = found.map((image) => ({ ...template, RepoTags: [tagOf(image)], RepoDigests: [] }));
  return await run.answer(
    `${JSON.stringify(inspected, undefined, 4)}\n`,
    missing(found.length, references.length),
  );
}

function missing(found: number, asked: number): { status: number; complaint: string } {
  return found >= asked
    ? { status: 0, complaint: '' }
    : { status: 1, complaint: 'Error response from daemon: no such object\n' };
}

async function pull(run: Run, recording: string): Promise<number> {
  const [, reference = ''] = run.rest('--platform');
  const status = await run.replay(recording, { words: (text) => text.replaceAll('nginx', reference) });
  if (status === 0) run.folder.change((state) => state.images.push(tagOf(reference)));
  return status;
}

async function save(run: Run): Promise<number> {
  const references = run.rest('--platform', '--format').slice(1);
  const { images } = run.folder.state;
  const known = references.every((reference) => images.some((image) => image === tagOf(reference)));
  if (!known) return await run.replay('docker/save-missing');
  return await run.answer(Buffer.from(`an archive of ${references.join(' ')}`.padEnd(20_000, '.')));
}

async function setRunning(run: Run, ids: readonly string[]): Promise<number> {
  run.folder.change(({ containers }) => {
    for (const container of containers) if (ids.includes(container.id)) container.status = 'running';
  });
  return await run.answer(lines(ids));
}

async function remove(run: Run, ids: readonly string[]): Promise<number> {
  run.folder.change((state) => {
    state.containers = state.containers.filter(({ id }) => !ids.includes(id));
  });
  return await run.answer(lines(ids));
}

/** What `crictl images` finds in a node of k3d: all that the engine has. */
async function nodeImages(run: Run): Promise<number> {
  const images = run.folder.state.images.map((image) => ({ repoTags: [normalReference(image)] }));
  return await run.answer(JSON.stringify({ images }));
}

function lines(words: readonly string[]): string {
  return words.map((word) => `${word}\n`).join('');
}

function tagOf(reference: string): string {
  return reference.replace(/@sha256:[0-9a-f]+$/, '');
}

/** `docker.io/library/nginx:1.27` of `nginx:1.27`. */
function normalReference(reference: string): string {
  const [first = '', ...rest] = reference.split('/');
  if (rest.length === 0) return `docker.io/library/${reference}`;
  return /[.:]/.test(first) ? reference : `docker.io/${reference}`;
}
