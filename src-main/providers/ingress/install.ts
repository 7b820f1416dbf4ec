import type { Clock } from '#emulator/clock.ts';
import { AppError } from '#shared/app-error.ts';
import type { KubeClient } from '../../kube/client.ts';
import { DeadlineError } from '../../kube/errors.ts';
import {
  DEPLOYMENT,
  labelsText,
  POD,
  type Condition,
  type KubeObject,
  type Pod,
} from '../../kube/objects.ts';
import { wordsOf } from '../../store/problems.ts';
import { SYSTEM_NAMESPACE, TRAEFIK_NAME, TRAEFIK_POD_LABELS, traefikYaml } from './traefik.ts';

const POLL_MS = 200;
/** Long enough to pull Traefik's image over a slow line. */
const DEADLINE_MS = 180_000;

export interface InstallIngressOptions {
  clock: Clock;
  signal: AbortSignal;
  deadlineMs?: number;
}

interface Deployment extends KubeObject {
  status?: {
    observedGeneration?: number;
    replicas?: number;
    updatedReplicas?: number;
    availableReplicas?: number;
    conditions?: Condition[];
  };
}

/**
 * Sets up the Ingress controller, or brings an earlier one up to date, and waits until it serves.
 * @throws DeadlineError that says what was seen last; AppError `ingress-refused` when the cluster does not take the
 * manifests; the signal's reason when it aborts.
 */
export async function installIngress(
  kube: Pick<KubeClient, 'apply' | 'get' | 'list'>,
  { clock, signal, deadlineMs = DEADLINE_MS }: InstallIngressOptions,
): Promise<void> {
  const until = clock.now() + deadlineMs;
  let applied = false;
  for (;;) {
    signal.throwIfAborted();
    let seen: string;
    try {
      // A cluster that has just started may lose a request or two.
      if (!applied) await applyManifests(kube);
      applied = true;
      const state = await stateOf(kube);
      if (state === 'available') return;
      seen = state.seen;
    } catch (error) {
      if (error instanceof AppError && error.problem.code === 'ingress-refused') throw error;
      seen = wordsOf(error);
    }
    if (clock.now() >= until)
      throw new DeadlineError(
        { en: 'the Ingress controller to be ready', ko: '인그레스 컨트롤러 준비' },
        deadlineMs,
        seen,
      );
    await clock.sleep(POLL_MS, signal);
  }
}

async function applyManifests(kube: Pick<KubeClient, 'apply'>): Promise<void> {
  const { problems } = await kube.apply(traefikYaml(), { namespace: SYSTEM_NAMESPACE });
  const refused = problems.filter(({ severity }) => severity === 'error').map(({ message }) => message);
  if (refused.length === 0) return;
  const detail = refused.join('; ');
  throw new AppError({
    code: 'ingress-refused',
    message: {
      en: `The cluster refused the Ingress controller: ${detail}`,
      ko: `클러스터가 인그레스 컨트롤러를 거부했습니다: ${detail}`,
    },
    detail,
  });
}

async function stateOf(kube: Pick<KubeClient, 'get' | 'list'>): Promise<'available' | { seen: string }> {
  const deployment = await kube.get<Deployment>({
    ...DEPLOYMENT,
    namespace: SYSTEM_NAMESPACE,
    name: TRAEFIK_NAME,
  });
  if (deployment !== undefined && isAvailable(deployment)) return 'available';
  const pods = await kube.list<Pod>(POD, {
    namespace: SYSTEM_NAMESPACE,
    labelSelector: labelsText(TRAEFIK_POD_LABELS),
  });
  return { seen: pods.length === 0 ? whyNoPod(deployment) : pods.map(podWords).join('; ') };
}

/** As `kubectl rollout status` has it: the pod is there, it is of the manifest just applied, and no other is left. */
function isAvailable({ metadata, status = {} }: Deployment): boolean {
  return (
    (status.observedGeneration ?? 0) >= (metadata.generation ?? 0) &&
    [status.replicas, status.updatedReplicas, status.availableReplicas].every((count) => count === 1)
  );
}

function whyNoPod(deployment: Deployment | undefined): string {
  if (deployment === undefined) return 'no Deployment';
  const failure = deployment.status?.conditions?.find(({ type }) => type === 'ReplicaFailure');
  return failure?.message ?? 'no pod';
}

/** `traefik-7d4b: ImagePullBackOff (Back-off pulling image …)`. */
function podWords({ metadata, status }: Pod): string {
  const waiting = status?.containerStatuses?.find(({ state }) => state?.waiting !== undefined)?.state
    ?.waiting;
  const unscheduled = status?.conditions?.find(
    ({ type, status: met }) => type === 'PodScheduled' && met === 'False',
  );
  const reason = waiting?.reason ?? unscheduled?.reason ?? `${status?.phase ?? 'unknown'}, not ready`;
  const message = waiting?.message ?? unscheduled?.message;
  return `${metadata.name}: ${reason}${message === undefined ? '' : ` (${message})`}`;
}
