import { expect, test } from 'vitest';
import { LAST_APPLIED } from '../../kube/objects.ts';
import { steerNodePorts } from './node-port-steering.ts';
import { FIELD_MANAGER, type LoadBalancedService } from './services.ts';
import { loadBalancer } from './testing/services.ts';

const POOL = { first: 30_070, count: 3 };

/** The NodePorts of each Service that is changed. */
function steered(...services: LoadBalancedService[]): Record<string, (number | undefined)[]> {
  return Object.fromEntries(
    steerNodePorts(services, POOL).map(({ service, ports }) => [
      service.metadata.name,
      ports.map(({ nodePort }) => nodePort),
    ]),
  );
}

test('TCP ports are moved into the pool, the oldest Service first', () => {
  const tcpAndUdp = [
    { name: 'a', port: 80, nodePort: 31_111 },
    { name: 'b', port: 53, protocol: 'UDP', nodePort: 31_112 },
    { name: 'c', port: 53, protocol: 'TCP', nodePort: 31_113 },
  ];
  expect(steered(loadBalancer('young', {}, { age: 2 }), loadBalancer('old', { ports: tcpAndUdp }))).toEqual({
    old: [30_070, 31_112, 30_071],
    young: [30_072],
  });
});

test('what is in the pool stays, whoever has it', () => {
  expect(
    steered(
      loadBalancer('stays', { ports: [{ port: 80, nodePort: 30_071 }] }),
      loadBalancer('pinned', { type: 'NodePort', ports: [{ port: 80, nodePort: 30_070 }] }),
      loadBalancer('new', {}, { age: 5 }),
    ),
  ).toEqual({ new: [30_072] });
});

test('Services without NodePorts, of another class or of another type are left alone', () => {
  expect(
    steered(
      loadBalancer('none', { allocateLoadBalancerNodePorts: false }),
      loadBalancer('class', { loadBalancerClass: 'example.com/lb' }),
      loadBalancer('type', { type: 'NodePort' }),
      loadBalancer('not yet', { ports: [{ port: 80 }] }),
    ),
  ).toEqual({});
});

test('too few ports are said', () => {
  const services = Array.from({ length: 5 }, (_, age) => loadBalancer(`s${age}`, {}, { age }));
  const unreachable = steerNodePorts(services, POOL).map((change) => change.unreachable);
  expect(unreachable).toEqual([[], [], [], [80], [80]]);
  expect(steered(...services)['s4']).toEqual([31_004]);
});

function ownedBy(manager: string, fields: object): LoadBalancedService {
  const service = loadBalancer('owned');
  const ports = { 'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { 'f:port': {}, ...fields } } };
  service.metadata.managedFields = [{ manager, fieldsV1: { 'f:spec': ports } }];
  return service;
}

test('a number that somebody asked for stays: managedFields tell', () => {
  expect(steered(ownedBy('kubectl-client-side-apply', {}))).toEqual({ owned: [30_070] });
  expect(steered(ownedBy('kubectl-client-side-apply', { 'f:nodePort': {} }))).toEqual({});
  expect(steered(ownedBy(FIELD_MANAGER, { 'f:nodePort': {} }))).toEqual({ owned: [30_070] });
});

test('where those are missing, what was applied last tells', () => {
  const applied = (text: string): LoadBalancedService => {
    const service = loadBalancer('applied');
    service.metadata.annotations = { [LAST_APPLIED]: text };
    return service;
  };
  expect(steered(applied('{"spec":{"ports":[{"port":80,"nodePort":31000}]}}'))).toEqual({});
  expect(steered(applied('{"spec":{"ports":[{"port":80}]}}'))).toEqual({ applied: [30_070] });
  expect(steered(applied('no JSON'))).toEqual({ applied: [30_070] });
});
