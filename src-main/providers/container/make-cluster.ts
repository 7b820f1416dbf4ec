import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '#emulator/clock.ts';
import { AppError } from '#shared/app-error.ts';
import type { LocalizedText } from '#shared/locale.ts';
import type { CommandLog } from '../../command/log.ts';
import type { CommandRunner } from '../../command/command.ts';
import type { Engine } from '../../engine/engine.ts';
import type { EngineInfo } from '../../engine/info.ts';
import type { KubeClient } from '../../kube/client.ts';
import { openKube, type Connect } from '../open-kube.ts';
import type { Progress } from '../progress.ts';
import { waitUntilReady, type ReadyCluster } from '../readiness.ts';
import { archiveImages, supplyImages } from './image-supply.ts';
import { findContainers, freeClusterName } from './ownership.ts';
import { chooseHostPorts, reachOf, type PortProbe } from './ports.ts';
import { noPortsError } from './problems.ts';
import type { ContainerRecord, ContainerRecords } from './record.ts';
import { remembering } from './tool-process.ts';
import type { ClusterTool } from './tool.ts';
import { untilAnswered } from './until-answered.ts';

/** Nodes of a laptop under load, from a cold start. */
const READY_DEADLINE_MS = 5 * 60_000;
const ANSWER_DEADLINE_MS = 30_000;

export interface MakeOptions {
  name: string;
  tool: ClusterTool;
  engine: Engine;
  info: EngineInfo;
  run: CommandRunner;
  connect: Connect;
  clock: Clock;
  records: ContainerRecords;
  /** Images that labs run. */
  labImages: readonly string[];
  isPortFree: PortProbe;
  progress: Progress;
  log: CommandLog;
  signal: AbortSignal;
}

/** What a cluster is made of that is not there yet. */
interface Materials {
  /** The node image, by its name in the engine's store. */
  nodeImage: string;
  /** What the nodes are to have. */
  images: string[];
  /** Why Ingress cannot be set up: its image could not be had. */
  withoutIngress: LocalizedText | undefined;
}

/**
 * Makes the containers of a cluster, Kubernetes in them, and what labs need beside it. The record is on disk before
 * anything of the cluster is, and says what there is to clean up when this is cut off at any moment.
 */
export async function makeCluster(
  options: MakeOptions,
): Promise<{ record: ContainerRecord; ready: ReadyCluster }> {
  const { name, tool, engine, records, progress, clock, signal } = options;
  progress.start('images');
  const materials = await gatherMaterials(options);
  const record = await beginRecord(options, materials);
  await makeNodes(options, record, materials);

  progress.start('ready');
  const kube = await openKube(records.kubeconfig(name), options.connect);
  try {
    const ready = await waitUntilReady(kube, {
      clock,
      signal,
      deadlineMs: READY_DEADLINE_MS,
      needs: { nodes: 'all' },
    });
    progress.start('ingress');
    const withoutIngress = materials.withoutIngress ?? (await ingressFailure(kube, record, options));
    const { ours } = await findContainers(engine, tool, record, signal);
    const whole: ContainerRecord = {
      ...record,
      state: 'ready',
      containers: ours.map(({ id }) => id),
      ...(withoutIngress !== undefined && { withoutIngress }),
    };
    await records.write(name, whole);
    return { record: whole, ready };
  } finally {
    await kube.close();
  }
}

async function gatherMaterials(options: MakeOptions): Promise<Materials> {
  const { tool, labImages, signal } = options;
  const needed = [tool.nodeImage, ...tool.toolImages, ...tool.systemImages, ...labImages];
  const [nodeImage = tool.nodeImage] = await supplyImages(needed, options);
  // Without its image there is no Ingress, but there is a cluster.
  const withoutIngress = await supplyImages(tool.addOnImages, options).then(
    () => undefined,
    (error: unknown) => reasonOf(error, signal),
  );
  const addOnImages = withoutIngress === undefined ? tool.addOnImages : [];
  return { nodeImage, withoutIngress, images: [...tool.systemImages, ...labImages, ...addOnImages] };
}

async function beginRecord(options: MakeOptions, materials: Materials): Promise<ContainerRecord> {
  const { name, tool, engine, records, signal } = options;
  const ports = await chooseHostPorts(tool.workers, options.isPortFree);
  if (ports === undefined) throw noPortsError();
  const record: ContainerRecord = {
    state: 'making',
    cluster: await freeClusterName(engine, tool, name, signal),
    engine: engine.id,
    image: materials.nodeImage,
    createdAt: new Date().toISOString(),
    ports,
    containers: [],
  };
  await records.write(name, record);
  return record;
}

/** The archive for the nodes is written while they start: whoever needs it waits for it. */
async function makeNodes(options: MakeOptions, record: ContainerRecord, materials: Materials): Promise<void> {
  const { name, tool, engine, info, records, progress, log, signal, connect } = options;
  const folder = records.folder(name);
  const archive = join(folder, 'images.tar');
  const stop = new AbortController();
  const work = { engine, info, log, signal: AbortSignal.any([signal, stop.signal]) };
  const archived = archiveImages(materials.images, archive, work).then(() => archive);
  archived.catch(() => undefined); // whoever waits for it is told
  try {
    await tool.make({
      cluster: record.cluster,
      image: record.image,
      ports: record.ports,
      engine,
      info,
      run: remembering(options.run, records.toolProcesses(name)),
      connect,
      folder,
      kubeconfig: records.kubeconfig(name),
      archived,
      images: materials.images,
      progress,
      log,
      signal,
    });
  } finally {
    stop.abort();
    await archived.catch(() => undefined);
    await rm(archive, { force: true });
  }
}

/** Why Ingress could not be set up; the cluster is of use without it. */
async function ingressFailure(
  kube: KubeClient,
  record: ContainerRecord,
  { tool, engine, clock, signal }: MakeOptions,
): Promise<LocalizedText | undefined> {
  const subnet = await engine.subnet(tool.network(record.cluster), { signal });
  // Its Service waits for an address like any other.
  using _attending = subnet === undefined ? undefined : tool.attend(kube, { subnet });
  try {
    await tool.installIngress(kube, signal);
    const { ingress } = reachOf(record.ports, []);
    if (ingress !== undefined)
      await untilAnswered(ingress.http, { clock, signal, deadlineMs: ANSWER_DEADLINE_MS });
    return undefined;
  } catch (error) {
    return reasonOf(error, signal);
  }
}

/** The words of a failure that does not end the making. A cancel does. */
function reasonOf(error: unknown, signal: AbortSignal): LocalizedText {
  if (signal.aborted || !(error instanceof AppError)) throw error;
  return error.problem.message;
}
