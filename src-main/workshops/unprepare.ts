import type { Clock } from '#emulator/clock.ts';
import { cancelledError } from '../command/errors.ts';
import type { KubeClient } from '../kube/client.ts';
import { NAMESPACE, type KindRef, type KubeObject } from '../kube/objects.ts';
import { LEARNER_LABEL, WORKSHOP_LABEL } from '../tenancy/marks.ts';
import { homeOf, refOf } from './objects.ts';
import { eachOf, Patience } from './patience.ts';

const SERVICE_ACCOUNT: KindRef = { apiVersion: 'v1', kind: 'ServiceAccount' };
const AT_ONCE = 6;
const DEADLINE_MS = 10 * 60_000;

/** What of a workshop is in a cluster, and may go. */
export interface Remains {
  workshop: string;
  /** Ids of the learners that anything is left of. */
  learners: string[];
  /** Everything to delete; what is in a namespace goes with it. */
  objects: KubeObject[];
}

/** @param learners only what was prepared for these; with undefined everything of the workshop */
export async function findRemains(
  kube: Pick<KubeClient, 'list'>,
  workshop: string,
  learners: readonly string[] | undefined,
): Promise<Remains> {
  const labelSelector = `${WORKSHOP_LABEL}=${workshop}`;
  const namespaces = await kube.list(NAMESPACE, { labelSelector });
  const home = namespaces.find(({ metadata }) => metadata.name === homeOf(workshop));
  const accounts =
    home === undefined
      ? []
      : await kube.list(SERVICE_ACCOUNT, { namespace: home.metadata.name, labelSelector });
  const ofLearners = [...namespaces.filter((namespace) => namespace !== home), ...accounts];
  const chosen = ofLearners.filter((object) => learners?.includes(learnerOf(object)) ?? true);
  const nobodyStays = chosen.length === ofLearners.length;
  return {
    workshop,
    learners: [...new Set(chosen.map(learnerOf))].sort(),
    objects:
      home !== undefined && nobodyStays
        ? [...chosen.filter(({ kind }) => kind === 'Namespace'), home]
        : chosen,
  };
}

/**
 * Deletes what was found and waits until it is gone.
 * @param onGone as each object is gone
 * @throws DeadlineError that says what is still there, AppError `cancelled`
 */
export async function unprepare(
  kube: KubeClient,
  { objects, workshop }: Remains,
  { clock, signal, onGone }: { clock: Clock; signal: AbortSignal; onGone: (object: KubeObject) => void },
): Promise<void> {
  const what = { en: `everything of the workshop ${workshop} to go`, ko: `워크숍 ${workshop} 정리` };
  const patience = new Patience(clock, signal, what, DEADLINE_MS);
  const failures: unknown[] = [];
  // The tokens first: nobody makes anything anew in what is being deleted.
  const accountsFirst = [...objects].sort((a, b) => order(a) - order(b));
  await eachOf(accountsFirst, AT_ONCE, signal, async (object) => {
    await remove(kube, object, patience).then(
      () => onGone(object),
      (error: unknown) => failures.push(error),
    );
  });
  if (signal.aborted) throw cancelledError();
  if (failures.length > 0) throw failures[0];
}

function order({ kind, metadata }: KubeObject): number {
  if (kind === 'ServiceAccount') return 0;
  return metadata.labels?.[LEARNER_LABEL] === undefined ? 1 : 2;
}

async function remove(kube: KubeClient, object: KubeObject, patience: Patience): Promise<void> {
  const ref = refOf(object);
  const { uid } = object.metadata;
  if (object.metadata.deletionTimestamp === undefined) await patience.again(() => kube.delete(ref));
  await patience.until(async () => {
    const found = await kube.get(ref);
    return found === undefined || found.metadata.uid !== uid;
  }, `${ref.kind} ${ref.name} is being deleted`);
}

function learnerOf({ metadata }: KubeObject): string {
  return metadata.labels?.[LEARNER_LABEL] ?? '';
}
