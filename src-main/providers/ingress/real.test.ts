import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createKubeClient, type KubeClient } from '../../kube/client.ts';
import { NODE, POD, SERVICE, type KubeObject, type Pod, type Service } from '../../kube/objects.ts';
import { systemClock } from '../../kube/time.ts';
import { LoadBalancerKeeper } from '../load-balancer/keeper.ts';
import { IngressKeeper } from './ingress-keeper.ts';
import { installIngress } from './install.ts';
import { INGRESS } from '../../kube/ingress-objects.ts';
import { ELSEWHERE, IngressProof, proveIngresses, SHOP } from './testing/proof.ts';
import { applyAll, askFrom, eventually, removed, serviceOf } from './testing/real-cluster.ts';
import { SYSTEM_NAMESPACE, traefikManifests } from './traefik.ts';

/**
 * Ingresses on a real cluster made by kind, with nothing but this code in it: Traefik and the addresses of Services.
 * Takes the cluster for its own; do not point it at one that somebody uses.
 */
const KUBECONFIG = process.env['SWITCHYARD_REAL_KUBECONFIG'];
if (KUBECONFIG === undefined)
  console.warn(
    'INGRESSES ON A REAL CLUSTER ARE NOT TESTED: SET SWITCHYARD_REAL_KUBECONFIG TO ONE MADE BY KIND',
  );

const SIGNAL = AbortSignal.timeout(600_000);

let kube: KubeClient;
let proof: IngressProof;
let keeper: Disposable;
let loadBalancer: Disposable;

describe.skipIf(KUBECONFIG === undefined)(
  'on a real cluster',
  () => {
    beforeAll(async () => {
      kube = createKubeClient(readFileSync(KUBECONFIG ?? '', 'utf8'));
      proof = new IngressProof(kube, SIGNAL);
      await proof.makeBackends();
      const started = Date.now();
      await installIngress(kube, { clock: systemClock, signal: SIGNAL });
      console.log(`Traefik was ready ${Date.now() - started} ms after its manifests`);

      const nodes = await kube.list<KubeObject & { status: { addresses: { address: string }[] } }>(NODE);
      const [a, b] = nodes[0]?.status.addresses[0]?.address.split('.') ?? [];
      const subnet = `${a ?? ''}.${b ?? ''}.0.0/16`;
      const nodePorts = { first: 30_070, count: 2 };
      loadBalancer = new LoadBalancerKeeper(kube, { clock: systemClock, subnet, nodePorts });
      keeper = new IngressKeeper(kube, { clock: systemClock });
      await proof.makeIngresses();
    }, 240_000);

    afterAll(async () => {
      keeper[Symbol.dispose]();
      loadBalancer[Symbol.dispose]();
      for (const object of traefikManifests().reverse()) await removed(kube, object);
      for (const name of [SHOP, ELSEWHERE])
        await removed(kube, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
      await kube.close();
    }, 120_000);

    proveIngresses(() => proof);

    test('a Service of type LoadBalancer answers at its address, and on a published NodePort', async () => {
      await applyAll(kube, SHOP, [
        { ...serviceOf('public', { type: 'LoadBalancer', selector: { app: 'web' } }) },
        {
          ...serviceOf('pinned', {
            type: 'LoadBalancer',
            selector: { app: 'docs' },
            ports: [{ port: 80, targetPort: 8080, nodePort: 31_555 }],
          }),
        },
      ]);
      const request = { host: 'x.test', path: '/' };
      const ref = { ...SERVICE, namespace: SHOP };
      const [first, second] = [
        await proof.addressOf({ ...ref, name: 'public' }),
        await proof.addressOf({ ...ref, name: 'pinned' }),
      ];
      expect(first).not.toBe(second);
      const at = (ip: string): Promise<string> => askFrom(kube, ELSEWHERE, { ...request, address: ip });
      expect(await eventually('web', () => at(first))).toBe('web');
      expect(await eventually('docs', () => at(second))).toBe('docs');
      const ports = async (name: string): Promise<string> =>
        String((await kube.get<Service>({ ...ref, name }))?.spec.ports?.[0]?.nodePort);
      expect(await eventually('30070', () => ports('public'))).toBe('30070');
      expect(await ports('pinned')).toBe('31555');
      const events = await kube.list({ apiVersion: 'v1', kind: 'Event' }, { namespace: SHOP });
      expect(events.map((event) => event['reason'])).toContain('EnsuredLoadBalancer');
      await kube.patch({ ...ref, name: 'public' }, { spec: { type: 'ClusterIP' } });
      expect(await kube.get({ ...ref, name: 'public' })).toMatchObject({ status: { loadBalancer: {} } });
    });

    test('an Ingress is served soon after it was applied, and gone soon after it was deleted', async () => {
      const times: Record<string, number[]> = { 'left to Traefik': [], 'put right': [] };
      for (const round of [1, 2, 3, 4, 5]) {
        const host = `live${round}.test`;
        const simple = await proof.applyIngress('live', { rules: [[host, ['/ web:80']]] });
        expect(await eventually('web', () => proof.ask(`${host}/a`))).toBe('web');
        times['left to Traefik']?.push(Date.now() - simple);
        const lifted = await proof.applyIngress('live', { rules: [[host, ['/a web:80', '=/a api:80']]] });
        expect(await eventually('api', () => proof.ask(`${host}/a`))).toBe('api');
        times['put right']?.push(Date.now() - lifted);
      }
      console.log('ms from kubectl apply to the right answer:', times);
      await kube.delete({ ...INGRESS, namespace: SHOP, name: 'live' });
      expect(await eventually('404', () => proof.ask('live5.test/a'))).toBe('404');
    });

    test('with nobody keeping it, all stays right, new Ingresses are served, also by a new pod', async () => {
      keeper[Symbol.dispose]();
      await proof.applyIngress('later', { rules: [['later.test', ['/ web:80', '/api api:80']]] });
      expect(await eventually('api', () => proof.ask('later.test/api'))).toBe('api');
      const [pod] = await kube.list<Pod>(POD, { namespace: SYSTEM_NAMESPACE });
      if (pod === undefined) throw new Error('no pod of Traefik');
      await removed(kube, pod);
      await installIngress(kube, { clock: systemClock, signal: SIGNAL });
      expect(await eventually('api', () => proof.ask('later.test/api'))).toBe('api');
      expect(await proof.ask('paths.test/foo')).toBe('api');
      expect(await proof.ask('a.wild.test/')).toBe('web');
      expect(await proof.ask('services.test/missing')).toBe('503');
    });
  },
  60_000,
);
