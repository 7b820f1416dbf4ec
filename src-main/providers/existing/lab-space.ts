import { parseYamlDocuments } from '../../kube/yaml-documents.ts';
import type { LabLibrary } from '../../labs/library.ts';

/** What a lab wants of a cluster that exists: room. */
export interface LabSpace {
  id: string;
  namespaces: readonly string[];
  /** Kinds of the objects that it makes. */
  kinds: readonly string[];
}

/** The room that the labs of a library want. */
export function labSpaces({ labs }: LabLibrary): LabSpace[] {
  return [...labs.values()].map(({ id, file, clientManifest, steps, wrong }) => {
    const manifests = [
      clientManifest,
      ...steps.flatMap(({ setup, starters, solution }) => [...setup, ...starters, ...solution.files]),
      ...wrong.flatMap(({ files }) => files),
    ];
    const objects = manifests.flatMap(({ yaml }) =>
      parseYamlDocuments(yaml).documents.map(({ value }) => value),
    );
    const kinds = objects.map((object) => (object as { kind?: unknown }).kind);
    return {
      id,
      namespaces: file.spec.namespaces,
      kinds: [...new Set(kinds.filter((kind) => typeof kind === 'string'))],
    };
  });
}
