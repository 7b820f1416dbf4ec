import { join } from 'node:path';
import { CommandFailedError } from '../../command/errors.ts';
import { KIND_CLUSTER_LABEL } from '../../engine/argv.ts';
import { ENGINES } from '../../engine/engine-id.ts';
import { writeAtomically } from '../../store/atomic-write.ts';
import { systemClock } from '../../kube/time.ts';
import { disposables } from '../../disposables.ts';
import { LOAD_BALANCER_NODE_PORTS } from '../container/ports.ts';
import { proxyModeFor } from '../container/proxy-mode.ts';
import { COMMON_STEPS, type ClusterTool, type Making } from '../container/tool.ts';
import { IngressKeeper } from '../ingress/ingress-keeper.ts';
import { installIngress } from '../ingress/install.ts';
import { SYSTEM_NAMESPACE, TRAEFIK_IMAGE, TRAEFIK_NAME } from '../ingress/traefik.ts';
import { LoadBalancerKeeper } from '../load-balancer/keeper.ts';
import { untilAddressed } from '../load-balancer/until-addressed.ts';
import { createCommand, deleteCommand, loadArchiveCommand, type KindTarget } from './argv.ts';
import { kindConfig, workerNames } from './config.ts';
import { kubernetesVersionOf, parseKindLine, type KindStep } from './parse.ts';

/** Kubernetes 1.34, like the built-in cluster. kind 0.33 names this digest in its release notes. */
const KIND_NODE_IMAGE =
  'kindest/node:v1.34.11@sha256:44e222ee2132dab25ff87301682f89eb82c7880ea3a1bf543bfe9708fd08d67d';

const WORKERS = 2;
const CREATE_DEADLINE_MS = 15 * 60_000;
const LOAD_DEADLINE_MS = 10 * 60_000;
const ADDRESS_DEADLINE_MS = 30_000;

/** Which of our steps each of kind's belongs to. */
const STEP_OF: Record<KindStep, string> = {
  'node-image': 'containers',
  containers: 'containers',
  configuration: 'control-plane',
  'control-plane': 'control-plane',
  'pod-network': 'control-plane',
  storage: 'control-plane',
  workers: 'workers',
};

/** @param nodeImage in place of {@link KIND_NODE_IMAGE} */
export function kindTool(nodeImage = KIND_NODE_IMAGE): ClusterTool {
  return {
    id: 'kind',
    name: { en: 'kind', ko: 'kind' },
    description: {
      en: 'Real Kubernetes in containers on this machine: a control plane and two workers. Takes a minute or two.',
      ko: '이 컴퓨터의 컨테이너에서 실행하는 실제 Kubernetes입니다. 컨트롤 플레인 하나와 워커 둘로 구성되며 1~2분 걸립니다.',
    },
    engines: ENGINES,
    steps: {
      images: COMMON_STEPS.images,
      containers: { en: 'Starting the nodes', ko: '노드 시작' },
      'control-plane': { en: 'Starting the control plane', ko: '컨트롤 플레인 시작' },
      workers: { en: 'Joining the workers', ko: '워커 참여' },
      load: { en: 'Loading the images into the nodes', ko: '노드에 이미지 올리기' },
      ready: COMMON_STEPS.ready,
      ingress: COMMON_STEPS.ingress,
    },
    workers: WORKERS,
    nodeImage,
    toolImages: [],
    systemImages: [],
    addOnImages: [TRAEFIK_IMAGE],
    label: (cluster) => `${KIND_CLUSTER_LABEL}=${cluster}`,
    network: () => process.env['KIND_EXPERIMENTAL_DOCKER_NETWORK'] ?? 'kind',
    workerNames: (cluster) => workerNames(cluster, WORKERS),
    make,
    deleteCommand: (engine, cluster, kubeconfig) => deleteCommand({ engine, cluster }, kubeconfig),
    remainsCommands: () => [],
    installIngress: async (kube, signal) => {
      await installIngress(kube, { clock: systemClock, signal });
      const service = { namespace: SYSTEM_NAMESPACE, name: TRAEFIK_NAME };
      await untilAddressed(kube, service, { clock: systemClock, signal, deadlineMs: ADDRESS_DEADLINE_MS });
    },
    attend: (kube, { subnet }) =>
      disposables(
        new LoadBalancerKeeper(kube, { clock: systemClock, subnet, nodePorts: LOAD_BALANCER_NODE_PORTS }),
        new IngressKeeper(kube, { clock: systemClock }),
      ),
  };
}

/**
 * The images go into the nodes as soon as these run, while Kubernetes is still being started in them: with several
 * processors, that hides most of the time that it takes. A node of a slow machine may not be ready for them that
 * early: what could not be loaded then is loaded again when Kubernetes runs.
 */
async function make(making: Making): Promise<void> {
  const { cluster, image, engine, info, ports, folder, kubeconfig, progress, log, signal } = making;
  const target: KindTarget = { engine: engine.id, cluster };
  const config = join(folder, 'kind.yaml');
  const kubernetes = kubernetesVersionOf(image) ?? '';
  await writeAtomically(config, kindConfig({ ports, proxyMode: proxyModeFor(info, kubernetes) }));

  const running: PromiseWithResolvers<void> = Promise.withResolvers();
  const stop = new AbortController();
  const loading = running.promise.then(() => load(making, target, AbortSignal.any([signal, stop.signal])));
  loading.catch(() => undefined); // it is waited for below
  try {
    progress.start('containers');
    const create = createCommand(target, { image, config, kubeconfig });
    const created = await making.run(create, {
      deadlineMs: CREATE_DEADLINE_MS,
      signal,
      log,
      onLine: (line) => {
        const event = parseKindLine(line);
        if (event?.state === 'begins') progress.start(STEP_OF[event.step]);
        if (event?.state === 'done' && event.step === 'containers') running.resolve();
      },
    });
    if (created.exitCode !== 0) throw new CommandFailedError(create, created);
    running.resolve();
    progress.start('load');
    await loading.catch((error: unknown) => {
      if (!(error instanceof CommandFailedError)) throw error;
      return load(making, target, signal);
    });
  } catch (error) {
    stop.abort();
    running.reject(error);
    await loading.catch(() => undefined);
    throw error;
  }
}

async function load(making: Making, target: KindTarget, signal: AbortSignal): Promise<void> {
  const command = loadArchiveCommand(target, await making.archived);
  const loaded = await making.run(command, { deadlineMs: LOAD_DEADLINE_MS, signal, log: making.log });
  if (loaded.exitCode !== 0) throw new CommandFailedError(command, loaded);
}
