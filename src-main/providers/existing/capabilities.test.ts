import { describe, expect, it } from 'vitest';
import { capabilitiesOf } from './capabilities.ts';

describe('what a cluster offers', () => {
  const node = (spec: object = {}) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'n' },
    spec,
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  });
  const none = { nodes: [node(), node()], ingressClasses: [], services: [], deployments: [] };
  const named = (name: string, annotations = {}) => ({
    apiVersion: '',
    kind: '',
    metadata: { name, annotations },
  });

  it('is told by what it shows; what is not known counts as missing, with a reason', () => {
    expect(capabilitiesOf(none)).toMatchObject({ nodes: 2, has: ['realSourceIp'] });
    expect(Object.keys(capabilitiesOf(none).missing)).toEqual(['loadBalancer', 'ingress', 'hostPorts']);
    const tainted = node({ taints: [{ effect: 'NoSchedule' }] });
    expect(capabilitiesOf({ ...none, nodes: [node(), tainted] })).toMatchObject({ nodes: 1, has: [] });
    const blind = {
      nodes: undefined,
      ingressClasses: undefined,
      services: undefined,
      deployments: undefined,
    };
    expect(capabilitiesOf(blind)).toMatchObject({ nodes: 1, has: [] });
  });

  it('is Ingress when a class is the default', () => {
    const nginx = named('nginx');
    expect(capabilitiesOf({ ...none, ingressClasses: [nginx] }).missing.ingress?.en).toContain('nginx');
    const byDefault = named('traefik', { 'ingressclass.kubernetes.io/is-default-class': 'true' });
    expect(capabilitiesOf({ ...none, ingressClasses: [nginx, byDefault] }).has).toContain('ingress');
  });

  it('is a load balancer when an address was given, or when somebody is there who gives them', () => {
    const addressed = { ...named('web'), status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } };
    for (const shown of [
      { services: [addressed] },
      { nodes: [node({ providerID: 'aws:///ap-northeast-2a/i-1' })] },
      { deployments: [named('metallb-controller')] },
    ])
      expect(capabilitiesOf({ ...none, ...shown }).has).toContain('loadBalancer');
    expect(capabilitiesOf({ ...none, nodes: [node({ providerID: 'kind://docker/a/b' })] }).has).not.toContain(
      'loadBalancer',
    );
  });
});
