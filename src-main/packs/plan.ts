import { tagOf } from '../engine/images.ts';
import { neededImages } from '../providers/container/needed-images.ts';
import type { ClusterTool } from '../providers/container/tool.ts';
import { untaggedImageError } from './image-problems.ts';
import type { Architecture, PackProvider } from './manifest.ts';

/** The part of a tool that a pack is about. */
export type PackTool = Pick<
  ClusterTool,
  'id' | 'engines' | 'nodeImage' | 'toolImages' | 'systemImages' | 'addOnImages'
>;

export interface PackLab {
  id: string;
  images: readonly string[];
}

/** k3s' own archive of a release, as it lies in a file. */
export interface AirgapFile {
  path: string;
  architecture: Architecture;
  /** Its images, in full. */
  references: readonly string[];
}

export interface PlannedEntry {
  name: string;
  architecture: Architecture;
  providers: PackProvider[];
  references: readonly string[];
  /** The file that its content is taken from, where that is not the engine. */
  airgap?: string;
}

export interface PackPlan {
  providers: PackProvider[];
  labs: string[];
  architectures: Architecture[];
  entries: PlannedEntry[];
}

/**
 * What goes into a pack: for each architecture, an archive of each tool's node images, and one of all images that
 * pods run, since these share layers.
 * @throws AppError `image-untagged`
 */
export function planPack(
  tools: readonly PackTool[],
  labs: readonly PackLab[],
  architectures: readonly Architecture[],
  airgap: readonly AirgapFile[] = [],
): PackPlan {
  const labImages = labs.flatMap(({ images }) => images);
  const needed = tools.map((tool) => ({ id: tool.id, ...neededImages(tool, labImages) }));
  const providers = tools.map(({ id }) => id);
  const groups = [
    ...needed.map(({ id, nodes }) => ({ name: `${id}-node`, providers: [id], references: nodes })),
    { name: 'pods', providers, references: [...new Set(needed.flatMap(({ pods }) => pods))] },
  ].filter(({ references }) => references.length > 0);
  for (const reference of groups.flatMap(({ references }) => references))
    if (!/:[\w][\w.-]*$/.test(tagOf(reference))) throw untaggedImageError(reference);
  return {
    providers,
    labs: labs.map(({ id }) => id),
    architectures: [...architectures],
    entries: architectures.flatMap((architecture) => [
      ...groups.map((group) => ({ ...group, name: `${group.name}-${architecture}.tar.zst`, architecture })),
      ...airgap
        .filter((file) => file.architecture === architecture)
        .map(({ path, references }) => ({
          name: `k3s-airgap-${architecture}.tar.zst`,
          providers: ['k3d' as const],
          references,
          architecture,
          airgap: path,
        })),
    ]),
  };
}
