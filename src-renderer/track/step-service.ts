import type { LabManifest } from '#shared/lab-view.ts';

/**
 * The Service (`namespace/name`) that a step is about: the first one that its files make or leave to be completed.
 * Reads just as much YAML as that needs; what it cannot read is simply not found.
 */
export function stepService(files: readonly LabManifest[], fallback: string): string | undefined {
  for (const document of files.flatMap(({ yaml }) => yaml.split(/^---.*$/m))) {
    if (!/^kind: *["']?Service["']? *$/m.test(document)) continue;
    const metadata = /^metadata:\n((?: +.*\n?)+)/m.exec(document)?.[1] ?? '';
    const name = valueOf('name', metadata);
    if (name !== undefined) return `${valueOf('namespace', metadata) ?? fallback}/${name}`;
  }
  return undefined;
}

function valueOf(key: string, metadata: string): string | undefined {
  return new RegExp(`^ {2}${key}: *["']?([a-z0-9-]+)["']? *$`, 'm').exec(metadata)?.[1];
}
