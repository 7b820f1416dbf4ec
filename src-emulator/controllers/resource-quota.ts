import type { ResourceQuota } from '../api/objects.ts';
import { addResources, type ResourceList } from '../api/admission/pod-resources.ts';
import { inScope, resourcesOfKind, usageOf } from '../api/admission/quota-usage.ts';
import { PODS, RESOURCE_QUOTAS } from '../api/resources.ts';
import { jsonEqual } from '../store/json.ts';
import { disposeAll, type ControllerContext } from './controller.ts';
import { isPodFinished } from './object-helpers.ts';
import { ALL_KINDS } from './resource-kinds.ts';
import { keyOf, splitKey, WorkQueue } from './work-queue.ts';

/** Quotas are counted anew after this time even if nothing seems to have changed. */
const RESYNC_MS = 300_000;

const NAMESPACED = ALL_KINDS.filter(({ namespaced }) => namespaced);

/** Counts what quotas are about, and gives back what is gone (kube-controller-manager's resourcequota controller). */
export function startResourceQuotaController(context: ControllerContext): Disposable {
  const { api } = context;
  const queue: WorkQueue = new WorkQueue(context.clock, (key) => {
    if (sync(context, key)) queue.addAfter(key, RESYNC_MS);
  });
  const recount = (namespace: string | undefined): void => {
    for (const quota of api.list(RESOURCE_QUOTAS, { namespace: namespace ?? '' })) queue.add(keyOf(quota));
  };
  return disposeAll([
    queue,
    api.watch(RESOURCE_QUOTAS, ({ object }) => queue.add(keyOf(object))),
    ...NAMESPACED.map((type) =>
      api.watch(type, ({ type: change, object }) => {
        if (change === 'DELETED') recount(object.metadata.namespace);
      }),
    ),
    api.watch(PODS, ({ type, object }) => {
      if (type !== 'DELETED' && isPodFinished(object)) recount(object.metadata.namespace);
    }),
  ]);
}

/** @returns whether the quota is still there. */
function sync({ api }: ControllerContext, key: string): boolean {
  const { namespace, name } = splitKey(key);
  const quota = api.get(RESOURCE_QUOTAS, namespace, name);
  if (quota === undefined) return false;
  const { hard = {} } = quota.spec;
  let used: ResourceList = {};
  for (const type of NAMESPACED) {
    const counted = resourcesOfKind(type, hard);
    if (counted.length === 0) continue;
    used = addResources(used, Object.fromEntries(counted.map((resource) => [resource, '0'])));
    for (const object of api.list(type, { namespace })) {
      if (!inScope(quota, type, object)) continue;
      const usage = Object.entries(usageOf(type, object)).filter(([resource]) => counted.includes(resource));
      used = addResources(used, Object.fromEntries(usage));
    }
  }
  const status: ResourceQuota['status'] = { hard: { ...hard }, used };
  if (jsonEqual(status, quota.status)) return true;
  api.mutate(
    RESOURCE_QUOTAS,
    namespace,
    name,
    (draft) => {
      draft.status = status;
    },
    { subresource: 'status' },
  );
  return true;
}
