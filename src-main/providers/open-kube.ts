import { readFile } from 'node:fs/promises';
import type { KubeClient } from '../kube/client.ts';

/** Makes the client of a cluster from its kubeconfig's text and path. */
export type Connect = (kubeconfig: string, file: string) => KubeClient;

/** A client of the cluster that a kubeconfig file names. */
export async function openKube(file: string, connect: Connect): Promise<KubeClient> {
  return connect(await readFile(file, 'utf8'), file);
}
