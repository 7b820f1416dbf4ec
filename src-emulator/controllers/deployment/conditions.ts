import type { Condition, Deployment, ReplicaSet } from '../../api/objects.ts';
import { findCondition, timestamp } from '../object-helpers.ts';
import { countedReplicas, replicasOf, rollingLimits, totalReplicas } from './arithmetic.ts';

type DeploymentStatus = Deployment['status'];

/** Sets a condition as the deployment controller does: nothing changes when status and reason are the same. */
export function withCondition(
  conditions: readonly Condition[] | undefined,
  now: number,
  { type, status, reason, message }: Pick<Condition, 'type' | 'status'> & { reason: string; message: string },
): Condition[] {
  const earlier = findCondition(conditions, type);
  if (earlier?.status === status && earlier.reason === reason) return [...(conditions ?? [])];
  return [
    ...without(conditions, type),
    {
      type,
      status,
      lastUpdateTime: timestamp(now),
      lastTransitionTime:
        (earlier?.status === status ? earlier.lastTransitionTime : undefined) ?? timestamp(now),
      reason,
      message,
    },
  ];
}

function without(conditions: readonly Condition[] | undefined, type: string): Condition[] {
  return (conditions ?? []).filter((condition) => condition.type !== type);
}

/** Every replica runs the newest template and is available, and nothing old is left. */
export function isComplete(deployment: Deployment, status: DeploymentStatus): boolean {
  const desired = replicasOf(deployment);
  return (
    (status.updatedReplicas ?? 0) === desired &&
    (status.replicas ?? 0) === desired &&
    (status.availableReplicas ?? 0) === desired &&
    (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  );
}

function isProgressing(before: DeploymentStatus, after: DeploymentStatus): boolean {
  const old = (status: DeploymentStatus): number => (status.replicas ?? 0) - (status.updatedReplicas ?? 0);
  return (
    (after.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    old(after) < old(before) ||
    (after.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (after.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  );
}

/** When the present rollout runs out of time, in ms since the epoch; undefined when no deadline is running. */
export function progressDeadline(
  deployment: Deployment,
  conditions: readonly Condition[] | undefined,
): number | undefined {
  const seconds = deployment.spec.progressDeadlineSeconds;
  const condition = findCondition(conditions, 'Progressing');
  // The largest 32-bit number stands for no deadline.
  if (seconds === undefined || seconds === 2 ** 31 - 1 || condition?.lastUpdateTime === undefined)
    return undefined;
  if (condition.reason === 'NewReplicaSetAvailable') return undefined;
  return Date.parse(condition.lastUpdateTime) + seconds * 1000;
}

/** The numbers of a Deployment's status and its Available condition, from its ReplicaSets. */
export function calculateStatus(
  deployment: Deployment,
  newReplicaSet: ReplicaSet | undefined,
  old: readonly ReplicaSet[],
  now: number,
): DeploymentStatus {
  const all = newReplicaSet === undefined ? old : [...old, newReplicaSet];
  const available = countedReplicas(all, 'availableReplicas');
  const desired = replicasOf(deployment);
  const enough = available >= desired - rollingLimits(deployment).maxUnavailable;
  const counts = {
    replicas: countedReplicas(all, 'replicas'),
    updatedReplicas: countedReplicas([newReplicaSet], 'replicas'),
    readyReplicas: countedReplicas(all, 'readyReplicas'),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, totalReplicas(all) - available),
  };
  return {
    observedGeneration: deployment.metadata.generation ?? 0,
    ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0)),
    ...(deployment.status.collisionCount === undefined
      ? {}
      : { collisionCount: deployment.status.collisionCount }),
    conditions: withCondition(
      deployment.status.conditions,
      now,
      enough
        ? {
            type: 'Available',
            status: 'True',
            reason: 'MinimumReplicasAvailable',
            message: 'Deployment has minimum availability.',
          }
        : {
            type: 'Available',
            status: 'False',
            reason: 'MinimumReplicasUnavailable',
            message: 'Deployment does not have minimum availability.',
          },
    ),
  };
}

/** The status of a rollout that is under way: {@link calculateStatus} and the Progressing condition. */
export function rolloutStatus(
  deployment: Deployment,
  newReplicaSet: ReplicaSet | undefined,
  old: readonly ReplicaSet[],
  now: number,
): DeploymentStatus {
  const status = calculateStatus(deployment, newReplicaSet, old, now);
  const all = newReplicaSet === undefined ? old : [...old, newReplicaSet];
  status.conditions = progressConditions(deployment, newReplicaSet, status, now);
  const failure = all
    .flatMap((replicaSet) => replicaSet.status.conditions ?? [])
    .find((condition) => condition.type === 'ReplicaFailure' && condition.status === 'True');
  status.conditions =
    failure === undefined
      ? without(status.conditions, 'ReplicaFailure')
      : withCondition(status.conditions, now, {
          type: 'ReplicaFailure',
          status: 'True',
          reason: failure.reason ?? '',
          message: failure.message ?? '',
        });
  return status;
}

function progressConditions(
  deployment: Deployment,
  newReplicaSet: ReplicaSet | undefined,
  status: DeploymentStatus,
  now: number,
): Condition[] {
  const { conditions } = status;
  if (deployment.spec.progressDeadlineSeconds === undefined) return without(conditions, 'Progressing');
  const current = findCondition(conditions, 'Progressing');
  const finishedBefore =
    (status.replicas ?? 0) === (status.updatedReplicas ?? 0) && current?.reason === 'NewReplicaSetAvailable';
  if (finishedBefore) return [...(conditions ?? [])];
  const subject =
    newReplicaSet === undefined
      ? `Deployment "${deployment.metadata.name}"`
      : `ReplicaSet "${newReplicaSet.metadata.name}"`;
  const progressing = (state: 'True' | 'False', reason: string, message: string): Condition[] =>
    withCondition(conditions, now, { type: 'Progressing', status: state, reason, message });
  if (isComplete(deployment, status))
    return progressing('True', 'NewReplicaSetAvailable', `${subject} has successfully progressed.`);
  if (isProgressing(deployment.status, status)) {
    // Taken away first, so that the time of the last progress is written even if the reason stays.
    const fresh = withCondition(without(conditions, 'Progressing'), now, {
      type: 'Progressing',
      status: 'True',
      reason: 'ReplicaSetUpdated',
      message: `${subject} is progressing.`,
    });
    return fresh.map((condition) =>
      condition.type === 'Progressing' &&
      current?.status === 'True' &&
      current.lastTransitionTime !== undefined
        ? { ...condition, lastTransitionTime: current.lastTransitionTime }
        : condition,
    );
  }
  const deadline = progressDeadline(deployment, conditions);
  if (deadline !== undefined && now > deadline)
    return progressing('False', 'ProgressDeadlineExceeded', `${subject} has timed out progressing.`);
  return [...(conditions ?? [])];
}
