import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { clusterSourceSchema } from '#shared/cluster.ts';
import { writeAtomically } from '../../store/atomic-write.ts';
import { systemErrorCode, unwritableError } from '../../store/problems.ts';
import { isClusterName } from '../cluster-name.ts';

const OF_COMMAND = /^command-(\d+)$/;

/** Name of what one command uses and forgets at its end, so that commands keep out of each other's way. */
export function commandClusterName(pid = process.pid): string {
  return `command-${pid}`;
}

export function isCommandCluster(name: string): boolean {
  return OF_COMMAND.test(name);
}

/** Whether a command has ended without forgetting what it used. */
export function isAbandoned(name: string): boolean {
  const pid = Number(OF_COMMAND.exec(name)?.[1]);
  if (Number.isNaN(pid)) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return systemErrorCode(error) === 'ESRCH';
  }
}

/** What is remembered of a cluster that is used: `cluster.json` in its folder, beside the private kubeconfig. */
const recordSchema = z.object({
  source: clusterSourceSchema,
  /** The address that the user has confirmed. */
  server: z.string(),
  /** Of its namespace kube-system: another one is another cluster. */
  uid: z.string().optional(),
  /** ISO 8601. */
  usedSince: z.string(),
});
export type ExistingRecord = z.infer<typeof recordSchema>;

/** The folders of clusters that are used, one each. */
export class ExistingRecords {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  kubeconfig(name: string): string {
    return join(this.#directory, name, 'kubeconfig');
  }

  async names(): Promise<string[]> {
    const entries = await readdir(this.#directory).catch(() => []);
    return entries.filter(isClusterName);
  }

  /** Undefined when there is none, or none that can be understood. */
  async read(name: string): Promise<ExistingRecord | undefined> {
    try {
      return recordSchema.parse(JSON.parse(await readFile(this.#record(name), 'utf8')));
    } catch {
      return undefined;
    }
  }

  /** The kubeconfig first: a folder without a record is what an attempt left that was cut off. */
  async write(name: string, record: ExistingRecord, kubeconfig: string): Promise<void> {
    await this.writeKubeconfig(name, kubeconfig);
    await writeAtomically(this.#record(name), `${JSON.stringify(record, undefined, 2)}\n`);
  }

  async writeKubeconfig(name: string, kubeconfig: string): Promise<void> {
    await writeAtomically(this.kubeconfig(name), kubeconfig);
  }

  async remove(name: string): Promise<void> {
    const folder = join(this.#directory, name);
    await rm(folder, { recursive: true, force: true }).catch((cause: unknown) => {
      throw unwritableError(folder, cause);
    });
  }

  #record(name: string): string {
    return join(this.#directory, name, 'cluster.json');
  }
}
