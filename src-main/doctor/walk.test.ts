import { describe, expect, test } from 'vitest';
import { evidence, pod, service, slice, state, web1, web2 } from '#main/checks/testing/fixtures.ts';
import type { Pod } from '#main/kube/objects.ts';
import type { DnsSeen } from '#main/probes/dns.ts';
import type { TcpState } from '#main/probes/tcp.ts';
import type { Ingress } from '#main/kube/ingress-objects.ts';
import { parseSockets, type Listening } from './sockets.ts';
import { SHOP_CERTIFICATE } from './testing/certificate.ts';
import type { Dialled, DoctorSeen } from './types.ts';
import { walk } from './walk.ts';

/** The judges of the hops, each with the fault that it is there for. */

function dial(state: TcpState, host = '10.96.1.1', port = 80): Dialled {
  return { host, port, tcp: { state, words: '', evidence } };
}

function dialPods(state: TcpState, port = 8080): Dialled[] {
  return [web1, web2].map((one) => ({ ...dial(state, one.status?.podIP, port), pod: one }));
}

function dns(status: string, ...addresses: string[]): DnsSeen {
  return { status, addresses, records: [], evidence };
}

const client = pod('client', '10.1.0.9', { app: 'client' });

/** A path that works, but for what a test changes. */
function seen(over: Partial<DoctorSeen> = {}): DoctorSeen {
  return {
    at: Date.parse('2030-01-01'),
    state: state(),
    services: ['web'],
    from: 'pod',
    client,
    name: { asked: 'web', dns: dns('NOERROR', '10.96.1.1') },
    address: [dial('open')],
    direct: dialPods('open'),
    sockets: new Map(),
    events: [],
    policies: [],
    namespaceLabels: new Map(),
    nodes: [],
    ingresses: [],
    classes: [{ apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name: 'nginx' } }],
    secrets: new Map(),
    ...over,
  };
}

function listening(...sockets: Listening[]): DoctorSeen['sockets'] {
  return new Map([['web-1', { listening: sockets, evidence }]]);
}

const refused = { address: [dial('refused')], direct: dialPods('refused') };
const silent = { address: [dial('silent')], direct: dialPods('silent') };
const nothing = { address: [dial('refused')], direct: [] };

function unready(status: Pod['status']): Partial<DoctorSeen> {
  const one: Pod = {
    ...pod('web-1', '10.1.0.1', { app: 'web' }, false),
    status: { phase: 'Running', ...status },
  };
  return { ...nothing, state: state({ pods: [one], slices: [slice([])] }) };
}

function waiting(reason: string): Partial<DoctorSeen> {
  return unready({ containerStatuses: [{ name: 'c', ready: false, state: { waiting: { reason } } }] });
}

function policy(type: 'Ingress' | 'Egress', app: string, rules: object): DoctorSeen['policies'][number] {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'closed', namespace: 'shop' },
    spec: { podSelector: { matchLabels: { app } }, policyTypes: [type], ...rules },
  };
}

function ingress(
  over: Partial<Ingress['spec']> = {},
  port: { number?: number; name?: string } = { number: 80 },
): Ingress {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'edge', namespace: 'shop' },
    spec: {
      ingressClassName: 'nginx',
      rules: [
        {
          host: 'shop.example',
          http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port } } }] },
        },
      ],
      ...over,
    },
    status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } },
  };
}

const tls = (secretName: string, host = 'shop.example'): Partial<Ingress['spec']> => ({
  tls: [{ hosts: [host], secretName }],
});

describe('a path that works', () => {
  test.each<[string, Partial<DoctorSeen>]>([
    ['plain', {}],
    ['a policy that the network does not enforce', { policies: [policy('Ingress', 'web', {})] }],
    ['an Ingress', { ingresses: [ingress()] }],
    ['an Ingress by URL', { ingresses: [ingress()], url: new URL('https://shop.example/cart') }],
    ['made by hand', { state: state({ service: service({ selector: {} }), pods: [] }) }],
    [
      'some pods not ready',
      { state: state({ pods: [web1, web2, pod('web-3', '10.1.0.3', { app: 'web' }, false)] }) },
    ],
  ])('%s', (_, over) => {
    expect(walk(seen(over))).toMatchObject({ outcome: 'healthy' });
  });

  test('is not called healthy when nobody could go it', () => {
    const { client: _client, name: _name, ...rest } = seen({ from: 'nowhere', address: [], direct: [] });
    expect(walk(rest).outcome).toBe('unknown');
  });
});

test.each<[string, string, Partial<DoctorSeen>]>([
  ['service-missing', 'exists', { state: state({ service: undefined, name: 'wbe' }) }],
  ['wrong-namespace', 'exists', { state: state({ service: undefined, elsewhere: ['default'] }) }],
  [
    'type-external-name',
    'exists',
    {
      state: state({ service: service({ type: 'ExternalName', externalName: 'x.example' }) }),
      name: { asked: 'web', dns: dns('NXDOMAIN') },
    },
  ],
  [
    'name-mistyped',
    'name',
    {
      name: {
        asked: 'web.shpo',
        dns: dns('NXDOMAIN'),
        usual: { name: 'web', dns: dns('NOERROR', '10.96.1.1') },
      },
    },
  ],
  ['name-not-found', 'name', { name: { asked: 'web', dns: dns('NXDOMAIN') } }],
  ['dns-silent', 'name', { name: { asked: 'web', dns: dns('TIMEOUT') } }],
  ['rules-behind', 'address', { address: [dial('refused')] }],
  ['no-answer', 'address', silent],
  ['service-port-missing', 'port', { ...nothing, port: 8080 }],
  [
    'selector-missing',
    'selector',
    { ...nothing, state: state({ service: service({ selector: {} }), slices: [] }) },
  ],
  [
    'selector-matches-nothing',
    'selector',
    { ...nothing, state: state({ service: service({ selector: { app: 'wep' } }), slices: [] }) },
  ],
  [
    'target-port-name-unknown',
    'endpoints',
    {
      ...nothing,
      state: state({
        service: service({ ports: [{ port: 80, targetPort: 'htpp' }] }),
        slices: [{ ...slice(['10.1.0.1']), ports: [] }],
      }),
    },
  ],
  [
    'endpoint-stale',
    'endpoints',
    {
      address: [dial('silent')],
      direct: [dial('silent', '10.1.9.9', 8080)],
      state: state({ service: service({ selector: {} }), slices: [slice(['10.1.9.9'])] }),
    },
  ],
  ['pods-not-ready', 'readiness', unready({})],
  [
    'probe-fails',
    'readiness',
    {
      ...unready({}),
      events: [
        {
          apiVersion: 'v1',
          kind: 'Event',
          metadata: { name: 'e' },
          involvedObject: { name: 'web-1' },
          reason: 'Unhealthy',
          message: 'Readiness probe failed: HTTP probe failed with statuscode: 500',
        },
      ],
    },
  ],
  ['image-not-pulled', 'readiness', waiting('ImagePullBackOff')],
  ['crash-loop', 'readiness', waiting('CrashLoopBackOff')],
  ['pods-not-running', 'readiness', waiting('CreateContainerConfigError')],
  [
    'pods-pending',
    'readiness',
    unready({
      phase: 'Pending',
      conditions: [{ type: 'PodScheduled', status: 'False', message: '0/3 nodes are available' }],
    }),
  ],
  [
    'target-port-refused',
    'listens',
    { ...refused, sockets: listening({ protocol: 'TCP', port: 9090, loopback: false }) },
  ],
  [
    'listens-on-localhost',
    'listens',
    { ...refused, sockets: listening({ protocol: 'TCP', port: 8080, loopback: true }) },
  ],
  [
    'wrong-protocol',
    'listens',
    { ...refused, sockets: listening({ protocol: 'UDP', port: 8080, loopback: false }) },
  ],
  [
    'headless-port',
    'listens',
    {
      ...nothing,
      direct: dialPods('refused', 80),
      port: 80,
      state: state({ service: service({ clusterIP: 'None' }) }),
    },
  ],
  [
    'policy-blocks-ingress',
    'policy',
    {
      ...silent,
      policies: [
        policy('Ingress', 'web', {
          ingress: [{ from: [{ podSelector: { matchLabels: { app: 'other' } } }] }],
        }),
      ],
    },
  ],
  [
    'policy-blocks-egress',
    'policy',
    {
      ...silent,
      policies: [policy('Egress', 'client', { egress: [{ ports: [{ port: 53, protocol: 'UDP' }] }] })],
    },
  ],
  ['ingress-class-unknown', 'ingress', { ingresses: [ingress({ ingressClassName: 'ngnix' })] }],
  ['ingress-backend-port', 'ingress', { ingresses: [ingress({}, { number: 8080 })] }],
  ['ingress-host-unmatched', 'ingress', { ingresses: [ingress()], url: new URL('http://shop.exmaple/') }],
  [
    'tls-secret-missing',
    'certificate',
    { ingresses: [ingress(tls('cert'))], secrets: new Map([['cert', undefined]]) },
  ],
  [
    'tls-secret-unusable',
    'certificate',
    { ingresses: [ingress(tls('cert'))], secrets: new Map([['cert', 'nothing']]) },
  ],
  [
    'certificate-other-name',
    'certificate',
    { ingresses: [ingress(tls('cert', 'other.example'))], secrets: new Map([['cert', SHOP_CERTIFICATE]]) },
  ],
  [
    'certificate-expired',
    'certificate',
    {
      at: Date.parse('2200-01-01'),
      ingresses: [ingress(tls('cert'))],
      secrets: new Map([['cert', SHOP_CERTIFICATE]]),
    },
  ],
])('%s at the hop %s', (finding, hop, over) => {
  const { diagnosis, hops } = walk(seen(over));
  expect(diagnosis).toMatchObject({ finding, hop });
  expect(hops.find((one) => one.state === 'broken')?.hop).toBe(hop);
  expect(diagnosis?.why.ko).not.toBe('');
});

test('an address that refuses is a symptom of a selector that matches nothing', () => {
  const { hops } = walk(
    seen({ ...nothing, state: state({ service: service({ selector: { app: 'wep' } }), slices: [] }) }),
  );
  expect(hops.map(({ hop, state }) => `${hop} ${state}`)).toEqual([
    'client ok',
    'exists ok',
    'name ok',
    'address symptom',
    'port ok',
    'selector broken',
    ...['endpoints', 'readiness', 'listens', 'policy', 'node', 'ingress', 'certificate'].map(
      (hop) => `${hop} not-reached`,
    ),
  ]);
});

test('a slip of the keys is told, with the Service that is there', () => {
  const { diagnosis } = walk(seen({ state: state({ service: undefined, name: 'wbe' }) }));
  expect(diagnosis?.why.en).toContain('There is web');
});

test('sockets are read as the kernel writes them', () => {
  const text = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   1: 0200010A:1F91 0900010A:A000 01 00000000:00000000 00:00000000 00000000     0        0 2 1 0 20 4 30 10 -1
  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 3 1 0 100 0 0 10 0
   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  12: 00000000:1F91 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4 2 0 0
`;
  expect(parseSockets(text)).toEqual([
    { protocol: 'TCP', port: 8080, loopback: true },
    { protocol: 'TCP', port: 80, loopback: false },
    { protocol: 'UDP', port: 8081, loopback: false },
  ]);
});
