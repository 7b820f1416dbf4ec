import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { AppError } from '#shared/app-error.ts';
import { tagOf } from '../engine/images.ts';
import { systemErrorCode } from '../store/problems.ts';
import { ArchivedImages } from './archived-images.ts';
import { architectureSchema, type Architecture } from './manifest.ts';
import type { AirgapFile } from './plan.ts';
import { unreadablePackError } from './problems.ts';

/**
 * The airgap archive of a k3s release (docs.k3s.io/installation/airgap): the images of its own pods, which its nodes
 * read at their start from a folder. They never pass through the engine.
 */

/** Magic numbers: RFC 8878 and RFC 1952. */
const ZSTD_MAGIC = 0xfd2fb528;
const GZIP_MAGIC = 0x8b1f;

/** Where the archive of a release is kept once it is loaded. @param nodeImage whose tag says which release it is */
export function airgapPath(dataDirectory: string, nodeImage: string, architecture: string): string {
  const release = tagOf(nodeImage).split(':').at(-1) ?? '';
  return join(dataDirectory, 'offline', `k3s-airgap-${release}-${architecture}.tar.zst`);
}

/** Looks which images of which architecture a file holds. @throws AppError `airgap-unusable`, or that it cannot be read */
export async function readAirgap(path: string): Promise<AirgapFile> {
  const reader = new ArchivedImages();
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) reader.add(chunk);
  } catch (error) {
    throw systemErrorCode(error) === undefined ? error : unreadablePackError(path, error);
  }
  const images = reader.end() ?? [];
  const architectures = new Set(images.map(({ architecture }) => architecture));
  const architecture = architectureSchema.safeParse([...architectures][0]).data;
  if (architectures.size !== 1 || architecture === undefined) throw airgapUnusableError(path);
  return { path, architecture, references: images.map(({ tags }) => tags[0] ?? '').filter(Boolean) };
}

/** The content of an airgap file; `compressed` as zstd already, else as a plain archive. */
export async function airgapContent(path: string): Promise<{ stream: Readable; compressed: boolean }> {
  const file = await open(path, 'r');
  const magic = Buffer.alloc(4);
  try {
    await file.read(magic, 0, magic.length, 0);
  } finally {
    await file.close();
  }
  const stream = createReadStream(path);
  if (magic.readUInt32LE() === ZSTD_MAGIC) return { stream, compressed: true };
  if (magic.readUInt16LE() !== GZIP_MAGIC) return { stream, compressed: false };
  const unpacked = createGunzip();
  stream.once('error', (error) => unpacked.destroy(error));
  return { stream: stream.pipe(unpacked), compressed: false };
}

function airgapUnusableError(path: string): AppError {
  return new AppError({
    code: 'airgap-unusable',
    message: {
      en: `${path} is no airgap archive of k3s for one of: amd64, arm64.`,
      ko: `${path}은(는) amd64나 arm64용 k3s 에어갭 아카이브가 아닙니다.`,
    },
    fix: {
      en: 'Name a file like k3s-airgap-images-amd64.tar.zst from the page of the k3s release.',
      ko: 'k3s 릴리스 페이지에 있는 k3s-airgap-images-amd64.tar.zst 같은 파일을 지정하세요.',
    },
  });
}

/** @throws AppError when an airgap file is given for what is not in the pack */
export function checkAirgap(
  files: readonly AirgapFile[],
  providers: readonly string[],
  architectures: readonly Architecture[],
): void {
  if (files.length > 0 && !providers.includes('k3d'))
    throw new AppError({
      code: 'airgap-unused',
      message: {
        en: 'An airgap archive of k3s is of use to k3d only, and k3d is not in this pack.',
        ko: 'k3s 에어갭 아카이브는 k3d에서만 쓰는데, 이 팩에는 k3d가 없습니다.',
      },
      fix: {
        en: 'Add k3d to --provider, or leave out --k3s-airgap.',
        ko: '--provider에 k3d를 추가하거나 --k3s-airgap을 빼세요.',
      },
    });
  const other = files.find(({ architecture }) => !architectures.includes(architecture));
  if (other === undefined) return;
  throw new AppError({
    code: 'airgap-unused',
    message: {
      en: `${other.path} is for ${other.architecture}, which is not in this pack.`,
      ko: `${other.path}은(는) ${other.architecture}용인데, 이 팩에는 ${other.architecture}가 없습니다.`,
    },
    fix: {
      en: `Add ${other.architecture} to --arch, or leave out that file.`,
      ko: `--arch에 ${other.architecture}를 추가하거나 그 파일을 빼세요.`,
    },
  });
}
