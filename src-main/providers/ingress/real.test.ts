import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createKubeClient, type KubeClient } from '../../kube/client.ts';
import { NODE, POD, SERVICE, type KubeObject, type Pod, type Service } from '../../kube/objects.ts';
import { systemClock } from '../../kube/time.ts';
import { LoadBalancerKeeper } from '../load-balancer/keeper.ts';
import type { LoadBalancedService } from '../load-balancer/services.ts';
import { IngressKeeper } from './ingress-keeper.ts';
import { installIngress } from './install.ts';
import { INGRESS } from './objects.ts';
import { ingress, type IngressText } from './testing/objects.ts';
import {
  applyAll,
  askFrom,
  backend,
  certificateFor,
  clientPod,
  ensureNamespace,
  eventually,
  podsReady,
  removed,
  serviceOf,
  tlsSecret,
} from './testing/real-cluster.ts';
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

const SHOP = 'ingress-proof';
const ELSEWHERE = 'ingress-proof-elsewhere';
const SIGNAL = AbortSignal.timeout(600_000);

let kube: KubeClient;
let keeper: Disposable;
let loadBalancer: Disposable;
/** What Ingresses report. */
let address: string;

const INGRESSES: Record<string, IngressText> = {
  paths: {
    rules: [
      [
        'paths.test',
        [
          '/ web:80',
          '=/foo api:80',
          '/foo docs:80',
          '/foo/bar web:http',
          '/foo/bar/baz/ api:http',
          '=/x/ api:80',
        ],
      ],
    ],
  },
  hosts: {
    rules: [
      ['*.wild.test', ['/ docs:80', '/only/wild docs:80']],
      ['a.wild.test', ['/ web:80']],
      ['', ['/everywhere api:80']],
    ],
  },
  impl: { rules: [['impl.test', ['~/impl docs:80', '=/impl web:80']]] },
  nopath: { rules: [['nopath.test', [' docs:80', '=/exact web:80']]] },
  services: {
    rules: [['services.test', ['/ web:80', '/empty empty:80', '/missing nope:80', '/external external:80']]],
  },
  classless: { className: '', rules: [['classless.test', ['/ web:80']]] },
  other: { className: 'other', rules: [['other.test', ['/ web:80']]] },
  braces: { rules: [['braces.test', ['/ web:80', '=/{{x}} api:80']]] },
  'tls-one': { rules: [['one.tls.test', ['/ web:80']]] },
  'tls-two': { rules: [['two.tls.test', ['/ api:80', '=/a docs:80']]] },
  // Routers that Traefik gives the same name.
  name: { rules: [['same.name.test', ['/ api:80']]] },
  'name-same': { rules: [['name.test', ['/ web:80']]] },
};

function ingressNamed(name: string, text: IngressText): object {
  const { apiVersion, kind, spec } = ingress(name, text);
  return { apiVersion, kind, metadata: { name }, spec };
}

function withTls(name: string, host: string): object {
  const { apiVersion, kind, spec } = ingress(name, INGRESSES[name] ?? {});
  const tls = [{ hosts: [host], secretName: name }];
  return { apiVersion, kind, metadata: { name }, spec: { ...spec, tls } };
}

function ask(url: string, caFile?: string, namespace = SHOP): Promise<string> {
  const slash = url.indexOf('/');
  const [host, path] = [url.slice(0, slash), url.slice(slash)];
  return askFrom(kube, namespace, { address, host, path, ...(caFile === undefined ? {} : { caFile }) });
}

async function applyIngress(name: string, text: IngressText): Promise<number> {
  await applyAll(kube, SHOP, [ingressNamed(name, text)]);
  return Date.now();
}

async function addressOf(ref: {
  apiVersion: string;
  kind: string;
  namespace: string;
  name: string;
}): Promise<string> {
  for (;;) {
    const object = await kube.get<KubeObject & Pick<LoadBalancedService, 'status'>>(ref);
    const ip = object?.status?.loadBalancer?.ingress?.[0]?.ip;
    if (ip !== undefined) return ip;
    SIGNAL.throwIfAborted();
    await systemClock.sleep(100);
  }
}

describe.skipIf(KUBECONFIG === undefined)(
  'on a real cluster',
  () => {
    beforeAll(async () => {
      kube = createKubeClient(readFileSync(KUBECONFIG ?? '', 'utf8'));
      const one = certificateFor('one.tls.test');
      const two = certificateFor('two.tls.test');
      await Promise.all([ensureNamespace(kube, SHOP), ensureNamespace(kube, ELSEWHERE)]);
      await applyAll(kube, ELSEWHERE, [clientPod()]);
      await applyAll(kube, SHOP, [
        clientPod(),
        ...[backend('web'), backend('api', 2), backend('docs'), backend('fallback')].flat(),
        serviceOf('empty'),
        serviceOf('external', { type: 'ExternalName', externalName: `docs.${SHOP}.svc`, selector: null }),
      ]);
      const started = Date.now();
      await installIngress(kube, { clock: systemClock, signal: SIGNAL });
      console.log(`Traefik was ready ${Date.now() - started} ms after its manifests`);

      const nodes = await kube.list<KubeObject & { status: { addresses: { address: string }[] } }>(NODE);
      const [a, b] = nodes[0]?.status.addresses[0]?.address.split('.') ?? [];
      const subnet = `${a ?? ''}.${b ?? ''}.0.0/16`;
      const nodePorts = { first: 30_070, count: 2 };
      loadBalancer = new LoadBalancerKeeper(kube, { clock: systemClock, subnet, nodePorts });
      keeper = new IngressKeeper(kube, { clock: systemClock });

      await applyAll(kube, SHOP, [
        ...Object.entries(INGRESSES)
          .filter(([name]) => !name.startsWith('tls-'))
          .map(([name, text]) => ingressNamed(name, text)),
        ...[tlsSecret('tls-one', one), tlsSecret('tls-two', two)],
        ...[withTls('tls-one', 'one.tls.test'), withTls('tls-two', 'two.tls.test')],
      ]);
      address = await addressOf({ ...INGRESS, namespace: SHOP, name: 'paths' });
      await Promise.all([podsReady(kube, SHOP), podsReady(kube, ELSEWHERE)]);
      for (const [name, { certificate }] of Object.entries({ one, two }))
        for (const namespace of [SHOP, ELSEWHERE])
          await kube.exec(namespace, 'client', ['sh', '-c', `cat > /tmp/${name}.crt`], {
            stdin: certificate,
          });
      expect(await eventually('api', () => ask('paths.test/foo'))).toBe('api');
    }, 240_000);

    afterAll(async () => {
      keeper[Symbol.dispose]();
      loadBalancer[Symbol.dispose]();
      for (const object of traefikManifests().reverse()) await removed(kube, object);
      for (const name of [SHOP, ELSEWHERE])
        await removed(kube, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
      await kube.close();
    }, 120_000);

    test.each([
      ['the longest prefix', 'paths.test/', 'web'],
      ['everything under it', 'paths.test/anything/else', 'web'],
      ['exact before a prefix that is as long', 'paths.test/foo', 'api'],
      ['exact, with a query', 'paths.test/foo?a=b', 'api'],
      ['a slash is not exact', 'paths.test/foo/', 'docs'],
      ['a prefix', 'paths.test/foo/else', 'docs'],
      ['a prefix goes by elements', 'paths.test/foobar', 'web'],
      ['a longer prefix', 'paths.test/foo/bar', 'web'],
      ['a longer prefix goes by elements', 'paths.test/foo/barn', 'docs'],
      ['the longest prefix with a slash', 'paths.test/foo/bar/baz', 'api'],
      ['under a prefix with a slash', 'paths.test/foo/bar/baz/x', 'api'],
      ['exact with a slash', 'paths.test/x/', 'api'],
      ['exact with a slash means it', 'paths.test/x', 'web'],
      ['paths tell upper from lower case', 'paths.test/FOO', 'web'],
      ['hosts do not', 'PATHS.test/foo', 'api'],
      ['a wildcard host', 'b.wild.test/', 'docs'],
      ['an exact host before a wildcard', 'a.wild.test/', 'web'],
      ['an exact host before a longer path of a wildcard', 'a.wild.test/only/wild', 'web'],
      ['a wildcard is one label', 'a.b.wild.test/', '404'],
      ['a wildcard is not none', 'wild.test/', '404'],
      ['a host before none', 'a.wild.test/everywhere', 'web'],
      ['a rule for every host', 'whatever.test/everywhere', 'api'],
      ['a host that nobody has', 'nobody.test/', '404'],
      ['no host at all', '172.31.0.1/', '404'],
      ['a path by implementation is a prefix', 'impl.test/impl/x', 'docs'],
      ['and exact goes before it', 'impl.test/impl', 'web'],
      ['a path beside none', 'impl.test/', '404'],
      ['no path is every path', 'nopath.test/a/b', 'docs'],
      ['exact beside no path', 'nopath.test/exact', 'web'],
      ['a Service without endpoints', 'services.test/empty', '503'],
      ['a Service that does not exist', 'services.test/missing', '503'],
      ['a Service that is a name elsewhere', 'services.test/external', 'docs'],
      ['their neighbour', 'services.test/', 'web'],
      ['the default class', 'classless.test/', 'web'],
      ['another class', 'other.test/', '404'],
      ['names that clash, one', 'same.name.test/', 'api'],
      ['names that clash, the other', 'name.test/', 'web'],
      ['braces in a path', 'braces.test/{{x}}', 'api'],
      ['plain HTTP beside TLS', 'one.tls.test/', 'web'],
    ])('%s: %s is %s', async (_what, url, expected) => {
      expect(await ask(url)).toBe(expected);
    });

    test.each([
      ['the certificate of its Secret', 'one.tls.test/', '/tmp/one.crt', 'web'],
      ['by SNI, that of the other', 'two.tls.test/', '/tmp/two.crt', 'api'],
      ['and no other', 'two.tls.test/', '/tmp/one.crt', 'curl exit 60'],
      ['precedence holds over TLS', 'two.tls.test/a', '/tmp/two.crt', 'docs'],
      ['a host without a Secret has no certificate to trust', 'paths.test/', '/tmp/one.crt', 'curl exit 60'],
    ])('TLS, %s: %s with %s is %s', async (_what, url, caFile, expected) => {
      expect(await ask(url, caFile)).toBe(expected);
    });

    test('each pod of a Service is asked', async () => {
      const { stdout } = await kube.exec(SHOP, 'client', [
        ...[
          'sh',
          '-c',
          'for i in 1 2 3 4 5 6 7 8; do curl -s "$0" --resolve "$1"; echo; done | sort -u | wc -l',
        ],
        ...['http://same.name.test/', `same.name.test:80:${address}`],
      ]);
      expect(stdout.trim()).toBe('2');
    });

    test('Ingresses report an address that answers in another namespace, over TLS too', async () => {
      expect(await addressOf({ ...SERVICE, namespace: SYSTEM_NAMESPACE, name: 'traefik' })).toBe(address);
      expect(await ask('paths.test/foo', undefined, ELSEWHERE)).toBe('api');
      expect(await ask('one.tls.test/', '/tmp/one.crt', ELSEWHERE)).toBe('web');
      expect(await kube.get({ ...INGRESS, namespace: SHOP, name: 'other' })).toMatchObject({
        status: { loadBalancer: {} },
      });
    });

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
        await addressOf({ ...ref, name: 'public' }),
        await addressOf({ ...ref, name: 'pinned' }),
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
        const simple = await applyIngress('live', { rules: [[host, ['/ web:80']]] });
        expect(await eventually('web', () => ask(`${host}/a`))).toBe('web');
        times['left to Traefik']?.push(Date.now() - simple);
        const lifted = await applyIngress('live', { rules: [[host, ['/a web:80', '=/a api:80']]] });
        expect(await eventually('api', () => ask(`${host}/a`))).toBe('api');
        times['put right']?.push(Date.now() - lifted);
      }
      console.log('ms from kubectl apply to the right answer:', times);
      await kube.delete({ ...INGRESS, namespace: SHOP, name: 'live' });
      expect(await eventually('404', () => ask('live5.test/a'))).toBe('404');
    });

    test('a Secret that changes is served at once', async () => {
      const renewed = certificateFor('one.tls.test');
      await kube.exec(SHOP, 'client', ['sh', '-c', 'cat > /tmp/renewed.crt'], { stdin: renewed.certificate });
      expect(await ask('one.tls.test/', '/tmp/renewed.crt')).toBe('curl exit 60');
      await applyAll(kube, SHOP, [tlsSecret('tls-one', renewed)]);
      expect(await eventually('web', () => ask('one.tls.test/', '/tmp/renewed.crt'))).toBe('web');
    });

    test('a Service that loses its endpoints, and one that appears', async () => {
      const scale = (replicas: number): Promise<KubeObject> =>
        kube.patch(
          { apiVersion: 'apps/v1', kind: 'Deployment', namespace: SHOP, name: 'docs' },
          { spec: { replicas } },
        );
      await scale(0);
      expect(await eventually('503', () => ask('b.wild.test/'))).toBe('503');
      await scale(1);
      expect(await eventually('docs', () => ask('b.wild.test/'))).toBe('docs');
      await applyAll(kube, SHOP, [serviceOf('nope', { selector: { app: 'api' } })]);
      expect(await eventually('api', () => ask('services.test/missing'))).toBe('api');
      await kube.delete({ ...SERVICE, namespace: SHOP, name: 'nope' });
      expect(await eventually('503', () => ask('services.test/missing'))).toBe('503');
    });

    test('default backends: beside rules, of a host, alone', async () => {
      await applyIngress('beside', {
        defaultBackend: 'fallback:80',
        rules: [['beside.test', ['/api api:80']]],
      });
      expect(await eventually('fallback', () => ask('beside.test/other'))).toBe('fallback');
      expect(await ask('beside.test/api')).toBe('api');
      expect(await ask('nobody.test/')).toBe('fallback');
      await applyIngress('alone', { defaultBackend: 'docs:80' });
      expect(await eventually('docs', () => ask('nobody.test/'))).toBe('docs');
      expect(await ask('beside.test/other')).toBe('fallback');
      await kube.delete({ ...INGRESS, namespace: SHOP, name: 'beside' });
      expect(await eventually('docs', () => ask('beside.test/other'))).toBe('docs');
      await applyIngress('beside', { defaultBackend: 'empty:80', rules: [['beside.test', ['/api api:80']]] });
      expect(await eventually('503', () => ask('beside.test/other'))).toBe('503');
      for (const name of ['beside', 'alone']) await kube.delete({ ...INGRESS, namespace: SHOP, name });
      expect(await eventually('404', () => ask('nobody.test/'))).toBe('404');
    });

    test('with nobody keeping it, all stays right, new Ingresses are served, also by a new pod', async () => {
      keeper[Symbol.dispose]();
      await applyIngress('later', { rules: [['later.test', ['/ web:80', '/api api:80']]] });
      expect(await eventually('api', () => ask('later.test/api'))).toBe('api');
      const [pod] = await kube.list<Pod>(POD, { namespace: SYSTEM_NAMESPACE });
      if (pod === undefined) throw new Error('no pod of Traefik');
      await removed(kube, pod);
      await installIngress(kube, { clock: systemClock, signal: SIGNAL });
      expect(await eventually('api', () => ask('later.test/api'))).toBe('api');
      expect(await ask('paths.test/foo')).toBe('api');
      expect(await ask('a.wild.test/')).toBe('web');
      expect(await ask('services.test/missing')).toBe('503');
    });
  },
  60_000,
);
