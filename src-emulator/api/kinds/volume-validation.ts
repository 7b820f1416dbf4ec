/** Validation of volumes (pkg/apis/core/validation/validation.go). */
import type { FieldError } from '../kind-definition.ts';
import {
  duplicate,
  forbidden,
  invalid,
  invalidEach,
  notSupported,
  oneOf,
  required,
} from '../validation/errors.ts';
import { dns1123Label, dns1123Subdomain } from '../validation/names.ts';
import { validateNoBacksteps, validateRelativePath, validateUnreservedPath } from '../validation/paths.ts';
import { parseQuantity } from '../validation/quantity.ts';
import { validateFieldRef, validateResourceFieldRef, VOLUME_FIELDS } from './environment-validation.ts';
import type { DownwardApiItem, FullVolume, KeyToPath, ProjectedSource } from './pod-spec-types.ts';

/** In the order in which the server looks at them. */
const SOURCES = [
  'emptyDir',
  'hostPath',
  'gitRepo',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'secret',
  'nfs',
  'iscsi',
  'glusterfs',
  'flocker',
  'persistentVolumeClaim',
  'rbd',
  'cinder',
  'cephfs',
  'quobyte',
  'downwardAPI',
  'fc',
  'flexVolume',
  'configMap',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'storageos',
  'projected',
  'scaleIO',
  'csi',
  'ephemeral',
  'image',
] as const;
/** The server misspells two of them when there are several. */
const NAME_WHEN_SECOND: Partial<Record<string, string>> = { downwardAPI: 'downwarAPI', cephfs: 'cephFS' };
const HOST_PATH_TYPES = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
];
const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];
const MODE_ERROR = 'must be a number between 0 and 0777 (octal), both inclusive';
const MAX_MODE = 0o777;
const MIN_TOKEN_SECONDS = 600;

/**
 * @param isPod false for a template
 * @returns the names that containers can mount, and what is wrong
 */
export function validateVolumes(
  volumes: FullVolume[],
  isPod: boolean,
  field: string,
): { errors: FieldError[]; volumes: Map<string, FullVolume> } {
  const errors: FieldError[] = [];
  const names = new Map<string, FullVolume>();
  for (const [index, volume] of volumes.entries()) {
    const at = `${field}[${index}]`;
    const found = validateSource(volume, isPod, at);
    const { name } = volume;
    if (name === '') found.push(required(`${at}.name`));
    else found.push(...invalidEach(`${at}.name`, name, dns1123Label(name)));
    if (names.has(name)) found.push(duplicate(`${at}.name`, name));
    if (found.length === 0) names.set(name, volume);
    errors.push(...found);
  }
  return { errors, volumes: names };
}

function validateSource(volume: FullVolume, isPod: boolean, at: string): FieldError[] {
  const errors: FieldError[] = [];
  let seen = false;
  for (const source of SOURCES) {
    if (!(source in volume)) continue;
    if (seen)
      errors.push(
        forbidden(`${at}.${NAME_WHEN_SECOND[source] ?? source}`, 'may not specify more than 1 volume type'),
      );
    else errors.push(...validateOne(volume, source, isPod, `${at}.${source}`));
    seen = true;
  }
  return seen ? errors : [required(at, 'must specify a volume type')];
}

function validateOne(
  volume: FullVolume,
  source: (typeof SOURCES)[number],
  isPod: boolean,
  at: string,
): FieldError[] {
  const need = (value: string | undefined, name: string): FieldError[] =>
    (value ?? '') === '' ? [required(`${at}.${name}`)] : [];
  const { hostPath, configMap, secret, nfs, csi, ephemeral, gitRepo } = volume;
  switch (source) {
    case 'emptyDir': {
      const limit = volume.emptyDir?.['sizeLimit'];
      return typeof limit === 'string' && (parseQuantity(limit)?.nanos ?? 0n) < 0n
        ? [forbidden(`${at}.sizeLimit`, 'SizeLimit field must be a valid resource quantity')]
        : [];
    }
    case 'hostPath': {
      const { path = '', type = '' }: { path?: string; type?: string } = hostPath ?? {};
      if (path === '') return [required(`${at}.path`)];
      return [
        ...validateNoBacksteps(path, `${at}.path`),
        ...(HOST_PATH_TYPES.includes(type) ? [] : [notSupported(`${at}.type`, type, HOST_PATH_TYPES)]),
      ];
    }
    case 'gitRepo':
      return [
        ...need(gitRepo?.repository, 'repository'),
        ...validateRelativePath(gitRepo?.directory ?? '', `${at}.directory`),
      ];
    case 'configMap':
      return [
        ...need(configMap?.name, 'name'),
        ...validateMode(configMap?.defaultMode, `${at}.defaultMode`),
        ...validateItems(configMap?.items, `${at}.items`),
      ];
    case 'secret':
      return [
        ...need(secret?.secretName, 'secretName'),
        ...validateMode(secret?.defaultMode, `${at}.defaultMode`),
        ...validateItems(secret?.items, `${at}.items`),
      ];
    case 'persistentVolumeClaim':
      return need(volume.persistentVolumeClaim?.claimName, 'claimName');
    case 'nfs':
      return [
        ...need(nfs?.server, 'server'),
        ...need(nfs?.path, 'path'),
        ...(nfs?.path?.startsWith('/') === true
          ? []
          : [invalid(`${at}.path`, nfs?.path ?? '', 'must be an absolute path')]),
      ];
    case 'downwardAPI':
      return [
        ...validateMode(volume.downwardAPI?.defaultMode, `${at}.defaultMode`),
        ...(volume.downwardAPI?.items ?? []).flatMap((item) => validateDownwardItem(item, at)),
      ];
    case 'projected':
      return [
        ...validateMode(volume.projected?.defaultMode, `${at}.defaultMode`),
        ...validateProjection(volume.projected?.sources ?? [], at),
      ];
    case 'csi':
      return validateCsi(csi ?? {}, at);
    case 'ephemeral':
      return ephemeral?.volumeClaimTemplate === undefined ? [required(`${at}.volumeClaimTemplate`)] : [];
    case 'image':
      return [
        ...(isPod ? need(volume.image?.reference, 'reference') : []),
        ...oneOf(`${at}.pullPolicy`, volume.image?.pullPolicy, PULL_POLICIES),
      ];
    default:
      return [];
  }
}

const MAX_DRIVER_NAME = 63;

function validateCsi(csi: NonNullable<FullVolume['csi']>, at: string): FieldError[] {
  const { driver = '', nodePublishSecretRef } = csi;
  const errors: FieldError[] = [];
  if (driver === '') errors.push(required(`${at}.driver`));
  else if (driver.length > MAX_DRIVER_NAME)
    errors.push({
      type: 'FieldValueTooLong',
      field: `${at}.driver`,
      detail: `Too long: may not be more than ${MAX_DRIVER_NAME} bytes`,
    });
  if (driver !== '')
    errors.push(...invalidEach(`${at}.driver`, driver.toLowerCase(), dns1123Subdomain(driver.toLowerCase())));
  if (nodePublishSecretRef !== undefined) {
    const { name = '' } = nodePublishSecretRef;
    if (name === '') errors.push(required(`${at}.nodePublishSecretRef.name`));
    else errors.push(...invalidEach(`${at}.name`, name, dns1123Subdomain(name)));
  }
  return errors;
}

function validateMode(mode: number | undefined, field: string): FieldError[] {
  return mode !== undefined && (mode > MAX_MODE || mode < 0) ? [invalid(field, mode, MODE_ERROR)] : [];
}

function validateItems(items: KeyToPath[] | undefined, field: string): FieldError[] {
  return (items ?? []).flatMap((item, index) => validateItem(item, `${field}[${index}]`));
}

function validateItem({ key = '', path = '', mode }: KeyToPath, at: string): FieldError[] {
  return [
    ...(key === '' ? [required(`${at}.key`)] : []),
    ...(path === '' ? [required(`${at}.path`)] : []),
    ...validateUnreservedPath(path, `${at}.path`),
    ...validateMode(mode, `${at}.mode`),
  ];
}

/** The server names the volume, not the item in it. */
function validateDownwardItem(item: DownwardApiItem, at: string): FieldError[] {
  const { path = '', fieldRef, resourceFieldRef, mode } = item;
  const errors = path === '' ? [required(`${at}.path`)] : [];
  errors.push(...validateUnreservedPath(path, `${at}.path`));
  if (fieldRef !== undefined) {
    errors.push(...validateFieldRef(fieldRef, VOLUME_FIELDS, `${at}.fieldRef`));
    if (resourceFieldRef !== undefined)
      errors.push(
        invalid(at, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously'),
      );
  } else if (resourceFieldRef !== undefined)
    errors.push(...validateResourceFieldRef(resourceFieldRef, true, `${at}.resourceFieldRef`));
  else errors.push(required(at, 'one of fieldRef and resourceFieldRef is required'));
  return [...errors, ...validateMode(mode, `${at}.mode`)];
}

function validateProjection(sources: ProjectedSource[], at: string): FieldError[] {
  const errors: FieldError[] = [];
  const paths = new Set<string>();
  const claim = (path: string, shown: string): void => {
    if (path === '') return;
    if (paths.has(path)) errors.push(invalid(at, shown, 'conflicting duplicate paths'));
    paths.add(path);
  };
  for (const [index, source] of sources.entries()) {
    const from = `${at}.sources[${index}]`;
    for (const key of ['secret', 'configMap'] as const) {
      const named = source[key];
      if (named === undefined) continue;
      if ((named.name ?? '') === '') errors.push(required(`${from}.${key}.name`));
      for (const [itemIndex, item] of (named.items ?? []).entries()) {
        errors.push(...validateItem(item, `${from}.${key}.items[${itemIndex}]`));
        claim(item.path ?? '', named.name ?? '');
      }
    }
    for (const item of source.downwardAPI?.items ?? []) {
      errors.push(...validateDownwardItem(item, `${from}.downwardAPI`));
      claim(item.path ?? '', item.path ?? '');
    }
    const token = source.serviceAccountToken;
    if (token !== undefined) {
      const { expirationSeconds = 0, path } = token;
      const field = `${from}.serviceAccountToken.expirationSeconds`;
      if (expirationSeconds < MIN_TOKEN_SECONDS)
        errors.push(invalid(field, expirationSeconds, 'may not specify a duration less than 10 minutes'));
      if (expirationSeconds > 2 ** 32)
        errors.push(invalid(field, expirationSeconds, 'may not specify a duration larger than 2^32 seconds'));
      errors.push(...(path === '' ? [required(`${at}.path`)] : validateUnreservedPath(path, `${at}.path`)));
    }
    const kinds = Object.values(source).filter((value) => value !== undefined).length;
    if (kinds > 1) errors.push(forbidden(from, 'may not specify more than 1 volume type per source'));
  }
  return errors;
}
