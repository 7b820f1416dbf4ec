import { JOBS } from '../api/resources.ts';
import { disposeAll, type ControllerContext } from './controller.ts';
import { isFinished } from './job/conditions.ts';
import { keyOf, splitKey, WorkQueue } from './work-queue.ts';

/** Deletes Jobs some time after they have ended (kube-controller-manager's ttl-after-finished controller). */
export function startTtlAfterFinished({ api, clock }: ControllerContext): Disposable {
  const queue: WorkQueue = new WorkQueue(clock, (key) => {
    const { namespace, name } = splitKey(key);
    const job = api.get(JOBS, namespace, name);
    const ttl = job?.spec.ttlSecondsAfterFinished;
    if (job === undefined || ttl === undefined || job.metadata.deletionTimestamp !== undefined) return;
    if (!isFinished(job.status.conditions)) return;
    const end = (job.status.conditions ?? []).find(
      ({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True',
    )?.lastTransitionTime;
    const left = Date.parse(end ?? job.metadata.creationTimestamp) + ttl * 1000 - clock.now();
    if (left > 0) queue.addAfter(key, left);
    else
      api.delete(JOBS, namespace, name, {
        propagationPolicy: 'Foreground',
        preconditions: { uid: job.metadata.uid },
      });
  });
  return disposeAll([
    queue,
    api.watch(JOBS, ({ type, object }) => {
      if (type !== 'DELETED' && object.spec.ttlSecondsAfterFinished !== undefined) queue.add(keyOf(object));
    }),
  ]);
}
