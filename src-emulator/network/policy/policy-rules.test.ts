import { expect, test } from 'vitest';
import type { NetworkPolicy } from '../../api/objects.ts';
import { isAllowed, type PolicyPod } from './policy-rules.ts';

const PORTS = [{ name: 'http', containerPort: 8080 }];
const web = pod('shop', { app: 'web' });
const client = pod('shop', { app: 'client' });
const stranger = pod('other', { app: 'client' });

function pod(namespace: string, labels: Record<string, string>): PolicyPod {
  return { namespace, labels, namespaceLabels: { 'kubernetes.io/metadata.name': namespace }, ports: PORTS };
}

function policy(spec: NetworkPolicy['spec'], namespace = 'shop'): NetworkPolicy {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { namespace, name: 'p', uid: 'u', resourceVersion: '1', creationTimestamp: '' },
    spec,
  };
}

interface Attempt {
  from?: PolicyPod | undefined;
  address?: string;
  to?: PolicyPod | undefined;
  port?: number;
  protocol?: 'TCP' | 'UDP' | 'ICMP';
}

function attempt(
  direction: 'Ingress' | 'Egress',
  specs: NetworkPolicy['spec'][],
  { from, address = '10.244.1.5', to, port = 8080, protocol = 'TCP' }: Attempt,
): boolean {
  const flow = {
    protocol,
    source: { address, pod: from },
    destination: { address: '10.244.2.9', pod: to, port },
  };
  return isAllowed(
    direction,
    flow,
    specs.map((spec) => policy(spec)),
  );
}

const intoWeb = (spec: Omit<NetworkPolicy['spec'], 'podSelector'>, how: Attempt = {}): boolean =>
  attempt('Ingress', [{ podSelector: { matchLabels: { app: 'web' } }, ...spec }], {
    from: client,
    to: web,
    ...how,
  });

test('a pod that no policy selects is open; one that is selected is closed but for what rules name', () => {
  expect(attempt('Ingress', [], { from: client, to: web })).toBe(true);
  expect(
    attempt('Ingress', [{ podSelector: { matchLabels: { app: 'db' } } }], { from: client, to: web }),
  ).toBe(true);
  expect(intoWeb({})).toBe(false);
  expect(intoWeb({ ingress: [{}] })).toBe(true);
  expect(intoWeb({ ingress: [{ from: [] }] })).toBe(true);
  const other = [policy({ podSelector: {} }, 'other')];
  const flow = {
    protocol: 'TCP' as const,
    source: { address: '10.244.1.5', pod: client },
    destination: { address: '10.244.2.9', pod: web, port: 80 },
  };
  expect(isAllowed('Ingress', flow, other)).toBe(true);
});

test('policies add up', () => {
  const selects = { podSelector: { matchLabels: { app: 'web' } } };
  const specs = [
    { ...selects, ingress: [{ ports: [{ port: 80 }] }] },
    { ...selects, ingress: [{ ports: [{ port: 8080 }] }] },
  ];
  expect(attempt('Ingress', specs, { from: client, to: web })).toBe(true);
});

test('policyTypes default to Ingress, and to Egress too when there are egress rules', () => {
  const from = client;
  expect(attempt('Egress', [{ podSelector: {} }], { from, to: web })).toBe(true);
  expect(
    attempt('Egress', [{ podSelector: {}, egress: [{ ports: [{ port: 53 }] }] }], { from, to: web }),
  ).toBe(false);
  expect(attempt('Egress', [{ podSelector: {}, policyTypes: ['Egress'] }], { from, to: web })).toBe(false);
  expect(attempt('Ingress', [{ podSelector: {}, policyTypes: ['Egress'] }], { from, to: web })).toBe(true);
});

test('a pod selector means the own namespace, with a namespace selector those namespaces', () => {
  const clients = { podSelector: { matchLabels: { app: 'client' } } };
  const others = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'other' } } };
  expect(intoWeb({ ingress: [{ from: [clients] }] })).toBe(true);
  expect(intoWeb({ ingress: [{ from: [clients] }] }, { from: stranger })).toBe(false);
  expect(intoWeb({ ingress: [{ from: [others] }] }, { from: stranger })).toBe(true);
  expect(
    intoWeb(
      { ingress: [{ from: [{ ...others, podSelector: { matchLabels: { app: 'db' } } }] }] },
      { from: stranger },
    ),
  ).toBe(false);
  expect(intoWeb({ ingress: [{ from: [others, clients] }] })).toBe(true);
  expect(intoWeb({ ingress: [{ from: [{ namespaceSelector: {} }] }] }, { from: undefined })).toBe(false);
});

test('an address block takes addresses of pods, nodes and elsewhere, but for its exceptions', () => {
  const block = { ingress: [{ from: [{ ipBlock: { cidr: '172.18.0.0/16', except: ['172.18.0.4/32'] } }] }] };
  expect(intoWeb(block, { from: undefined, address: '172.18.0.1' })).toBe(true);
  expect(intoWeb(block, { from: undefined, address: '172.18.0.4' })).toBe(false);
  expect(intoWeb(block)).toBe(false);
  expect(intoWeb({ ingress: [{ from: [{ ipBlock: { cidr: '2001:db8::/32' } }] }] })).toBe(false);
});

test('ports match by number, range, name and protocol; ICMP only where none are named', () => {
  const on = (
    ports: { port?: number | string; endPort?: number; protocol?: 'TCP' | 'UDP' }[],
    how: Attempt = {},
  ) => intoWeb({ ingress: [{ ports }] }, how);
  expect(on([{ port: 8080 }])).toBe(true);
  expect(on([{ port: 80 }])).toBe(false);
  expect(on([{ port: 8000, endPort: 8080 }])).toBe(true);
  expect(on([{ port: 8000, endPort: 8079 }])).toBe(false);
  expect(on([{ port: 'http' }])).toBe(true);
  expect(on([{ port: 'http' }], { port: 81 })).toBe(false);
  expect(on([{ protocol: 'UDP' }])).toBe(false);
  expect(on([{ protocol: 'UDP' }], { protocol: 'UDP' })).toBe(true);
  expect(on([{}], { protocol: 'ICMP' })).toBe(false);
  expect(intoWeb({ ingress: [{}] }, { protocol: 'ICMP' })).toBe(true);
});
