import { expect, test } from 'vitest';
import { VirtualClock } from '#emulator/clock.ts';
import { POD, type KubeObject } from '../../kube/objects.ts';
import { FakeKube } from '../../kube/testing/fake-kube.ts';
import type { FileConfiguration } from './file-configuration.ts';
import { IngressKeeper } from './ingress-keeper.ts';
import { CONFIG_MAP, INGRESS } from '../../kube/ingress-objects.ts';
import { CLASS, ingress, service, slice } from './testing/objects.ts';
import { SEED_CONFIG_MAP, SYSTEM_NAMESPACE } from './traefik.ts';

const NEEDS_ONE = ingress('one', { rules: [['a.test', ['/a web:80', '=/a api:80']]] });

interface Stage {
  kube: FakeKube;
  clock: VirtualClock;
  /** What was written into which pod. */
  written: { pod: string; text: string }[];
  keeper: IngressKeeper;
}

function stage(): Stage {
  const kube = new FakeKube();
  const clock = new VirtualClock();
  const written: Stage['written'] = [];
  kube.onExec = (argv, { pod, stdin = '' }) => {
    expect(argv.slice(-2)).toEqual(['/dynamic/precedence.yml', String(stdin.length)]);
    written.push({ pod, text: stdin });
    return { stdout: '', stderr: '', exitCode: 0 };
  };
  for (const object of [CLASS, service('web'), service('api'), slice('web', ['10.0.0.1'])]) kube.put(object);
  return { kube, clock, written, keeper: new IngressKeeper(kube, { clock }) };
}

function traefikPod(name: string): KubeObject {
  const labels = { 'app.kubernetes.io/name': 'traefik' };
  return { ...POD, metadata: { name, namespace: SYSTEM_NAMESPACE, labels }, spec: { containers: [] } };
}

function routersIn(text: string | undefined): string[] {
  return Object.keys((JSON.parse(text ?? '{}') as FileConfiguration).http.routers ?? {});
}

async function seed(kube: FakeKube): Promise<string | undefined> {
  const map = await kube.get({ ...CONFIG_MAP, namespace: SYSTEM_NAMESPACE, name: SEED_CONFIG_MAP });
  return (map?.['data'] as Record<string, string> | undefined)?.['precedence.yml'];
}

test('the pod and its successors get the routers that the Ingresses need', async () => {
  const { kube, clock, written, keeper } = stage();
  using _ = keeper;
  kube.put(traefikPod('traefik-1'));
  await clock.advance(200);
  expect(written.map(({ text }) => routersIn(text))).toEqual([[]]);

  kube.put(NEEDS_ONE);
  await clock.advance(200);
  expect(routersIn(written[1]?.text)).toEqual(['shop/one/0/1']);
  expect(await seed(kube)).toBe(written[1]?.text);

  kube.put(traefikPod('traefik-2'));
  await clock.advance(200);
  expect(written[2]).toEqual({ pod: 'traefik-2', text: written[1]?.text });

  await kube.delete({ ...INGRESS, namespace: 'shop', name: 'one' });
  await clock.advance(200);
  expect(written.slice(3).map(({ pod, text }) => [pod, routersIn(text)])).toEqual([
    ['traefik-1', []],
    ['traefik-2', []],
  ]);
});

test('what changes nothing is not written again', async () => {
  const { kube, clock, written, keeper } = stage();
  using _ = keeper;
  kube.put(traefikPod('traefik-1'));
  kube.put(NEEDS_ONE);
  await clock.advance(200);
  kube.put(service('unrelated'));
  kube.put(slice('web', ['10.0.0.2']));
  await clock.advance(200_000);
  expect(written).toHaveLength(1);
});

test('a pod that cannot be written to is tried again, and does not hold up the seed', async () => {
  const { kube, clock, keeper } = stage();
  using _ = keeper;
  let attempts = 0;
  kube.onExec = () => ({ stdout: '', stderr: 'no space left', exitCode: ++attempts < 3 ? 1 : 0 });
  kube.put(traefikPod('traefik-1'));
  kube.put(NEEDS_ONE);
  await clock.advance(100);
  expect(routersIn(await seed(kube))).toEqual(['shop/one/0/1']);
  await clock.advance(10_000);
  expect(attempts).toBe(3);
});

test('a pod that does not run yet is left for later; a seed that somebody changed is put right', async () => {
  const { kube, clock, written, keeper } = stage();
  using _ = keeper;
  kube.put({ ...traefikPod('traefik-1'), status: { phase: 'Pending' } });
  kube.put(NEEDS_ONE);
  await clock.advance(200);
  expect(written).toEqual([]);
  await kube.patch(
    { ...CONFIG_MAP, namespace: SYSTEM_NAMESPACE, name: SEED_CONFIG_MAP },
    { data: { 'precedence.yml': '{}' } },
  );
  kube.put({ ...traefikPod('traefik-1'), status: { phase: 'Running' } });
  await clock.advance(200);
  expect(routersIn(written[0]?.text)).toEqual(['shop/one/0/1']);
  expect(await seed(kube)).toBe(written[0]?.text);
});

test('a Traefik of somebody else gets its file where that one looks, and no seed', async () => {
  const kube = new FakeKube();
  const clock = new VirtualClock();
  const targets: (string | undefined)[] = [];
  kube.onExec = (argv) => {
    targets.push(argv.at(-2));
    return { stdout: '', stderr: '', exitCode: 0 };
  };
  const podLabels = { 'app.kubernetes.io/name': 'traefik' };
  using _ = new IngressKeeper(kube, {
    clock,
    place: { namespace: 'kube-system', podLabels, folder: '/data' },
  });
  kube.put(traefikPod('not-this-one'));
  kube.put({
    ...traefikPod('traefik-1'),
    metadata: { name: 'traefik-1', namespace: 'kube-system', labels: podLabels },
  });
  await clock.advance(200);
  expect(targets).toEqual(['/data/precedence.yml']);
  expect(kube.all('ConfigMap')).toEqual([]);
});

test('it lives through a cluster that goes away', async () => {
  const { kube, clock, written, keeper } = stage();
  using _ = keeper;
  kube.put(traefikPod('traefik-1'));
  kube.down = true;
  kube.put(NEEDS_ONE);
  await clock.advance(60_000);
  kube.down = false;
  kube.connection('connected');
  await clock.advance(200);
  expect(routersIn(written[0]?.text)).toEqual(['shop/one/0/1']);
});
