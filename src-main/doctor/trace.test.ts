import { beforeEach, expect, test } from 'vitest';
import { FakeKube } from '../kube/testing/fake-kube.ts';
import { traceRequest } from './trace.ts';

const DIG = ';; status: NOERROR\n;; ANSWER SECTION:\nweb.shop.svc.cluster.local. 30 IN A 10.96.0.9\n';
const options = { client: { namespace: 'shop', pod: 'client' }, namespace: 'shop', service: 'web' };

let kube: FakeKube;
/** What the pods' program answers to a path. */
let answer: (path: string) => { status: number; body: string };

function endpoints(...pods: string[]): void {
  kube.put({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'web-1', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'web' } },
    ports: [{ port: 8080 }],
    endpoints: pods.map((name, i) => ({
      addresses: [`10.1.0.${String(i + 1)}`],
      conditions: { ready: true },
      targetRef: { kind: 'Pod', name },
    })),
  });
}

beforeEach(() => {
  kube = new FakeKube();
  kube.put({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'client', namespace: 'shop' } });
  kube.put({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { clusterIP: '10.96.0.9', ports: [{ port: 80, targetPort: 8080 }] },
  });
  answer = (path) => ({ status: 200, body: path === '/hostname' ? 'web-b' : 'NOW' });
  kube.onExec = (argv) => {
    if (argv[0] === 'dig') return { stdout: DIG, stderr: '', exitCode: 0 };
    const { status, body } = answer(new URL(argv.at(-1) ?? '').pathname);
    return { stdout: `${body}\n@switchyard ${String(status)} 10.96.0.9\n`, stderr: '', exitCode: 0 };
  };
});

async function podHop() {
  const { hops } = await traceRequest(kube, options);
  return hops.find(({ hop }) => hop === 'pod');
}

test('the trace says which pod answered', async () => {
  endpoints('web-a', 'web-b');
  expect(await podHop()).toMatchObject({
    state: 'ok',
    label: 'web-b',
    text: { en: 'web-b answered HTTP 200.', ko: 'web-b 파드가 HTTP 200(으)로 응답했습니다.' },
  });
});

test('a program that names no pod: the only endpoint, or nobody by name', async () => {
  answer = (path) => (path === '/' ? { status: 200, body: 'hello' } : { status: 404, body: 'not found' });
  endpoints('web-a');
  expect(await podHop()).toMatchObject({ label: 'web-a', text: { en: 'web-a answered HTTP 200.' } });
  endpoints('web-a', 'web-b');
  expect(await podHop()).toMatchObject({ label: '', text: { en: 'A pod answered HTTP 200.' } });
});
