import type { Container, Pod, Volume, VolumeMount } from '../api/objects.ts';
import type { FileSystem, Mount } from '../images/types.ts';
import { AtomicWriter } from './atomic-writer.ts';
import { expandVariables } from './environment.ts';
import { hostPathFiles } from './host-path.ts';
import type { KubeletContext } from './kubelet-context.ts';
import { PodTokens } from './pod-tokens.ts';
import { volumeContent, VolumeError, type VolumeFiles, type VolumeSource } from './volume-content.ts';

/** Everybody may write into a volume; in one in memory, everybody may only remove what is theirs. */
const OPEN_MODE = 0o777;
const TMPFS_MODE = 0o1777;

/** Volumes that cannot be set up yet. */
export class MountError extends Error {
  /** The words of the FailedMount events. */
  readonly messages: readonly string[];
  constructor(messages: readonly string[]) {
    super(messages.join('; '));
    this.name = 'MountError';
    this.messages = messages;
  }
}

interface MountedVolume {
  files: FileSystem;
  /** Where in `files` the volume begins. */
  root: string;
  /** Keeps it up to date; undefined where the kubelet does not. */
  writer: AtomicWriter | undefined;
  readOnly: boolean;
}

/** The volumes of one pod. */
export class PodVolumes {
  readonly #context: KubeletContext;
  readonly #tokens: PodTokens;
  readonly #volumes = new Map<string, MountedVolume>();

  constructor(context: KubeletContext) {
    this.#context = context;
    this.#tokens = new PodTokens(context.clock, context.tokenFor);
  }

  #sourceFor(pod: Pod, podIp: string): VolumeSource {
    const { api } = this.#context;
    return { context: { api, tokenFor: (request) => this.#tokens.get(request) }, pod, podIp };
  }

  /** Whether a volume's content can change while the pod runs. */
  static follows(pod: Pod): boolean {
    return (pod.spec.volumes ?? []).some(
      ({ configMap, secret, downwardAPI, projected }) =>
        (configMap ?? secret ?? downwardAPI ?? projected) !== undefined,
    );
  }

  /** Makes the volumes that are missing, each on its own. @throws MountError for those that cannot be made. */
  setUp(pod: Pod, podIp: string): void {
    const messages: string[] = [];
    for (const volume of pod.spec.volumes ?? []) {
      if (this.#volumes.has(volume.name)) continue;
      try {
        this.#volumes.set(volume.name, this.#mount(this.#sourceFor(pod, podIp), volume));
      } catch (error) {
        if (!(error instanceof VolumeError)) throw error;
        messages.push(`MountVolume.SetUp failed for volume "${volume.name}" : ${error.message}`);
      }
    }
    if (messages.length > 0) throw new MountError(messages);
  }

  /** Brings what is made of other objects up to date, as the kubelet does about once a minute. */
  refresh(pod: Pod, podIp: string): void {
    for (const volume of pod.spec.volumes ?? []) {
      const existing = this.#volumes.get(volume.name);
      if (existing?.writer === undefined) continue;
      let files: VolumeFiles | undefined;
      try {
        files = volumeContent(this.#sourceFor(pod, podIp), volume);
      } catch (error) {
        // The source is gone: what was mounted stays.
        if (error instanceof VolumeError) continue;
        throw error;
      }
      if (files !== undefined) existing.writer.write(files);
    }
  }

  /** @param environment of the container, for subPathExpr. */
  mountsOf(container: Container, environment: Readonly<Record<string, string>>): Mount[] {
    return (container.volumeMounts ?? []).flatMap((mount) => {
      const volume = this.#volumes.get(mount.name);
      if (volume === undefined) return [];
      const readOnly = volume.readOnly || mount.readOnly === true;
      return { path: mount.mountPath, readOnly, ...this.#sourceOf(volume, subPathOf(mount, environment)) };
    });
  }

  #sourceOf(volume: MountedVolume, subPath: string): Pick<Mount, 'source' | 'sourcePath'> {
    const { files, root, writer } = volume;
    if (subPath === '') return { source: files, sourcePath: root };
    const path = `${root === '/' ? '' : root}/${subPath}`;
    // A part that is not there becomes an empty directory.
    if (!files.exists(path)) files.mkdir(path, { recursive: true });
    else if (writer !== undefined) {
      // A part of a ConfigMap stays as it was when the container was made.
      const copy = this.#context.runtime.createVolume();
      copyTree(files, path, copy, '/part');
      return { source: copy, sourcePath: '/part' };
    }
    return { source: files, sourcePath: path };
  }

  #mount(source: VolumeSource, volume: Volume): MountedVolume {
    const { emptyDir, hostPath, persistentVolumeClaim } = volume;
    const content = volumeContent(source, volume);
    if (content !== undefined) {
      const files = this.#context.runtime.createVolume();
      setMode(files, volume.configMap === undefined ? TMPFS_MODE : OPEN_MODE);
      const writer = new AtomicWriter(files, this.#context.clock);
      writer.write(content);
      return { files, root: '/', writer, readOnly: true };
    }
    const plain = { root: '/', writer: undefined, readOnly: false };
    if (hostPath !== undefined) {
      const { files } = this.#context.node;
      return { ...plain, files, root: hostPathFiles(files, hostPath) };
    }
    if (persistentVolumeClaim !== undefined) {
      const { claimName, readOnly = false } = persistentVolumeClaim;
      const files = this.#context.claimStorage(source.pod.metadata.namespace ?? '', claimName);
      if (files === undefined) throw new VolumeError(`persistentvolumeclaim "${claimName}" not found`);
      return { ...plain, files, readOnly };
    }
    if (emptyDir !== undefined) {
      const files = this.#context.runtime.createVolume();
      setMode(files, emptyDir.medium === 'Memory' ? TMPFS_MODE : OPEN_MODE);
      return { ...plain, files };
    }
    throw new VolumeError('this kind of volume is not part of the emulated cluster');
  }
}

function subPathOf(
  { subPath = '', subPathExpr = '' }: VolumeMount,
  environment: Readonly<Record<string, string>>,
): string {
  return subPathExpr === '' ? subPath : expandVariables(subPathExpr, (name) => environment[name]);
}

function setMode(files: FileSystem, mode: number): void {
  files.writeFile('/', '', { append: true, mode });
}

/** Copies a file or a folder as it is now, links in it followed. */
function copyTree(source: FileSystem, from: string, target: FileSystem, to: string): void {
  const { type, mode } = source.stat(from);
  if (type === 'file') {
    target.writeFile(to, source.readFile(from), { mode });
    return;
  }
  target.mkdir(to, { recursive: true });
  for (const name of source.list(from)) copyTree(source, `${from}/${name}`, target, `${to}/${name}`);
}
