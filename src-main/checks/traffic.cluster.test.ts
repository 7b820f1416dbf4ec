import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AGNHOST, openStage, webServers, type CheckStage } from './testing/check-stage.ts';

/** The kinds of checks that look at traffic, on a whole cluster. */

const NS = 'check-kinds-traffic';
const OTHER = 'check-kinds-other';
let stage: CheckStage;

const WEB = `${webServers('Deployment', 3)}
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { type: NodePort, selector: { app: web }, ports: [{ name: http, port: 80, targetPort: http }] }
---
apiVersion: v1
kind: Service
metadata: { name: wrong }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 81 }] }
---
apiVersion: v1
kind: Service
metadata: { name: unheard }
spec: { type: NodePort, selector: { app: web }, ports: [{ port: 80, targetPort: 81 }] }
---
apiVersion: v1
kind: Service
metadata: { name: nobody }
spec: { selector: { app: nobody }, ports: [{ port: 80 }] }
---
apiVersion: v1
kind: Service
metadata: { name: peers }
spec: { clusterIP: None, selector: { app: web }, ports: [{ name: http, port: 80, targetPort: http }] }
---
apiVersion: v1
kind: Service
metadata: { name: alias }
spec: { type: ExternalName, externalName: web.${NS}.svc.cluster.local }
`;

const pods = { namespace: NS, labels: { app: 'web' } };
const web = `${NS}/web`;

beforeAll(async () => {
  stage = await openStage(NS, OTHER);
  await stage.apply(WEB);
  await stage.ready({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: NS, name: 'web' });
}, 120_000);

afterAll(() => stage.end(), 120_000);

describe('http', () => {
  test.each([
    ['by name', { url: `http://web.${NS}/hostname`, expect: { bodyIsPodWith: pods } }],
    ['by cluster IP', { to: { service: web, port: 80, path: '/hostname' }, expect: { bodyIsPodWith: pods } }],
    ['at every node', { to: { nodePort: web, port: 80, node: 'each' } }],
    ['at every pod', { to: { pods, port: 8080, path: '/hostname' }, expect: { bodyIsPodWith: pods } }],
    ['from the control plane', { from: { node: 'control-plane' }, to: { service: web, port: 80 } }],
    ['several times', { url: `http://web.${NS}/hostname`, times: 5 }],
    [
      'a redirect',
      {
        url: `http://web.${NS}/redirect?location=/hostname&code=302`,
        expect: { status: [301, 302], headers: { Location: '^/hostname$' } },
      },
    ],
    [
      'sent headers',
      {
        url: `http://web.${NS}/header?key=X-Color`,
        headers: { 'X-Color': 'blue' },
        expect: { body: 'blue' },
      },
    ],
    ['refused', { url: `http://nobody.${NS}`, expect: { refused: true } }],
  ])('%s', { timeout: 60_000 }, async (_, check) => {
    expect(await stage.run({ kind: 'http', deadline: 30, ...check })).toMatchObject({ outcome: 'pass' });
  });

  test('from this machine through a NodePort', { timeout: 60_000 }, async () => {
    const verdict = await stage.run({
      kind: 'http',
      from: 'host',
      to: { nodePort: web, port: 80, path: '/hostname' },
      expect: { bodyIsPodWith: pods },
    });
    expect(verdict).toMatchObject({ outcome: 'pass' });
  });

  test('through a NodePort behind which no program listens', { timeout: 60_000 }, async () => {
    const at = { from: 'host', to: { nodePort: `${NS}/unheard`, port: 80 } };
    expect(await stage.run({ kind: 'http', ...at })).toMatchObject({
      outcome: 'fail',
      finding: 'target-port-refused',
    });
    expect(await stage.run({ kind: 'http', ...at, expect: { refused: true } })).toMatchObject({
      outcome: 'pass',
    });
  });

  test('what it meets instead is named', { timeout: 60_000 }, async () => {
    expect(await stage.run({ kind: 'http', url: `http://wrong.${NS}` })).toMatchObject({
      outcome: 'fail',
      finding: 'target-port-refused',
    });
    expect(
      await stage.run({ kind: 'http', url: `http://web.${NS}`, expect: { silent: true } }),
    ).toMatchObject({ outcome: 'fail', finding: 'answered' });
    expect(await stage.run({ kind: 'http', to: { nodePort: `${NS}/wrong`, port: 80 } })).toMatchObject({
      outcome: 'fail',
      finding: 'no-node-port',
    });
    expect(
      await stage.run({ kind: 'http', from: `${NS}/absent`, url: `http://web.${NS}`, deadline: 1 }),
    ).toMatchObject({ outcome: 'error' });
  });
});

describe('tcp', () => {
  test.each([
    ['open', { host: `web.${NS}`, port: 80 }],
    ['refused', { host: `nobody.${NS}`, port: 80 }],
    ['refused', { pods, port: 81 }],
    ['silent', { host: '203.0.113.9', port: 80 }],
  ])('%s at %j', { timeout: 60_000 }, async (state, to) => {
    expect(await stage.run({ kind: 'tcp', to, expect: state, deadline: 30 })).toMatchObject({
      outcome: 'pass',
    });
  });

  test('a refusal where an open port was expected', { timeout: 60_000 }, async () => {
    expect(await stage.run({ kind: 'tcp', to: { pods, port: 81 } })).toMatchObject({
      outcome: 'fail',
      finding: 'connection-refused',
    });
  });
});

describe('dns', () => {
  const full = (name: string): string => `${name}.${NS}.svc.cluster.local`;
  test.each([
    ['A of a Service', { name: `web.${NS}`, expect: { service: { namespace: NS, name: 'web' } } }],
    ['A of a headless Service', { name: full('peers'), expect: { pods } }],
    ['CNAME', { name: full('alias'), type: 'CNAME', expect: { cname: full('web') } }],
    [
      'SRV',
      {
        name: `_http._tcp.${full('peers')}`,
        type: 'SRV',
        expect: { srv: { port: 8080, targets: { min: 3, max: 3 } } },
      },
    ],
    [
      'PTR',
      {
        name: {
          object: { apiVersion: 'v1', kind: 'Service', namespace: NS, name: 'web' },
          path: 'spec.clusterIP',
        },
        type: 'PTR',
        expect: { ptr: `^web\\.${NS}\\.` },
      },
    ],
    ['no such name', { name: full('nothing'), expect: { absent: true } }],
  ])('%s', { timeout: 60_000 }, async (_, check) => {
    expect(await stage.run({ kind: 'dns', deadline: 30, ...check })).toMatchObject({ outcome: 'pass' });
  });

  test('a name with one address where pods are meant', { timeout: 60_000 }, async () => {
    expect(await stage.run({ kind: 'dns', name: full('web'), expect: { pods }, deadline: 2 })).toMatchObject({
      outcome: 'fail',
      finding: 'pods-foreign',
    });
  });
});

describe('env and command', () => {
  const clusterIp = {
    object: { apiVersion: 'v1', kind: 'Service', namespace: NS, name: 'web' },
    path: 'spec.clusterIP',
  };

  test('pods know the Services that were there before them', { timeout: 90_000 }, async () => {
    const check = { kind: 'env', variable: 'WEB_SERVICE_HOST', expect: { equals: clusterIp } };
    expect(await stage.run({ ...check, pod: `${NS}/client`, deadline: 2 })).toMatchObject({
      outcome: 'fail',
      finding: 'variable-missing',
    });
    expect(await stage.run({ ...check, pod: `${NS}/client`, expect: { absent: true } })).toMatchObject({
      outcome: 'pass',
    });
    await stage.apply(`
apiVersion: v1
kind: Pod
metadata: { name: late, labels: { app: late } }
spec: { terminationGracePeriodSeconds: 1, containers: [{ name: c, image: '${AGNHOST}', args: [pause] }] }
`);
    await stage.ready({ apiVersion: 'v1', kind: 'Pod', namespace: NS, name: 'late' });
    const late = { namespace: NS, labels: { app: 'late' } };
    expect(await stage.run({ ...check, pod: late })).toMatchObject({ outcome: 'pass' });
    expect(
      await stage.run({ ...check, pod: late, variable: 'WEB_PORT', expect: { matches: '^tcp://.*:80$' } }),
    ).toMatchObject({ outcome: 'pass' });
  });

  test('a command ends and prints as expected', { timeout: 60_000 }, async () => {
    const check = { kind: 'command', run: ['cat', '/etc/resolv.conf'], deadline: 1 };
    expect(await stage.run({ ...check, expect: { stdout: `search ${NS}\\.svc` } })).toMatchObject({
      outcome: 'pass',
    });
    expect(
      await stage.run({ ...check, expect: { stdout: 'ndots:9' }, finding: 'wrong-ndots' }),
    ).toMatchObject({
      outcome: 'fail',
      finding: 'wrong-ndots',
    });
    expect(await stage.run({ ...check, run: ['false'] })).toMatchObject({ finding: 'exit-differs' });
  });
});
