/** kind's own steps, by what it prints without a terminal: ` • Preparing nodes 📦  ...`, then ` ✓ Preparing nodes 📦`. */
const STEPS = [
  ['node-image', 'Ensuring node image'],
  ['containers', 'Preparing nodes'],
  ['configuration', 'Writing configuration'],
  ['control-plane', 'Starting control-plane'],
  ['pod-network', 'Installing CNI'],
  ['storage', 'Installing StorageClass'],
  ['workers', 'Joining worker nodes'],
] as const;

export type KindStep = (typeof STEPS)[number][0];

/** What a line of kind's output tells: a step that begins, or how it ended. Undefined for everything else. */
export function parseKindLine(
  line: string,
): { step: KindStep; state: 'begins' | 'done' | 'failed' } | undefined {
  const [, mark, text = ''] = /^\s*([•✓✗])\s+(.*)$/u.exec(line) ?? [];
  const step = STEPS.find(([, words]) => text.startsWith(words))?.[0];
  if (step === undefined) return undefined;
  return { step, state: mark === '•' ? 'begins' : mark === '✓' ? 'done' : 'failed' };
}

/** `0.33.0` of what `kind version` prints: `kind v0.33.0 go1.26.8 linux/amd64`. */
export function parseKindVersion(output: string): string | undefined {
  return /\bv?(\d+\.\d+\.\d+\S*)/.exec(output)?.[1];
}

/** The Kubernetes version that a node image is named after: `1.34.4` of `kindest/node:v1.34.4@sha256:…`. */
export function kubernetesVersionOf(image: string): string | undefined {
  return /:v(\d+\.\d+\.\d+)/.exec(image)?.[1];
}
