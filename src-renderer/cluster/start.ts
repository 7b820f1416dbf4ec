import type { ClusterSource, ProviderId, ProviderInfo } from '#shared/cluster.ts';
import { useCluster } from '../stores/cluster.ts';
import { useNavigation } from '../stores/navigation.ts';
import { useSettings } from '../stores/settings.ts';

/** How a learner comes to a cluster, from whichever view. */
export function useStart(): {
  start: (provider: ProviderId, source?: ClusterSource) => Promise<void>;
  again: () => Promise<void>;
  use: (provider: ProviderInfo) => Promise<void>;
} {
  const cluster = useCluster();
  const navigation = useNavigation();
  const settings = useSettings();

  /** What is shown is what was chosen: whoever starts without touching the language has accepted it. */
  function leave(): void {
    navigation.go({ at: 'start' });
    if (settings.settings.language === undefined) void settings.change({ language: settings.language });
  }

  async function start(provider: ProviderId, source?: ClusterSource): Promise<void> {
    leave();
    await cluster.create(provider, source);
  }

  async function again(): Promise<void> {
    leave();
    await cluster.createAgain();
  }

  /** Which cluster of the user's own is meant has to be said first. */
  async function use({ id, origin }: ProviderInfo): Promise<void> {
    if (origin === 'given') navigation.go({ at: 'existing' });
    else await start(id);
  }

  return { start, again, use };
}
