import { afterEach, beforeEach } from 'vitest';
import type { ContainerStatus, Pod, PodSpec } from '../../api/objects.ts';
import { PODS } from '../../api/resources.ts';
import {
  createClusterFixture,
  createPod,
  type ClusterFixture,
} from '../../controllers/testing/cluster-fixture.ts';
import { startKubelets, type Kubelets, type KubeletsOptions } from '../index.ts';
import { createFakeNode, type FakeNode } from './fake-node.ts';

export let cluster: ClusterFixture;
export let node: FakeNode;
export let kubelets: Kubelets;

let options: Partial<KubeletsOptions> = {};

/** Gives each test of a file kubelets on virtual time; the variables above are then set. */
export function useKubelets(more: Partial<KubeletsOptions> = {}): void {
  options = more;
  beforeEach(() => {
    cluster = createClusterFixture();
    node = createFakeNode(cluster.clock);
    startAgain();
  });
  afterEach(() => kubelets.close());
}

/** Starts new kubelets on what the closed ones have left. */
export function startAgain(): void {
  kubelets = startKubelets({ ...cluster, ...node, ...options });
}

/** Creates a pod on the first worker. */
export function run(name: string, spec: Partial<PodSpec>): void {
  createPod(cluster.api, name, { nodeName: 'lab-worker', terminationGracePeriodSeconds: 30, ...spec });
}

/** The containers of a pod that has one. */
export function main(
  image: string,
  more: Partial<PodSpec['containers'][0]> = {},
): Pick<PodSpec, 'containers'> {
  return { containers: [{ name: 'main', image, ...more }] };
}

export const seconds = (count: number): Promise<void> => cluster.clock.advance(count * 1000);
export const reference = (name: string) => ({ namespace: 'lab', name });
export const pod = (name: string): Pod | undefined => cluster.api.get(PODS, 'lab', name);
export const status = (name: string): ContainerStatus | undefined => pod(name)?.status.containerStatuses?.[0];
export const condition = (name: string, type: string) =>
  pod(name)?.status.conditions?.find((entry) => entry.type === type);

/** All that the container `main` of a pod has written so far. */
export async function readLog(
  name: string,
  logOptions: { previous?: boolean; timestamps?: boolean } = {},
): Promise<string> {
  const source = kubelets.nodeProxy.logs(reference(name), {
    container: 'main',
    follow: false,
    previous: false,
    timestamps: false,
    ...logOptions,
  });
  let text = '';
  for (let chunk = await source.read(); chunk !== undefined; chunk = await source.read())
    text += new TextDecoder().decode(chunk);
  return text;
}
