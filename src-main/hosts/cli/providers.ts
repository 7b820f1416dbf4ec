import type { ProviderId } from '#shared/cluster.ts';
import { unknownProviderError } from '../../app/problems.ts';
import { createProviders } from '../../app/providers.ts';
import { imagesOf, loadLibrary } from '../../labs/library.ts';
import { labSpaces } from '../../providers/existing/lab-space.ts';
import type { Provider } from '../../providers/provider.ts';
import type { CliContext } from './context.ts';

/** The providers that commands work with. */
export async function cliProviders(context: CliContext, kubeconfig?: string): Promise<Provider[]> {
  const { dataDirectory, launchCluster, paths } = context;
  const library = await loadLibrary(paths.labs);
  return createProviders({
    dataDirectory,
    launchCluster,
    startedBy: 'cli',
    labImages: imagesOf(library),
    labSpaces: labSpaces(library),
    kubeconfig,
  });
}

/** @throws AppError `provider-unknown` */
export function findProvider<P extends Pick<Provider, 'id'>>(providers: readonly P[], id: ProviderId): P {
  const provider = providers.find((candidate) => candidate.id === id);
  if (provider === undefined) throw unknownProviderError(id);
  return provider;
}
