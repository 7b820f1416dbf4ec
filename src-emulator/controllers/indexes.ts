/** The indexes of the informers that controllers share: what belongs to whom, and what runs where. */
import type { ClusterApi } from '../api/cluster-api.ts';
import type { KubeObject, Pod } from '../api/objects.ts';
import { PODS, type ResourceType } from '../api/resources.ts';
import { controllerOf } from './object-helpers.ts';

/** By the uid of the controller; what has none by its namespace. */
function byController(object: KubeObject): [string] {
  return [controllerOf(object)?.uid ?? orphansOf(object.metadata.namespace)];
}

function orphansOf(namespace = ''): string {
  return `orphans/${namespace}`;
}

function byNode({ spec }: Pod): string[] {
  return spec.nodeName === undefined || spec.nodeName === '' ? [] : [spec.nodeName];
}

/** The objects whose controller has this uid. */
export function controlledBy<T extends KubeObject>(
  api: ClusterApi,
  type: ResourceType<T>,
  uid: string,
): readonly T[] {
  return api.byIndex(type, byController, uid);
}

/** What an owner controls or could adopt: its own objects and those of its namespace that nobody controls, by name. */
export function claimable<T extends KubeObject>(
  api: ClusterApi,
  type: ResourceType<T>,
  { metadata: { namespace, uid } }: KubeObject,
): T[] {
  const own = controlledBy(api, type, uid).filter(({ metadata }) => metadata.namespace === namespace);
  const orphans = api.byIndex(type, byController, orphansOf(namespace));
  return [...own, ...orphans].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

/** The pods that are assigned to a node: the same array until one of them changes. */
export function podsOnNode(api: ClusterApi, nodeName: string): readonly Pod[] {
  return api.byIndex(PODS, byNode, nodeName);
}
