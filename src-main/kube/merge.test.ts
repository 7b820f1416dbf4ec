import { expect, test } from 'vitest';
import { applyPatch } from './merge.ts';

test('declares changes, takes back what is no longer declared, leaves defaults alone', () => {
  const before = { spec: { selector: { app: 'old', tier: 'x' }, type: 'NodePort' } };
  const declared = { spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } };
  const live = {
    spec: {
      selector: { app: 'old', tier: 'x' },
      type: 'NodePort',
      clusterIP: '10.0.0.1',
      ports: [{ port: 80, protocol: 'TCP' }],
    },
  };
  expect(applyPatch(before, declared, live)).toEqual({
    spec: { selector: { app: 'web', tier: null }, type: null },
  });
});

test('nothing to do gives no patch', () => {
  expect(
    applyPatch({}, { spec: { ports: [{ port: 80 }] } }, { spec: { ports: [{ port: 80, protocol: 'TCP' }] } }),
  ).toBe(undefined);
});

test('lists are replaced as a whole', () => {
  expect(
    applyPatch({}, { spec: { ports: [{ port: 81 }] } }, { spec: { ports: [{ port: 80 }, { port: 81 }] } }),
  ).toEqual({
    spec: { ports: [{ port: 81 }] },
  });
});

test('a field inside a list that is no longer declared is taken back; one that nobody declared stays', () => {
  const container = { name: 'web', image: 'web:1' };
  const before = { spec: { containers: [{ ...container, readinessProbe: { tcpSocket: { port: 80 } } }] } };
  const declared = { spec: { containers: [container] } };
  const live = {
    spec: { containers: [{ ...before.spec.containers[0], imagePullPolicy: 'IfNotPresent' }] },
  };
  expect(applyPatch(before, declared, live)).toEqual(declared);
  expect(applyPatch(declared, declared, live)).toBe(undefined);
});
