import type { KubeClient } from '../kube/client.ts';
import { noClusterError } from './problems.ts';

const refuse = (): Promise<never> => Promise.reject(noClusterError());

/** Stands in for a cluster while there is none: everything that needs one says so. */
export const absentCluster: KubeClient = {
  server: '',
  version: refuse,
  answers: refuse,
  get: refuse,
  list: refuse,
  create: refuse,
  patch: refuse,
  delete: refuse,
  apply: refuse,
  watch: () => ({ [Symbol.dispose]: () => undefined }),
  exec: refuse,
  openExec: refuse,
  logs: refuse,
  close: () => Promise.resolve(),
};
