import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '#emulator/clock.ts';
import { AppError } from '#shared/app-error.ts';
import { CommandFailedError } from '../../command/errors.ts';
import { K3D_CLUSTER_LABEL, removeNetworkCommand, removeVolumeCommand } from '../../engine/argv.ts';
import type { Engine } from '../../engine/engine.ts';
import { normalReference, tagOf } from '../../engine/images.ts';
import type { KubeClient } from '../../kube/client.ts';
import { DeadlineError } from '../../kube/errors.ts';
import { DEPLOYMENT, type KubeObject } from '../../kube/objects.ts';
import { systemClock } from '../../kube/time.ts';
import { writeAtomically } from '../../store/atomic-write.ts';
import { disposables } from '../../disposables.ts';
import { LOAD_BALANCER_NODE_PORTS } from '../container/ports.ts';
import { proxyModeFor } from '../container/proxy-mode.ts';
import { COMMON_STEPS, type ClusterTool, type Making } from '../container/tool.ts';
import { IngressKeeper } from '../ingress/ingress-keeper.ts';
import { LoadBalancerKeeper } from '../load-balancer/keeper.ts';
import { createCommand, deleteCommand, kubeconfigCommand } from './argv.ts';
import { parseK3dLine, parseKubeconfig, parseNodeImages, type K3dStep } from './parse.ts';
import { TRAEFIK_PLACE, traefikConfig } from './traefik.ts';

/** Kubernetes 1.34, like the built-in cluster. By tag: a side-loaded image has no digest. */
export const K3S_IMAGE = 'rancher/k3s:v1.34.9-k3s1';

/** What k3d 5.9.0 itself runs beside the nodes. */
const K3D_IMAGES = ['ghcr.io/k3d-io/k3d-proxy:5.9.0', 'ghcr.io/k3d-io/k3d-tools:5.9.0'];

/** The images of k3s v1.34.9 (scripts/airgap/image-list.txt), without what {@link createCommand} leaves out. */
const K3S_IMAGES = [
  'rancher/klipper-helm:v0.11.1-build20260615',
  'rancher/klipper-lb:v0.4.17',
  'rancher/local-path-provisioner:v0.0.36',
  'rancher/mirrored-coredns-coredns:1.14.4',
  'rancher/mirrored-library-busybox:1.37.0',
  'rancher/mirrored-library-traefik:3.7.4',
  'rancher/mirrored-pause:3.6',
];

const WORKERS = 2;
/** k3d has a deadline of five minutes for each of three stages, and takes back what it has made. */
const CREATE_DEADLINE_MS = 20 * 60_000;
const QUESTION_DEADLINE_MS = 30_000;
const IMAGES_DEADLINE_MS = 5 * 60_000;
const TRAEFIK_DEADLINE_MS = 5 * 60_000;
const POLL_MS = 1000;

/** Which of our steps each of k3d's belongs to. */
const STEP_OF: Record<K3dStep, string> = {
  network: 'containers',
  containers: 'containers',
  server: 'control-plane',
  agents: 'workers',
  helpers: 'workers',
  records: 'workers',
};

export function k3dTool(clock: Clock = systemClock): ClusterTool {
  return {
    id: 'k3d',
    name: { en: 'k3d', ko: 'k3d' },
    description: {
      en: 'Real Kubernetes (k3s) in Docker containers on this machine: a server and two agents, with its own load balancer.',
      ko: '이 컴퓨터의 Docker 컨테이너에서 실행하는 실제 Kubernetes(k3s)입니다. 서버 하나와 에이전트 둘로 구성되며 로드 밸런서가 포함되어 있습니다.',
    },
    engines: ['docker'],
    steps: {
      images: COMMON_STEPS.images,
      containers: { en: 'Making the nodes', ko: '노드 생성' },
      'control-plane': { en: 'Starting the server', ko: '서버 시작' },
      workers: { en: 'Starting the agents', ko: '에이전트 시작' },
      load: { en: 'Waiting for the images in the nodes', ko: '노드에 이미지가 올라가기를 대기' },
      ready: COMMON_STEPS.ready,
      ingress: COMMON_STEPS.ingress,
    },
    workers: WORKERS,
    nodeImage: K3S_IMAGE,
    toolImages: K3D_IMAGES,
    systemImages: K3S_IMAGES,
    addOnImages: [],
    label: (cluster) => `${K3D_CLUSTER_LABEL}=${cluster}`,
    network: (cluster) => `k3d-${cluster}`,
    workerNames: agentNames,
    make: (making) => make(making, clock),
    deleteCommand: (_engine, cluster, kubeconfig) => deleteCommand(cluster, kubeconfig),
    remainsCommands: (engine, cluster) => [
      removeNetworkCommand(engine, `k3d-${cluster}`),
      removeVolumeCommand(engine, `k3d-${cluster}-images`),
    ],
    installIngress: (kube, signal) => untilTraefikServes(kube, signal, clock),
    // k3s gives load balancers their addresses by itself.
    attend: (kube) =>
      disposables(
        new LoadBalancerKeeper(kube, { clock, nodePorts: LOAD_BALANCER_NODE_PORTS }),
        new IngressKeeper(kube, { clock, place: TRAEFIK_PLACE }),
      ),
  };
}

async function make(making: Making, clock: Clock): Promise<void> {
  const { cluster, image, ports, info, folder, progress, log, signal, run } = making;
  // A folder, not a file, is what the nodes are given: they must find it at every start, the archive once.
  const imageFolder = join(folder, 'images');
  const moved = join(imageFolder, 'switchyard.tar');
  const manifest = join(folder, 'traefik.yaml');
  await mkdir(imageFolder, { recursive: true });
  await rename(await making.archived, moved);
  try {
    await writeAtomically(manifest, traefikConfig());
    progress.start('containers');
    const proxyMode = proxyModeFor(info, versionOf(image));
    const create = createCommand({ cluster, image, ports, proxyMode, imageFolder, manifest });
    const created = await run(create, {
      deadlineMs: CREATE_DEADLINE_MS,
      signal,
      log,
      onLine: (line) => {
        const event = parseK3dLine(line);
        if (event?.event === 'step') progress.start(STEP_OF[event.step]);
      },
    });
    if (created.exitCode !== 0) throw new CommandFailedError(create, created);
    await writeKubeconfig(making);
    progress.start('load');
    await untilImagesAreThere(making, clock);
  } finally {
    await rm(moved, { force: true });
  }
}

/** k3d's own words for it would go to the user's kubeconfig. */
async function writeKubeconfig({ cluster, kubeconfig, run, log, signal }: Making): Promise<void> {
  const command = kubeconfigCommand(cluster);
  // What it prints is a key: it has no business in the log.
  log.add(`$ k3d kubeconfig get ${cluster}`);
  const result = await run(command, { deadlineMs: QUESTION_DEADLINE_MS, signal });
  if (result.exitCode !== 0) throw new CommandFailedError(command, result);
  const text = parseKubeconfig(result.stdout);
  if (text === undefined)
    throw new AppError({
      code: 'kubeconfig-missing',
      message: {
        en: 'k3d made the cluster, but printed no kubeconfig that could be understood.',
        ko: 'k3d가 클러스터를 만들었지만 이해할 수 있는 kubeconfig를 출력하지 않았습니다.',
      },
      fix: {
        en: 'See that "k3d version" is 5.6 or later, then try again.',
        ko: '"k3d version"이 5.6 이상인지 확인한 다음 다시 시도하세요.',
      },
    });
  await writeAtomically(kubeconfig, text);
}

/** The nodes import the archive by themselves, and say of a failure only in their logs: they are asked. */
async function untilImagesAreThere(making: Making, clock: Clock): Promise<void> {
  const { cluster, engine, images, signal } = making;
  const deadline = clock.now() + IMAGES_DEADLINE_MS;
  for (const node of [serverName(cluster), ...agentNames(cluster)])
    for (;;) {
      const missing = await missingInNode(engine, node, images, signal);
      if (missing.length === 0) break;
      if (clock.now() >= deadline)
        throw new DeadlineError(
          { en: 'the images to be in every node', ko: '모든 노드에 이미지가 올라가는 것' },
          IMAGES_DEADLINE_MS,
          `${node} lacks ${missing.join(', ')}`,
        );
      await clock.sleep(POLL_MS, signal);
    }
}

async function missingInNode(
  engine: Engine,
  node: string,
  images: readonly string[],
  signal: AbortSignal,
): Promise<string[]> {
  const output = await engine.exec(node, ['crictl', 'images', '--output', 'json'], { signal });
  const present = new Set(parseNodeImages(output).map(normalReference));
  return images.filter((image) => !present.has(normalReference(tagOf(image))));
}

interface Deployment extends KubeObject {
  status?: { availableReplicas?: number };
}

/** k3s installs Traefik by itself, with what {@link traefikConfig} says: it has only to be waited for. */
async function untilTraefikServes(
  kube: Pick<KubeClient, 'get'>,
  signal: AbortSignal,
  clock: Clock,
): Promise<void> {
  const deadline = clock.now() + TRAEFIK_DEADLINE_MS;
  for (;;) {
    const found = await kube.get<Deployment>({ ...DEPLOYMENT, namespace: 'kube-system', name: 'traefik' });
    if ((found?.status?.availableReplicas ?? 0) > 0) return;
    if (clock.now() >= deadline)
      throw new DeadlineError(
        { en: 'Traefik to serve', ko: 'Traefik이 준비되는 것' },
        TRAEFIK_DEADLINE_MS,
        found === undefined ? 'it is not installed yet' : 'it has no pod that is available',
      );
    await clock.sleep(POLL_MS, signal);
  }
}

function serverName(cluster: string): string {
  return `k3d-${cluster}-server-0`;
}

function agentNames(cluster: string): string[] {
  return Array.from({ length: WORKERS }, (_, index) => `k3d-${cluster}-agent-${index}`);
}

/** `1.34.9` of `rancher/k3s:v1.34.9-k3s1`. */
function versionOf(image: string): string {
  return /:v(\d+\.\d+\.\d+)/.exec(image)?.[1] ?? '';
}
