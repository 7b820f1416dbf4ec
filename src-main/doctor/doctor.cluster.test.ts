import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DoctorReport } from '#shared/doctor.ts';
import { AGNHOST, openStage, type CheckStage } from '#main/checks/testing/check-stage.ts';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { askDoctor } from './doctor.ts';
import type { DoctorOptions } from './look.ts';
import { INGRESS, INGRESS_CLASS } from '#main/kube/ingress-objects.ts';
import { SHOP_CERTIFICATE } from './testing/certificate.ts';

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

/** A pod to look from. */
function client(name: string, rest = ''): string {
  return `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, labels: { app: ${name} } }
spec: { terminationGracePeriodSeconds: 1, containers: [{ name: c, image: '${AGNHOST}', args: [pause] }] ${rest} }
---`;
}

function policy(name: string, spec: string): string {
  return `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: ${name} }
spec: { podSelector: { matchLabels: { app: ${name} } }, ${spec} }
---`;
}

/** A class that nobody serves, so that every cluster treats its Ingresses alike. */
const CLASS = 'doctor-class';
const INGRESSES = ['wrong-port', 'no-secret', 'other-name', 'no-path'];

function ingress(name: string, service: string, rest = '', className = CLASS, port = 80): string {
  return `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: ${name} }
spec:
  ingressClassName: ${className}
  ${rest}
  rules:
    - host: ${name}.example
      http: { paths: [{ path: /cart, pathType: Exact, backend: { service: { name: ${service}, port: { number: ${port} } } } }] }
---`;
}

/** A Service of its own for each Ingress, so that their faults stay apart. */
function behindIngress(name: string, rest = '', className = CLASS, port = 80): string {
  return (
    service(name, `${WEB}, ports: [{ port: 80, targetPort: http }]`) +
    ingress(name, name, rest, className, port)
  );
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
  client('outsider', ', dnsPolicy: Default'),
  client('mute'),
  client('caged'),
  client(
    'far',
    ', affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: kubernetes.io/hostname, labelSelector: { matchLabels: { app: web } } }] } }',
  ),
  deployment('guarded', `{ ${NETEXEC} }`),
  service('guarded', 'selector: { app: guarded }, ports: [{ port: 80, targetPort: 8080 }]'),
  policy('guarded', 'policyTypes: [Ingress]'),
  policy('mute', 'policyTypes: [Egress]'),
  policy('caged', 'policyTypes: [Egress], egress: [{ ports: [{ port: 53, protocol: UDP }] }]'),
  service('near', `${WEB}, internalTrafficPolicy: Local, ports: [{ port: 80, targetPort: http }]`),
  `
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: { name: ${CLASS} }
spec: { controller: example.com/nobody }
---
apiVersion: v1
kind: Secret
metadata: { name: shop-cert }
type: kubernetes.io/tls
data: { tls.crt: ${Buffer.from(SHOP_CERTIFICATE).toString('base64')}, tls.key: '' }
---`,
  behindIngress('no-class', '', 'no-such-class'),
  behindIngress('unserved'),
  behindIngress('wrong-port', '', CLASS, 8080),
  behindIngress('no-path'),
  behindIngress('no-secret', 'tls: [{ hosts: [no-secret.example], secretName: not-there }]'),
  behindIngress('other-name', 'tls: [{ hosts: [other-name.example], secretName: shop-cert }]'),
  service('backend-lost', `${WEB}, ports: [{ port: 80, targetPort: http }]`),
  ingress('backend-lost', 'backend-lots'),
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
  const { kube } = stage.cluster;
  for (const name of INGRESSES)
    await kube.patch(
      { ...INGRESS, namespace: NS, name },
      { status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } },
      { subresource: 'status' },
    );
  await applySolvedLab();
  const deployments = ['web', 'inward', 'guarded'].map((name) => ({
    kind: 'Deployment',
    apiVersion: 'apps/v1',
    name,
  }));
  await stage.ready(...deployments.map((one) => ({ ...one, namespace: NS })));
}, 180_000);

afterAll(async () => {
  await stage.cluster.kube.delete({ ...INGRESS_CLASS, name: CLASS });
  await stage.end();
}, 120_000);

/** The end of the lab `cluster-ip`, all of it in one namespace. */
async function applySolvedLab(): Promise<void> {
  const lab = join(import.meta.dirname, '..', '..', 'labs', 'cluster-ip');
  const files = [
    ...['web', 'orders', 'stock'].map((name) => join('manifests', `${name}.yaml`)),
    ...['service/web', 'ports/orders', 'names/stock'].map((name) => join('solution', `${name}-service.yaml`)),
  ];
  for (const file of files) {
    const text = await readFile(join(lab, file), 'utf8');
    await stage.apply(text.replace(/namespace: (shop|depot)/g, `namespace: ${OTHER}`));
  }
  const deployments = ['web', 'orders', 'stock'].map((name) => ({
    kind: 'Deployment',
    apiVersion: 'apps/v1',
    name,
  }));
  await stage.ready(...deployments.map((one) => ({ ...one, namespace: OTHER })));
}

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

test.each(['web', 'orders', 'stock'])(
  'no false alarm in the solved lab cluster-ip: %s',
  { timeout: 60_000 },
  async (name) => {
    const report = await ask(name, { namespace: OTHER });
    expect(report.diagnosis).toBeUndefined();
    expect(report.outcome).toBe('healthy');
  },
);

test.each([
  ['policy-blocks-ingress', 'guarded', {}],
  ['policy-blocks-egress', 'web', { from: { namespace: NS, pod: 'mute' } }],
  ['policy-blocks-egress', 'web', { from: { namespace: NS, pod: 'caged' } }],
])('%s (%s), where the network enforces policies', { timeout: 90_000 }, async (finding, service, options) => {
  if (stage.cluster.emulated) await expectFault(service, { finding, hop: 'policy' }, options);
  // Where it does not, the request arrives, and a policy is no reason for an alarm.
  else expect((await ask(service, options)).diagnosis?.finding ?? finding).toBe(finding);
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
  ['wrong-namespace', 'exists', 'stock', {}],
  ['no-local-endpoint', 'node', 'near', { from: { namespace: NS, pod: 'far' } }],
  ['ingress-class-unknown', 'ingress', 'no-class', {}],
  ['ingress-without-address', 'ingress', 'unserved', {}],
  ['ingress-backend-port', 'ingress', 'wrong-port', {}],
  ['ingress-backend-missing', 'ingress', 'backend-lost', {}],
  ['ingress-host-unmatched', 'ingress', 'no-path', { url: new URL('http://nopath.example/cart') }],
  ['ingress-path-unmatched', 'ingress', 'no-path', { url: new URL('http://no-path.example/cart/1') }],
  ['tls-secret-missing', 'certificate', 'no-secret', {}],
  ['certificate-other-name', 'certificate', 'other-name', {}],
])('%s at the hop %s (%s)', { timeout: 90_000 }, async (finding, hop, service, options) => {
  await expectFault(service, { finding, hop }, options);
});
