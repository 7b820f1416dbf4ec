import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCluster, type Cluster } from '#emulator/index.ts';
import { createKubeClient, type KubeClient } from '../../kube/client.ts';
import { POD, type Pod } from '../../kube/objects.ts';
import { IngressProof, proveIngresses } from '../ingress/testing/proof.ts';
import { eventually, podsReady, removed } from '../ingress/testing/real-cluster.ts';
import { SYSTEM_NAMESPACE } from '../ingress/traefik.ts';

let cluster: Cluster;
let kube: KubeClient;
let proof: IngressProof;

describe('Ingresses on the emulated cluster', () => {
  beforeAll(async () => {
    cluster = await startCluster({ ingressController: true });
    kube = createKubeClient(cluster.kubeconfig);
    proof = new IngressProof(kube, AbortSignal.timeout(60_000));
    await proof.makeBackends();
    await proof.makeIngresses();
  }, 60_000);

  afterAll(async () => {
    await kube.close();
    await cluster.stop();
  });

  proveIngresses(() => proof);

  test('the controller is a pod whose log tells of each request; a new pod serves on', async () => {
    expect(await proof.ask('paths.test/foo?logged=1')).toBe('api');
    const [pod] = await kube.list<Pod>(POD, { namespace: SYSTEM_NAMESPACE });
    if (pod === undefined) throw new Error('no pod of the controller');
    const stream = await kube.logs({ namespace: SYSTEM_NAMESPACE, pod: pod.metadata.name, follow: false });
    const log = Buffer.concat(await Array.fromAsync(stream)).toString();
    expect(log).toMatch(
      /^10\.244\.\d+\.\d+ - - \[.*\] "GET \/foo\?logged=1 HTTP\/1\.1" 200 \d+ "-" "curl\/.*" \d+ "ingress-proof-paths-paths-test-foo@kubernetes" "http:\/\/10\.244\.\d+\.\d+:8080" \d+ms$/m,
    );
    await removed(kube, pod);
    await podsReady(kube, SYSTEM_NAMESPACE);
    expect(await eventually('api', () => proof.ask('paths.test/foo'))).toBe('api');
  });
});
