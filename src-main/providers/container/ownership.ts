import type { Engine } from '../../engine/engine.ts';
import type { EngineContainer } from '../../engine/containers.ts';
import type { ContainerRecord } from './record.ts';
import type { ClusterTool } from './tool.ts';

/** Clocks of an engine in a virtual machine may be off by so much. */
const CLOCK_SKEW_MS = 5000;

/** What there is of a cluster. */
export interface Found {
  /** Made by us, for this record. */
  ours: EngineContainer[];
  /** Of the same name, and somebody else's. */
  foreign: EngineContainer[];
}

/**
 * The containers of a record's cluster. kind cannot mark what it makes, so a container is ours when its id is in
 * the record, or while the record is being made, when it carries the cluster's label and is younger than the
 * record: before that was written, nothing had this name.
 */
export async function findContainers(
  engine: Engine,
  tool: ClusterTool,
  record: ContainerRecord,
  signal?: AbortSignal,
): Promise<Found> {
  const all = await engine.containers(tool.label(record.cluster), { signal });
  const isOurs = ({ id, createdAt }: EngineContainer): boolean =>
    record.state === 'ready'
      ? record.containers.includes(id)
      : createdAt >= Date.parse(record.createdAt) - CLOCK_SKEW_MS;
  return { ours: all.filter(isOurs), foreign: all.filter((container) => !isOurs(container)) };
}

/** A name for the cluster's containers that nothing has yet: its own, else with a number. */
export async function freeClusterName(
  engine: Engine,
  tool: ClusterTool,
  name: string,
  signal?: AbortSignal,
): Promise<string> {
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? name : `${name}-${number}`;
    if ((await engine.containers(tool.label(candidate), { signal })).length === 0) return candidate;
  }
}
