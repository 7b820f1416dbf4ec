import type { ClusterRole, PolicyRule } from '../api/objects.ts';
import { CLUSTER_ROLES } from '../api/resources.ts';
import { matchesLabels } from '../api/selectors.ts';
import { jsonEqual } from '../store/json.ts';
import { disposeAll, type ControllerContext } from './controller.ts';
import { WorkQueue } from './work-queue.ts';

/**
 * Fills ClusterRoles that have an aggregationRule with the rules of those that it selects
 * (k8s.io/kubernetes/pkg/controller/clusterroleaggregation).
 */
export function startClusterRoleAggregationController({ api, clock }: ControllerContext): Disposable {
  const queue = new WorkQueue(clock, (name) => {
    const role = api.get(CLUSTER_ROLES, undefined, name);
    if (role?.aggregationRule === undefined) return;
    const rules = aggregatedRules(role, api.list(CLUSTER_ROLES));
    if (!jsonEqual(rules, role.rules ?? []))
      api.mutate(CLUSTER_ROLES, undefined, name, (draft) => {
        draft.rules = rules;
      });
  });
  // Any change may be one of a part: those put together are few.
  const changed = (): void => {
    for (const { metadata, aggregationRule } of api.list(CLUSTER_ROLES))
      if (aggregationRule !== undefined) queue.add(metadata.name);
  };
  return disposeAll([queue, api.watch(CLUSTER_ROLES, changed)]);
}

function aggregatedRules(role: ClusterRole, all: readonly ClusterRole[]): PolicyRule[] {
  const rules: PolicyRule[] = [];
  for (const selector of role.aggregationRule?.clusterRoleSelectors ?? [])
    for (const part of all) {
      if (part.metadata.name === role.metadata.name || !matchesLabels(selector, part.metadata.labels))
        continue;
      for (const rule of part.rules ?? [])
        if (!rules.some((known) => jsonEqual(known, rule))) rules.push(rule);
    }
  return rules;
}
