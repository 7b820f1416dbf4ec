import type { ClusterApi } from '../api/cluster-api.ts';
import type { Container, Pod, Volume, VolumeProjection } from '../api/objects.ts';
import { CONFIG_MAPS, SECRETS } from '../api/resources.ts';
import type { Clock } from '../clock.ts';
import type { ContainerRuntime, FileSystem, Mount } from '../images/types.ts';
import { podField } from './environment.ts';
import { PodTokens, type RequestToken } from './pod-tokens.ts';

/** A volume that cannot be set up yet; the words of the FailedMount event. */
export class MountError extends Error {
  constructor(volume: string, why: string) {
    super(`MountVolume.SetUp failed for volume "${volume}" : ${why}`);
    this.name = 'MountError';
  }
}

type Files = Record<string, string | Uint8Array>;
type Items = { key: string; path: string }[] | undefined;

/** What volumes are made with. */
interface VolumesContext {
  api: ClusterApi;
  clock: Clock;
  runtime: ContainerRuntime;
  requestToken: RequestToken;
}

/** The volumes of one pod. */
export class PodVolumes {
  readonly #api: ClusterApi;
  readonly #runtime: ContainerRuntime;
  readonly #tokens: PodTokens;
  readonly #volumes = new Map<string, { fileSystem: FileSystem; written: string[] }>();

  constructor({ api, clock, runtime, requestToken }: VolumesContext) {
    this.#api = api;
    this.#runtime = runtime;
    this.#tokens = new PodTokens(clock, requestToken);
  }

  /** Whether a volume's content can change while the pod runs. */
  static follows(pod: Pod): boolean {
    return (pod.spec.volumes ?? []).some(
      (volume) =>
        volume.configMap !== undefined || volume.secret !== undefined || volume.projected !== undefined,
    );
  }

  /** Makes the volumes that are missing. @throws MountError for the first that cannot be made. */
  setUp(pod: Pod): void {
    for (const volume of pod.spec.volumes ?? []) {
      if (this.#volumes.has(volume.name)) continue;
      const files = this.#contentOf(pod, volume);
      this.#volumes.set(volume.name, {
        fileSystem: this.#runtime.createVolume(files),
        written: Object.keys(files),
      });
    }
  }

  /** Brings ConfigMaps and Secrets up to date, as the kubelet does about once a minute. */
  refresh(pod: Pod): void {
    for (const volume of pod.spec.volumes ?? []) {
      const existing = this.#volumes.get(volume.name);
      if (existing === undefined || volume.emptyDir !== undefined) continue;
      let files: Files;
      try {
        files = this.#contentOf(pod, volume);
      } catch (error) {
        // The source is gone: what was mounted stays.
        if (error instanceof MountError) continue;
        throw error;
      }
      for (const path of existing.written) if (!(path in files)) existing.fileSystem.remove(`/${path}`);
      for (const [path, data] of Object.entries(files)) writeInto(existing.fileSystem, `/${path}`, data);
      existing.written = Object.keys(files);
    }
  }

  mountsOf(container: Container): Mount[] {
    return (container.volumeMounts ?? []).flatMap(({ name, mountPath, subPath, readOnly }) => {
      const volume = this.#volumes.get(name);
      if (volume === undefined) return [];
      const sourcePath = subPath === undefined || subPath === '' ? '/' : `/${subPath}`;
      return { path: mountPath, source: volume.fileSystem, sourcePath, readOnly: readOnly ?? false };
    });
  }

  #contentOf(pod: Pod, volume: Volume): Files {
    const { name, emptyDir, configMap, secret, projected } = volume;
    const namespace = pod.metadata.namespace ?? '';
    if (configMap !== undefined)
      return this.#configMapFiles(name, namespace, configMap.name, configMap.items, configMap.optional);
    if (secret !== undefined)
      return this.#secretFiles(name, namespace, secret.secretName, secret.items, secret.optional);
    if (projected !== undefined) return this.#projectedFiles(pod, name, projected.sources ?? []);
    if (emptyDir !== undefined) return {};
    throw new MountError(name, 'this kind of volume is not part of the emulated cluster');
  }

  #projectedFiles(pod: Pod, volume: string, sources: readonly VolumeProjection[]): Files {
    const namespace = pod.metadata.namespace ?? '';
    const files: Files = {};
    for (const { configMap, secret, downwardAPI, serviceAccountToken } of sources) {
      if (serviceAccountToken !== undefined)
        files[serviceAccountToken.path] = this.#token(pod, volume, serviceAccountToken);
      if (configMap !== undefined)
        Object.assign(
          files,
          this.#configMapFiles(volume, namespace, configMap.name ?? '', configMap.items, configMap.optional),
        );
      if (secret !== undefined)
        Object.assign(
          files,
          this.#secretFiles(volume, namespace, secret.name ?? '', secret.items, secret.optional),
        );
      for (const { path, fieldRef } of downwardAPI?.items ?? []) {
        const addresses = { podIp: pod.status.podIP ?? '', hostIp: pod.status.hostIP ?? '' };
        files[path] = podField(pod, fieldRef?.fieldPath ?? '', addresses) ?? '';
      }
    }
    return files;
  }

  #token(pod: Pod, volume: string, projection: NonNullable<VolumeProjection['serviceAccountToken']>): string {
    try {
      return this.#tokens.tokenFor(pod, projection);
    } catch (error) {
      throw new MountError(volume, `failed to fetch token: ${(error as Error).message}`);
    }
  }

  #configMapFiles(volume: string, namespace: string, name: string, items: Items, optional = false): Files {
    const found = this.#api.get(CONFIG_MAPS, namespace, name);
    if (found === undefined) {
      if (optional) return {};
      throw new MountError(volume, `configmap "${name}" not found`);
    }
    const binary = Object.entries(found.binaryData ?? {}).map(([key, value]) => [
      key,
      Buffer.from(value, 'base64'),
    ]);
    return choose({ ...found.data, ...(Object.fromEntries(binary) as Files) }, items, volume, optional);
  }

  #secretFiles(volume: string, namespace: string, name: string, items: Items, optional = false): Files {
    const found = this.#api.get(SECRETS, namespace, name);
    if (found === undefined) {
      if (optional) return {};
      throw new MountError(volume, `secret "${name}" not found`);
    }
    const data = Object.entries(found.data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64')]);
    return choose(Object.fromEntries(data) as Files, items, volume, optional);
  }
}

function choose(data: Files, items: Items, volume: string, optional: boolean): Files {
  if (items === undefined) return data;
  const files: Files = {};
  for (const { key, path } of items) {
    const value = data[key];
    if (value !== undefined) files[path] = value;
    else if (!optional) throw new MountError(volume, `references non-existent config key: ${key}`);
  }
  return files;
}

function writeInto(fileSystem: FileSystem, path: string, data: string | Uint8Array): void {
  const folder = path.slice(0, path.lastIndexOf('/'));
  if (folder !== '' && !fileSystem.exists(folder)) fileSystem.mkdir(folder, { recursive: true });
  fileSystem.writeFile(path, data);
}
