import { labCheckSpecSchema } from '#shared/lab-checks.ts';
import type { Verdict } from '#shared/verdict.ts';
import { systemClock } from '#main/kube/time.ts';
import { labFileSchema } from '#shared/lab-format.ts';
import { NodePods } from '#main/labs/node-pods.ts';
import { Stage } from '#main/labs/stage.ts';
import { miniLab } from '#main/labs/testing/mini-lab.ts';
import type { ObjectTarget } from '#shared/lab-basics.ts';
import { runCheck } from '../run.ts';
import type { CheckContext } from '../types.ts';
import { startLabCluster, type LabCluster } from './lab-cluster.ts';

export const AGNHOST = 'registry.k8s.io/e2e-test-images/agnhost:2.53';

/** A Deployment or DaemonSet `web` of agnhost's HTTP server on port 8080, which is called `http`. */
export function webServers(kind: 'Deployment' | 'DaemonSet', replicas?: number): string {
  return `
apiVersion: apps/v1
kind: ${kind}
metadata: { name: web }
spec:
  ${replicas === undefined ? '' : `replicas: ${String(replicas)}`}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - { name: web, image: '${AGNHOST}', args: [netexec, --http-port=8080], ports: [{ name: http, containerPort: 8080 }] }
---`;
}

/** A namespace with a client pod on a cluster, in which checks are run. */
export interface CheckStage {
  namespace: string;
  cluster: LabCluster;
  context: CheckContext;
  apply(yaml: string): Promise<void>;
  ready(...targets: ObjectTarget[]): Promise<void>;
  /** Runs one check until it passes, or its deadline is over. */
  run(check: object): Promise<Verdict>;
  /** Deletes the namespaces and lets go of the cluster. */
  end(): Promise<void>;
}

/** @param namespaces the first is the client's */
export async function openStage(...namespaces: [string, ...string[]]): Promise<CheckStage> {
  const [namespace] = namespaces;
  const cluster = await startLabCluster();
  const { kube, reach } = cluster;
  const mini = miniLab();
  const spec = {
    ...mini.file.spec,
    namespaces,
    client: { pod: `${namespace}/client`, manifest: 'client.yaml' },
  };
  const lab = {
    ...mini,
    id: namespace,
    file: labFileSchema.parse({ ...mini.file, spec }),
    client: { namespace, pod: 'client' },
    clientManifest: {
      name: 'client.yaml',
      yaml: `apiVersion: v1
kind: Pod
metadata: { name: client, namespace: ${namespace}, labels: { app: client } }
spec:
  terminationGracePeriodSeconds: 1
  containers: [{ name: client, image: '${AGNHOST}', args: [pause] }]
`,
    },
  };
  const { signal } = new AbortController();
  const stage = new Stage(lab, kube, systemClock, signal);
  const nodePods = new NodePods(lab, kube, systemClock, signal);
  await stage.ensureNamespaces();
  await stage.ensureClient();
  const context: CheckContext = {
    kube,
    clock: systemClock,
    client: lab.client,
    namespaces,
    lookIn: [...namespaces, 'default'],
    baseline: [],
    transition: () => undefined,
    nodePod: (node) => nodePods.on(node),
    reach,
  };
  return {
    namespace,
    cluster,
    context,
    apply: (yaml) => stage.apply(yaml, namespace, 'test.yaml'),
    ready: (...targets) => stage.waitFor(targets, 60_000),
    run: (check) =>
      runCheck(labCheckSpecSchema.parse({ id: 'c', points: 1, ...check }), context, { wait: true }),
    end: async () => {
      await stage.clear();
      await cluster.stop();
    },
  };
}
