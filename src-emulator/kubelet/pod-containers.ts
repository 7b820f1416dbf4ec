import type { Container as ContainerSpec, Pod } from '../api/objects.ts';
import { isPodFinished } from '../controllers/object-helpers.ts';
import type { KubeletContext } from './kubelet-context.ts';
import { ManagedContainer, type ContainerRole } from './managed-container.ts';

/** The containers of one pod, in the order in which the kubelet starts them; ephemeral ones come last. */
export class PodContainers {
  readonly #context: KubeletContext;
  readonly #all: ManagedContainer[];

  constructor(context: KubeletContext, pod: Pod) {
    this.#context = context;
    const inits = pod.spec.initContainers ?? [];
    const reason = inits.length > 0 ? 'PodInitializing' : 'ContainerCreating';
    const manage = (spec: ContainerSpec, role: ContainerRole): ManagedContainer =>
      new ManagedContainer(spec, role, reason, context.clock);
    this.#all = [
      ...inits.map((spec) => manage(spec, spec.restartPolicy === 'Always' ? 'sidecar' : 'init')),
      ...pod.spec.containers.map((spec) => manage(spec, 'main')),
    ];
    this.#adoptEphemeral(pod);
  }

  get all(): readonly ManagedContainer[] {
    return this.#all;
  }

  withRole(...roles: ContainerRole[]): ManagedContainer[] {
    return this.#all.filter(({ role }) => roles.includes(role));
  }

  named(name: string): ManagedContainer | undefined {
    return this.#all.find(({ spec }) => spec.name === name);
  }

  /**
   * Takes up what may change in a running pod: new ephemeral containers, and images.
   * @returns the running containers whose definition has changed.
   */
  adopt(pod: Pod): ManagedContainer[] {
    this.#adoptEphemeral(pod);
    return [...(pod.spec.initContainers ?? []), ...pod.spec.containers].flatMap((spec) => {
      const container = this.named(spec.name);
      if (container === undefined || container.spec.image === spec.image) return [];
      container.spec = spec;
      return container.instance === undefined ? [] : [container];
    });
  }

  /**
   * Takes up a pod that ran before its node went down.
   * @returns whether any of its containers ran.
   */
  restore(pod: Pod): boolean {
    const {
      initContainerStatuses = [],
      containerStatuses = [],
      ephemeralContainerStatuses = [],
    } = pod.status;
    let ranBefore = false;
    for (const status of [...initContainerStatuses, ...containerStatuses, ...ephemeralContainerStatuses]) {
      if (status.containerID !== undefined) {
        ranBefore = true;
        this.#context.images.remember(status.image);
      }
      if (!isPodFinished(pod)) this.named(status.name)?.restore(status);
    }
    return ranBefore;
  }

  #adoptEphemeral(pod: Pod): void {
    for (const spec of pod.spec.ephemeralContainers ?? [])
      if (this.named(spec.name) === undefined)
        this.#all.push(new ManagedContainer(spec, 'ephemeral', 'ContainerCreating', this.#context.clock));
  }
}
