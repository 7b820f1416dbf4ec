import { CommandError, missingError } from '../../command/errors.ts';
import type { Command, CommandResult, CommandRunner } from '../../command/command.ts';
import { commandLine } from '../../command/command.ts';
import { Engine, type EngineState } from '../../engine/engine.ts';
import type { EngineId } from '../../engine/engine-id.ts';
import type { EngineImage } from '../../engine/images.ts';
import type { EngineInfo } from '../../engine/info.ts';
import type { Host } from '../../host/host.ts';
import type { ContainerRecord } from '../../providers/container/record.ts';
import type { ClusterTool } from '../../providers/container/tool.ts';
import { kindTool } from '../../providers/kind/tool.ts';
import type { Finding, PreflightCheck } from '../check.ts';
import type { ContainerFacts } from '../facts.ts';
import { TOOL_NEEDS } from '../needs.ts';

export const GB = 1e9;

/** An engine of a Linux laptop, in good order. */
export const DOCKER: EngineInfo = {
  engine: 'docker',
  version: '28.5.1',
  apiVersion: '1.51',
  kernel: '6.12.48-amd64',
  operatingSystem: 'Debian GNU/Linux 13 (trixie)',
  architecture: 'amd64',
  cgroup: 2,
  rootless: false,
  virtualMachine: false,
  containerdStore: false,
  memory: 16 * GB,
  processors: 8,
  rootDirectory: '/var/lib/docker',
  proxy: undefined,
};

/** What an engine of Docker Desktop says of itself. */
export const DESKTOP: EngineInfo = {
  ...DOCKER,
  kernel: '6.10.14-linuxkit',
  operatingSystem: 'Docker Desktop',
  virtualMachine: true,
};

/** Answers command lines by what they begin with; a program without an answer is not installed. */
export function answering(answers: Record<string, Partial<CommandResult> | Error>): {
  run: CommandRunner;
  asked: string[];
} {
  const asked: string[] = [];
  const run = (command: Command): Promise<CommandResult> => {
    const line = commandLine(command);
    asked.push(line);
    const answer = Object.entries(answers).find(([start]) => line.startsWith(start))?.[1];
    if (answer === undefined) return Promise.reject(missingError(command, undefined));
    if (answer instanceof Error) return Promise.reject(answer);
    return Promise.resolve({ exitCode: 0, stdout: '', stderr: '', ...answer });
  };
  return { run, asked };
}

/** A Linux laptop in good order. */
export function fakeHost(change: Partial<Host> = {}): Host {
  return {
    system: 'linux',
    kernel: DOCKER.kernel,
    architecture: 'amd64',
    env: {},
    home: '/home/ada',
    run: answering({}).run,
    readText: () => Promise.resolve('1048576\n'),
    isReadable: () => Promise.resolve(true),
    disk: () => Promise.resolve({ free: 100 * GB, total: 250 * GB }),
    interfaces: () => ({}),
    availableMemory: () => 8 * GB,
    talkOverLoopback: () => Promise.resolve(),
    ...change,
  };
}

/** k3d as far as a preflight knows a tool. */
export function fakeK3d(nodeImage = 'rancher/k3s:v1.34.1-k3s1'): ClusterTool {
  return {
    ...kindTool(nodeImage),
    id: 'k3d',
    name: { en: 'k3d', ko: 'k3d' },
    engines: ['docker'],
    toolImages: ['ghcr.io/k3d-io/k3d-proxy:5.9.0'],
  };
}

export interface FakeFacts {
  /** Of the engine that runs; undefined for none. */
  info?: EngineInfo | undefined;
  /** How each engine stands, in place of {@link info}. */
  engines?: Partial<Record<EngineId, EngineState>>;
  host?: Partial<Host>;
  tool?: ClusterTool;
  images?: { missing: string[]; present?: Record<string, Partial<EngineImage>> };
  own?: { record: ContainerRecord; running: boolean };
  otherName?: string;
  facts?: Partial<ContainerFacts>;
}

/** Facts of a laptop on which everything is in order, but for what is said. */
export function fakeFacts(fake: FakeFacts = {}): ContainerFacts {
  const { tool = kindTool('kindest/node:v1.34.4'), images = { missing: [] } } = fake;
  const info = 'info' in fake ? fake.info : DOCKER;
  const host = fakeHost(fake.host);
  const states: Partial<Record<EngineId, EngineState>> =
    fake.engines ?? (info === undefined ? {} : { [info.engine]: { state: 'running', info } });
  return {
    tool,
    host,
    needs: TOOL_NEEDS[tool.id],
    clusterName: 'switchyard',
    labImages: [],
    preferred: undefined,
    records: { read: () => Promise.resolve(undefined) },
    isPortFree: () => Promise.resolve(true),
    leftovers: () => Promise.resolve([]),
    deleteCluster: () => Promise.resolve(),
    engines: () =>
      Promise.resolve(
        tool.engines.map((id) => ({
          engine: new Engine(id, host.run),
          state: states[id] ?? { state: 'missing' },
        })),
      ),
    running: () => Promise.resolve(info && { engine: new Engine(info.engine, host.run), info }),
    images: () =>
      Promise.resolve(
        info && {
          missing: images.missing,
          present: Object.entries(images.present ?? {}).map(([reference, image]) => ({
            reference,
            image: { id: '', tags: [], architecture: 'amd64', size: 0, layers: [], ...image },
          })),
        },
      ),
    cluster: () => Promise.resolve({ own: fake.own, otherName: fake.otherName }),
    ...fake.facts,
  };
}

/** A cluster that was made here. */
export const RECORD: ContainerRecord = {
  state: 'ready',
  cluster: 'switchyard',
  engine: 'docker',
  image: 'kindest/node:v1.34.4',
  createdAt: '2026-01-01T00:00:00.000Z',
  ports: { http: 8080, https: 8443, workers: [30070, 31070] },
  containers: ['c1'],
};

/** An engine that hangs, as it is seen when its deadline is over. */
export function hanging(words = 'no answer'): Error {
  return new CommandError('deadline', { code: 'program-deadline', message: { en: words, ko: words } });
}

/** A finding as a person reads it. */
export interface Read {
  state: Finding['state'];
  seen: string;
  fix: string;
  commands: string[];
}

/** What a check says in English, having seen to it that it says as much in Korean, and what to do when not all is well. */
export async function read(check: PreflightCheck): Promise<Read | undefined> {
  const finding = await check.look();
  if (finding === undefined) return undefined;
  const { state, seen, fix } = finding;
  for (const text of [check.why, seen, fix?.text, ...(finding.mends ?? []).map(({ label }) => label)])
    if (text !== undefined && (!/[가-힣]/.test(text.ko) || /undefined|NaN/.test(text.en + text.ko)))
      throw new Error(`not said in Korean, or not whole: ${JSON.stringify(text)}`);
  if (state !== 'ok' && fix === undefined) throw new Error(`nothing to do about: ${seen.en}`);
  return { state, seen: seen.en, fix: fix?.text.en ?? '', commands: fix?.commands ?? [] };
}
