import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AGNHOST, openStage, webServers, type CheckStage } from './testing/check-stage.ts';

/** Who answers, who is seen to ask, and with which certificate, on a whole cluster. */

const NS = 'check-kinds-spread';
let stage: CheckStage;

const OBJECTS = `${webServers('DaemonSet')}
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { type: NodePort, selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: v1
kind: Service
metadata: { name: sticky }
spec: { sessionAffinity: ClientIP, selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: v1
kind: Service
metadata: { name: near }
spec: { internalTrafficPolicy: Local, selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: v1
kind: Service
metadata: { name: kept }
spec: { type: NodePort, externalTrafficPolicy: Local, selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
`;

const pods = { namespace: NS, labels: { app: 'web' } };

beforeAll(async () => {
  stage = await openStage(NS);
  await stage.apply(OBJECTS);
  await stage.apply(tlsObjects());
  await stage.ready({ apiVersion: 'v1', kind: 'Pod', namespace: NS, labels: { app: 'tls' } });
  const twoReady = {
    kind: 'resource',
    object: { apiVersion: 'v1', kind: 'Pod', ...pods },
    ready: true,
    count: { min: 2 },
  };
  expect(await stage.run({ ...twoReady, deadline: 60 })).toMatchObject({ outcome: 'pass' });
}, 150_000);

afterAll(() => stage.end(), 120_000);

describe('distribution', () => {
  const ask = (service: string, more: object = {}): object => ({
    kind: 'distribution',
    to: { service: `${NS}/${service}`, port: 80, path: '/hostname' },
    requests: 24,
    ...more,
  });
  test.each([
    [
      'all pods, on a connection each',
      ask('web', { expect: { pods, all: true, distinct: { min: 2 } } }),
      undefined,
    ],
    [
      'one pod, on one connection',
      ask('web', { connection: 'keep-alive', expect: { pods, distinct: { max: 1 } } }),
      undefined,
    ],
    ['one pod, by affinity', ask('sticky', { expect: { pods, distinct: { max: 1 } } }), undefined],
    ['the near pod', ask('near', { expect: { pods, sameNode: true } }), undefined],
    ['not one', ask('web', { expect: { pods, distinct: { max: 1 } } }), 'too-many-pods'],
    ['affinity', ask('sticky', { expect: { pods, all: true } }), 'pods-unused'],
    ['others', ask('web', { expect: { pods: { namespace: NS, labels: { app: 'tls' } } } }), 'wrong-pod'],
  ])('%s', { timeout: 60_000 }, async (_, check, finding) => {
    const verdict = await stage.run({ deadline: 5, ...check });
    expect({ outcome: verdict.outcome, finding: verdict.finding }).toEqual({
      outcome: finding === undefined ? 'pass' : 'fail',
      finding,
    });
  });
});

describe('source-ip', () => {
  const nodePort = { nodePort: `${NS}/web`, port: 80, node: 'control-plane' };
  test.each([
    ['a pod, by cluster IP', { to: { service: `${NS}/web`, port: 80 }, expect: { address: 'client' } }],
    ['a pod, through another node', { to: nodePort, expect: { address: 'node' } }],
    [
      'a node, through itself',
      { from: { node: 'control-plane' }, to: { pods, port: 8080 }, expect: { address: 'client' } },
    ],
  ])('%s', { timeout: 60_000 }, async (_, check) => {
    expect(await stage.run({ kind: 'source-ip', deadline: 30, ...check })).toMatchObject({ outcome: 'pass' });
  });

  test('this machine is hidden by Cluster and seen with Local', { timeout: 60_000 }, async () => {
    const from = { kind: 'source-ip', from: 'host', deadline: 10 };
    const hidden = await stage.run({
      ...from,
      to: { nodePort: `${NS}/web`, port: 80 },
      expect: { address: 'node' },
    });
    const seen = await stage.run({
      ...from,
      to: { nodePort: `${NS}/kept`, port: 80, node: 'with-endpoint' },
      expect: { address: 'outside' },
    });
    expect([hidden, seen]).toMatchObject([{ outcome: 'pass' }, { outcome: 'pass' }]);
  });

  test('what is seen instead', { timeout: 60_000 }, async () => {
    expect(
      await stage.run({
        kind: 'source-ip',
        to: { service: `${NS}/web`, port: 80 },
        expect: { address: 'node' },
        deadline: 2,
      }),
    ).toMatchObject({ outcome: 'fail', finding: 'source-is-client' });
  });
});

describe('tls', () => {
  const own = { secret: `${NS}/shop-tls` };
  const to = { service: `${NS}/tls`, port: 443 };
  test.each([
    ['the certificate of a Secret', { serverName: 'shop.example', expect: own }, undefined],
    [
      'signed by an authority',
      { serverName: 'shop.example', expect: { verifiedBy: { configMap: `${NS}/ca` }, issuer: 'CN=shop-ca' } },
      undefined,
    ],
    ['another name', { serverName: 'other.example', expect: own }, 'name-not-covered'],
    [
      'another certificate',
      { serverName: 'shop.example', expect: { secret: `${NS}/other-tls` } },
      'wrong-certificate',
    ],
    ['no Secret', { serverName: 'shop.example', expect: { secret: `${NS}/none` } }, 'secret-missing'],
    ['no TLS there', { to: { service: `${NS}/web`, port: 80 }, expect: { anyName: true } }, 'no-tls'],
  ])('%s', { timeout: 60_000 }, async (_, check, finding) => {
    const verdict = await stage.run({ kind: 'tls', to, deadline: 5, ...check });
    expect({ outcome: verdict.outcome, finding: verdict.finding }).toEqual({
      outcome: finding === undefined ? 'pass' : 'fail',
      finding,
    });
  });

  test('through the Ingress controller, from a pod and from this machine', { timeout: 90_000 }, async () => {
    if (!stage.cluster.emulated) return;
    await stage.apply(`
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: shop }
spec:
  tls: [{ hosts: [shop.example], secretName: shop-tls }]
  rules:
    - host: shop.example
      http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }] }
`);
    for (const from of [`${NS}/client`, 'host'])
      expect(
        await stage.run({ kind: 'tls', from, to: { ingress: 'shop.example' }, expect: own, deadline: 30 }),
      ).toMatchObject({ outcome: 'pass' });
    const http = { kind: 'http', from: 'host', deadline: 10 };
    expect(
      await stage.run({
        ...http,
        to: { ingress: 'shop.example', path: '/hostname', scheme: 'https' },
        expect: { bodyIsPodWith: pods },
      }),
    ).toMatchObject({ outcome: 'pass' });
    expect(await stage.run({ ...http, to: { ingress: 'none.example' } })).toMatchObject({
      finding: 'ingress-missing',
    });
  });
});

/** A server with a certificate of an authority of its own, and another certificate. */
function tlsObjects(): string {
  const folder = mkdtempSync(join(tmpdir(), 'certificates-'));
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  };
  try {
    const key = ['-newkey', 'rsa:2048', '-nodes', '-days', '2'];
    openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.crt', '-subj', '/CN=shop-ca');
    for (const name of ['shop', 'other'])
      openssl(
        'req',
        '-x509',
        '-CA',
        'ca.crt',
        '-CAkey',
        'ca.key',
        ...key,
        '-keyout',
        `${name}.key`,
        '-out',
        `${name}.crt`,
        '-subj',
        `/CN=${name}`,
        '-addext',
        `subjectAltName=DNS:${name}.example`,
        '-addext',
        'basicConstraints=critical,CA:FALSE',
      );
    const base64 = (file: string): string => readFileSync(join(folder, file)).toString('base64');
    const secret = (name: string): string => `
apiVersion: v1
kind: Secret
metadata: { name: ${name}-tls }
type: kubernetes.io/tls
data: { tls.crt: ${base64(`${name}.crt`)}, tls.key: ${base64(`${name}.key`)} }
---`;
    return `${secret('shop')}${secret('other')}
apiVersion: v1
kind: ConfigMap
metadata: { name: ca }
data: { ca.crt: ${JSON.stringify(readFileSync(join(folder, 'ca.crt'), 'utf8'))} }
---
apiVersion: v1
kind: Pod
metadata: { name: tls, labels: { app: tls } }
spec:
  terminationGracePeriodSeconds: 1
  volumes: [{ name: tls, secret: { secretName: shop-tls } }]
  containers:
    - name: tls
      image: '${AGNHOST}'
      args: [netexec, --http-port=8443, --tls-cert-file=/tls/tls.crt, --tls-private-key-file=/tls/tls.key]
      volumeMounts: [{ name: tls, mountPath: /tls }]
---
apiVersion: v1
kind: Service
metadata: { name: tls }
spec: { selector: { app: tls }, ports: [{ port: 443, targetPort: 8443 }] }
`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
