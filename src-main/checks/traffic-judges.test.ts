import { describe, expect, test } from 'vitest';
import { labCheckSpecSchema } from '#shared/lab-checks.ts';
import { commandChecker } from './command.ts';
import type { Aim } from './destinations.ts';
import { noNodePort } from './destination-problems.ts';
import { dnsChecker } from './dns.ts';
import { envChecker } from './env.ts';
import { fieldHolds } from './fields.ts';
import { httpChecker, type HttpCheckSeen } from './http.ts';
import { nodesMeant, type NodeFacts } from './nodes.ts';
import { valueAt } from './object-values.ts';
import { parseDig } from '#main/probes/dns.ts';
import { splitHead, type HttpSeen } from '#main/probes/http.ts';
import { parseConnect, type TcpState } from '#main/probes/tcp.ts';
import { tcpChecker } from './tcp.ts';
import { destination, evidence, response, service, spec, state } from './testing/fixtures.ts';

const aim: Aim = { destinations: [destination], state: state(), port: 80 };
const REFUSED = { exitCode: 7, status: 0, error: 'curl: (7) Connection refused' };
const SILENT = { exitCode: 28, status: 0, error: 'curl: (28) Connection timed out after 3000 milliseconds' };

function judgeHttp(rest: object, seen: Partial<HttpSeen>[], over: Partial<HttpCheckSeen> = {}) {
  return httpChecker.judge(spec('http', { url: 'http://web/', ...rest }), {
    aim,
    attempts: seen.map((each) => ({ destination, response: response(each) })),
    podNames: ['web-1'],
    at: 0,
    ...over,
  });
}

describe('http', () => {
  test.each<[string, object, Partial<HttpSeen>[]]>([
    ['one of several statuses', { status: [301, 308] }, [{ status: 308 }]],
    ['a header', { headers: { Location: '^https:' } }, [{ headers: { location: 'https://web/' } }]],
    ['refused', { refused: true }, [REFUSED]],
    ['silent', { silent: true }, [SILENT]],
  ])('%s passes', (_, wanted, seen) => {
    expect(judgeHttp({ expect: wanted }, seen)).toMatchObject({ outcome: 'pass' });
  });

  test.each<[string, object, Partial<HttpSeen>[]]>([
    ['unexpected-status', { status: [301] }, [{ status: 200 }]],
    ['unexpected-header', { headers: { Location: '^https:' } }, [{ headers: { location: 'http://web/' } }]],
    ['unexpected-header', { headers: { Location: '' } }, [{}]],
    ['answered', { silent: true }, [{}]],
    ['not-silent', { silent: true }, [REFUSED]],
    ['not-refused', { refused: true }, [SILENT]],
    ['unexpected-status', {}, [{}, {}, { status: 500 }]],
  ])('%s', (finding, wanted, seen) => {
    expect(judgeHttp({ expect: wanted }, seen)).toMatchObject({ outcome: 'fail', finding });
  });

  test('a part of the points for a part of the expectations, where the check says so', () => {
    const wanted = { expect: { status: 200, body: 'blue', headers: { 'X-A': '1' } } };
    const seen = [{ body: 'green', headers: { 'x-a': '1' } }];
    expect(judgeHttp({ ...wanted, partial: true }, seen).share).toBeCloseTo(2 / 3);
    expect(judgeHttp(wanted, seen).share).toBeUndefined();
  });

  test('nothing to send a request to: why', () => {
    const nothing = { aim: { ...aim, destinations: [], problem: noNodePort(state()) } };
    expect(judgeHttp({}, [], nothing)).toMatchObject({ outcome: 'fail', finding: 'no-node-port' });
  });

  test('an address that this machine may not reach is an error when nothing comes back', () => {
    const far = { ...destination, certain: false };
    const attempts = [{ destination: far, response: response(SILENT) }];
    expect(judgeHttp({ expect: { silent: true } }, [], { attempts })).toMatchObject({ outcome: 'error' });
    const refused = [{ destination: far, response: response(REFUSED) }];
    expect(judgeHttp({}, [], { attempts: refused })).toMatchObject({ outcome: 'fail' });
  });

  test('without a Service in between, what has the address refuses', () => {
    const verdict = judgeHttp({}, [REFUSED], { aim: { destinations: [destination] } });
    expect(verdict).toMatchObject({ outcome: 'fail', finding: 'target-port-refused' });
    expect(verdict.why?.en).toContain('nothing listens');
    const silent = judgeHttp({}, [SILENT], { aim: { destinations: [destination] } });
    expect(silent.why?.en).not.toContain('Service');
  });

  test('a host that no Ingress names', () => {
    const ingress = { host: 'shop.example', rules: [], address: '10.0.0.1' };
    const seen = { aim: { destinations: [destination], ingress } };
    expect(judgeHttp({}, [{ status: 404 }], seen)).toMatchObject({ finding: 'ingress-missing' });
  });

  test('the head of an answer', () => {
    expect(splitHead('HTTP/1.1 302 Found\r\nLocation: /a\r\nX-B: c: d\r\n\r\nbody\n\nmore')).toEqual({
      headers: { location: '/a', 'x-b': 'c: d' },
      body: 'body\n\nmore',
    });
  });
});

describe('tcp', () => {
  const judge = (wanted: TcpState, is: TcpState, over: Partial<Aim> = {}) =>
    tcpChecker.judge(spec('tcp', { to: { host: 'web', port: 80 }, expect: wanted }), {
      aim: { ...aim, ...over },
      attempts: [{ destination, result: { state: is, words: '', evidence } }],
      at: 0,
    });

  test.each(['open', 'refused', 'silent'] as const)('%s passes where it is expected', (each) => {
    expect(judge(each, each)).toMatchObject({ outcome: 'pass' });
  });

  test.each([
    ['connection-silent', judge('open', 'silent')],
    ['connection-open', judge('refused', 'open')],
    ['connection-refused', judge('silent', 'refused')],
    ['name-not-found', judge('open', 'name')],
    ['target-port-refused', judge('open', 'refused')],
    [
      'selector-missing',
      judge('open', 'refused', { state: state({ service: service({ selector: {} }), slices: [] }) }),
    ],
  ])('%s', (finding, verdict) => {
    expect(verdict).toMatchObject({ outcome: 'fail', finding });
    expect(verdict.why?.ko).toBeTruthy();
  });

  test.each([
    [0, '', 'open'],
    [1, 'REFUSED: dial tcp', 'refused'],
    [1, 'TIMEOUT', 'silent'],
    [1, 'DNS: lookup nosuch', 'name'],
    [1, 'OTHER: no route to host', 'other'],
  ])('agnhost connect: %i %s', (exitCode, words, meant) => {
    expect(parseConnect(exitCode, words)).toBe(meant);
  });
});

describe('dns', () => {
  const DIG = `;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 1
;; QUESTION SECTION:
;_http._tcp.peers. IN SRV

;; ANSWER SECTION:
_http._tcp.peers.shop.svc.cluster.local. 30 IN SRV 0 50 8080 10-1-0-1.peers.shop.svc.cluster.local.
_http._tcp.peers.shop.svc.cluster.local. 30 IN SRV 0 50 8080 10-1-0-2.peers.shop.svc.cluster.local.

;; ADDITIONAL SECTION:
10-1-0-1.peers.shop.svc.cluster.local. 30 IN A 10.1.0.1
`;
  const judge = (rest: object, records: [string, string][], wanted: string[] = []) =>
    dnsChecker.judge(spec('dns', { name: 'db', ...rest }), {
      name: 'db',
      lookup: {
        status: records.length === 0 ? 'NXDOMAIN' : 'NOERROR',
        records: records.map(([type, data]) => ({ name: 'db', type, data })),
        addresses: records.filter(([type]) => type === 'A').map(([, data]) => data),
        evidence,
      },
      wanted,
      state: undefined,
      serverAnswers: true,
      at: 0,
    });
  const pods = { pods: { namespace: 'shop', labels: { app: 'db' } } };
  const cname = { type: 'CNAME', expect: { cname: 'db.example.com' } };

  test('only what is in the answer counts', () => {
    expect(parseDig(DIG)).toMatchObject({
      addresses: [],
      records: [{ type: 'SRV', data: '0 50 8080 10-1-0-1.peers.shop.svc.cluster.local.' }, { type: 'SRV' }],
    });
  });

  test.each<[string, object, [string, string][], string[]]>([
    [
      'the pods',
      { expect: pods },
      [
        ['A', '10.1.0.1'],
        ['A', '10.1.0.2'],
      ],
      ['10.1.0.2', '10.1.0.1'],
    ],
    ['an alias', cname, [['CNAME', 'db.example.com.']], []],
    ['an SRV port', { type: 'SRV', expect: { srv: { port: 8080 } } }, [['SRV', '0 50 8080 a.']], []],
    [
      'a name',
      { type: 'PTR', expect: { ptr: '^web-0\\.' } },
      [['PTR', 'web-0.web.shop.svc.cluster.local.']],
      [],
    ],
    ['nothing', { expect: { absent: true } }, [], []],
    ['an address', { expect: { addresses: ['10.9.9.9'] } }, [['A', '10.9.9.9']], ['10.9.9.9']],
  ])('%s passes', (_, rest, records, wanted) => {
    expect(judge(rest, records, wanted)).toMatchObject({ outcome: 'pass' });
  });

  test.each<[string, object, [string, string][], string[]]>([
    ['pods-absent', { expect: pods }, [['A', '10.1.0.1']], ['10.1.0.1', '10.1.0.2']],
    ['pods-foreign', { expect: pods }, [['A', '10.96.0.9']], ['10.1.0.1']],
    ['pods-not-ready', { expect: pods }, [], []],
    ['wrong-alias', cname, [['CNAME', 'db.other.com.']], []],
    ['no-alias', cname, [['A', '10.96.0.9']], []],
    ['wrong-port', { type: 'SRV', expect: { srv: { port: 80 } } }, [['SRV', '0 50 8080 a.']], []],
    [
      'wrong-count',
      { type: 'SRV', expect: { srv: { port: 80, targets: { min: 2 } } } },
      [['SRV', '0 50 80 a.']],
      [],
    ],
    ['wrong-name', { type: 'PTR', expect: { ptr: '^db' } }, [['PTR', 'web.']], []],
    ['wrong-address', { expect: { addresses: ['10.9.9.9'] } }, [['A', '10.1.1.1']], ['10.9.9.9']],
    ['name-exists', { expect: { absent: true } }, [['A', '10.1.1.1']], []],
  ])('%s', (finding, rest, records, wanted) => {
    expect(judge(rest, records, wanted)).toMatchObject({ outcome: 'fail', finding });
  });
});

describe('env', () => {
  const judge = (rest: object, values: (string | undefined)[], reference?: unknown) =>
    envChecker.judge(
      spec('env', { pod: { namespace: 'shop', labels: { app: 'web' } }, variable: 'DB_HOST', ...rest }),
      {
        pods: values.map((value, index) => ({ name: `web-${String(index)}`, value, evidence })),
        reference,
      },
    );
  const ip = {
    object: { apiVersion: 'v1', kind: 'Service', namespace: 'shop', name: 'db' },
    path: 'spec.clusterIP',
  };

  test.each([
    ['pass', undefined, judge({ expect: { equals: ip } }, ['10.96.0.9', '10.96.0.9'], '10.96.0.9')],
    ['pass', undefined, judge({ expect: { equals: ip }, some: true }, ['10.96.0.9', undefined], '10.96.0.9')],
    ['pass', undefined, judge({ expect: { absent: true } }, [undefined])],
    ['fail', 'variable-missing', judge({ expect: { equals: ip } }, ['10.96.0.9', undefined], '10.96.0.9')],
    ['fail', 'variable-differs', judge({ expect: { matches: '^10\\.' } }, ['db'])],
    ['fail', 'variable-set', judge({ expect: { absent: true } }, ['x'])],
    ['fail', 'pods-not-ready', judge({ expect: { absent: true } }, [])],
  ])('%s %s', (outcome, finding, verdict) => {
    expect(verdict.outcome).toBe(outcome);
    expect(verdict.finding).toBe(finding);
  });

  test('an image without printenv is the grader’s trouble', () => {
    const seen = { pods: [], reference: undefined, trouble: { words: 'not found', evidence } };
    const check = spec('env', { pod: 'shop/web', variable: 'A', expect: { absent: true } });
    expect(envChecker.judge(check, seen)).toMatchObject({ outcome: 'error' });
  });
});

test('command', () => {
  const judge = (rest: object, exitCode: number, stdout: string) =>
    commandChecker.judge(spec('command', { run: ['id'], ...rest }), {
      exitCode,
      stdout,
      stderr: '',
      evidence,
    });
  expect(judge({ expect: { stdout: 'uid=0' } }, 0, 'uid=0(root)')).toMatchObject({ outcome: 'pass' });
  expect(judge({ expect: { stdout: 'uid=1' } }, 0, 'uid=0(root)')).toMatchObject({
    finding: 'output-differs',
  });
  expect(judge({ finding: 'no-user' }, 1, '')).toMatchObject({ finding: 'no-user' });
});

test('fields', () => {
  const field = (rest: object): boolean =>
    fieldHolds(
      { path: 'a', ...rest },
      valueAt(
        {
          a: [
            { n: 'x', p: 1 },
            { n: 'y', p: 2 },
          ],
        },
        'a',
      ),
      undefined,
    );
  expect(field({ length: { min: 2, max: 2 } })).toBe(true);
  expect(field({ length: { min: 3 } })).toBe(false);
  expect(fieldHolds({ path: 'a', matches: '^3\\d{4}$' }, 30080, undefined)).toBe(true);
  expect(fieldHolds({ path: 'a', between: { min: 30000, max: 32767 } }, 30080, undefined)).toBe(true);
  expect(fieldHolds({ path: 'a', oneOf: ['Local', 'Cluster'] }, 'Other', undefined)).toBe(false);
  expect(fieldHolds({ path: 'a', sameAs: { path: 'b' } }, '10.9.0.1', '10.9.0.1')).toBe(true);
  expect(fieldHolds({ path: 'a', sameAs: { path: 'b' } }, undefined, undefined)).toBe(false);
  const ports = {
    spec: {
      ports: [
        { name: 'http', port: 80 },
        { name: 'https', port: 443 },
      ],
    },
  };
  expect(valueAt(ports, 'spec.ports[*].port')).toEqual([80, 443]);
  expect(valueAt(ports, 'spec.ports[name=https].port')).toBe(443);
  expect(valueAt({ metadata: { labels: { 'a.b/c': 'd' } } }, 'metadata.labels["a.b/c"]')).toBe('d');
});

test('which nodes a word means', () => {
  const node = (name: string, isControlPlane = false): NodeFacts => ({
    name,
    internalIp: '172.18.0.2',
    addresses: ['172.18.0.2'],
    podCidr: undefined,
    isControlPlane,
    takesPods: !isControlPlane,
  });
  const nodes = [node('cp', true), node('w1'), node('w2')];
  const names = (word: string): string[] => nodesMeant(word, nodes, new Set(['w1'])).map(({ name }) => name);
  expect(names('any')).toEqual(['w1']);
  expect(names('each')).toEqual(['cp', 'w1', 'w2']);
  expect(names('control-plane')).toEqual(['cp']);
  expect(names('with-endpoint')).toEqual(['w1']);
  expect(names('without-endpoint')).toEqual(['w2']);
  expect(names('w2')).toEqual(['w2']);
  expect(names('w9')).toEqual([]);
});

test('a lab cannot make this machine send requests elsewhere', () => {
  const check = { id: 'c', points: 1, kind: 'http', from: 'host' };
  expect(labCheckSpecSchema.safeParse({ ...check, url: 'http://example.com' }).success).toBe(false);
  expect(labCheckSpecSchema.safeParse({ ...check, to: { host: '10.0.0.1', port: 80 } }).success).toBe(false);
  expect(labCheckSpecSchema.safeParse({ ...check, to: { ingress: 'shop.example' } }).success).toBe(true);
});
