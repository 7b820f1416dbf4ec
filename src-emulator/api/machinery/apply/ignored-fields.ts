import type { KindDefinition } from '../../kind-definition.ts';
import { groupResource } from '../../resources.ts';
import { FieldSet } from './field-set.ts';

/** What the strategies of Kubernetes' registry reset besides the usual (GetResetFields). */
const MORE: Record<string, string[][]> = {
  'certificatesigningrequests.certificates.k8s.io': [['f:spec']],
  'certificatesigningrequests.certificates.k8s.io/approval': [['f:spec'], ['f:status', 'f:certificate']],
  'certificatesigningrequests.certificates.k8s.io/status': [['f:status', 'f:conditions']],
  'deployments.apps/status': [['f:metadata', 'f:labels']],
  'pods/status': [
    ['f:metadata', 'f:deletionTimestamp'],
    ['f:metadata', 'f:ownerReferences'],
  ],
};
const known = new Map<string, FieldSet>();

/** Fields that a write cannot change: the status through the object, the spec through the status. */
export function ignoredFields(kind: KindDefinition, subresource: string | undefined): FieldSet {
  const resource = groupResource(kind.type);
  const key = subresource === undefined ? resource : `${resource}/${subresource}`;
  let set = known.get(key);
  if (set === undefined) {
    set = new FieldSet();
    if (subresource === 'status') set.insert(['f:spec']);
    else if (subresource !== 'approval' && kind.subresources.includes('status')) set.insert(['f:status']);
    for (const path of MORE[key] ?? []) set.insert(path);
    known.set(key, set);
  }
  return set;
}
