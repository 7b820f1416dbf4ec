import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../kube/objects.ts';
import { projectConfig, projectEvent, projectNode } from './project.ts';
import { podStatus, projectPod } from './project-pod.ts';
import { projectEndpointSlice, projectService } from './project-service.ts';
import { pod } from './testing/objects.ts';

const container = (state: object, ready = false): object => ({ name: 'web', ready, restartCount: 2, state });
const deleted = { deletionTimestamp: '2026-01-01T00:00:00Z' };
const initialized = { type: 'Initialized', status: 'True' };

describe('the status of a pod is what kubectl prints', () => {
  it.each<[string, KubeObject]>([
    ['Pending', pod({ phase: 'Pending' })],
    [
      'ContainerCreating',
      pod({ phase: 'Pending', containerStatuses: [container({ waiting: { reason: 'ContainerCreating' } })] }),
    ],
    [
      'ImagePullBackOff',
      pod({ phase: 'Pending', containerStatuses: [container({ waiting: { reason: 'ImagePullBackOff' } })] }),
    ],
    ['Running', pod({ phase: 'Running', containerStatuses: [container({ running: {} }, true)] })],
    [
      'CrashLoopBackOff',
      pod({ phase: 'Running', containerStatuses: [container({ waiting: { reason: 'CrashLoopBackOff' } })] }),
    ],
    [
      'Completed',
      pod({
        phase: 'Succeeded',
        containerStatuses: [container({ terminated: { reason: 'Completed', exitCode: 0 } })],
      }),
    ],
    [
      'Error',
      pod({
        phase: 'Failed',
        containerStatuses: [container({ terminated: { reason: 'Error', exitCode: 3 } })],
      }),
    ],
    ['ExitCode:3', pod({ phase: 'Failed', containerStatuses: [container({ terminated: { exitCode: 3 } })] })],
    [
      'Signal:9',
      pod({ phase: 'Failed', containerStatuses: [container({ terminated: { exitCode: 137, signal: 9 } })] }),
    ],
    [
      'Terminating',
      pod({ phase: 'Running', containerStatuses: [container({ running: {} }, true)] }, deleted),
    ],
    [
      'Completed',
      pod(
        { phase: 'Succeeded', containerStatuses: [container({ terminated: { reason: 'Completed' } })] },
        deleted,
      ),
    ],
    ['Unknown', pod({ phase: 'Running', reason: 'NodeLost' }, deleted)],
    ['Evicted', pod({ phase: 'Failed', reason: 'Evicted' })],
    [
      'SchedulingGated',
      pod({
        phase: 'Pending',
        conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }],
      }),
    ],
    [
      'Init:0/2',
      pod(
        { phase: 'Pending', initContainerStatuses: [{ name: 'a', state: { running: {} } }] },
        {},
        { initContainers: [{ name: 'a' }, { name: 'b' }] },
      ),
    ],
    [
      'Init:1/2',
      pod(
        {
          phase: 'Pending',
          initContainerStatuses: [
            { name: 'a', state: { terminated: { exitCode: 0 } } },
            { name: 'b', state: { waiting: { reason: 'PodInitializing' } } },
          ],
        },
        {},
        { initContainers: [{ name: 'a' }, { name: 'b' }] },
      ),
    ],
    [
      'Init:CrashLoopBackOff',
      pod(
        {
          phase: 'Pending',
          initContainerStatuses: [{ name: 'a', state: { waiting: { reason: 'CrashLoopBackOff' } } }],
        },
        {},
        { initContainers: [{ name: 'a' }] },
      ),
    ],
    [
      'Init:Error',
      pod(
        {
          phase: 'Pending',
          initContainerStatuses: [{ name: 'a', state: { terminated: { reason: 'Error', exitCode: 1 } } }],
        },
        {},
        { initContainers: [{ name: 'a' }] },
      ),
    ],
    [
      'PodInitializing',
      pod(
        {
          phase: 'Pending',
          conditions: [initialized],
          initContainerStatuses: [{ name: 'a', state: { terminated: { exitCode: 0 } } }],
          containerStatuses: [container({ waiting: { reason: 'PodInitializing' } })],
        },
        {},
        { initContainers: [{ name: 'a' }] },
      ),
    ],
    [
      'Running',
      pod(
        {
          phase: 'Running',
          conditions: [initialized],
          initContainerStatuses: [{ name: 'side', started: true, state: { running: {} } }],
          containerStatuses: [container({ running: {} }, true)],
        },
        {},
        { initContainers: [{ name: 'side', restartPolicy: 'Always' }] },
      ),
    ],
    [
      'NotReady',
      pod({
        phase: 'Running',
        containerStatuses: [
          container({ terminated: { reason: 'Completed' } }),
          { name: 'b', ready: true, state: { running: {} } },
        ],
      }),
    ],
  ])('%s', (status, object) => {
    expect(podStatus(object)).toBe(status);
  });
});

describe('view models', () => {
  it('of a pod', () => {
    const view = projectPod(
      pod(
        {
          phase: 'Running',
          podIP: '10.0.0.7',
          conditions: [{ type: 'Ready', status: 'True' }],
          containerStatuses: [container({ running: {} }, true)],
        },
        {
          labels: { app: 'web' },
          ownerReferences: [
            { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-5d', uid: 'r', controller: true },
          ],
        },
        {
          nodeName: 'worker',
          containers: [{ name: 'web', image: 'nginx:1.27', ports: [{ containerPort: 80, name: 'http' }] }],
        },
      ),
    );
    expect(view).toEqual({
      kind: 'Pod',
      uid: 'u1',
      namespace: 'shop',
      name: 'web',
      createdAt: Date.parse('2026-01-01T00:00:00Z'),
      labels: { app: 'web' },
      status: 'Running',
      phase: 'Running',
      ready: true,
      readyContainers: 1,
      containers: [{ name: 'web', image: 'nginx:1.27', ready: true, running: true }],
      ports: [{ name: 'http', port: 80, protocol: 'TCP' }],
      restarts: 2,
      ip: '10.0.0.7',
      node: 'worker',
      terminating: false,
      owner: 'ReplicaSet/web-5d',
    });
  });

  it('counts sidecars among the containers of a pod, and no init container that has ended', () => {
    const view = projectPod(
      pod(
        {
          phase: 'Running',
          containerStatuses: [container({ running: {} }, true)],
          initContainerStatuses: [
            { name: 'setup', ready: true, restartCount: 4, state: { terminated: { exitCode: 0 } } },
            { name: 'proxy', ready: false, started: true, restartCount: 1, state: { running: {} } },
          ],
        },
        {},
        {
          initContainers: [
            { name: 'setup', image: 'busybox:1.36' },
            { name: 'proxy', image: 'envoy:1.30', restartPolicy: 'Always' },
          ],
        },
      ),
    );
    expect(view).toMatchObject({ readyContainers: 1, restarts: 3 });
    expect(view.containers.map(({ name, running }) => [name, running])).toEqual([
      ['web', true],
      ['proxy', true],
    ]);
  });

  const metadata = { name: 'web', namespace: 'shop', uid: 'u2' };

  it('of a Service and its EndpointSlice', () => {
    const service = projectService({
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: {
        type: 'LoadBalancer',
        clusterIP: '10.96.0.9',
        externalTrafficPolicy: 'Local',
        selector: { app: 'web' },
        ports: [{ port: 80, targetPort: 'http', nodePort: 30080 }],
      },
      status: { loadBalancer: { ingress: [{ ip: '127.0.0.1' }, { hostname: 'lb.local' }] } },
    });
    expect(service).toMatchObject({
      type: 'LoadBalancer',
      externalAddresses: ['127.0.0.1', 'lb.local'],
      externalTrafficPolicy: 'Local',
      ports: [{ port: 80, targetPort: 'http', nodePort: 30080, protocol: 'TCP' }],
    });
    const slice = projectEndpointSlice({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { ...metadata, labels: { 'kubernetes.io/service-name': 'web' } },
      addressType: 'IPv4',
      ports: [{ name: '', port: 8080, protocol: 'TCP' }],
      endpoints: [
        { addresses: ['10.0.0.7'], conditions: {}, targetRef: { kind: 'Pod', name: 'web-1' } },
        {
          addresses: ['10.0.0.8'],
          conditions: { ready: false, serving: true, terminating: true },
          nodeName: 'worker',
        },
      ],
    });
    expect(slice).toMatchObject({
      service: 'web',
      ports: [{ port: 8080, protocol: 'TCP' }],
      endpoints: [
        { address: '10.0.0.7', ready: true, serving: true, terminating: false, pod: 'web-1' },
        { address: '10.0.0.8', ready: false, serving: true, terminating: true, node: 'worker' },
      ],
    });
    expect(
      projectEndpointSlice({
        apiVersion: 'v1',
        kind: 'EndpointSlice',
        metadata,
        endpoints: null,
        ports: null,
      }),
    ).toMatchObject({ endpoints: [], ports: [] });
  });

  it('of a Secret without its values', () => {
    const view = projectConfig({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata,
      data: { password: 'aHVudGVyMg==', user: 'YQ==' },
    });
    expect(view).toMatchObject({ kind: 'Secret', keys: ['password', 'user'] });
    expect(JSON.stringify(view)).not.toContain('aHVudGVyMg');
  });

  it('of an event and a node', () => {
    const event = projectEvent({
      apiVersion: 'v1',
      kind: 'Event',
      metadata,
      type: 'Warning',
      reason: 'BackOff',
      message: 'Back-off',
      involvedObject: { kind: 'Pod', name: 'web-0' },
      count: 4,
      lastTimestamp: '2026-01-01T00:01:00Z',
    });
    expect(event).toMatchObject({
      object: 'Pod/web-0',
      count: 4,
      lastSeenAt: Date.parse('2026-01-01T00:01:00Z'),
    });
    const node = projectNode({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'n', labels: { 'node-role.kubernetes.io/control-plane': '' } },
      spec: { unschedulable: true },
      status: { conditions: [{ type: 'Ready', status: 'True' }], nodeInfo: { kubeletVersion: 'v1.34.4' } },
    });
    expect(node).toMatchObject({
      ready: true,
      schedulable: false,
      roles: ['control-plane'],
      version: 'v1.34.4',
    });
  });
});
