import { join } from 'node:path';
import { createProviders } from '#main/app/providers.ts';
import { imagesOf, loadLibrary } from '#main/labs/library.ts';
import { type Figure, timed } from './figure.ts';

const LABS = join(import.meta.dirname, '..', 'labs');

/** How long the whole look at this machine takes before a cluster of kind, with an engine that runs. */
export async function benchPreflight(runs: number, scratch: string): Promise<Figure[]> {
  const providers = createProviders({
    dataDirectory: join(scratch, 'preflight'),
    launchCluster: () => Promise.reject(new Error('no cluster is made to look at the machine')),
    startedBy: 'cli',
    labImages: imagesOf(await loadLibrary(LABS)),
    labSpaces: [],
  });
  const kind = providers.find(({ id }) => id === 'kind');
  const engine = (await kind?.preflight())?.items.find(({ id }) => id === 'engine');
  if (kind === undefined || engine?.state !== 'ok') {
    console.error(`preflight: skipped, no container engine runs here. ${engine?.seen.en ?? ''}`);
    return [];
  }
  const values: number[] = [];
  for (let run = 0; run < runs; run++) values.push(await timed(() => kind.preflight()));
  return [{ name: 'preflight of kind: all findings', unit: 'ms', goal: '≤ 1000', values }];
}
