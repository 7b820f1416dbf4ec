import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '#shared/app-error.ts';
import type { LocalizedText } from '#shared/locale.ts';
import type { CommandLog } from '../../command/log.ts';
import type { CommandRunner } from '../../command/command.ts';
import type { Engine } from '../../engine/engine.ts';
import type { EngineInfo } from '../../engine/info.ts';
import type { Progress } from '../progress.ts';
import { supplyImages, archiveImages } from './image-supply.ts';
import { freeClusterName } from './ownership.ts';
import { chooseHostPorts, type PortProbe } from './ports.ts';
import { noPortsError } from './problems.ts';
import type { ContainerRecord, ContainerRecords } from './record.ts';
import { remembering } from './tool-process.ts';
import type { ClusterTool } from './tool.ts';

export interface MakeOptions {
  name: string;
  tool: ClusterTool;
  engine: Engine;
  info: EngineInfo;
  run: CommandRunner;
  records: ContainerRecords;
  /** Images that labs run. */
  labImages: readonly string[];
  isPortFree: PortProbe;
  progress: Progress;
  log: CommandLog;
  signal: AbortSignal;
}

/**
 * Makes the containers of a cluster and Kubernetes in them. The record is on disk before anything of it is, and
 * says what there is to clean up when this is cut off at any moment.
 * @returns the record of what was made, and why Ingress cannot be set up, when its image could not be had
 */
export async function makeCluster(
  options: MakeOptions,
): Promise<{ record: ContainerRecord; withoutIngress: LocalizedText | undefined }> {
  const { name, tool, engine, info, run, records, progress, log, signal } = options;
  progress.start('images');
  const needed = [tool.nodeImage, ...tool.toolImages, ...tool.systemImages, ...options.labImages];
  const [image = tool.nodeImage] = await supplyImages(needed, options);
  // Without its image there is no Ingress, but there is a cluster.
  const withoutIngress = await supplyImages(tool.addOnImages, options).then(
    () => undefined,
    (error: unknown) => reasonOf(error, signal),
  );
  const ports = await chooseHostPorts(tool.workers, options.isPortFree);
  if (ports === undefined) throw noPortsError();
  const cluster = await freeClusterName(engine, tool, name, signal);
  const record: ContainerRecord = {
    state: 'making',
    cluster,
    engine: engine.id,
    image,
    createdAt: new Date().toISOString(),
    ports,
    containers: [],
    ...(withoutIngress !== undefined && { withoutIngress }),
  };
  await records.write(name, record);
  const archive = join(records.folder(name), 'images.tar');
  try {
    const addOnImages = withoutIngress === undefined ? tool.addOnImages : [];
    const images = [...tool.systemImages, ...options.labImages, ...addOnImages];
    await archiveImages(images, archive, options);
    await tool.make({
      cluster,
      image,
      ports,
      engine,
      info,
      run: remembering(run, records.toolProcess(name)),
      folder: records.folder(name),
      kubeconfig: records.kubeconfig(name),
      archive,
      images,
      progress,
      log,
      signal,
    });
  } finally {
    await rm(archive, { force: true });
  }
  return { record, withoutIngress };
}

/** The words of a failure that does not end the making. A cancel does. */
function reasonOf(error: unknown, signal: AbortSignal): LocalizedText {
  if (signal.aborted || !(error instanceof AppError)) throw error;
  return error.problem.message;
}
