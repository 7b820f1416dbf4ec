import { z } from 'zod';

/**
 * What an offline pack says of itself. A pack is a plain tar archive (docs/offline-packs.md): `manifest.json`
 * first, in a room of its own that is filled in last, then the entries that it lists, then `SHA256SUMS`.
 */

export const PACK_FORMAT = 'switchyard-pack';
/** What this version of the app writes, and the newest that it reads. */
export const PACK_VERSION = 1;

export const MANIFEST_NAME = 'manifest.json';
export const SUMS_NAME = 'SHA256SUMS';
/** Bytes set aside for the manifest: some ten thousand layers. */
export const MANIFEST_ROOM = 1024 * 1024;

/** Processor architectures that packs are made for. */
export const ARCHITECTURES = ['amd64', 'arm64'] as const;
export const architectureSchema = z.enum(ARCHITECTURES);
export type Architecture = z.infer<typeof architectureSchema>;

/** The makers of clusters that take images; the built-in cluster needs none. */
export const packProviderSchema = z.enum(['kind', 'k3d']);
export type PackProvider = z.infer<typeof packProviderSchema>;

const bytesSchema = z.number().int().min(1);
const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);

/** A pack comes from anywhere, and what is in it is shown in terminals. */
const nameSchema = z.string().regex(/^[\w ./:@+-]+$/);

const packImageSchema = z.object({
  /** As labs and providers name it, with the digest where they do. */
  reference: nameSchema,
  /** Digests of its layers, unpacked: the same in every engine (`EngineImage.layers`). */
  layers: z.array(nameSchema),
  /** Of its layers, as they lie in the archive. */
  bytes: z.number().int().min(0),
});
export type PackImage = z.infer<typeof packImageSchema>;

const packEntrySchema = z.object({
  /** File name in the archive. */
  name: z.string().regex(/^[a-z0-9][\w.-]*\.tar\.zst$/),
  /** `images`: for the engine, as `docker save` writes them. `k3s-airgap`: k3s' own archive, for its nodes. */
  content: z.enum(['images', 'k3s-airgap']),
  architecture: architectureSchema,
  providers: z.array(packProviderSchema),
  images: z.array(packImageSchema),
  /** As it is stored: compressed. */
  bytes: bytesSchema,
  sha256: sha256Schema,
  /** Before it was compressed. */
  unpackedBytes: bytesSchema,
});
export type PackEntry = z.infer<typeof packEntrySchema>;
export const packEntriesSchema = z
  .array(packEntrySchema)
  .refine((entries) => new Set(entries.map(({ name }) => name)).size === entries.length);

/** What every version of the format has: enough to say why a pack is not taken. */
export const packHeadSchema = z.object({
  format: z.literal(PACK_FORMAT),
  version: z.number().int().min(1),
  /** False until everything is in it. */
  complete: z.boolean(),
});

export const packManifestSchema = z.object({
  format: z.literal(PACK_FORMAT),
  version: z.literal(PACK_VERSION),
  complete: z.literal(true),
  /** Of the whole file. */
  bytes: bytesSchema,
  /** ISO 8601. */
  createdAt: z.iso.datetime(),
  /** Name and version of the program that made it. */
  createdBy: nameSchema,
  providers: z.array(packProviderSchema),
  /** Ids of the labs whose images are in it. */
  labs: z.array(nameSchema),
  architectures: z.array(architectureSchema),
  entries: packEntriesSchema,
});
export type PackManifest = z.infer<typeof packManifestSchema>;

/** The manifest as it lies in its room: JSON, filled up with spaces. @throws RangeError when there is not enough */
export function manifestBlock(manifest: PackManifest | z.infer<typeof packHeadSchema>): Buffer {
  const text = Buffer.from(`${JSON.stringify(manifest, undefined, 1)}\n`);
  if (text.length > MANIFEST_ROOM) throw new RangeError(`a manifest of ${text.length} bytes`);
  return Buffer.concat([text, Buffer.alloc(MANIFEST_ROOM - text.length, ' ')]);
}

/** `SHA256SUMS`, as `sha256sum -c` reads it. @param manifestSum of the manifest with all of its room */
export function sumsText(manifestSum: string, entries: readonly PackEntry[]): string {
  const files = [{ name: MANIFEST_NAME, sha256: manifestSum }, ...entries];
  return files.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join('');
}
