import { findImage, tagOf } from '../../engine/images.ts';
import type { RunningEngine } from '../../engine/choice.ts';
import { nameInStore } from './image-supply.ts';
import type { ClusterTool } from './tool.ts';

/** The images that a cluster and the labs in it need: nothing else is fetched from a registry, ever. */
export interface NeededImages {
  /** What the tool makes nodes of, and runs beside them: its node image first. */
  nodes: string[];
  /** What pods run: these go into every node. */
  pods: string[];
}

type ImagesOfTool = Pick<ClusterTool, 'nodeImage' | 'toolImages' | 'addOnImages'>;

/** @param labImages those of every lab that is to run in the cluster */
export function neededImages(tool: ImagesOfTool, labImages: readonly string[]): NeededImages {
  return {
    nodes: unique([tool.nodeImage, ...tool.toolImages]),
    pods: unique([...tool.addOnImages, ...labImages]),
  };
}

/**
 * Those of the needed images that an engine's store lacks, or has for another architecture only: without them,
 * no cluster can be made or no lab run when there is no network.
 */
export async function missingForOffline(
  tool: ImagesOfTool,
  labImages: readonly string[],
  { engine, info }: RunningEngine,
  signal?: AbortSignal,
): Promise<string[]> {
  const { nodes, pods } = neededImages(tool, labImages);
  const needed = unique([...nodes, ...pods]);
  const images = await engine.images(unique(needed.flatMap((name) => [name, tagOf(name)])), { signal });
  return needed.filter((reference) => {
    const name = nameInStore(images, reference);
    const image = name === undefined ? undefined : findImage(images, name);
    return image?.architecture !== info.architecture;
  });
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
