import type { Leftover } from '#shared/cluster.ts';
import {
  askEngines,
  candidateEngines,
  firstRunning,
  preferredEngine,
  type AskedEngine,
  type RunningEngine,
} from '../engine/choice.ts';
import { Engine } from '../engine/engine.ts';
import type { EngineId } from '../engine/engine-id.ts';
import type { Host } from '../host/host.ts';
import { imageSupply, type ImageSupply } from '../providers/container/needed-images.ts';
import { findContainers, freeClusterName } from '../providers/container/ownership.ts';
import type { PortProbe } from '../providers/container/ports.ts';
import type { ContainerRecord, ContainerRecords } from '../providers/container/record.ts';
import type { ClusterTool } from '../providers/container/tool.ts';
import { TOOL_NEEDS, type ToolNeeds } from './needs.ts';

/** What a preflight of clusters made of containers is given. */
export interface ContainerLook {
  tool: ClusterTool;
  host: Host;
  /** The name of the cluster that the app would make. */
  clusterName: string;
  records: Pick<ContainerRecords, 'read'>;
  /** Images that labs run. */
  labImages: readonly string[];
  isPortFree: PortProbe;
  leftovers(): Promise<Leftover[]>;
  deleteCluster(name: string): Promise<void>;
}

/** What there is under the name of the app's cluster. */
export interface ClusterStanding {
  /** Made by us, and whole. */
  own: { record: ContainerRecord; running: boolean } | undefined;
  /** Somebody else's has the name: the one that a new cluster of ours would get. */
  otherName: string | undefined;
}

/**
 * What the checks of one run share. Each fact is found out once, when the first of them asks for it, so that all
 * of it takes no longer than the slowest question.
 */
export interface ContainerFacts extends ContainerLook {
  needs: ToolNeeds;
  /** The engine that the user insists on (`KIND_EXPERIMENTAL_PROVIDER`). */
  preferred: EngineId | undefined;
  /** Engines that the tool could work with, the best first. */
  engines(): Promise<readonly AskedEngine[]>;
  /** The one that a cluster would be made in. Undefined when none runs. */
  running(): Promise<RunningEngine | undefined>;
  /** Undefined when no engine runs. */
  images(): Promise<ImageSupply | undefined>;
  cluster(): Promise<ClusterStanding>;
}

export function containerFacts(look: ContainerLook): ContainerFacts {
  const { tool, host } = look;
  const preferred = preferredEngine(host.env);
  const engines = once(() => askEngines(candidateEngines(tool.engines, preferred), host.run));
  const running = once(async () => firstRunning(await engines()));
  return {
    ...look,
    needs: TOOL_NEEDS[tool.id],
    preferred,
    engines,
    running,
    images: once(async () => {
      const found = await running();
      return found === undefined ? undefined : imageSupply(tool, look.labImages, found);
    }),
    cluster: once(async () => standingOf(look, await running())),
  };
}

async function standingOf(
  { tool, host, clusterName, records }: ContainerLook,
  found: RunningEngine | undefined,
): Promise<ClusterStanding> {
  const record = await records.read(clusterName);
  const whole = record?.state === 'ready' ? record : undefined;
  const [own, otherName] = await Promise.all([
    whole && ownOf(whole, tool, new Engine(whole.engine, host.run)),
    // Ours has its name already; one that is still to be made gets one.
    record === undefined && found !== undefined
      ? freeClusterName(found.engine, tool, clusterName)
      : clusterName,
  ]);
  return { own, otherName: otherName === clusterName ? undefined : otherName };
}

async function ownOf(
  record: ContainerRecord,
  tool: ClusterTool,
  engine: Engine,
): Promise<ClusterStanding['own']> {
  const found = await findContainers(engine, tool, record).catch(() => undefined);
  // Its engine does not answer: it does not run, and is there again when the engine is.
  if (found === undefined) return { record, running: false };
  // Somebody deleted it.
  if (found.ours.length === 0) return undefined;
  return { record, running: found.ours.some(({ status }) => status === 'running') };
}

/** Work that is done when it is first asked for, and never again. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => (result ??= work());
}
