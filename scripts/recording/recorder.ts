import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { formatRecording, RECORDINGS } from '../../src-main/providers/testing/recording.ts';
import { normalize } from './normalize.ts';
import { record, type RunOptions } from './run.ts';

/** Name of every cluster that is made here; one of somebody else's cannot be meant. */
export const CLUSTER = 'rec-lab';

/** A cluster of one node. */
export const PLAIN = 'kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n';

export type SaveOptions = Omit<RunOptions, 'program'>;

/** Runs programs and keeps what they print, as files in the project. */
export class Recorder {
  readonly folder = mkdtempSync(join(tmpdir(), 'switchyard-rec-'));
  /** A node image that the engine has. */
  readonly nodeImage: string;
  readonly kubeconfig = join(this.folder, 'kubeconfig');
  /** Of the second engine and the stand-in for registries, once they run. */
  machine = { engineRoot: '/nowhere', registry: 'nowhere:0' };
  /** Images that were made here, and what they stand for. */
  readonly images: Record<string, string> = {};
  readonly #wanted: RegExp;
  readonly #versions: Record<string, string>;

  constructor(nodeImage: string, wanted: RegExp) {
    chmodSync(this.folder, 0o755);
    this.nodeImage = nodeImage;
    this.#wanted = wanted;
    const docker = execFileSync('docker', [
      'version',
      '--format',
      '{{.Client.Version}}, engine {{.Server.Version}}',
    ]);
    this.#versions = {
      docker: `docker ${docker.toString().trim()}`,
      kind: execFileSync('kind', ['version']).toString().trim(),
    };
  }

  wants(...names: string[]): boolean {
    return names.some((name) => this.#wanted.test(name));
  }

  /** Runs a command and keeps what it prints, if that is wanted; else only when it must have been run. */
  async save(name: string, argv: readonly string[], options: SaveOptions = {}): Promise<void> {
    if (!this.wants(name)) return;
    const program = this.#versions[argv[0] ?? ''] ?? argv[0] ?? '';
    const seen = await record(argv, { ...options, program });
    const file = join(RECORDINGS, `${name}.txt`);
    mkdirSync(dirname(file), { recursive: true });
    const machine = { ...this.machine, folder: this.folder, cluster: CLUSTER, images: this.images };
    writeFileSync(file, formatRecording(normalize(seen, machine)));
    console.log(`${name}: ${seen.lines.length} lines, ends with ${seen.end}`);
  }

  /** `kind create cluster` with a configuration. */
  create(config: string, image = this.nodeImage): string[] {
    const file = this.file('kind.yaml', config);
    return [
      ...['kind', 'create', 'cluster', '--name', CLUSTER, '--image', image],
      ...['--config', file, '--kubeconfig', this.kubeconfig],
    ];
  }

  /** Writes a file into this run's folder and tells where it is. */
  file(name: string, text: string | Buffer): string {
    writeFileSync(join(this.folder, name), text);
    return join(this.folder, name);
  }

  /** Runs something that is not recorded. */
  run(argv: readonly string[], input?: string): string {
    const [program = '', ...args] = argv;
    return execFileSync(program, args, {
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'ignore'],
      ...(input !== undefined && { input }),
    });
  }

  /** Takes away what a failure may have left. */
  deleteCluster(): void {
    this.run(['kind', 'delete', 'cluster', '--name', CLUSTER, '--kubeconfig', this.kubeconfig]);
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
