/** Validation of volumes. */
import type { FieldError } from '../kind-definition.ts';
import { duplicate, forbidden, invalid, invalidEach, required } from '../validation/errors.ts';
import { configMapKey, dns1123Label } from '../validation/names.ts';
import type { FullVolume } from './pod-spec-types.ts';

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
  'azureDisk',
  'portworxVolume',
  'storageos',
  'projected',
  'scaleIO',
  'csi',
  'ephemeral',
  'image',
];

/** @returns the names that containers can mount, and what is wrong */
export function validateVolumes(
  volumes: FullVolume[],
  field: string,
): { errors: FieldError[]; volumes: Set<string> } {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  for (const [index, volume] of volumes.entries()) {
    const at = `${field}[${index}]`;
    const found = validateSource(volume, at);
    if (volume.name === '') found.push(required(`${at}.name`));
    else found.push(...invalidEach(`${at}.name`, volume.name, dns1123Label(volume.name)));
    if (names.has(volume.name)) found.push(duplicate(`${at}.name`, volume.name));
    if (found.length === 0) names.add(volume.name);
    errors.push(...found);
  }
  return { errors, volumes: names };
}

function validateSource(volume: FullVolume, at: string): FieldError[] {
  const errors: FieldError[] = [];
  let seen = false;
  for (const source of SOURCES) {
    if (!(source in volume)) continue;
    if (seen) errors.push(forbidden(`${at}.${source}`, 'may not specify more than 1 volume type'));
    else errors.push(...validateOne(volume, source, at));
    seen = true;
  }
  return seen ? errors : [required(at, 'must specify a volume type')];
}

function validateOne(volume: FullVolume, source: string, at: string): FieldError[] {
  switch (source) {
    case 'configMap':
      return [
        ...((volume.configMap?.name ?? '') === '' ? [required(`${at}.configMap.name`)] : []),
        ...validateItems(volume.configMap?.items, `${at}.configMap.items`),
      ];
    case 'secret':
      return [
        ...((volume.secret?.secretName ?? '') === '' ? [required(`${at}.secret.secretName`)] : []),
        ...validateItems(volume.secret?.items, `${at}.secret.items`),
      ];
    case 'hostPath':
      return (volume.hostPath?.path ?? '') === '' ? [required(`${at}.hostPath.path`)] : [];
    case 'persistentVolumeClaim':
      return (volume.persistentVolumeClaim?.claimName ?? '') === ''
        ? [required(`${at}.persistentVolumeClaim.claimName`)]
        : [];
    default:
      return [];
  }
}

function validateItems(items: { key: string; path: string }[] | undefined, field: string): FieldError[] {
  return (items ?? []).flatMap(({ key, path }, index) => [
    ...(key === ''
      ? [required(`${field}[${index}].key`)]
      : invalidEach(`${field}[${index}].key`, key, configMapKey(key))),
    ...(path === ''
      ? [required(`${field}[${index}].path`)]
      : validateRelativePath(path, `${field}[${index}].path`)),
  ]);
}

/** A path below a volume: relative, and never upwards. */
export function validateRelativePath(path: string, field: string): FieldError[] {
  return [
    ...(path.startsWith('/') ? [invalid(field, path, 'must be a relative path')] : []),
    ...(path.split('/').includes('..') ? [invalid(field, path, "must not contain '..'")] : []),
  ];
}
