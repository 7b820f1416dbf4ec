import { readFile, readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ENGINES } from '../../engine/engine-id.ts';
import { writeAtomically } from '../../store/atomic-write.ts';
import { unwritableError } from '../../store/problems.ts';
import { isClusterName } from '../cluster-name.ts';

/**
 * What is remembered of a cluster made of containers: `cluster.json` in its folder. It is written before the
 * first container is made, so that an attempt that is cut off at any moment is found again.
 */
const recordSchema = z.object({
  /** `making` until everything is ready. */
  state: z.enum(['making', 'ready']),
  /** The cluster's name as its tool and its containers know it: another one where this was taken. */
  cluster: z.string(),
  engine: z.enum(ENGINES),
  image: z.string(),
  /** ISO 8601: before the first container was made. What is older is not ours. */
  createdAt: z.string(),
  ports: z.object({ http: z.number(), https: z.number(), workers: z.array(z.number()) }),
  /** Ids of its containers, once they are known. */
  containers: z.array(z.string()),
  /** Why Ingress is not served, in every language, when it is not. */
  withoutIngress: z.object({ en: z.string(), ko: z.string() }).optional(),
});
export type ContainerRecord = z.infer<typeof recordSchema>;

/** The folders of a provider's clusters, one each: record, kubeconfig, and what its tool is given. */
export class ContainerRecords {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  folder(name: string): string {
    return join(this.#directory, name);
  }

  kubeconfig(name: string): string {
    return join(this.folder(name), 'kubeconfig');
  }

  /** Names the programs that make the cluster, while they run. */
  toolProcesses(name: string): string {
    return join(this.folder(name), 'processes');
  }

  async names(): Promise<string[]> {
    const entries = await readdir(this.#directory).catch(() => []);
    return entries.filter(isClusterName);
  }

  /** Undefined when there is none, or none that can be understood. */
  async read(name: string): Promise<ContainerRecord | undefined> {
    try {
      return recordSchema.parse(JSON.parse(await readFile(join(this.folder(name), 'cluster.json'), 'utf8')));
    } catch {
      return undefined;
    }
  }

  async write(name: string, record: ContainerRecord): Promise<void> {
    await writeAtomically(
      join(this.folder(name), 'cluster.json'),
      `${JSON.stringify(record, undefined, 2)}\n`,
    );
  }

  async remove(name: string): Promise<void> {
    const folder = this.folder(name);
    await rm(folder, { recursive: true, force: true }).catch((cause: unknown) => {
      throw unwritableError(folder, cause);
    });
  }

  /** Removes the folder of a cluster whose making never began; does nothing when something is in it. */
  async removeEmpty(name: string): Promise<void> {
    await rmdir(this.folder(name)).catch(() => undefined);
  }
}
