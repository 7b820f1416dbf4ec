import { expect, test } from 'vitest';
import type { KubeClient } from '../../../kube/client.ts';
import { SERVICE, type KubeObject } from '../../../kube/objects.ts';
import type { LoadBalancedService } from '../../load-balancer/services.ts';
import { INGRESS } from '../../../kube/ingress-objects.ts';
import { SYSTEM_NAMESPACE } from '../traefik.ts';
import { INGRESSES, REQUESTS, TLS_REQUESTS } from './matrix.ts';
import { ingress, type IngressText } from './objects.ts';
import {
  applyAll,
  askFrom,
  backend,
  certificateFor,
  clientPod,
  ensureNamespace,
  eventually,
  podsReady,
  serviceOf,
  tlsSecret,
} from './real-cluster.ts';

export const SHOP = 'ingress-proof';
export const ELSEWHERE = 'ingress-proof-elsewhere';
const POLL_MS = 100;

/** Ingresses in a cluster that has a controller: what they need, and how they are asked. */
export class IngressProof {
  readonly kube: KubeClient;
  readonly #signal: AbortSignal;
  #address = '';

  constructor(kube: KubeClient, signal: AbortSignal) {
    this.kube = kube;
    this.#signal = signal;
  }

  /** What Ingresses report. */
  get address(): string {
    return this.#address;
  }

  /** The pods and Services that Ingresses lead to. */
  async makeBackends(): Promise<void> {
    const { kube } = this;
    await Promise.all([ensureNamespace(kube, SHOP), ensureNamespace(kube, ELSEWHERE)]);
    await applyAll(kube, ELSEWHERE, [clientPod()]);
    await applyAll(kube, SHOP, [
      clientPod(),
      ...[backend('web'), backend('api', 2), backend('docs'), backend('fallback')].flat(),
      serviceOf('empty'),
      serviceOf('external', { type: 'ExternalName', externalName: `docs.${SHOP}.svc`, selector: null }),
    ]);
  }

  async makeIngresses(): Promise<void> {
    const { kube } = this;
    const one = certificateFor('one.tls.test');
    const two = certificateFor('two.tls.test');
    await applyAll(kube, SHOP, [
      ...Object.entries(INGRESSES)
        .filter(([name]) => !name.startsWith('tls-'))
        .map(([name, text]) => ingressNamed(name, text)),
      ...[tlsSecret('tls-one', one), tlsSecret('tls-two', two)],
      ...[withTls('tls-one', 'one.tls.test'), withTls('tls-two', 'two.tls.test')],
    ]);
    this.#address = await this.addressOf({ ...INGRESS, namespace: SHOP, name: 'paths' });
    await Promise.all([podsReady(kube, SHOP), podsReady(kube, ELSEWHERE)]);
    for (const [name, { certificate }] of Object.entries({ one, two }))
      for (const namespace of [SHOP, ELSEWHERE])
        await kube.exec(namespace, 'client', ['sh', '-c', `cat > /tmp/${name}.crt`], { stdin: certificate });
    expect(await eventually('api', () => this.ask('paths.test/foo'))).toBe('api');
  }

  /** Asks for `host/path`, over TLS when a certificate is trusted. */
  ask(url: string, caFile?: string, namespace = SHOP): Promise<string> {
    const slash = url.indexOf('/');
    const [host, path] = [url.slice(0, slash), url.slice(slash)];
    const request = { address: this.#address, host, path, ...(caFile === undefined ? {} : { caFile }) };
    return askFrom(this.kube, namespace, request);
  }

  /** @returns when the cluster had taken it, in milliseconds since the epoch */
  async applyIngress(name: string, text: IngressText): Promise<number> {
    await applyAll(this.kube, SHOP, [ingressNamed(name, text)]);
    return Date.now();
  }

  async addressOf(ref: {
    apiVersion: string;
    kind: string;
    namespace: string;
    name: string;
  }): Promise<string> {
    for (;;) {
      const object = await this.kube.get<KubeObject & Pick<LoadBalancedService, 'status'>>(ref);
      const ip = object?.status?.loadBalancer?.ingress?.[0]?.ip;
      if (ip !== undefined) return ip;
      this.#signal.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}

function ingressNamed(name: string, text: IngressText): object {
  const { apiVersion, kind, spec } = ingress(name, text);
  return { apiVersion, kind, metadata: { name }, spec };
}

function withTls(name: string, host: string): object {
  const { apiVersion, kind, spec } = ingress(name, INGRESSES[name] ?? {});
  const tls = [{ hosts: [host], secretName: name }];
  return { apiVersion, kind, metadata: { name }, spec: { ...spec, tls } };
}

/**
 * The tests that every controller has to pass, on a real cluster and on the emulated one.
 * @param at the proof, once the hooks have run
 */
export function proveIngresses(at: () => IngressProof): void {
  test.each(REQUESTS)('%s: %s is %s', async (_what, url, expected) => {
    expect(await at().ask(url)).toBe(expected);
  });

  test.each(TLS_REQUESTS)('TLS, %s: %s with %s is %s', async (_what, url, caFile, expected) => {
    expect(await at().ask(url, caFile)).toBe(expected);
  });

  test('each pod of a Service is asked', async () => {
    const { stdout } = await at().kube.exec(SHOP, 'client', [
      ...[
        'sh',
        '-c',
        'for i in 1 2 3 4 5 6 7 8; do curl -s "$0" --resolve "$1"; echo; done | sort -u | wc -l',
      ],
      ...['http://same.name.test/', `same.name.test:80:${at().address}`],
    ]);
    expect(stdout.trim()).toBe('2');
  });

  test('a Secret that changes is served at once', async () => {
    const renewed = certificateFor('one.tls.test');
    const { kube } = at();
    await kube.exec(SHOP, 'client', ['sh', '-c', 'cat > /tmp/renewed.crt'], { stdin: renewed.certificate });
    expect(await at().ask('one.tls.test/', '/tmp/renewed.crt')).toBe('curl exit 60');
    await applyAll(kube, SHOP, [tlsSecret('tls-one', renewed)]);
    expect(await eventually('web', () => at().ask('one.tls.test/', '/tmp/renewed.crt'))).toBe('web');
  });

  test('a Service that loses its endpoints, and one that appears', async () => {
    const { kube } = at();
    const scale = (replicas: number): Promise<KubeObject> =>
      kube.patch(
        { apiVersion: 'apps/v1', kind: 'Deployment', namespace: SHOP, name: 'docs' },
        { spec: { replicas } },
      );
    await scale(0);
    expect(await eventually('503', () => at().ask('b.wild.test/'))).toBe('503');
    await scale(1);
    expect(await eventually('docs', () => at().ask('b.wild.test/'))).toBe('docs');
    await applyAll(kube, SHOP, [serviceOf('nope', { selector: { app: 'api' } })]);
    expect(await eventually('api', () => at().ask('services.test/missing'))).toBe('api');
    await kube.delete({ ...SERVICE, namespace: SHOP, name: 'nope' });
    expect(await eventually('503', () => at().ask('services.test/missing'))).toBe('503');
  });

  test('default backends: beside rules, of a host, alone', async () => {
    const { kube } = at();
    await at().applyIngress('beside', {
      defaultBackend: 'fallback:80',
      rules: [['beside.test', ['/api api:80']]],
    });
    expect(await eventually('fallback', () => at().ask('beside.test/other'))).toBe('fallback');
    expect(await at().ask('beside.test/api')).toBe('api');
    expect(await at().ask('nobody.test/')).toBe('fallback');
    await at().applyIngress('alone', { defaultBackend: 'docs:80' });
    expect(await eventually('docs', () => at().ask('nobody.test/'))).toBe('docs');
    expect(await at().ask('beside.test/other')).toBe('fallback');
    await kube.delete({ ...INGRESS, namespace: SHOP, name: 'beside' });
    expect(await eventually('docs', () => at().ask('beside.test/other'))).toBe('docs');
    await at().applyIngress('beside', {
      defaultBackend: 'empty:80',
      rules: [['beside.test', ['/api api:80']]],
    });
    expect(await eventually('503', () => at().ask('beside.test/other'))).toBe('503');
    for (const name of ['beside', 'alone']) await kube.delete({ ...INGRESS, namespace: SHOP, name });
    expect(await eventually('404', () => at().ask('nobody.test/'))).toBe('404');
  });

  test('Ingresses report an address that answers in another namespace, over TLS too', async () => {
    const { kube, address } = at();
    const service = { ...SERVICE, namespace: SYSTEM_NAMESPACE, name: 'traefik' };
    expect(await at().addressOf(service)).toBe(address);
    expect(await at().ask('paths.test/foo', undefined, ELSEWHERE)).toBe('api');
    expect(await at().ask('two.tls.test/', '/tmp/two.crt', ELSEWHERE)).toBe('api');
    expect(await kube.get({ ...INGRESS, namespace: SHOP, name: 'other' })).toMatchObject({
      status: { loadBalancer: {} },
    });
  });
}
