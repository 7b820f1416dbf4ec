import { join } from 'node:path';
import { clusterTools } from '#main/app/providers.ts';
import type { Figure } from './figure.ts';
import { benchPreflight } from './preflight.ts';
import { benchChanges } from './real-changes.ts';
import { benchMaking, deleteByApp, makeByApp } from './real-making.ts';

/**
 * `npm run bench -- --real kind`: how the app does on real clusters. Needs a container engine, kind, and the images
 * (or a network to fetch them).
 * @param makings how many clusters are made in each way
 */
export async function benchReal(runs: number, makings: number, scratch: string): Promise<Figure[]> {
  const image = clusterTools().find(({ id }) => id === 'kind')?.nodeImage ?? '';
  const data = join(scratch, 'data');
  const preflight = await benchPreflight(runs, scratch);
  if (preflight.length === 0) return [];
  // This one also fetches what is not there yet.
  await makeByApp(data);
  try {
    const changes = await benchChanges(runs, data);
    await deleteByApp(data);
    return [...preflight, ...changes, ...(makings > 0 ? await benchMaking(makings, scratch, image) : [])];
  } finally {
    await deleteByApp(data);
  }
}
