import { createHash } from 'node:crypto';
import type { Image } from '../types.ts';
import type { Tags } from './tags.ts';

const MEBIBYTE = 1024 * 1024;

export interface ImageDescription extends Partial<Omit<Image, 'digest' | 'sizeBytes'>> {
  repository: string;
  tag: string;
  /** Compressed size as a registry tells it, in MiB. */
  sizeMiB: number;
}

const PASSWD = 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin\n';

/** Fills in what most images have in common. The digest is made of the name, so that it stays the same. */
export function makeImage({ sizeMiB, ...description }: ImageDescription): Image {
  const name = `${description.repository}:${description.tag}`;
  return {
    digest: `sha256:${createHash('sha256').update(name).digest('hex')}`,
    sizeBytes: Math.round(sizeMiB * MEBIBYTE),
    entrypoint: [],
    cmd: [],
    env: {},
    workingDir: '',
    programs: {},
    ...description,
    files: { '/etc/passwd': PASSWD, '/etc/group': 'root:x:0:\nnogroup:x:65534:\n', ...description.files },
  };
}

/** One repository of the catalog: which tags it has, and how the image of one is made. */
export interface CatalogEntry {
  repository: string;
  tags: Tags;
  /** `version` is what the tag stands for. */
  make(tag: string, version: string): Image;
}
