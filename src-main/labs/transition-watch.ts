import type { Clock } from '#emulator/clock.ts';
import type { CheckSpecOf } from '#shared/lab-checks.ts';
import type { TransitionRecord } from '#shared/lab-transitions.ts';
import { advance, freshRecord, watchedBy, withGap, type Scene } from '../checks/transition-record.ts';
import type { KubeClient } from '../kube/client.ts';
import type { KindRef, KubeObject } from '../kube/objects.ts';
import type { Step } from './lab.ts';
import type { StepProgress } from './progress.ts';

type Spec = CheckSpecOf<'transition'>;

/** Records of a step's `transition` checks when it opens. */
export function freshRecords(step: Step, now: number): Record<string, TransitionRecord> {
  return Object.fromEntries(transitionsOf(step).map(({ id }) => [id, freshRecord(now)]));
}

function transitionsOf(step: Step): Spec[] {
  return step.spec.checks.filter((check) => check.kind === 'transition');
}

/**
 * Follows, while a step is open, what its `transition` checks are about, and writes down what happens in the
 * learner's progress. A time in which nobody watched (the app was closed, a connection was lost for longer than the
 * server remembers) is noted as a gap.
 */
export class TransitionWatch implements Disposable {
  readonly #followed: Followed[];

  /** @param changed something that is to be kept was written into `progress` */
  constructor(step: Step, progress: StepProgress, kube: KubeClient, clock: Clock, changed: () => void) {
    progress.transitions ??= {};
    const records = progress.transitions;
    this.#followed = transitionsOf(step).map((check) => {
      records[check.id] ??= freshRecord(clock.now());
      return new Followed(check, kube, clock, {
        read: () => records[check.id] ?? freshRecord(clock.now()),
        write: (record) => {
          const news = saysMore(record, records[check.id]);
          records[check.id] = record;
          if (news) changed();
        },
      });
    });
  }

  [Symbol.dispose](): void {
    for (const followed of this.#followed) followed[Symbol.dispose]();
  }
}

/** Whether a record says more than another, beside that it is newer. */
function saysMore(record: TransitionRecord, before: TransitionRecord | undefined): boolean {
  return JSON.stringify({ ...record, watchedUntil: 0 }) !== JSON.stringify({ ...before, watchedUntil: 0 });
}

interface Kept {
  read(): TransitionRecord;
  write(record: TransitionRecord): void;
}

/** One check: its watches, and the objects that they have told of. */
class Followed implements Disposable {
  readonly #check: Spec;
  readonly #clock: Clock;
  readonly #kept: Kept;
  readonly #watches: Disposable[];
  /** What each watch has told of, by name; those that have not listed yet have none. */
  readonly #scenes = new Map<string, Map<string, KubeObject>>();
  readonly #count: number;
  #closed = false;

  constructor(check: Spec, kube: KubeClient, clock: Clock, kept: Kept) {
    this.#check = check;
    this.#clock = clock;
    this.#kept = kept;
    const record = kept.read();
    // One that was watched before was not watched since.
    if (record.watchedUntil > record.since)
      kept.write(withGap(check, record, record.watchedUntil, clock.now()));
    const watched = watchedBy(check);
    this.#count = watched.length;
    this.#watches = watched.map(({ kind, namespace }) => this.#watch(kube, kind, namespace));
  }

  #watch(kube: KubeClient, kind: KindRef, namespace: string | undefined): Disposable {
    const key = keyOf(kind, namespace);
    const options = { clock: this.#clock, ...(namespace === undefined ? {} : { namespace }) };
    return kube.watch(kind, options, {
      snapshot: (items) => {
        // A second list: what happened in between was not told.
        if (this.#scenes.has(key)) {
          const record = this.#kept.read();
          this.#kept.write(withGap(this.#check, record, record.watchedUntil, this.#clock.now()));
        }
        this.#scenes.set(key, new Map(items.map((item) => [item.metadata.name, item])));
        this.#look();
      },
      event: (type, object) => {
        const scene = this.#scenes.get(key);
        if (type === 'DELETED') scene?.delete(object.metadata.name);
        else scene?.set(object.metadata.name, object);
        this.#look();
      },
    });
  }

  #look(): void {
    if (this.#closed || this.#scenes.size < this.#count) return;
    const scene: Scene = {
      objects: (kind, namespace) => [...(this.#scenes.get(keyOf(kind, namespace))?.values() ?? [])],
    };
    this.#kept.write(advance(this.#check, this.#kept.read(), scene, this.#clock.now()));
  }

  [Symbol.dispose](): void {
    if (this.#closed) return;
    const listed = this.#scenes.size === this.#count;
    if (listed) this.#kept.write({ ...this.#kept.read(), watchedUntil: this.#clock.now() });
    this.#closed = true;
    for (const watch of this.#watches) watch[Symbol.dispose]();
  }
}

function keyOf({ kind }: KindRef, namespace: string | undefined): string {
  return `${kind}/${namespace ?? ''}`;
}
