import { defineStore } from 'pinia';
import { computed, ref, watch } from 'vue';
import type { ClusterSource, ClusterState, Leftover, ProviderId, ProviderInfo } from '#shared/cluster.ts';
import type { Problem } from '#shared/app-error.ts';
import { follow } from '../follow.ts';
import { toProblem } from '../problems.ts';
import { useConnection } from './connection.ts';

/** The cluster: what it is made with, where it stands, and what can be done about it. */
export const useCluster = defineStore('cluster', () => {
  const connection = useConnection();
  const { cluster } = connection.main;
  const state = ref<ClusterState>();
  const providers = ref<ProviderInfo[]>();
  const problem = ref<Problem>();
  const notices = ref<Problem[]>([]);
  const leftovers = ref<Leftover[]>([]);
  /** What failed last is the deleting of a cluster, not the making. */
  const undeleted = ref(false);
  /** Which cluster of the user's own was asked for last, to try it again. */
  let source: ClusterSource | undefined;

  const forever = new AbortController().signal;
  void follow(
    connection,
    {
      open: (main, signal) => main.cluster.state(undefined, { signal }),
      next: (value) => (state.value = value),
    },
    forever,
  );
  void follow(
    connection,
    {
      open: (main, signal) => main.app.notices(undefined, { signal }),
      next: (value) => (notices.value = value),
    },
    forever,
  );
  void follow(
    connection,
    {
      open: (main, signal) => main.cluster.leftovers(undefined, { signal }),
      next: (value) => (leftovers.value = value),
    },
    forever,
  );
  watch(
    connection.state,
    (now) => {
      if (now === 'open' && providers.value === undefined) void readProviders();
    },
    { immediate: true },
  );

  /** Whoever made or lent the present cluster, or was to. */
  const provider = computed(() => providerOf(state.value?.provider));

  function providerOf(id: ProviderId | undefined): ProviderInfo | undefined {
    return providers.value?.find((candidate) => candidate.id === id);
  }

  /** Asks who can make or lend a cluster. */
  function readProviders(): Promise<void> {
    return attempt(async () => {
      providers.value = await cluster.providers();
    });
  }

  /** Keeps what kept a call from being done, for the start page to show. */
  async function attempt(call: () => Promise<void>): Promise<void> {
    problem.value = undefined;
    try {
      await call();
    } catch (error) {
      problem.value = toProblem(error);
    }
  }

  function create(id: ProviderId, from?: ClusterSource): Promise<void> {
    source = from;
    undeleted.value = false;
    return attempt(() => cluster.create({ provider: id, ...(from !== undefined && { source: from }) }));
  }

  async function remove(): Promise<void> {
    undeleted.value = false;
    await attempt(() => cluster.delete());
    undeleted.value = problem.value !== undefined;
  }

  /** The same again: what failed, or what is gone. */
  async function createAgain(): Promise<void> {
    const id = state.value?.provider;
    if (id !== undefined) await create(id, id === 'existing' ? source : undefined);
  }

  /** Resolves with what kept it from being deleted, if anything did. */
  async function deleteLeftover({ provider: id, name }: Leftover): Promise<Problem | undefined> {
    try {
      await cluster.deleteLeftover({ provider: id, name });
      return undefined;
    } catch (error) {
      return toProblem(error);
    }
  }

  return {
    state,
    provider,
    providers,
    problem,
    notices,
    leftovers,
    undeleted,
    providerOf,
    readProviders,
    create,
    createAgain,
    cancel: () => attempt(() => cluster.cancel()),
    remove,
    deleteLeftover,
  };
});
