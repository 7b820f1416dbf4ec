import { describe, expect, test } from 'vitest';
import type { Pod, Service } from '../kube/objects.ts';
import { answerChecker } from './answer.ts';
import { diagnoseService } from '#main/doctor/diagnose.ts';
import { dnsChecker } from './dns.ts';
import { endpointsChecker } from './endpoints.ts';
import { serviceOfHost } from './destinations.ts';
import { httpChecker } from './http.ts';
import { kubectlGetField } from './object-values.ts';
import { parseDig } from '#main/probes/dns.ts';
import { parseCurl, type HttpSeen } from '#main/probes/http.ts';
import { resourceChecker } from './resource.ts';
import type { ServiceState } from '#main/doctor/service-state.ts';
import {
  destination,
  evidence,
  pod,
  response,
  service,
  slice,
  spec,
  state,
  web1,
  web2,
} from './testing/fixtures.ts';
import { unchangedChecker } from './unchanged.ts';

describe('diagnosis: the first thing that stops a request', () => {
  test.each([
    ['service-missing', 'service', state({ service: undefined })],
    ['wrong-namespace', 'service', state({ service: undefined, elsewhere: ['depot'] })],
    ['service-port-missing', 'service', state({ service: service({ ports: [{ port: 8080 }] }) })],
    [
      'type-external-name',
      'service',
      state({ service: service({ type: 'ExternalName', externalName: 'a.b' }) }),
    ],
    [
      'selector-missing',
      'endpoints',
      state({ service: { ...service(), spec: { ports: [{ port: 80 }] } }, slices: [] }),
    ],
    [
      'selector-matches-nothing',
      'endpoints',
      state({ service: service({ selector: { app: 'wep' } }), slices: [] }),
    ],
    [
      'pods-not-ready',
      'endpoints',
      state({ pods: [pod('web-1', '10.1.0.1', { app: 'web' }, false)], slices: [] }),
    ],
    [
      'target-port-name-unknown',
      'endpoints',
      state({
        service: service({ ports: [{ port: 80, targetPort: 'htpp' }] }),
        slices: [{ ...slice([]), ports: [] }],
      }),
    ],
  ] as const)('%s', (finding, brokenHop, seen) => {
    expect(diagnoseService(seen, 80)).toMatchObject({ finding, brokenHop });
  });

  test('nothing is wrong with a Service that has ready endpoints', () => {
    expect(diagnoseService(state(), 80)).toBeUndefined();
  });

  test('labels of the nearest pods are named', () => {
    const found = diagnoseService(state({ service: service({ selector: { app: 'wep' } }), slices: [] }), 80);
    expect(found?.why.en).toContain('app=web');
    expect(found?.why.ko).toContain('app=web');
  });
});

describe('endpoints', () => {
  const check = spec('endpoints', { service: { namespace: 'shop', name: 'web' }, pods: { app: 'web' } });

  test('exactly the ready pods', () => {
    expect(endpointsChecker.judge(check, { state: state(), at: 0 }).outcome).toBe('pass');
  });

  test.each([
    ['endpoints-foreign', state({ slices: [slice(['10.1.0.1', '10.1.0.2', '10.9.9.9'])] })],
    ['endpoints-absent', state({ slices: [slice(['10.1.0.1'])] })],
    ['selector-missing', state({ service: { ...service(), spec: { ports: [{ port: 80 }] } } })],
  ])('%s', (finding, seen) => {
    expect(endpointsChecker.judge(check, { state: seen, at: 0 })).toMatchObject({ outcome: 'fail', finding });
  });

  test('as many as wanted', () => {
    const three = spec('endpoints', {
      service: { namespace: 'shop', name: 'web' },
      pods: { app: 'web' },
      count: 3,
    });
    expect(endpointsChecker.judge(three, { state: state(), at: 0 })).toMatchObject({
      finding: 'endpoints-count',
    });
  });
});

describe('http', () => {
  const check = spec('http', {
    url: 'http://web/hostname',
    expect: { bodyIsPodWith: { namespace: 'shop', labels: { app: 'web' } } },
  });
  const judge = (seen: Partial<HttpSeen>, over: Partial<ServiceState> = {}) =>
    httpChecker.judge(check, {
      aim: { destinations: [destination], state: state(over), port: 80 },
      attempts: [{ destination, response: response(seen) }],
      podNames: ['web-1', 'web-2'],
      at: 0,
    });

  test('answered by a pod that is meant', () => {
    expect(judge({}).outcome).toBe('pass');
  });

  test.each<[string, Partial<HttpSeen>, Partial<ServiceState>]>([
    [
      'target-port-refused',
      { exitCode: 7, error: 'curl: (7) Failed to connect to web port 80: Connection refused' },
      {},
    ],
    ['no-answer', { exitCode: 28, error: 'curl: (28) Connection timed out' }, {}],
    ['name-not-found', { exitCode: 6, error: 'curl: (6) Could not resolve host: web' }, {}],
    ['name-not-found', { exitCode: 28, error: 'curl: (28) Resolving timed out' }, {}],
    ['unexpected-status', { status: 503 }, {}],
    ['wrong-pod', { body: 'other-1' }, {}],
    [
      'selector-matches-nothing',
      { exitCode: 7, error: 'refused' },
      { service: service({ selector: { app: 'x' } }), slices: [] },
    ],
  ])('%s', (finding, seen, over) => {
    expect(judge(seen, over)).toMatchObject({ outcome: 'fail', finding });
  });

  test('rules of the nodes that lag behind are not taken for a wrong targetPort', () => {
    const refused = response({ exitCode: 7, status: 0, error: 'curl: (7) Connection refused' });
    const aim = { destinations: [destination], state: state(), port: 80 };
    const attempts = [{ destination, response: refused }];
    const seen = { aim, attempts, direct: response({}), podNames: [], at: 0 };
    expect(httpChecker.judge(check, seen)).toMatchObject({ outcome: 'fail', finding: 'rules-behind' });
  });

  test('a refused connection names the port that the containers declare', () => {
    const verdict = judge(
      { exitCode: 7, error: 'refused' },
      { service: service({ ports: [{ port: 80, targetPort: 81 }] }), slices: [slice(['10.1.0.1'], 81)] },
    );
    expect(verdict.actual?.en).toContain('port 81');
    expect(verdict.why?.en).toContain('8080');
  });

  test('which Service a host name means', () => {
    expect(serviceOfHost('web', 'shop')).toEqual({ name: 'web', namespace: 'shop' });
    expect(serviceOfHost('stock.depot', 'shop')).toEqual({ name: 'stock', namespace: 'depot' });
    expect(serviceOfHost('stock.depot.svc.cluster.local', 'shop')).toEqual({
      name: 'stock',
      namespace: 'depot',
    });
    expect(serviceOfHost('10.96.0.1', 'shop')).toBeUndefined();
    expect(serviceOfHost('example.com.org', 'shop')).toBeUndefined();
  });
});

describe('dns', () => {
  const check = spec('dns', { name: 'web', expect: { service: { namespace: 'shop', name: 'web' } } });
  const judge = (
    status: string,
    addresses: string[],
    over: Partial<ServiceState> = {},
    serverAnswers = true,
  ) =>
    dnsChecker.judge(check, {
      name: 'web',
      lookup: {
        status,
        addresses,
        records: addresses.map((data) => ({ name: 'web.shop.svc.cluster.local', type: 'A', data })),
        evidence,
      },
      wanted: [],
      state: state(over),
      serverAnswers,
      at: 0,
    });

  test('the cluster IP passes', () => {
    expect(judge('NOERROR', ['10.96.1.1']).outcome).toBe('pass');
  });

  test.each([
    ['name-not-found', judge('NXDOMAIN', [])],
    ['wrong-address', judge('NOERROR', ['10.96.9.9'])],
    ['headless', judge('NOERROR', ['10.1.0.1', '10.1.0.2'], { service: service({ clusterIP: 'None' }) })],
  ])('%s', (finding, verdict) => {
    expect(verdict).toMatchObject({ outcome: 'fail', finding });
  });

  test('a DNS server that does not answer is an error, not a failure', () => {
    expect(judge('TIMEOUT', [], {}, false)).toMatchObject({ outcome: 'error' });
  });
});

describe('resource', () => {
  const check = spec('resource', {
    object: { apiVersion: 'v1', kind: 'Service', namespace: 'shop', name: 'web' },
    expect: [
      { path: 'spec.type', equals: 'ClusterIP', finding: 'type-not-clusterip' },
      { path: 'spec.ports', contains: { port: 80 } },
    ],
  });
  const judge = (objects: Service[], elsewhere: string[] = []) =>
    resourceChecker.judge(check, { objects, elsewhere, baseline: [], references: [], at: 0 });

  test('fields as expected', () => {
    expect(judge([service()]).outcome).toBe('pass');
    expect(judge([service({ type: 'NodePort' })])).toMatchObject({ finding: 'type-not-clusterip' });
    expect(judge([service({ ports: [{ port: 81 }] })])).toMatchObject({ finding: 'field-differs' });
    expect(judge([])).toMatchObject({ finding: 'service-missing', brokenHop: 'service' });
    expect(judge([], ['depot'])).toMatchObject({ finding: 'wrong-namespace' });
  });

  test('replaced and ready', () => {
    const pods = spec('resource', {
      object: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', labels: { app: 'web' } },
      ready: true,
      count: { min: 2 },
      replaced: 1,
    });
    const was = (p: Pod) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      namespace: 'shop',
      name: p.metadata.name,
      uid: p.metadata.uid ?? '',
      labels: { app: 'web' },
      spec: {},
    });
    const seen = (objects: Pod[]) =>
      resourceChecker.judge(pods, {
        objects,
        elsewhere: [],
        baseline: [was(web1), was(web2)],
        references: [],
        at: 0,
      });
    expect(seen([web1, web2])).toMatchObject({ finding: 'not-replaced' });
    expect(seen([web1])).toMatchObject({ finding: 'too-few' });
    expect(seen([web1, pod('web-3', '10.1.0.3', { app: 'web' }, false)])).toMatchObject({
      finding: 'not-ready',
    });
    expect(seen([web1, pod('web-3', '10.1.0.3', { app: 'web' })]).outcome).toBe('pass');
  });
});

test('unchanged: labels of pods that are still there', () => {
  const target = { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', labels: { app: 'web' } };
  const baseline = [
    {
      apiVersion: 'v1',
      kind: 'Pod',
      namespace: 'shop',
      name: 'web-1',
      uid: 'web-1',
      labels: { app: 'web' },
      spec: {},
    },
  ];
  const judge = (objects: Pod[]) =>
    unchangedChecker.judge(spec('unchanged', {}), { targets: [target], objects, baseline, at: 0 });
  expect(judge([web1]).outcome).toBe('pass');
  expect(judge([]).outcome).toBe('pass'); // replaced by its controller
  expect(judge([pod('web-1', '10.1.0.1', { app: 'order' })])).toMatchObject({
    finding: 'pod-labels-changed',
  });
});

test('answer: accepted values, traps, choices', () => {
  const check = spec('answer', {
    accept: [
      { pattern: 'stock\\.depot\\.?' },
      { object: { apiVersion: 'v1', kind: 'Service', namespace: 's', name: 'w' }, path: 'spec.clusterIP' },
    ],
    traps: [{ finding: 'short', matches: { text: 'stock' } }],
  });
  const judge = (answer: string) =>
    answerChecker.judge(check, { answer, accept: [[], ['10.0.0.1']], traps: [[]], evidence: [] });
  expect(judge('Stock.Depot.').outcome).toBe('pass');
  expect(judge('10.0.0.1').outcome).toBe('pass');
  expect(judge('stock')).toMatchObject({ outcome: 'fail', finding: 'short' });
  expect(judge('nothing')).toMatchObject({ outcome: 'fail', finding: 'answer-wrong' });
});

test('what curl and dig print is read', () => {
  expect(parseCurl('hello\nthere\n@switchyard 200 10.96.0.9\n')).toEqual({
    body: 'hello\nthere',
    status: 200,
    ip: '10.96.0.9',
  });
  expect(parseCurl('\n@switchyard 000 \n')).toEqual({ body: '', status: 0, ip: '' });
  const dig = `;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 22599
;; ANSWER SECTION:
web.shop.svc.cluster.local. 30\tIN\tA\t10.96.12.7

;; SERVER: 10.96.0.10#53(10.96.0.10) (UDP)
`;
  expect(parseDig(dig)).toEqual({
    status: 'NOERROR',
    addresses: ['10.96.12.7'],
    records: [{ name: 'web.shop.svc.cluster.local', type: 'A', data: '10.96.12.7' }],
    answeredName: 'web.shop.svc.cluster.local',
  });
  expect(parseDig(';; no servers could be reached')).toEqual({
    status: 'TIMEOUT',
    addresses: [],
    records: [],
  });
});

test('evidence that is a summary claims no command; what it means is in its title', () => {
  const endpoints = endpointsChecker.judge(
    spec('endpoints', { service: { namespace: 'shop', name: 'web' }, pods: { app: 'web' } }),
    { state: state(), at: 0 },
  );
  const object = { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', labels: { app: 'web' } };
  const resource = resourceChecker.judge(spec('resource', { object }), {
    objects: [web1],
    elsewhere: [],
    baseline: [],
    references: [],
    at: 0,
  });
  for (const { command } of [...endpoints.evidence, ...resource.evidence]) expect(command).toBeUndefined();
  expect(endpoints.evidence[1]?.title.en).toBe('Ready pods with app=web');
});

test('the command of an answer prints the value itself', () => {
  const pod = { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', labels: { app: 'orders' } };
  expect(kubectlGetField(pod, 'status.podIP')).toBe(
    "kubectl get pod -n shop -l app=orders -o jsonpath='{.items[*].status.podIP}'",
  );
  const service = { apiVersion: 'v1', kind: 'Service', namespace: 'shop', name: 'web' };
  expect(kubectlGetField(service, 'spec.clusterIP')).toBe(
    "kubectl get service -n shop web -o jsonpath='{.spec.clusterIP}'",
  );
});

test('what was changed against the step’s wish can be brought back in two ways', () => {
  const target = { apiVersion: 'v1', kind: 'Service', namespace: 'shop', name: 'web' };
  const was = { ...target, uid: 'web', labels: {}, spec: service().spec };
  for (const objects of [[service({ selector: {} })], []]) {
    const { why } = unchangedChecker.judge(spec('unchanged', {}), {
      targets: [target],
      objects,
      baseline: [was],
      at: 0,
    });
    expect(why?.en).toContain('“Reset step”');
    expect(why?.ko).toContain('단계 초기화');
  }
});
