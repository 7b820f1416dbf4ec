import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '#emulator/clock.ts';
import type { LiveBatch, ObjectView } from '#shared/live.ts';
import type { KubeClient } from '../kube/client.ts';
import { KubeStatusError } from '../kube/errors.ts';
import { systemClock } from '../kube/time.ts';
import { Batcher } from './batcher.ts';
import { LIVE_KINDS, type LiveKind } from './project.ts';

/** How long the first batch waits for kinds that have not been listed yet. */
const FIRST_BATCH_DEADLINE_MS = 3000;

/** One watched collection and those who follow it. */
interface Source {
  key: string;
  views: Map<string, ObjectView>;
  listed: PromiseWithResolvers<void>;
  /** Followers, told of changes once they have had their snapshot. */
  followers: Map<Batcher, 'joining' | 'following'>;
  watch: Disposable;
}

/**
 * The live state of one cluster as view models. A collection is watched once, however many follow it, and only
 * while somebody does.
 */
export class LiveState {
  readonly #kube: Pick<KubeClient, 'watch'>;
  readonly #clock: Clock;
  readonly #sources = new Map<string, Source>();

  constructor(kube: Pick<KubeClient, 'watch'>, clock: Clock = systemClock) {
    this.#kube = kube;
    this.#clock = clock;
  }

  /** What the namespaces hold (nodes always), then every change, until `signal`. */
  async *follow(namespaces: readonly string[], signal: AbortSignal): AsyncGenerator<LiveBatch, void, void> {
    const batcher = new Batcher(this.#clock);
    const sources = LIVE_KINDS.flatMap((kind) =>
      kind.namespaced
        ? [...new Set(namespaces)].map((namespace) => this.#join(kind, namespace, batcher))
        : [this.#join(kind, undefined, batcher)],
    );
    try {
      // A kind that cannot be listed must not keep the others from the screen.
      const waiting = new AbortController();
      const deadline = this.#clock
        .sleep(FIRST_BATCH_DEADLINE_MS, AbortSignal.any([signal, waiting.signal]))
        .catch(() => undefined);
      await Promise.race([Promise.all(sources.map(({ listed }) => listed.promise)), deadline]);
      waiting.abort();
      if (signal.aborted) return;
      for (const { followers } of sources) followers.set(batcher, 'following');
      batcher.snapshot(sources.flatMap(({ views }) => [...views.values()]));
      yield* batcher.batches(signal);
    } finally {
      for (const source of sources) this.#leave(source, batcher);
    }
  }

  #join(kind: LiveKind, namespace: string | undefined, batcher: Batcher): Source {
    const key = `${kind.ref.kind}/${namespace ?? ''}`;
    let source = this.#sources.get(key);
    if (source === undefined) this.#sources.set(key, (source = this.#open(key, kind, namespace)));
    source.followers.set(batcher, 'joining');
    return source;
  }

  #leave(source: Source, batcher: Batcher): void {
    source.followers.delete(batcher);
    if (source.followers.size > 0) return;
    this.#sources.delete(source.key);
    source.watch[Symbol.dispose]();
  }

  #open(key: string, kind: LiveKind, namespace: string | undefined): Source {
    const views = new Map<string, ObjectView>();
    const followers: Source['followers'] = new Map();
    const tell = (change: (batcher: Batcher) => void): void => {
      for (const [batcher, state] of followers) if (state === 'following') change(batcher);
    };
    const listed: PromiseWithResolvers<void> = Promise.withResolvers();
    const upsert = (view: ObjectView): void => {
      if (isDeepStrictEqual(views.get(view.uid), view)) return;
      views.set(view.uid, view);
      tell((batcher) => batcher.upsert(view));
    };
    const remove = (uid: string): void => {
      if (views.delete(uid)) tell((batcher) => batcher.delete(uid));
    };
    const watch = this.#kube.watch(kind.ref, namespace === undefined ? {} : { namespace }, {
      snapshot: (objects) => {
        const present = objects.map(kind.project);
        const uids = new Set(present.map(({ uid }) => uid));
        for (const uid of [...views.keys()]) if (!uids.has(uid)) remove(uid);
        for (const view of present) upsert(view);
        listed.resolve();
      },
      event: (type, object) => {
        const view = kind.project(object);
        if (type === 'DELETED') remove(view.uid);
        else upsert(view);
      },
      // What the user may not look at (the nodes of a shared cluster) is not waited for.
      state: (_state, error) => {
        if (error instanceof KubeStatusError && error.code === 403) listed.resolve();
      },
    });
    return { key, views, listed, followers, watch };
  }
}
