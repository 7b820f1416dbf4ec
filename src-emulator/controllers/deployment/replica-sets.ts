import { ApiError } from '../../api/cluster-api.ts';
import type { Deployment, LabelSelector, ReplicaSet } from '../../api/objects.ts';
import { DEPLOYMENTS, REPLICA_SETS } from '../../api/resources.ts';
import { matchesLabels } from '../../api/selectors.ts';
import type { ControllerContext } from '../controller.ts';
import type { EventRecorder } from '../events.ts';
import { claimable } from '../indexes.ts';
import { controllerOf, controllerReference, findCondition } from '../object-helpers.ts';
import {
  byAge,
  DESIRED_REPLICAS,
  MAX_REPLICAS,
  newReplicaSetSize,
  replicasOf,
  REVISION,
  REVISION_HISTORY,
  revisionOf,
  rollingLimits,
} from './arithmetic.ts';
import { withCondition } from './conditions.ts';
import { POD_TEMPLATE_HASH, runsTemplate, templateHash } from './template-hash.ts';

/** Annotations of the Deployment that say something about it alone and are not copied to its ReplicaSets. */
const NOT_COPIED = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  REVISION_HISTORY,
  DESIRED_REPLICAS,
  MAX_REPLICAS,
  'deprecated.deployment.rollback.to',
]);

/** The ReplicaSets that belong to a Deployment, after adopting orphans that match and releasing those that don't. */
export function claimReplicaSets({ api }: ControllerContext, deployment: Deployment): ReplicaSet[] {
  const { namespace, uid, deletionTimestamp } = deployment.metadata;
  const claimed: ReplicaSet[] = [];
  for (const replicaSet of claimable(api, REPLICA_SETS, deployment)) {
    const controller = controllerOf(replicaSet);
    const matches = matchesLabels(deployment.spec.selector, replicaSet.metadata.labels);
    const { name } = replicaSet.metadata;
    if (controller?.uid === uid) {
      if (matches) claimed.push(replicaSet);
      else if (deletionTimestamp === undefined)
        api.mutate(REPLICA_SETS, namespace, name, (draft) => {
          draft.metadata.ownerReferences = (draft.metadata.ownerReferences ?? []).filter(
            (owner) => owner.uid !== uid,
          );
        });
    } else if (controller === undefined && matches && deletionTimestamp === undefined) {
      const adopted = api.mutate(REPLICA_SETS, namespace, name, (draft) => {
        draft.metadata.ownerReferences = [
          ...(draft.metadata.ownerReferences ?? []),
          controllerReference(deployment),
        ];
      });
      if (adopted !== undefined) claimed.push(adopted);
    }
  }
  return claimed.sort(byAge);
}

/** The oldest ReplicaSet that runs the Deployment's template as it is now. */
export function findNewReplicaSet(
  deployment: Deployment,
  all: readonly ReplicaSet[],
): ReplicaSet | undefined {
  return all.find((replicaSet) => runsTemplate(replicaSet, deployment.spec.template));
}

/**
 * Finds the ReplicaSet of the present template and brings its revision and annotations up to date.
 * @param create makes one when there is none.
 */
export function ensureNewReplicaSet(
  context: ControllerContext,
  events: EventRecorder,
  deployment: Deployment,
  all: readonly ReplicaSet[],
  create: boolean,
): ReplicaSet | undefined {
  const existing = findNewReplicaSet(deployment, all);
  const revision = Math.max(0, ...all.filter((other) => other !== existing).map(revisionOf)) + 1;
  if (existing !== undefined) return refresh(context, deployment, existing, revision);
  return create ? createReplicaSet(context, events, deployment, all, revision) : undefined;
}

function refresh(
  context: ControllerContext,
  deployment: Deployment,
  existing: ReplicaSet,
  revision: number,
): ReplicaSet | undefined {
  const { namespace, name } = existing.metadata;
  const updated = context.api.mutate(REPLICA_SETS, namespace, name, (draft) => {
    const annotations = { ...draft.metadata.annotations, ...copiedAnnotations(deployment) };
    const before = revisionOf(existing);
    if (before < revision) {
      if (before > 0) {
        const history = annotations[REVISION_HISTORY];
        annotations[REVISION_HISTORY] = history === undefined ? String(before) : `${history},${before}`;
      }
      annotations[REVISION] = String(revision);
    }
    annotations[DESIRED_REPLICAS] ??= String(replicasOf(deployment));
    annotations[MAX_REPLICAS] ??= String(replicasOf(deployment) + rollingLimits(deployment).maxSurge);
    draft.metadata.annotations = annotations;
    if (deployment.spec.minReadySeconds === undefined) delete draft.spec.minReadySeconds;
    else draft.spec.minReadySeconds = deployment.spec.minReadySeconds;
  });
  annotateRevision(context, deployment, updated === undefined ? revision : revisionOf(updated));
  if (
    deployment.spec.progressDeadlineSeconds !== undefined &&
    findCondition(deployment.status.conditions, 'Progressing') === undefined
  )
    setProgressing(context, deployment, 'True', 'FoundNewReplicaSet', `Found new replica set "${name}"`);
  return updated;
}

function createReplicaSet(
  context: ControllerContext,
  events: EventRecorder,
  deployment: Deployment,
  all: readonly ReplicaSet[],
  revision: number,
): ReplicaSet | undefined {
  const { namespace } = deployment.metadata;
  const { template, selector } = deployment.spec;
  const hash = templateHash(template, deployment.status.collisionCount);
  const labels = { ...template.metadata?.labels, [POD_TEMPLATE_HASH]: hash };
  const name = `${deployment.metadata.name}-${hash}`;
  const replicas = newReplicaSetSize(deployment, all, 0);
  const selectorWithHash: LabelSelector = {
    ...selector,
    matchLabels: { ...selector.matchLabels, [POD_TEMPLATE_HASH]: hash },
  };
  let created: ReplicaSet;
  try {
    created = context.api.create(REPLICA_SETS, {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name,
        ...(namespace === undefined ? {} : { namespace }),
        labels,
        annotations: {
          ...copiedAnnotations(deployment),
          [DESIRED_REPLICAS]: String(replicasOf(deployment)),
          [MAX_REPLICAS]: String(replicasOf(deployment) + rollingLimits(deployment).maxSurge),
          [REVISION]: String(revision),
        },
        ownerReferences: [controllerReference(deployment)],
      },
      spec: {
        replicas,
        selector: selectorWithHash,
        template: {
          ...structuredClone(template),
          metadata: { ...structuredClone(template.metadata ?? {}), labels },
        },
        ...(deployment.spec.minReadySeconds === undefined
          ? {}
          : { minReadySeconds: deployment.spec.minReadySeconds }),
      },
      status: { replicas: 0 },
    });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status.reason === 'AlreadyExists') {
      context.api.mutate(
        DEPLOYMENTS,
        namespace,
        deployment.metadata.name,
        (draft) => {
          draft.status.collisionCount = (draft.status.collisionCount ?? 0) + 1;
        },
        { subresource: 'status' },
      );
    } else {
      const message = `Failed to create new replica set "${name}": ${error.message}`;
      setProgressing(context, deployment, 'False', 'ReplicaSetCreateError', message);
      events.record(deployment, 'Warning', 'ReplicaSetCreateError', message);
    }
    throw error;
  }
  if (replicas > 0)
    events.record(
      deployment,
      'Normal',
      'ScalingReplicaSet',
      `Scaled up replica set ${name} from 0 to ${replicas}`,
    );
  annotateRevision(context, deployment, revision);
  setProgressing(context, deployment, 'True', 'NewReplicaSetCreated', `Created new replica set "${name}"`);
  return created;
}

function copiedAnnotations(deployment: Deployment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => !NOT_COPIED.has(key)),
  );
}

function annotateRevision({ api }: ControllerContext, deployment: Deployment, revision: number): void {
  // The controller writes the annotation along with the status.
  api.mutate(
    DEPLOYMENTS,
    deployment.metadata.namespace,
    deployment.metadata.name,
    (draft) => {
      draft.metadata.annotations = { ...draft.metadata.annotations, [REVISION]: String(revision) };
    },
    { subresource: 'status' },
  );
}

/** Writes the Progressing condition at once. Does nothing for a Deployment without a progress deadline. */
export function setProgressing(
  { api, clock }: ControllerContext,
  deployment: Deployment,
  status: 'True' | 'False' | 'Unknown',
  reason: string,
  message: string,
): void {
  if (deployment.spec.progressDeadlineSeconds === undefined) return;
  api.mutate(
    DEPLOYMENTS,
    deployment.metadata.namespace,
    deployment.metadata.name,
    (draft) => {
      draft.status.conditions = withCondition(draft.status.conditions, clock.now(), {
        type: 'Progressing',
        status,
        reason,
        message,
      });
    },
    { subresource: 'status' },
  );
}

/** Sets a ReplicaSet's size and tells of it. Returns whether anything changed. */
export function scaleReplicaSet(
  { api }: ControllerContext,
  events: EventRecorder,
  deployment: Deployment,
  replicaSet: ReplicaSet,
  size: number,
): boolean {
  const before = replicasOf(replicaSet);
  const { namespace, name } = replicaSet.metadata;
  api.mutate(REPLICA_SETS, namespace, name, (draft) => {
    draft.spec.replicas = size;
    draft.metadata.annotations = {
      ...draft.metadata.annotations,
      [DESIRED_REPLICAS]: String(replicasOf(deployment)),
      [MAX_REPLICAS]: String(replicasOf(deployment) + rollingLimits(deployment).maxSurge),
    };
  });
  if (size === before) return false;
  const direction = size > before ? 'up' : 'down';
  events.record(
    deployment,
    'Normal',
    'ScalingReplicaSet',
    `Scaled ${direction} replica set ${name} from ${before} to ${size}`,
  );
  return true;
}
