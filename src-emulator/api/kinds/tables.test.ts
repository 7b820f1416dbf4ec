import { describe, expect, it } from 'vitest';

import type { KubeObject } from '../objects.ts';
import { createKinds } from './index.ts';
import { container, EARLIER, metadata, NOW, pod, RUNNING } from './testing/pods.ts';

const kinds = createKinds({ serviceCidr: '10.96.0.0/16', nodePortRange: [30000, 32767] });

/** Headers and cells as kubectl prints them: `NAME=web`, wide columns too. */
function row(kindName: string, object: object): Record<string, unknown> {
  const kind = kinds.find(({ type }) => type.kind === kindName);
  const cells = kind?.cells(object as KubeObject, NOW) ?? [];
  return Object.fromEntries(
    (kind?.columns ?? []).map(({ name }, index) => [name.toUpperCase(), cells[index]]),
  );
}

describe('rows', () => {
  it('of a pod', () => {
    const running = pod(
      {
        podIPs: [{ ip: '10.244.1.2' }],
        containerStatuses: [container('c', RUNNING, { ready: true })],
        conditions: [{ type: 'g', status: 'True' }],
      },
      { nodeName: 'worker', readinessGates: [{ conditionType: 'g' }, { conditionType: 'h' }] },
    );
    expect(row('Pod', running)).toEqual({
      NAME: 'p',
      READY: '1/1',
      STATUS: 'Running',
      RESTARTS: '0',
      AGE: '60m',
      IP: '10.244.1.2',
      NODE: 'worker',
      'NOMINATED NODE': '<none>',
      'READINESS GATES': '1/2',
    });
  });

  it.each([
    [
      {
        type: 'ClusterIP',
        clusterIPs: ['10.96.0.5'],
        ports: [{ port: 80, protocol: 'TCP' }],
        selector: { b: '2', a: '1' },
      },
      {},
      ['ClusterIP', '10.96.0.5', '<none>', '80/TCP', 'a=1,b=2'],
    ],
    [
      {
        type: 'NodePort',
        clusterIPs: ['10.96.0.5'],
        ports: [
          { port: 80, nodePort: 30080, protocol: 'TCP' },
          { port: 53, nodePort: 30053, protocol: 'UDP' },
        ],
      },
      {},
      ['NodePort', '10.96.0.5', '<none>', '80:30080/TCP,53:30053/UDP', '<none>'],
    ],
    [
      { type: 'LoadBalancer', clusterIPs: ['10.96.0.5'], ports: [] },
      {},
      ['LoadBalancer', '10.96.0.5', '<pending>', '<none>', '<none>'],
    ],
    [
      { type: 'LoadBalancer', clusterIPs: ['10.96.0.5'], externalIPs: ['1.2.3.4'] },
      { ingress: [{ ip: '127.0.0.9' }, { hostname: 'a.b' }] },
      ['LoadBalancer', '10.96.0.5', '127.0.0.9,a.b,1.2.3.4', '<none>', '<none>'],
    ],
    [
      { type: 'ExternalName', externalName: 'a.b' },
      {},
      ['ExternalName', '<none>', 'a.b', '<none>', '<none>'],
    ],
    [{ type: 'ClusterIP', clusterIPs: ['None'] }, {}, ['ClusterIP', 'None', '<none>', '<none>', '<none>']],
  ])('of a Service %j', (spec, loadBalancer, [type, clusterIp, externalIp, ports, selector]) => {
    expect(row('Service', { metadata: metadata('s'), spec, status: { loadBalancer } })).toEqual({
      NAME: 's',
      TYPE: type,
      'CLUSTER-IP': clusterIp,
      'EXTERNAL-IP': externalIp,
      'PORT(S)': ports,
      AGE: '60m',
      SELECTOR: selector,
    });
  });

  it('of a Deployment', () => {
    const deployment = {
      metadata: metadata('web'),
      spec: {
        replicas: 3,
        selector: {
          matchLabels: { app: 'web' },
          matchExpressions: [
            { key: 'tier', operator: 'In', values: ['b', 'a'] },
            { key: 'old', operator: 'DoesNotExist' },
          ],
        },
        template: {
          spec: {
            containers: [
              { name: 'a', image: 'x:1' },
              { name: 'b', image: 'y:2' },
            ],
          },
        },
      },
      status: { readyReplicas: 2, updatedReplicas: 3, availableReplicas: 1 },
    };
    expect(row('Deployment', deployment)).toEqual({
      NAME: 'web',
      READY: '2/3',
      'UP-TO-DATE': 3,
      AVAILABLE: 1,
      AGE: '60m',
      CONTAINERS: 'a,b',
      IMAGES: 'x:1,y:2',
      SELECTOR: 'app=web,!old,tier in (a,b)',
    });
  });

  it('of a Node', () => {
    const node = {
      metadata: metadata('n', {
        labels: { 'node-role.kubernetes.io/control-plane': '', 'kubernetes.io/role': 'x' },
      }),
      spec: { unschedulable: true },
      status: {
        conditions: [{ type: 'Ready', status: 'Unknown' }],
        addresses: [{ type: 'InternalIP', address: '172.18.0.2' }],
        nodeInfo: {
          kubeletVersion: 'v1.34.4',
          osImage: 'Debian',
          kernelVersion: '6.1',
          containerRuntimeVersion: 'containerd://2',
        },
      },
    };
    expect(row('Node', node)).toEqual({
      NAME: 'n',
      STATUS: 'NotReady,SchedulingDisabled',
      ROLES: 'control-plane,x',
      AGE: '60m',
      VERSION: 'v1.34.4',
      'INTERNAL-IP': '172.18.0.2',
      'EXTERNAL-IP': '<none>',
      'OS-IMAGE': 'Debian',
      'KERNEL-VERSION': '6.1',
      'CONTAINER-RUNTIME': 'containerd://2',
    });
  });

  it('of an Event', () => {
    const event = {
      metadata: metadata('p.1'),
      involvedObject: { kind: 'Pod', name: 'p', fieldPath: 'spec.containers{c}' },
      reason: 'Pulled',
      message: 'Pulled it\n',
      type: 'Normal',
      source: { component: 'kubelet', host: 'n' },
      firstTimestamp: '2026-01-01T00:30:00Z',
      lastTimestamp: EARLIER,
    };
    expect(row('Event', event)).toEqual({
      'LAST SEEN': '5s',
      TYPE: 'Normal',
      REASON: 'Pulled',
      OBJECT: 'pod/p',
      SUBOBJECT: 'spec.containers{c}',
      SOURCE: 'kubelet, n',
      MESSAGE: 'Pulled it',
      'FIRST SEEN': '30m',
      COUNT: 1,
      NAME: 'p.1',
    });
  });

  it('of an EndpointSlice', () => {
    const slice = {
      metadata: metadata('e'),
      addressType: 'IPv4',
      ports: [{ port: 80 }, { name: 'any' }],
      endpoints: ['1', '2', '3', '4', '5'].map((last) => ({ addresses: [`10.0.0.${last}`] })),
    };
    expect(row('EndpointSlice', slice)).toMatchObject({
      PORTS: '80,any',
      ENDPOINTS: '10.0.0.1,10.0.0.2,10.0.0.3 + 2 more...',
    });
    expect(row('EndpointSlice', { ...slice, ports: [], endpoints: [] })).toMatchObject({
      PORTS: '<unset>',
      ENDPOINTS: '<unset>',
    });
  });

  it('of Endpoints', () => {
    const shown = (...subsets: object[]) =>
      row('Endpoints', { metadata: metadata('e'), subsets })['ENDPOINTS'];
    const addresses = [{ ip: '10.0.0.1' }, { ip: '10.0.0.2' }];
    expect(shown()).toBe('<none>');
    expect(shown({ addresses })).toBe('10.0.0.1,10.0.0.2');
    expect(shown({ notReadyAddresses: addresses, ports: [{ port: 80 }] })).toBe('');
    expect(shown({ addresses, ports: [{ port: 80 }, { port: 81 }] })).toBe(
      '10.0.0.1:80,10.0.0.2:80,10.0.0.1:81 + 1 more...',
    );
  });
});
