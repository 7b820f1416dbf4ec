import { cp } from 'node:fs/promises';
import { join } from 'node:path';

const LABS = join(import.meta.dirname, '..', '..', '..', '..', 'labs');

/** Puts one lab, of two namespaces and one image, into a folder of labs under `folder`. @returns the folder of labs */
export async function oneLab(folder: string): Promise<string> {
  const labs = join(folder, 'labs');
  await cp(join(LABS, 'cluster-ip'), join(labs, 'cluster-ip'), { recursive: true });
  return labs;
}
