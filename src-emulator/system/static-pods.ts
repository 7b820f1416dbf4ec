import { createHash } from 'node:crypto';
import type { ClusterApi } from '../api/cluster-api.ts';
import type { NewObject, Pod } from '../api/objects.ts';
import { NODES, PODS } from '../api/resources.ts';
import type { Clock, Timer } from '../clock.ts';
import {
  CONTROL_PLANE,
  SYSTEM_NAMESPACE,
  type ControlPlaneComponent,
  type SystemPodSpec,
} from './components.ts';

/** How long a mirror that was deleted stays away: whoever deleted it sees that it is gone. */
const RESYNC_MS = 1000;

/** The node of the control plane. */
export interface ControlPlaneNode {
  name: string;
  address: string;
}

/**
 * Shows the control plane as pods, as a kubelet shows what it runs from files: each has a mirror in the API, and
 * one that is deleted comes back (https://kubernetes.io/docs/tasks/configure-pod-container/static-pod/). Their
 * programs do nothing but say that they run: the work is done by the emulator itself. Disposing ends the watch.
 */
export function keepStaticPods(api: ClusterApi, clock: Clock, node: ControlPlaneNode): Disposable {
  const startedAt = clock.now();
  const ensure = (component: ControlPlaneComponent): void => {
    if (api.get(PODS, SYSTEM_NAMESPACE, nameOf(component, node)) === undefined)
      api.create(
        PODS,
        mirrorPod(component, node, api.get(NODES, undefined, node.name)?.metadata.uid, startedAt),
      );
  };
  for (const component of CONTROL_PLANE) ensure(component);
  const timers = new Set<Timer>();
  const watch = api.watch(
    PODS,
    ({ type, object }) => {
      if (type !== 'DELETED') return;
      const component = CONTROL_PLANE.find((each) => nameOf(each, node) === object.metadata.name);
      if (component !== undefined) timers.add(clock.setTimeout(() => ensure(component), RESYNC_MS));
    },
    { namespace: SYSTEM_NAMESPACE },
  );
  return {
    [Symbol.dispose]() {
      watch[Symbol.dispose]();
      for (const timer of timers) timer.cancel();
    },
  };
}

function nameOf({ name }: ControlPlaneComponent, node: ControlPlaneNode): string {
  return `${name}-${node.name}`;
}

function mirrorPod(
  component: ControlPlaneComponent,
  node: ControlPlaneNode,
  nodeUid: string | undefined,
  now: number,
): NewObject<Pod> {
  const { name, image, requests, port, folders } = component;
  const command = [name, ...component.args(node)];
  const hash = createHash('md5').update(command.join('\0')).digest('hex');
  const spec: SystemPodSpec = {
    hostNetwork: true,
    nodeName: node.name,
    priorityClassName: 'system-node-critical',
    securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
    tolerations: [{ effect: 'NoExecute', operator: 'Exists' }],
    containers: [
      {
        name,
        image,
        imagePullPolicy: 'IfNotPresent',
        command,
        resources: { requests },
        ports: [{ name: 'probe-port', containerPort: port, hostPort: port, protocol: 'TCP' }],
        volumeMounts: folders.map((folder) => ({
          name: folder.name,
          mountPath: folder.path,
          ...(name === 'etcd' ? {} : { readOnly: true }),
        })),
      },
    ],
    volumes: folders.map((folder) => ({
      name: folder.name,
      hostPath: { path: folder.path, type: 'DirectoryOrCreate' },
    })),
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace: SYSTEM_NAMESPACE,
      name: nameOf(component, node),
      labels: { component: name, tier: 'control-plane' },
      annotations: {
        ...component.annotations?.(node),
        'kubernetes.io/config.hash': hash,
        'kubernetes.io/config.mirror': hash,
        'kubernetes.io/config.seen': `${new Date(now).toISOString().slice(0, -1)}000000Z`,
        'kubernetes.io/config.source': 'file',
      },
      ...(nodeUid === undefined
        ? {}
        : {
            ownerReferences: [
              { apiVersion: 'v1', kind: 'Node', name: node.name, uid: nodeUid, controller: true },
            ],
          }),
    },
    spec,
    status: { phase: 'Pending' },
  };
}
