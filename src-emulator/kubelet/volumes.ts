import type { Container, Pod, Volume, VolumeMount } from '../api/objects.ts';
import type { FileSystem, Mount } from '../images/types.ts';
import { expandVariables } from './environment.ts';
import { hostPathFiles } from './host-path.ts';
import type { KubeletContext } from './kubelet-context.ts';
import { volumeContent, VolumeError, type VolumeFiles, type VolumeSource } from './volume-content.ts';

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
  /** The paths that the kubelet has written into it; undefined when it does not keep it up to date. */
  written: string[] | undefined;
  readOnly: boolean;
}

/** The volumes of one pod. */
export class PodVolumes {
  readonly #context: KubeletContext;
  readonly #volumes = new Map<string, MountedVolume>();

  constructor(context: KubeletContext) {
    this.#context = context;
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
        this.#volumes.set(volume.name, this.#mount({ context: this.#context, pod, podIp }, volume));
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
      if (existing?.written === undefined) continue;
      let files: VolumeFiles | undefined;
      try {
        files = volumeContent({ context: this.#context, pod, podIp }, volume);
      } catch (error) {
        // The source is gone: what was mounted stays.
        if (error instanceof VolumeError) continue;
        throw error;
      }
      if (files === undefined) continue;
      for (const path of existing.written) if (!(path in files)) existing.files.remove(`/${path}`);
      writeFiles(existing.files, files);
      existing.written = Object.keys(files);
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
    const { files, root, written } = volume;
    if (subPath === '') return { source: files, sourcePath: root };
    const path = `${root === '/' ? '' : root}/${subPath}`;
    // A part that is not there becomes an empty directory.
    if (!files.exists(path)) files.mkdir(path, { recursive: true });
    else if (written !== undefined && files.stat(path).type === 'file') {
      // A single file of a ConfigMap stays as it was when the container was made.
      const copy = this.#context.runtime.createVolume();
      copy.writeFile('/file', files.readFile(path), { mode: files.stat(path).mode });
      return { source: copy, sourcePath: '/file' };
    }
    return { source: files, sourcePath: path };
  }

  #mount(source: VolumeSource, volume: Volume): MountedVolume {
    const { emptyDir, hostPath, persistentVolumeClaim } = volume;
    const content = volumeContent(source, volume);
    if (content !== undefined) {
      const files = this.#context.runtime.createVolume();
      writeFiles(files, content);
      return { files, root: '/', written: Object.keys(content), readOnly: true };
    }
    const plain = { root: '/', written: undefined, readOnly: false };
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
    if (emptyDir !== undefined) return { ...plain, files: this.#context.runtime.createVolume() };
    throw new VolumeError('this kind of volume is not part of the emulated cluster');
  }
}

function subPathOf(
  { subPath = '', subPathExpr = '' }: VolumeMount,
  environment: Readonly<Record<string, string>>,
): string {
  return subPathExpr === '' ? subPath : expandVariables(subPathExpr, (name) => environment[name]);
}

function writeFiles(target: FileSystem, files: VolumeFiles): void {
  for (const [path, { data, mode }] of Object.entries(files)) {
    const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    if (folder !== '' && !target.exists(`/${folder}`)) target.mkdir(`/${folder}`, { recursive: true });
    target.writeFile(`/${path}`, data, { mode });
  }
}
