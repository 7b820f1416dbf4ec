import { execFileSync } from 'node:child_process';
import { hostname, release } from 'node:os';
import type { Recording } from '../../src-main/providers/testing/recording.ts';

/** What stands in recordings in place of what only one machine has. */
const USUAL = {
  home: '/home/ana/.local/share/switchyard/kind/switchyard',
  host: 'laptop',
  kernel: '6.8.0-45-generic',
  resolver: '127.0.0.53',
  root: '/var/lib/docker',
};

/** Runtimes that some engines are given beside their own. */
const runtimes = Object.entries(
  (
    JSON.parse(execFileSync('docker', ['info', '--format', '{{json .}}'], { encoding: 'utf8' })) as {
      Runtimes: Record<string, { path: string }>;
    }
  ).Runtimes,
).flatMap(([name, { path }]): [string, string][] => (path.startsWith('/') ? [[`"${name}"`, '"runc"']] : []));

/** What of a machine is taken out of what it printed. */
export interface Machine {
  /** The folder of this run. */
  folder: string;
  /** The cluster's name in this run; `switchyard` in the recordings. */
  cluster: string;
  /** Where an engine of its own keeps its things. */
  engineRoot: string;
  /** Where the stand-in for registries listens. */
  registry: string;
  /** Names of images that stand in for others. */
  images: Readonly<Record<string, string>>;
}

/** A recording as it would be of anybody's machine. What it shows of programs stays as it was. */
export function normalize(recording: Recording, machine: Machine): Recording {
  const replacements: [string | RegExp, string][] = [
    ...Object.entries(machine.images),
    [`${machine.folder}/`, `${USUAL.home}/`],
    [`/private${machine.folder}/`, `${USUAL.home}/`],
    [machine.engineRoot, USUAL.root],
    [machine.registry, 'registry.example:5000'],
    [machine.cluster, 'switchyard'],
    [/\blookup (\S+) on \S+:53\b/g, `lookup $1 on ${USUAL.resolver}:53`],
    [release(), USUAL.kernel],
    ...runtimes,
  ];
  const replaced = (text: string): string =>
    replacements.reduce((all, [from, to]) => all.replaceAll(from, to), text);
  return {
    ...recording,
    command: replaced(recording.command),
    lines: recording.lines.map((line) => ({ ...line, text: replaced(withoutMachine(line.text)) })),
  };
}

/** docker's description of itself, without what is of no interest to anybody but the machine's owner. */
function withoutMachine(text: string): string {
  if (!text.startsWith('{"ID":')) return text;
  const info = JSON.parse(text) as Record<string, unknown>;
  const server = info['ServerVersion'] !== '';
  return JSON.stringify({
    ...info,
    ...(server && {
      ID: '7TRN:IPZB:QYBB:VPBQ:UMPP:KARE:6ZNR:XE6T:7EWV:PKF4:ZOJD:TPYS',
      Name: info['Name'] === hostname() ? USUAL.host : info['Name'],
      RegistryConfig: { InsecureRegistryCIDRs: ['127.0.0.0/8'], IndexConfigs: {}, Mirrors: null },
      Runtimes: { runc: { path: 'runc' } },
      DefaultRuntime: 'runc',
      Labels: [],
    }),
    ...(info['ClientInfo'] !== undefined && { ClientInfo: withoutPaths(info['ClientInfo']) }),
  });
}

function withoutPaths(client: unknown): unknown {
  return typeof client === 'object' && client !== null ? { ...client, Plugins: [] } : client;
}
