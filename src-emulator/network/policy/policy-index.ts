import type { ClusterApi } from '../../api/cluster-api.ts';
import type { Namespace, NetworkPolicy, Pod } from '../../api/objects.ts';
import { NAMESPACES, NETWORK_POLICIES, PODS } from '../../api/resources.ts';
import { isAllowed, type PolicyEnd, type PolicyPod, type PolicyProtocol } from './policy-rules.ts';

/** The policies of a cluster and the pods that they are about, kept up to date by watches. */
export class PolicyIndex implements Disposable {
  readonly #policies = new Map<string, Map<string, NetworkPolicy>>();
  readonly #pods = new Map<string, Pod>();
  readonly #byAddress = new Map<string, Pod>();
  readonly #namespaces = new Map<string, Namespace>();
  readonly #watches: Disposable[];

  constructor(api: ClusterApi) {
    this.#watches = [
      api.watch(NETWORK_POLICIES, ({ type, object }) => {
        const { namespace = '', name } = object.metadata;
        const policies = this.#policies.get(namespace) ?? new Map<string, NetworkPolicy>();
        if (type === 'DELETED') policies.delete(name);
        else policies.set(name, object);
        if (policies.size > 0) this.#policies.set(namespace, policies);
        else this.#policies.delete(namespace);
      }),
      api.watch(NAMESPACES, ({ type, object }) => {
        if (type === 'DELETED') this.#namespaces.delete(object.metadata.name);
        else this.#namespaces.set(object.metadata.name, object);
      }),
      api.watch(PODS, ({ type, object }) => this.#applyPod(object, type === 'DELETED')),
    ];
  }

  /** Whether the pod with this address may open the connection. Addresses that no pod has may do as they like. */
  allowsEgress(source: string, destination: string, port: number, protocol: PolicyProtocol): boolean {
    return this.#allows('Egress', source, destination, port, protocol);
  }

  /** Whether the pod at the destination takes the connection from this source. */
  allowsIngress(source: string, destination: string, port: number, protocol: PolicyProtocol): boolean {
    return this.#allows('Ingress', source, destination, port, protocol);
  }

  [Symbol.dispose](): void {
    for (const watch of this.#watches) watch[Symbol.dispose]();
  }

  #allows(
    direction: 'Ingress' | 'Egress',
    source: string,
    destination: string,
    port: number,
    protocol: PolicyProtocol,
  ): boolean {
    if (this.#policies.size === 0) return true;
    const subject = this.#byAddress.get(direction === 'Ingress' ? destination : source);
    const policies = this.#policies.get(subject?.metadata.namespace ?? '');
    if (policies === undefined) return true;
    const flow = {
      protocol,
      source: this.#end(source),
      destination: { ...this.#end(destination), port },
    };
    return isAllowed(direction, flow, policies.values());
  }

  #end(address: string): PolicyEnd {
    const pod = this.#byAddress.get(address);
    return { address, pod: pod === undefined ? undefined : this.#policyPod(pod) };
  }

  #policyPod({ metadata: { namespace = '', labels = {} }, spec }: Pod): PolicyPod {
    return {
      namespace,
      labels,
      namespaceLabels: this.#namespaces.get(namespace)?.metadata.labels ?? {},
      ports: spec.containers.flatMap(({ ports = [] }) => ports),
    };
  }

  #applyPod(pod: Pod, isDeleted: boolean): void {
    const { uid } = pod.metadata;
    const before = this.#pods.get(uid)?.status.podIP;
    if (before !== undefined && this.#byAddress.get(before)?.metadata.uid === uid)
      this.#byAddress.delete(before);
    const { podIP, phase } = pod.status;
    const hasAddress = podIP !== undefined && pod.spec.hostNetwork !== true;
    if (isDeleted || !hasAddress || phase === 'Succeeded' || phase === 'Failed') {
      this.#pods.delete(uid);
      return;
    }
    this.#pods.set(uid, pod);
    this.#byAddress.set(podIP, pod);
  }
}
