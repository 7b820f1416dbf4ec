import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Engine } from '../../engine/engine.ts';
import { FakeEngine, fakeLayer } from '../../engine/testing/fake-engine.ts';
import { createPack, type CreatePackOptions } from '../create.ts';
import { loadPack, type LoadedPack, type LoadPackOptions } from '../load.ts';
import type { Architecture, PackManifest } from '../manifest.ts';
import { planPack, type AirgapFile, type PackLab, type PackTool } from '../plan.ts';
import type { PackProgress } from '../progress.ts';
import { openPack } from '../reader.ts';

export const NODE = 'kindest/node:v1.34.4';
export const AGNHOST = 'registry.k8s.io/e2e-test-images/agnhost:2.53';
export const NGINX = 'nginx:1.27';

export const KIND: PackTool = {
  id: 'kind',
  engines: ['docker', 'podman', 'nerdctl'],
  nodeImage: NODE,
  toolImages: [],
  systemImages: [],
  addOnImages: [],
};
export const K3D: PackTool = {
  id: 'k3d',
  engines: ['docker'],
  nodeImage: 'rancher/k3s:v1.34.4-k3s1',
  toolImages: ['ghcr.io/k3d-io/k3d-proxy:5.9.0', 'ghcr.io/k3d-io/k3d-tools:5.9.0'],
  systemImages: [],
  addOnImages: [],
};
export const LABS: PackLab[] = [
  { id: 'cluster-ip', images: [AGNHOST] },
  { id: 'ingress', images: [AGNHOST, NGINX] },
];

/** A folder, a facilitator's engine that has everything, and what it takes to make and load packs. */
export class Workshop implements AsyncDisposable {
  readonly directory: string;
  readonly file: string;
  readonly engine = new FakeEngine();
  tools: PackTool[] = [KIND];
  labs: PackLab[] = LABS;
  readonly progress: PackProgress[] = [];

  private constructor(directory: string) {
    this.directory = directory;
    this.file = join(directory, 'workshop.pack.tar');
  }

  static async open(): Promise<Workshop> {
    return new Workshop(await mkdtemp(join(tmpdir(), 'switchyard-packs-')));
  }

  /** Puts every image of {@link KIND} and {@link LABS} into the engine: those of the labs share a layer. */
  stock(): void {
    const base = fakeLayer(200_000);
    this.engine.add([fakeLayer(), fakeLayer()], [NODE]);
    this.engine.add([base, fakeLayer(100_000)], [AGNHOST]);
    this.engine.add([base, fakeLayer(100_000)], [NGINX]);
  }

  async create(
    options: Partial<CreatePackOptions> & { architectures?: Architecture[]; airgap?: AirgapFile[] } = {},
  ): Promise<PackManifest> {
    const { architectures = ['amd64'], airgap, ...rest } = options;
    return createPack({
      ...(await running(this.engine)),
      file: this.file,
      plan: planPack(this.tools, this.labs, architectures, airgap),
      createdBy: 'Switchyard 1.2.3',
      system: 'linux',
      tell: (progress) => this.progress.push(progress),
      signal: new AbortController().signal,
      freeSpace: () => Promise.resolve(undefined),
      ...rest,
    });
  }

  async load(laptop: FakeEngine, options: Partial<LoadPackOptions> = {}): Promise<LoadedPack> {
    return loadPack({
      ...(await running(laptop)),
      pack: await openPack(this.file),
      tools: this.tools,
      dataDirectory: join(this.directory, 'data'),
      system: 'linux',
      tell: (progress) => this.progress.push(progress),
      signal: new AbortController().signal,
      ...options,
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return rm(this.directory, { recursive: true, force: true });
  }
}

export async function running(fake: FakeEngine) {
  const engine = new Engine('docker', fake.run);
  const state = await engine.state();
  if (state.state !== 'running') throw new Error(`the engine is ${state.state}`);
  return { engine, info: state.info };
}

/** The code of the problem that a piece of work ends with; undefined when it does not fail. */
export async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  return work.then(
    () => undefined,
    (error: unknown) => {
      if (typeof error === 'object' && error !== null && 'problem' in error)
        return (error.problem as { code: string }).code;
      throw error;
    },
  );
}
