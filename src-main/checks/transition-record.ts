import type { CheckSpecOf } from '#shared/lab-checks.ts';
import type { TransitionMoment, TransitionRecord } from '#shared/lab-transitions.ts';
import {
  DEPLOYMENT,
  ENDPOINT_SLICE,
  type EndpointSlice,
  type KindRef,
  type KubeObject,
} from '#main/kube/objects.ts';
import { fieldHolds, isWithin } from './fields.ts';
import { isReady, show, valueAt } from './object-values.ts';

type Spec = Pick<CheckSpecOf<'transition'>, 'sequence' | 'throughout'>;

/** The objects that a sequence is about, as they are just now. */
export interface Scene {
  objects(kind: KindRef, namespace: string | undefined): readonly KubeObject[];
}

/** A record of a step that has just opened. */
export function freshRecord(now: number): TransitionRecord {
  return { since: now, reached: [], marks: {}, watchedUntil: now };
}

/**
 * Takes one look at the cluster into a record. What has come about stays; when something that must hold throughout
 * does not, the sequence begins anew. Several moments may come about in one look.
 */
export function advance(spec: Spec, record: TransitionRecord, scene: Scene, now: number): TransitionRecord {
  if (record.reached.length === spec.sequence.length) return { ...record, watchedUntil: now };
  let next: TransitionRecord = { ...record, watchedUntil: now };
  if (next.reached.length > 0) {
    const broken = spec.throughout.find(
      ({ endpoints, ready }) => !isWithin(readyCount(scene, endpoints), ready),
    );
    if (broken !== undefined) {
      const seen = `${broken.endpoints}: ${String(readyCount(scene, broken.endpoints))} ready`;
      next = { ...next, reached: [], marks: {}, broken: { at: now, seen } };
    }
  }
  for (;;) {
    const moment = spec.sequence[next.reached.length];
    if (moment === undefined) return next;
    const key = keyOf(moment);
    const state = markOf(moment, scene);
    if (key !== undefined && next.marks[key] === undefined && state !== undefined)
      next = { ...next, marks: { ...next.marks, [key]: state } };
    const seen = seenIn(moment, scene, key === undefined ? undefined : next.marks[key]);
    if (seen === undefined) return next;
    // Whatever follows is compared with how things are now.
    const marks = marksNow(spec, scene);
    next = { ...next, marks, reached: [...next.reached, { at: now, seen }] };
  }
}

/**
 * Nobody watched for a while. What had come about before stays true; but what must hold throughout was not seen to
 * hold, so that a sequence under way begins anew.
 */
export function withGap(spec: Spec, record: TransitionRecord, from: number, to: number): TransitionRecord {
  if (record.reached.length === spec.sequence.length) return record;
  const started = record.reached.length > 0 && spec.throughout.length > 0;
  return { ...record, gap: { from, to }, ...(started ? { reached: [], marks: {} } : {}) };
}

/** Kinds of objects that a sequence has to be watched by, and in which namespaces. */
export function watchedBy(spec: Spec): { kind: KindRef; namespace: string | undefined }[] {
  const all = [...spec.sequence, ...spec.throughout].map((moment) => {
    if ('endpoints' in moment) return { kind: ENDPOINT_SLICE, namespace: split(moment.endpoints)[0] };
    if ('rollout' in moment) return { kind: DEPLOYMENT, namespace: split(moment.rollout)[0] };
    const { apiVersion, kind, namespace } = 'replaced' in moment ? moment.replaced : moment.object;
    return { kind: { apiVersion, kind }, namespace };
  });
  return all.filter(
    ({ kind, namespace }, index) =>
      all.findIndex((other) => other.kind.kind === kind.kind && other.namespace === namespace) === index,
  );
}

function split(text: string): [string, string] {
  const [namespace = '', name = ''] = text.split('/');
  return [namespace, name];
}

function readyCount(scene: Scene, service: string): number {
  const [namespace, name] = split(service);
  const slices = scene
    .objects(ENDPOINT_SLICE, namespace)
    .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === name) as EndpointSlice[];
  const ready = slices
    .flatMap(({ endpoints }) => endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready !== false)
    .flatMap(({ addresses }) => addresses);
  return new Set(ready).size;
}

/** By what a moment is compared with the one before; undefined when it is not. */
function keyOf(moment: TransitionMoment): string | undefined {
  if ('rollout' in moment) return `rollout/${moment.rollout}`;
  if (!('replaced' in moment)) return undefined;
  const { kind, namespace, name } = moment.replaced;
  return `replaced/${kind}/${namespace ?? ''}/${name}`;
}

function subject(moment: TransitionMoment, scene: Scene): KubeObject | undefined {
  if ('endpoints' in moment) return undefined;
  const [kind, namespace, name] =
    'rollout' in moment
      ? [DEPLOYMENT, ...split(moment.rollout)]
      : 'replaced' in moment
        ? [moment.replaced, moment.replaced.namespace, moment.replaced.name]
        : [moment.object, moment.object.namespace, moment.object.name];
  return scene.objects(kind, namespace).find(({ metadata }) => metadata.name === name);
}

function markOf(moment: TransitionMoment, scene: Scene): string | undefined {
  const object = subject(moment, scene);
  if (object === undefined) return undefined;
  return 'rollout' in moment
    ? object.metadata.annotations?.['deployment.kubernetes.io/revision']
    : object.metadata.uid;
}

function marksNow({ sequence }: Spec, scene: Scene): Record<string, string> {
  return Object.fromEntries(
    sequence.flatMap((moment) => {
      const key = keyOf(moment);
      const mark = markOf(moment, scene);
      return key === undefined || mark === undefined ? [] : [[key, mark]];
    }),
  );
}

/** What was seen when a moment has come about; undefined when it has not. */
function seenIn(moment: TransitionMoment, scene: Scene, before: string | undefined): string | undefined {
  if ('endpoints' in moment) {
    const count = readyCount(scene, moment.endpoints);
    return isWithin(count, moment.ready) ? `${moment.endpoints}: ${String(count)} ready` : undefined;
  }
  const object = subject(moment, scene);
  if ('rollout' in moment) {
    const mark = markOf(moment, scene);
    const changed = before !== undefined && mark !== undefined && mark !== before;
    return object !== undefined && changed && isReady(object) ? `revision ${before} → ${mark}` : undefined;
  }
  if ('replaced' in moment) {
    const now = object?.metadata.uid;
    if (before === undefined || now === undefined || now === before) return undefined;
    return `${moment.replaced.kind}/${moment.replaced.name} ${now}`;
  }
  if (object === undefined) return undefined;
  const value = valueAt(object, moment.field.path);
  const { sameAs } = moment.field;
  const reference = sameAs === undefined ? undefined : valueAt(object, sameAs.path);
  return fieldHolds(moment.field, value, reference) ? `${moment.field.path}: ${show(value)}` : undefined;
}
