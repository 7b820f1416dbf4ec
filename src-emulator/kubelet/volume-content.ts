import type { DownwardApiFile, KeyToPath, Pod, Volume, VolumeProjection } from '../api/objects.ts';
import { CONFIG_MAPS, NODES, SECRETS } from '../api/resources.ts';
import { podField } from './environment.ts';
import type { KubeletContext } from './kubelet-context.ts';
import { resourceField } from './resource-fields.ts';

/** A volume that cannot be set up yet; in the words behind `MountVolume.SetUp failed for volume "v" : `. */
export class VolumeError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'VolumeError';
  }
}

export interface VolumeFile {
  data: string | Uint8Array;
  mode: number;
}

/** Files of a volume by their path in it. */
export type VolumeFiles = Record<string, VolumeFile>;

/** 0644, where neither the volume nor the item says otherwise. */
const DEFAULT_MODE = 0o644;
const DEFAULT_TOKEN_SECONDS = 3600;

/** What makes the content of a volume: the cluster's objects, and the pod itself. */
export interface VolumeSource {
  context: Pick<KubeletContext, 'api' | 'tokenFor'>;
  pod: Pod;
  /** The pod's address, as far as it has one already. */
  podIp: string;
}

type Data = Record<string, string | Uint8Array>;

/**
 * The files of a volume that is made of objects (ConfigMap, Secret, downward API, projected); undefined for other
 * kinds.
 * @throws VolumeError
 */
export function volumeContent(source: VolumeSource, volume: Volume): VolumeFiles | undefined {
  const { configMap, secret, downwardAPI, projected } = volume;
  if (configMap !== undefined)
    return configMapFiles(
      source,
      configMap,
      configMap.defaultMode,
      'configmap references non-existent config key',
    );
  if (secret !== undefined)
    return secretFiles(source, { ...secret, name: secret.secretName }, secret.defaultMode);
  if (downwardAPI !== undefined)
    return downwardFiles(source, downwardAPI.items ?? [], downwardAPI.defaultMode);
  return projected === undefined
    ? undefined
    : projectedFiles(source, projected.sources ?? [], projected.defaultMode);
}

/** All sources are tried, and all complaints told. */
function projectedFiles(
  source: VolumeSource,
  projections: readonly VolumeProjection[],
  mode: number | undefined,
): VolumeFiles {
  const files: VolumeFiles = {};
  const complaints: string[] = [];
  for (const projection of projections) {
    try {
      Object.assign(files, projectionFiles(source, projection, mode));
    } catch (error) {
      if (!(error instanceof VolumeError)) throw error;
      complaints.push(error.message);
    }
  }
  const [only] = complaints;
  if (only !== undefined)
    throw new VolumeError(complaints.length === 1 ? only : `[${complaints.join(', ')}]`);
  return files;
}

function projectionFiles(
  source: VolumeSource,
  { configMap, secret, downwardAPI, serviceAccountToken }: VolumeProjection,
  mode: number | undefined,
): VolumeFiles {
  if (configMap !== undefined)
    return configMapFiles(source, configMap, mode, 'configmap references non-existent config key');
  if (secret !== undefined) return secretFiles(source, secret, mode);
  if (downwardAPI !== undefined) return downwardFiles(source, downwardAPI.items ?? [], mode);
  if (serviceAccountToken === undefined) return {};
  const { path, audience, expirationSeconds = DEFAULT_TOKEN_SECONDS } = serviceAccountToken;
  const { pod, context } = source;
  const token = context.tokenFor({
    pod,
    ...(audience === undefined || audience === '' ? {} : { audience }),
    expirationSeconds,
  });
  if (token === undefined) {
    const account = pod.spec.serviceAccountName ?? 'default';
    throw new VolumeError(`failed to fetch token: serviceaccounts "${account}" not found`);
  }
  return { [path]: { data: token, mode: mode ?? DEFAULT_MODE } };
}

interface Reference {
  name?: string;
  items?: KeyToPath[];
  optional?: boolean;
}

function configMapFiles(
  { context, pod }: VolumeSource,
  { name = '', items, optional = false }: Reference,
  mode: number | undefined,
  missingKey: string,
): VolumeFiles {
  const found = context.api.get(CONFIG_MAPS, pod.metadata.namespace, name);
  if (found === undefined) {
    if (optional) return {};
    throw new VolumeError(`configmap "${name}" not found`);
  }
  const data: Data = { ...found.data, ...decoded(found.binaryData) };
  return choose(data, { items, optional, mode, missingKey });
}

function secretFiles(
  { context, pod }: VolumeSource,
  { name = '', items, optional = false }: Reference,
  mode: number | undefined,
): VolumeFiles {
  const found = context.api.get(SECRETS, pod.metadata.namespace, name);
  if (found === undefined) {
    if (optional) return {};
    throw new VolumeError(`secret "${name}" not found`);
  }
  const missingKey = 'references non-existent secret key';
  return choose(decoded(found.data), { items, optional, mode, missingKey });
}

function decoded(data: Record<string, string> = {}): Data {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64')]));
}

interface Choice {
  items: KeyToPath[] | undefined;
  optional: boolean;
  mode: number | undefined;
  missingKey: string;
}

/** The files that a volume shows of an object's data: all, or the chosen ones under their own paths. */
function choose(data: Data, { items, optional, mode = DEFAULT_MODE, missingKey }: Choice): VolumeFiles {
  if (items === undefined || items.length === 0)
    return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, { data: value, mode }]));
  const files: VolumeFiles = {};
  for (const item of items) {
    const value = data[item.key];
    if (value !== undefined) files[item.path] = { data: value, mode: item.mode ?? mode };
    else if (!optional) throw new VolumeError(`${missingKey}: ${item.key}`);
  }
  return files;
}

function downwardFiles(
  { context, pod, podIp }: VolumeSource,
  items: readonly DownwardApiFile[],
  mode = DEFAULT_MODE,
): VolumeFiles {
  const files: VolumeFiles = {};
  const containers = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
  for (const { path, fieldRef, resourceFieldRef, mode: own } of items) {
    let data = '';
    if (fieldRef !== undefined) {
      const addresses = { podIp, hostIp: pod.status.hostIP ?? '' };
      data = podField(pod, fieldRef.fieldPath, addresses) ?? '';
    } else if (resourceFieldRef !== undefined) {
      const container = containers.find(({ name }) => name === resourceFieldRef.containerName);
      if (container === undefined)
        throw new VolumeError(`container ${resourceFieldRef.containerName ?? ''} not found`);
      const node = context.api.get(NODES, undefined, pod.spec.nodeName ?? '');
      data = resourceField(resourceFieldRef, container, node);
    }
    files[path] = { data, mode: own ?? mode };
  }
  return files;
}
