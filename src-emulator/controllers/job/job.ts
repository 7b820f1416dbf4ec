import type { Job, Pod } from '../../api/objects.ts';
import { JOBS, PODS } from '../../api/resources.ts';
import { matchesLabels } from '../../api/selectors.ts';
import { disposeAll, type ControllerContext } from '../controller.ts';
import { createEventRecorder } from '../events.ts';
import { controllerOf } from '../object-helpers.ts';
import { keyOf, splitKey, WorkQueue } from '../work-queue.ts';
import { JobBackoff } from './backoff.ts';
import { isFinished } from './conditions.ts';
import { isTracked, TRACKING_FINALIZER } from './pods.ts';
import { JobSync } from './sync.ts';

/** Changes of pods are gathered for this long before a Job looks at them. */
const BATCH_MS = 1000;

/** Runs pods until enough of them have succeeded (kube-controller-manager's job controller). */
export function startJobController(context: ControllerContext): Disposable {
  const { api } = context;
  const events = createEventRecorder({ ...context, component: 'job-controller' });
  const backoff = new JobBackoff();
  const queue: WorkQueue = new WorkQueue(context.clock, (key) => {
    const { namespace, name } = splitKey(key);
    const job = api.get(JOBS, namespace, name);
    if (job === undefined || isFinished(job.status.conditions)) backoff.forget(key);
    else if (!isManagedElsewhere(job)) new JobSync(context, events, queue, backoff, job).run();
  });

  /** Nobody counts the pods of a Job that is gone: they are let go. */
  const releasePod = (pod: Pod): void => {
    if (!isTracked(pod)) return;
    api.mutate(PODS, pod.metadata.namespace, pod.metadata.name, (draft) => {
      draft.metadata.finalizers = (draft.metadata.finalizers ?? []).filter(
        (finalizer) => finalizer !== TRACKING_FINALIZER,
      );
      if (draft.metadata.finalizers.length === 0) delete draft.metadata.finalizers;
    });
  };
  const podChanged = (pod: Pod): void => {
    const namespace = pod.metadata.namespace ?? '';
    const controller = controllerOf(pod);
    if (controller?.kind === 'Job') {
      const job = api.get(JOBS, namespace, controller.name);
      if (job?.metadata.uid !== controller.uid || isFinished(job.status.conditions)) releasePod(pod);
      else queue.addAfter(keyOf(job), BATCH_MS);
    } else if (controller === undefined) {
      const adopters = api
        .list(JOBS, { namespace })
        .filter(
          ({ spec }) => spec.selector !== undefined && matchesLabels(spec.selector, pod.metadata.labels),
        );
      for (const job of adopters) queue.addAfter(keyOf(job), BATCH_MS);
      if (adopters.length === 0) releasePod(pod);
    }
  };
  const generations = new Map<string, number | undefined>();
  return disposeAll([
    queue,
    api.watch(JOBS, ({ type, object }) => {
      const { uid, generation } = object.metadata;
      const known = generations.has(uid) && generations.get(uid) === generation;
      if (type === 'DELETED') {
        generations.delete(uid);
        for (const pod of api.list(PODS, { namespace: object.metadata.namespace ?? '' }))
          if (controllerOf(pod)?.uid === uid) releasePod(pod);
        backoff.forget(keyOf(object));
        return;
      }
      generations.set(uid, generation);
      // The controller's own writes need no hurry.
      if (known && object.metadata.deletionTimestamp === undefined) queue.addAfter(keyOf(object), BATCH_MS);
      else queue.add(keyOf(object));
    }),
    api.watch(PODS, ({ type, object }) => {
      if (type !== 'DELETED') {
        podChanged(object);
        return;
      }
      const controller = controllerOf(object);
      if (controller?.kind === 'Job')
        queue.addAfter(`${object.metadata.namespace ?? ''}/${controller.name}`, BATCH_MS);
    }),
  ]);
}

function isManagedElsewhere({ spec: { managedBy } }: Job): boolean {
  return managedBy !== undefined && managedBy !== 'kubernetes.io/job-controller';
}
