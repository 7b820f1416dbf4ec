import type { Pod } from '../api/objects.ts';
import { stopContainer } from './container-stopper.ts';
import type { KubeletContext } from './kubelet-context.ts';
import type { ManagedContainer } from './managed-container.ts';

/**
 * Ends all running containers of a pod together: each meets its preStop hook at once, but a sidecar gets its stop
 * signal only when the main containers and the sidecars after it have ended (KEP-753).
 */
export async function stopAllContainers(
  context: KubeletContext,
  pod: Pod,
  containers: readonly ManagedContainer[],
  { graceMs, podIp }: { graceMs: number; podIp: string },
): Promise<void> {
  const running = containers.filter(({ instance }) => instance !== undefined);
  const endings = new Map(running.map((container) => [container, Promise.withResolvers<undefined>()]));
  const endOf = (container: ManagedContainer): Promise<undefined> | undefined =>
    endings.get(container)?.promise;
  const main = running.filter(({ role }) => role === 'main').map(endOf);
  const sidecars = running.filter(({ role }) => role === 'sidecar');
  await Promise.all(
    running.map(async (container) => {
      const after = sidecars[sidecars.indexOf(container) + 1];
      const turn =
        container.role === 'sidecar'
          ? { turn: Promise.all([...main, after === undefined ? undefined : endOf(after)]) }
          : {};
      const message = `Stopping container ${container.spec.name}`;
      container.stopping = stopContainer(context, pod, container, { graceMs, message, podIp, ...turn });
      await container.stopping;
      endings.get(container)?.resolve(undefined);
    }),
  );
}
