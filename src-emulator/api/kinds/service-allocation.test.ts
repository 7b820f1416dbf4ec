import { describe, expect, it } from 'vitest';

import { VirtualClock } from '../../clock.ts';
import { createMachinery } from '../machinery/testing/machinery-fixture.ts';
import type { Service } from '../objects.ts';
import { SERVICE_CIDRS, SERVICES } from '../resources.ts';
import type { KindOptions } from './index.ts';

function cluster(ranges: Partial<KindOptions> = {}) {
  const api = createMachinery(new VirtualClock(), ['default'], ranges);
  return {
    api,
    create: (name: string, spec: Service['spec']): Service =>
      api.create(SERVICES, {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name, namespace: 'default' },
        spec: { ports: [{ port: 80 }], ...spec },
        status: { loadBalancer: {} },
      }),
  };
}

describe('cluster addresses', () => {
  it('are given out once, until the range is full', () => {
    const { create } = cluster({ serviceCidr: '10.96.0.0/29' });
    const given = Array.from({ length: 6 }, (_, index) => create(`s${index}`, {}).spec.clusterIP);
    expect(new Set(given)).toEqual(
      new Set(['10.96.0.1', '10.96.0.2', '10.96.0.3', '10.96.0.4', '10.96.0.5', '10.96.0.6']),
    );
    expect(() => create('more', {})).toThrow('failed to allocate a serviceIP: range is full');
  });

  it('leave the lower band to those who ask for an address', () => {
    const { create } = cluster();
    for (let index = 0; index < 50; index++) {
      const [, , third = 0] = (create(`s${index}`, {}).spec.clusterIP ?? '').split('.').map(Number);
      expect(third).toBeGreaterThan(0);
    }
    expect(create('chosen', { clusterIP: '10.96.0.10' }).spec.clusterIPs).toEqual(['10.96.0.10']);
    expect(() => create('again', { clusterIP: '10.96.0.10' })).toThrow(
      'Service "again" is invalid: spec.clusterIPs: Invalid value: ["10.96.0.10"]: failed to allocate IP 10.96.0.10: provided IP is already allocated',
    );
  });

  it('come back when a Service is deleted or becomes an ExternalName', () => {
    const { api, create } = cluster();
    create('a', { clusterIP: '10.96.0.10' });
    create('b', { clusterIP: '10.96.0.11' });
    api.delete(SERVICES, 'default', 'a');
    api.mutate(SERVICES, 'default', 'b', (draft) => {
      draft.spec.type = 'ExternalName';
      draft.spec.externalName = 'example.com';
    });
    expect(create('c', { clusterIP: '10.96.0.10' }).spec.clusterIP).toBe('10.96.0.10');
    expect(create('d', { clusterIP: '10.96.0.11' }).spec.clusterIP).toBe('10.96.0.11');
  });

  it('come from every range that is ready', () => {
    const { api, create } = cluster({ serviceCidr: '10.96.0.0/29' });
    const addRange = (name: string, cidr: string, status: 'True' | 'False'): void => {
      api.create(SERVICE_CIDRS, {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'ServiceCIDR',
        metadata: { name },
        spec: { cidrs: [cidr] },
        status: { conditions: [{ type: 'Ready', status }] },
      });
    };
    addRange('kubernetes', '10.96.0.0/29', 'True');
    addRange('more', '10.97.0.0/30', 'True');
    addRange('not-yet', '10.98.0.0/24', 'False');
    const given = Array.from({ length: 8 }, (_, index) => create(`s${index}`, {}).spec.clusterIP);
    expect(given).toEqual(expect.arrayContaining(['10.97.0.1', '10.97.0.2', '10.96.0.6']));
    expect(() => create('full', {})).toThrow('failed to allocate a serviceIP: range is full');
    expect(() => create('early', { clusterIP: '10.98.0.7' })).toThrow(
      'failed to allocate IP 10.98.0.7: the provided network does not match the current range',
    );
  });

  it('are the same in every cluster that does the same', () => {
    expect(cluster().create('a', {}).spec.clusterIP).toBe(cluster().create('a', {}).spec.clusterIP);
  });
});

describe('node ports', () => {
  it('are given out once, until the range is full', () => {
    const { create } = cluster({ nodePortRange: [30000, 30002] });
    const given = ['a', 'b', 'c'].map((name) => create(name, { type: 'NodePort' }).spec.ports?.[0]?.nodePort);
    expect(given.toSorted()).toEqual([30000, 30001, 30002]);
    expect(() => create('d', { type: 'NodePort' })).toThrow('failed to allocate a nodePort: range is full');
  });

  it('are refused outside the range and when they are taken', () => {
    const { create } = cluster();
    const ask = (name: string, nodePort: number): Service =>
      create(name, { type: 'NodePort', ports: [{ port: 80, nodePort }] });
    ask('a', 30080);
    expect(() => ask('b', 30080)).toThrow(
      'Service "b" is invalid: spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated',
    );
    expect(() => ask('c', 80)).toThrow(
      'Service "c" is invalid: spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767',
    );
  });

  it('stay with a Service through changes and can be moved', () => {
    const { api, create } = cluster();
    const before = create('a', { type: 'NodePort' }).spec.ports?.[0]?.nodePort;
    const changed = api.mutate(SERVICES, 'default', 'a', (draft) => {
      draft.spec.ports = [{ port: 81, targetPort: 8080 }];
    });
    expect(changed?.spec.ports).toEqual([{ port: 81, targetPort: 8080, protocol: 'TCP', nodePort: before }]);
    const moved = api.mutate(SERVICES, 'default', 'a', (draft) => {
      draft.spec.ports = [{ port: 81, nodePort: 30099 }];
    });
    expect(moved?.spec.ports?.[0]?.nodePort).toBe(30099);
    const plain = api.mutate(SERVICES, 'default', 'a', (draft) => {
      draft.spec.type = 'ClusterIP';
    });
    expect(plain?.spec.ports?.[0]).not.toHaveProperty('nodePort');
    expect(
      create('b', { type: 'NodePort', ports: [{ port: 80, nodePort: 30099 }] }).spec.ports?.[0]?.nodePort,
    ).toBe(30099);
  });

  it('are shared by one port number over TCP and UDP', () => {
    const { create } = cluster();
    const { ports = [] } = create('dns', {
      type: 'NodePort',
      ports: [
        { name: 'udp', port: 53, protocol: 'UDP' },
        { name: 'tcp', port: 53, protocol: 'TCP' },
      ],
    }).spec;
    expect(ports[0]?.nodePort).toBe(ports[1]?.nodePort);
  });

  it('are given for health checks of a local load balancer', () => {
    const { create } = cluster();
    const { spec } = create('lb', { type: 'LoadBalancer', externalTrafficPolicy: 'Local' });
    expect(spec.healthCheckNodePort).toBeGreaterThanOrEqual(30000);
    expect(spec.healthCheckNodePort).not.toBe(spec.ports?.[0]?.nodePort);
  });

  it('are not given when a load balancer does not want them', () => {
    const { create } = cluster();
    const { ports } = create('lb', { type: 'LoadBalancer', allocateLoadBalancerNodePorts: false }).spec;
    expect(ports?.[0]).not.toHaveProperty('nodePort');
  });
});
