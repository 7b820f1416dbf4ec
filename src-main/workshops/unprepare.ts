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
  const all = await present(kube, workshop);
  const home = all.find(({ kind, metadata }) => kind === 'Namespace' && metadata.name === homeOf(workshop));
  const ofLearners = all.filter((object) => object !== home);
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
  // Nobody makes anything anew in what is being deleted: first their accounts, or the namespace of all accounts.
  const accountsFirst = [...objects].sort((a, b) => order(a) - order(b));
  await eachOf(accountsFirst, AT_ONCE, signal, async (object) => {
    if (object.metadata.deletionTimestamp !== undefined) return;
    await patience.again(() => kube.delete(refOf(object))).catch((error: unknown) => failures.push(error));
  });
  if (signal.aborted) throw cancelledError();
  if (failures.length > 0) throw failures[0];
  let left = objects;
  await patience.until(
    async () => {
      const there = new Set((await present(kube, workshop)).map(({ metadata }) => metadata.uid));
      for (const gone of left.filter(({ metadata }) => !there.has(metadata.uid))) onGone(gone);
      left = left.filter(({ metadata }) => there.has(metadata.uid));
      return left.length === 0;
    },
    () => left.map(({ kind, metadata }) => `${kind} ${metadata.name}`).join(', '),
  );
}

function order({ kind, metadata }: KubeObject): number {
  if (kind === 'ServiceAccount') return 0;
  return metadata.labels?.[LEARNER_LABEL] === undefined ? 1 : 2;
}

/** Namespaces of the workshop, and the accounts of its learners. */
async function present(kube: Pick<KubeClient, 'list'>, workshop: string): Promise<KubeObject[]> {
  const labelSelector = `${WORKSHOP_LABEL}=${workshop}`;
  const namespaces = await kube.list(NAMESPACE, { labelSelector });
  const home = homeOf(workshop);
  const accounts = namespaces.some(({ metadata }) => metadata.name === home)
    ? await kube.list(SERVICE_ACCOUNT, { namespace: home, labelSelector })
    : [];
  return [...namespaces, ...accounts];
}

function learnerOf({ metadata }: KubeObject): string {
  return metadata.labels?.[LEARNER_LABEL] ?? '';
}
