import { isDeepStrictEqual } from 'node:util';
import { AppError } from '#shared/app-error.ts';
import type { BaselineObject } from '../checks/types.ts';
import type { KubeClient } from '../kube/client.ts';
import { KubeStatusError } from '../kube/errors.ts';
import { applyPatch } from '../kube/merge.ts';
import { ENDPOINT_SLICE, POD, SERVICE, type KindRef, type KubeObject } from '../kube/objects.ts';
import { VANTAGE_LABEL } from './marks.ts';
import { WORKSHOP_LABEL } from '../tenancy/marks.ts';
import { refOf, type Stage } from './stage.ts';

const ENDPOINTS: KindRef = { apiVersion: 'v1', kind: 'Endpoints' };

/** Kinds that a learner works with in a lab. What controllers make of them follows by itself. */
const KINDS: readonly KindRef[] = [
  { apiVersion: 'apps/v1', kind: 'Deployment' },
  { apiVersion: 'apps/v1', kind: 'StatefulSet' },
  { apiVersion: 'apps/v1', kind: 'DaemonSet' },
  { apiVersion: 'apps/v1', kind: 'ReplicaSet' },
  { apiVersion: 'batch/v1', kind: 'Job' },
  { apiVersion: 'v1', kind: 'ConfigMap' },
  { apiVersion: 'v1', kind: 'Secret' },
  { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' },
  SERVICE,
  ENDPOINTS,
  ENDPOINT_SLICE,
  POD,
];

const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';

/** On what the endpoints controller keeps for a Service with a selector, from Kubernetes 1.33 on. */
const ENDPOINTS_MANAGED_BY = 'endpoints.kubernetes.io/managed-by';

/** Every object of the namespaces, those of controllers too; not the pods that checks look from. */
export async function readObjects(kube: KubeClient, namespaces: readonly string[]): Promise<KubeObject[]> {
  const all = await allObjects(kube, namespaces);
  return all.filter(
    ({ metadata }) =>
      metadata.deletionTimestamp === undefined && metadata.labels?.[VANTAGE_LABEL] === undefined,
  );
}

async function allObjects(kube: KubeClient, namespaces: readonly string[]): Promise<KubeObject[]> {
  const lists = await Promise.all(
    namespaces.flatMap((namespace) => KINDS.map((kind) => listServed(kube, kind, namespace))),
  );
  return lists.flat();
}

/** What somebody made in the namespaces, and what controllers made of it, deleted things on their way out too. */
export async function authoredIn(
  kube: KubeClient,
  namespaces: readonly string[],
): Promise<{ objects: KubeObject[]; others: KubeObject[] }> {
  const all = (await allObjects(kube, namespaces)).filter((object) => !isFixture(object));
  return { objects: all.filter(isAuthored), others: all.filter((object) => !isAuthored(object)) };
}

async function listServed(kube: KubeClient, kind: KindRef, namespace: string): Promise<KubeObject[]> {
  try {
    return await kube.list(kind, { namespace });
  } catch (error) {
    // A cluster that does not serve a kind has none of them.
    if (error instanceof AppError && error.problem.code === 'kind-unknown') return [];
    throw error;
  }
}

/** What checks compare with later. */
export function baselineOf(objects: readonly KubeObject[]): BaselineObject[] {
  return objects
    .filter(
      (object) => object.kind !== 'EndpointSlice' && object.kind !== 'Endpoints' && object.kind !== 'Secret',
    )
    .map((object) => ({
      apiVersion: object.apiVersion,
      kind: object.kind,
      ...(object.metadata.namespace === undefined ? {} : { namespace: object.metadata.namespace }),
      name: object.metadata.name,
      uid: object.metadata.uid ?? '',
      labels: object.metadata.labels ?? {},
      spec: object['spec'] ?? object['data'],
      ...(object.kind === 'Pod' ? { status: { podIP: podIp(object) } } : {}),
    }));
}

function podIp(pod: KubeObject): string | undefined {
  return (pod['status'] as { podIP?: string } | undefined)?.podIP;
}

/** Objects that somebody made by hand (or the lab did), as manifests that make them again. */
export function snapshotOf(objects: readonly KubeObject[]): KubeObject[] {
  return objects.filter((object) => isAuthored(object) && !isFixture(object)).map(manifestOf);
}

/** Belongs to the namespace rather than to what is done in it: Kubernetes put it there, or whoever prepared it. */
function isFixture({ kind, metadata, ...object }: KubeObject): boolean {
  if (metadata.labels?.[WORKSHOP_LABEL] !== undefined) return true;
  if (kind === 'ConfigMap') return metadata.name === 'kube-root-ca.crt';
  return kind === 'Secret' && object['type'] === 'kubernetes.io/service-account-token';
}

function isAuthored(object: KubeObject): boolean {
  if ((object.metadata.ownerReferences ?? []).some((owner) => owner.controller === true)) return false;
  if (object.kind === 'Endpoints') return object.metadata.labels?.[ENDPOINTS_MANAGED_BY] === undefined;
  if (object.kind === 'EndpointSlice')
    return !(object.metadata.labels?.[MANAGED_BY] ?? '').endsWith('.k8s.io');
  return true;
}

function manifestOf(object: KubeObject): KubeObject {
  const { status: _status, metadata, ...rest } = object;
  const { name, namespace, labels, annotations } = metadata;
  return {
    ...rest,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations: withoutRevision(annotations) }),
    },
  };
}

/** Counted by the Deployment controller; setting it back would only confuse it. */
function withoutRevision(annotations: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(annotations).filter(([key]) => key !== 'deployment.kubernetes.io/revision'),
  );
}

function keyOf({ kind, metadata }: KubeObject): string {
  return `${kind}/${metadata.namespace ?? ''}/${metadata.name}`;
}

/**
 * Brings the namespaces back to a snapshot: what is not in it is deleted, what changed is set back, what is
 * gone is made again.
 */
export async function restoreSnapshot(
  kube: KubeClient,
  stage: Stage,
  namespaces: readonly string[],
  snapshot: readonly KubeObject[],
): Promise<void> {
  const live = (await readObjects(kube, namespaces)).filter(
    (object) => isAuthored(object) && !isFixture(object),
  );
  const wanted = new Map(snapshot.map((object) => [keyOf(object), object]));
  await Promise.all(
    live.filter((object) => !wanted.has(keyOf(object))).map((object) => stage.remove(object)),
  );
  for (const object of snapshot) {
    const present = live.find((other) => keyOf(other) === keyOf(object));
    if (present === undefined) await makeAgain(kube, stage, object);
    else await setBack(kube, stage, present, object);
  }
}

async function setBack(
  kube: KubeClient,
  stage: Stage,
  present: KubeObject,
  object: KubeObject,
): Promise<void> {
  const now = manifestOf(present);
  // The snapshot has every field, defaults too: what is more inside a list (a variable of a container) is new.
  const patch = applyPatch(now, { ...object }, { ...now }, isDeepStrictEqual);
  if (patch === undefined) return;
  try {
    await kube.patch(refOf(object), patch);
  } catch (error) {
    if (!(error instanceof KubeStatusError)) throw error;
    // Fields that cannot be changed (a clusterIP, a selector): only a new object has the old ones again.
    await stage.remove(present);
    await recreate(kube, object);
  }
}

/** What somebody has deleted may still be on its way out, and keep its name until then. */
async function makeAgain(kube: KubeClient, stage: Stage, object: KubeObject): Promise<void> {
  const going = await kube.get(refOf(object));
  if (going?.metadata.deletionTimestamp !== undefined) await stage.departed(going);
  await recreate(kube, object);
}

async function recreate(kube: KubeClient, object: KubeObject): Promise<void> {
  const { nodeName: _nodeName, ...spec } = (object['spec'] ?? {}) as Record<string, unknown>;
  const again = object.kind === 'Pod' ? { ...object, spec } : object;
  try {
    await kube.create(again);
  } catch (error) {
    // The old cluster IP may be taken by now: then the Service gets another.
    if (object.kind !== 'Service' || !(error instanceof KubeStatusError)) throw error;
    const { clusterIP: _ip, clusterIPs: _ips, ...rest } = (object['spec'] ?? {}) as Record<string, unknown>;
    await kube.create({ ...object, spec: rest });
  }
}
