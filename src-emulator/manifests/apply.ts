import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Kubectl } from '../conformance/kubectl.ts';

/** What kubectl says of one manifest. */
export interface Applied {
  exitCode: number;
  stdout: string;
  stderr: string;
}

const FOLDER = fileURLToPath(new URL('.', import.meta.url));

/**
 * The manifests of this folder: `as-written` are those of learners' notes, faults and all; `mended` are those of
 * them that are not YAML, made so; `wrong` are the usual slips, each in a file of its own.
 */
export function manifests(): string[] {
  return ['as-written', 'mended', 'wrong'].flatMap((group) =>
    readdirSync(FOLDER + group)
      .sort()
      .map((file) => `${group}/${file}`),
  );
}

/** Applies a manifest without keeping anything of it. */
export async function apply(kubectl: Kubectl, manifest: string): Promise<Applied> {
  const result = await kubectl.run(['apply', '--dry-run=server', '-f', FOLDER + manifest]);
  const plain = (text: string): string =>
    text.replaceAll(FOLDER, '').replaceAll(kubectl.namespace, '<namespace>');
  return { exitCode: result.exitCode, stdout: plain(result.stdout), stderr: plain(result.stderr) };
}
