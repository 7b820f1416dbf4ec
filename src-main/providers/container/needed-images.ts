import { findImage, tagOf, type EngineImage } from '../../engine/images.ts';
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

type ImagesOfTool = Pick<ClusterTool, 'nodeImage' | 'toolImages' | 'systemImages' | 'addOnImages'>;

/** @param labImages those of every lab that is to run in the cluster */
export function neededImages(tool: ImagesOfTool, labImages: readonly string[]): NeededImages {
  return {
    nodes: unique([tool.nodeImage, ...tool.toolImages]),
    pods: unique([...tool.systemImages, ...tool.addOnImages, ...labImages]),
  };
}

/** What an engine's store has of the needed images. */
export interface ImageSupply {
  /** Without them no cluster can be made, or no lab run, when there is no network. */
  missing: string[];
  /** Those that are there, by the reference that needs them. */
  present: { reference: string; image: EngineImage }[];
}

/** Looks for the needed images in an engine's store. One for another architecture only is missing. */
export async function imageSupply(
  tool: ImagesOfTool,
  labImages: readonly string[],
  { engine, info }: RunningEngine,
  signal?: AbortSignal,
): Promise<ImageSupply> {
  const { nodes, pods } = neededImages(tool, labImages);
  const needed = unique([...nodes, ...pods]);
  const images = await engine.images(unique(needed.flatMap((name) => [name, tagOf(name)])), { signal });
  const supply: ImageSupply = { missing: [], present: [] };
  for (const reference of needed) {
    const name = nameInStore(images, reference);
    const image = name === undefined ? undefined : findImage(images, name);
    if (image?.architecture === info.architecture) supply.present.push({ reference, image });
    else supply.missing.push(reference);
  }
  return supply;
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
