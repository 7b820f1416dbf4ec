import type { LabManifest } from '#shared/lab-view.ts';

/**
 * The Service (`namespace/name`) that a step is about: the first one that its files make or leave to be completed.
 * One without a namespace is looked for beside whatever else the step makes: there its pods are. Reads just as much YAML as that needs; what it cannot read is simply not found.
 */
export function stepService(files: readonly LabManifest[], fallback: string): string | undefined {
  const documents = files
    .flatMap(({ yaml }) => yaml.split(/^---.*$/m))
    .map((text) => {
      const metadata = /^metadata:\n((?: +.*\n?)+)/m.exec(text)?.[1] ?? '';
      const isService = /^kind: *["']?Service["']? *$/m.test(text);
      return { isService, name: valueOf('name', metadata), namespace: valueOf('namespace', metadata) };
    });
  const service = documents.find(({ isService, name }) => isService && name !== undefined);
  if (service?.name === undefined) return undefined;
  const beside = documents.find(({ namespace }) => namespace !== undefined)?.namespace;
  return `${service.namespace ?? beside ?? fallback}/${service.name}`;
}

function valueOf(key: string, metadata: string): string | undefined {
  return new RegExp(`^ {2}${key}: *["']?([a-z0-9-]+)["']? *$`, 'm').exec(metadata)?.[1];
}
