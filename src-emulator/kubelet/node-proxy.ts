import { FileError } from '../images/types.ts';
import type { ProcessIo } from '../images/types.ts';
import { NetworkError } from '../network/types.ts';
import { execFailure } from './exec-failure.ts';
import type { ManagedContainer } from './managed-container.ts';
import type { PodWorker } from './pod-worker.ts';
import type { NodeProxy, PodReference } from './types.ts';

/** The streaming half of the kubelet's API, for all nodes. `find` knows which worker runs a pod. */
export function createNodeProxy(find: (pod: PodReference) => PodWorker | undefined): NodeProxy {
  const containerOf = (pod: PodReference, name: string): ManagedContainer | undefined =>
    find(pod)?.container(name);
  const running = (pod: PodReference, name: string) => {
    const found = containerOf(pod, name);
    if (found?.instance === undefined)
      throw new Error(`unable to upgrade connection: container not found ("${name}")`);
    return { managed: found, instance: found.instance };
  };
  return {
    logs(pod, options) {
      const found = containerOf(pod, options.container);
      const log = found?.log(options.previous);
      if (log !== undefined) return log.read(options);
      if (options.previous)
        throw new Error(
          `previous terminated container "${options.container}" in pod "${pod.name}" not found`,
        );
      throw new Error(
        `container "${options.container}" in pod "${pod.name}" is waiting to start: ${waitingWords(found)}`,
      );
    },
    isRunning: (pod, container) => containerOf(pod, container)?.instance !== undefined,
    exec(pod, container, command, io) {
      const { instance } = running(pod, container);
      try {
        return instance.container.exec(command, io);
      } catch (error) {
        if (!(error instanceof FileError)) throw error;
        throw new Error(
          `Internal error occurred: error executing command in container: ${execFailure(error)}`,
          { cause: error },
        );
      }
    },
    attach(pod, container, io: ProcessIo) {
      const attached = running(pod, container).managed.attach(io);
      if (attached === undefined)
        throw new Error(`unable to upgrade connection: container not found ("${container}")`);
      // Detaching must not end the container: signals of the client's side stay with the client.
      return { ...attached, signal: () => undefined };
    },
    async portForward(pod, port) {
      const sandbox = find(pod)?.sandbox;
      if (sandbox === undefined)
        throw new Error(`unable to do port forwarding: pod not found ("${pod.name}")`);
      try {
        return await sandbox.stack.connect({ address: '127.0.0.1', port });
      } catch (error) {
        const why =
          error instanceof NetworkError && error.code === 'ECONNREFUSED'
            ? 'connection refused'
            : String(error);
        throw new Error(
          `failed to execute portforward in network namespace: failed to connect to localhost:${port} inside ` +
            `namespace, IPv4: dial tcp4 127.0.0.1:${port}: connect: ${why}`,
          { cause: error },
        );
      }
    },
  };
}

function waitingWords(container: ManagedContainer | undefined): string {
  const reason = container?.state.waiting?.reason ?? 'ContainerCreating';
  if (reason === 'ErrImagePull') return "image can't be pulled";
  if (reason === 'ImagePullBackOff') return 'trying and failing to pull image';
  return reason;
}
