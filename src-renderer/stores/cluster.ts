import { defineStore } from 'pinia';
import { ref } from 'vue';
import type { ClusterState, ProviderId, ProviderInfo } from '#shared/cluster.ts';
import type { Problem } from '#shared/app-error.ts';
import { follow } from '../follow.ts';
import { toProblem } from '../problems.ts';
import { useConnection } from './connection.ts';

/** The cluster: what it is made with, where it stands, and what can be done about it. */
export const useCluster = defineStore('cluster', () => {
  const connection = useConnection();
  const state = ref<ClusterState>();
  const providers = ref<ProviderInfo[]>();
  const problem = ref<Problem>();
  const notices = ref<Problem[]>([]);

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

  /** Asks who can make or lend a cluster. */
  async function readProviders(): Promise<void> {
    problem.value = undefined;
    try {
      providers.value = await connection.main.cluster.providers();
    } catch (error) {
      problem.value = toProblem(error);
    }
  }

  async function create(provider: ProviderId): Promise<void> {
    problem.value = undefined;
    try {
      await connection.main.cluster.create({ provider });
    } catch (error) {
      problem.value = toProblem(error);
    }
  }

  async function remove(): Promise<void> {
    problem.value = undefined;
    try {
      await connection.main.cluster.delete();
    } catch (error) {
      problem.value = toProblem(error);
    }
  }

  return { state, providers, problem, notices, readProviders, create, remove };
});
