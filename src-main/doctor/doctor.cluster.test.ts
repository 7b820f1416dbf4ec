import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DoctorReport } from '#shared/doctor.ts';
import { AGNHOST, openStage, type CheckStage } from '#main/checks/testing/check-stage.ts';
import { askDoctor } from './doctor.ts';
import type { DoctorOptions } from './look.ts';

/** The doctor on a whole cluster: each fault is made, and it has to name it. */

const NS = 'doctor-faults';
const OTHER = 'doctor-other';
let stage: CheckStage;

function deployment(name: string, container: string, rest = ''): string {
  return `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  replicas: 1
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { terminationGracePeriodSeconds: 1, containers: [${container}] ${rest} }
---`;
}

function service(name: string, spec: string): string {
  return `
apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: { ${spec} }
---`;
}

const NETEXEC = `name: web, image: '${AGNHOST}', args: [netexec, --http-port=8080]`;
const WEB = 'selector: { app: web }';

const MANIFEST = [
  deployment('web', `{ ${NETEXEC}, ports: [{ name: http, containerPort: 8080 }] }`),
  deployment(
    'unready',
    `{ ${NETEXEC}, readinessProbe: { periodSeconds: 1, httpGet: { port: 9999, path: '/' } } }`,
  ),
  deployment('no-image', `{ name: web, image: 'registry.k8s.io/e2e-test-images/agnhost:no-such-tag' }`),
  deployment('crashes', `{ name: web, image: '${AGNHOST}', command: [sh, -c, 'echo no; exit 3'] }`),
  deployment('pending', `{ ${NETEXEC} }`, ', nodeSelector: { disk: none-has-this }'),
  deployment('inward', `{ name: web, image: 'redis:7', command: [redis-server, --bind, 127.0.0.1] }`),
  service('web', `${WEB}, ports: [{ port: 80, targetPort: http }]`),
  service('alias', 'type: ExternalName, externalName: no-such-name.example'),
  service('peers', `clusterIP: None, ${WEB}, ports: [{ port: 80, targetPort: 8080 }]`),
  service('unselecting', 'ports: [{ port: 80 }]'),
  service('nobody', 'selector: { app: wep }, ports: [{ port: 80 }]'),
  service('unready', 'selector: { app: unready }, ports: [{ port: 80, targetPort: 8080 }]'),
  service('no-image', 'selector: { app: no-image }, ports: [{ port: 80, targetPort: 8080 }]'),
  service('crashes', 'selector: { app: crashes }, ports: [{ port: 80, targetPort: 8080 }]'),
  service('pending', 'selector: { app: pending }, ports: [{ port: 80, targetPort: 8080 }]'),
  service('misnamed', `${WEB}, ports: [{ port: 80, targetPort: htpp }]`),
  service('refused', `${WEB}, ports: [{ port: 80, targetPort: 81 }]`),
  service('inward', 'selector: { app: inward }, ports: [{ port: 6379 }]'),
  service('datagrams', `${WEB}, ports: [{ port: 80, targetPort: 8080, protocol: UDP }]`),
  service('streams', `${WEB}, ports: [{ port: 80, targetPort: 8081 }]`),
  service('by-hand', 'ports: [{ port: 80, targetPort: 8080 }]'),
  `
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: by-hand-1, labels: { kubernetes.io/service-name: by-hand } }
addressType: IPv4
ports: [{ port: 8080 }]
endpoints: [{ addresses: [10.244.250.250] }]
---`,
  service('apart', 'ports: [{ name: web, port: 80 }]'),
  `
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: apart-1, labels: { kubernetes.io/service-name: apart } }
addressType: IPv4
ports: [{ name: http, port: 8080 }]
endpoints: [{ addresses: [10.244.250.250] }]
---`,
  `
apiVersion: v1
kind: Pod
metadata: { name: outsider }
spec: { dnsPolicy: Default, terminationGracePeriodSeconds: 1, containers: [{ name: c, image: '${AGNHOST}', args: [pause] }] }
---`,
].join('\n');

function ask(service: string, options: Partial<DoctorOptions> = {}): Promise<DoctorReport> {
  const { kube, reach } = stage.cluster;
  return askDoctor(kube, {
    namespace: NS,
    service,
    from: { namespace: NS, pod: 'client' },
    reach: reach(),
    ...options,
  });
}

/** Asks until the fault has come about: pods that fail need a moment for it. */
async function expectFault(
  service: string,
  fault: object,
  options: Partial<DoctorOptions> = {},
): Promise<void> {
  await expect
    .poll(async () => (await ask(service, options)).diagnosis, { timeout: 60_000, interval: 1000 })
    .toMatchObject(fault);
}

beforeAll(async () => {
  stage = await openStage(NS, OTHER);
  await stage.apply(MANIFEST);
  const deployments = ['web', 'inward'].map((name) => ({ kind: 'Deployment', apiVersion: 'apps/v1', name }));
  await stage.ready(...deployments.map((one) => ({ ...one, namespace: NS })));
}, 180_000);

afterAll(() => stage.end(), 120_000);

describe('a path that works', () => {
  test.each([
    ['a Service', 'web', {}],
    ['its port by number', 'web', { port: 80 }],
    ['a name in full', 'web', { name: `web.${NS}.svc.cluster.local` }],
    ['a headless one', 'peers', {}],
    ['a headless one at its pods’ port', 'peers', { port: 8080 }],
  ])('%s', { timeout: 60_000 }, async (_, service, options) => {
    expect(await ask(service, options)).toMatchObject({ outcome: 'healthy' });
  });
});

test.each([
  ['service-missing', 'exists', 'wep', {}],
  ['name-mistyped', 'name', 'web', { name: 'web.shpo' }],
  ['name-not-found', 'name', 'web', { from: { namespace: NS, pod: 'outsider' } }],
  ['type-external-name', 'exists', 'alias', {}],
  ['headless-port', 'listens', 'peers', { port: 80 }],
  ['service-port-missing', 'port', 'web', { port: 8080 }],
  ['selector-missing', 'selector', 'unselecting', {}],
  ['selector-matches-nothing', 'selector', 'nobody', {}],
  ['probe-fails', 'readiness', 'unready', {}],
  ['image-not-pulled', 'readiness', 'no-image', {}],
  ['crash-loop', 'readiness', 'crashes', {}],
  ['pods-pending', 'readiness', 'pending', {}],
  ['target-port-name-unknown', 'endpoints', 'misnamed', {}],
  ['target-port-refused', 'listens', 'refused', {}],
  ['listens-on-localhost', 'listens', 'inward', {}],
  ['wrong-protocol', 'listens', 'datagrams', {}],
  ['wrong-protocol', 'listens', 'streams', {}],
  ['endpoint-stale', 'endpoints', 'by-hand', {}],
  ['slice-port-name', 'endpoints', 'apart', {}],
])('%s at the hop %s (%s)', { timeout: 90_000 }, async (finding, hop, service, options) => {
  await expectFault(service, { finding, hop }, options);
});
