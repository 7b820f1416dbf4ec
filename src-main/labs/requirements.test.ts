import { expect, it } from 'vitest';
import type { Capability } from '#shared/cluster.ts';
import type { Lab } from './lab.ts';
import { requireCapabilities, unmetRequirements } from './requirements.ts';
import { miniLab } from './testing/mini-lab.ts';

function labThatNeeds(nodes: number, ...capabilities: Capability[]): Lab {
  const lab = miniLab();
  lab.file.spec.requires = { nodes, capabilities };
  return lab;
}

it('finds nothing to complain of where everything is there', () => {
  const lab = labThatNeeds(2, 'ingress');
  const cluster = { nodes: 2, has: ['ingress' as const, 'hostPorts' as const], missing: {} };
  expect(unmetRequirements(lab, cluster)).toEqual([]);
  expect(() => requireCapabilities(lab, cluster)).not.toThrow();
});

it('names nodes and capabilities that are missing, and why where that is known', () => {
  const cluster = {
    nodes: 1,
    has: [],
    missing: { ingress: { en: 'Its image is missing.', ko: '이미지가 없습니다.' } },
  };
  const unmet = unmetRequirements(labThatNeeds(2, 'ingress', 'loadBalancer'), cluster);
  expect(unmet.map(({ en }) => en)).toEqual([
    'It needs 2 nodes that take pods; this cluster has 1.',
    'It needs an Ingress controller, which this cluster has not. Its image is missing.',
    'It needs a load balancer, which this cluster has not.',
  ]);
  expect(() => requireCapabilities(labThatNeeds(1, 'ingress'), cluster)).toThrow(
    'cannot run on this cluster',
  );
});
