import type { ClusterApi, WatchEvent } from '../api/cluster-api.ts';
import type { EndpointSlice, KubeObject, Service } from '../api/objects.ts';
import { ENDPOINT_SLICES, NAMESPACES, SERVICES } from '../api/resources.ts';

const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';

/** The Services of a cluster and the EndpointSlices that belong to each, kept up to date by watches. */
export class ServiceIndex implements Disposable {
  readonly #services = new Map<string, Service>();
  readonly #slices = new Map<string, Map<string, EndpointSlice>>();
  /** The Service that each slice belongs to. */
  readonly #owners = new Map<string, string>();
  readonly #namespaces = new Set<string>();
  readonly #watches: Disposable[];

  readonly #onChange: (service: string) => void;

  /** @param onChange called with `namespace/name` after a Service or one of its EndpointSlices changed. */
  constructor(api: ClusterApi, onChange: (service: string) => void) {
    this.#onChange = onChange;
    this.#watches = [
      api.watch(SERVICES, (event) => {
        const key = keyOf(event.object);
        if (event.type === 'DELETED') this.#services.delete(key);
        else this.#services.set(key, event.object);
        onChange(key);
      }),
      api.watch(ENDPOINT_SLICES, (event) => this.#applySlice(event)),
      api.watch(NAMESPACES, (event) => {
        if (event.type === 'DELETED') this.#namespaces.delete(event.object.metadata.name);
        else this.#namespaces.add(event.object.metadata.name);
      }),
    ];
  }

  service(namespace: string, name: string): Service | undefined {
    return this.#services.get(`${namespace}/${name}`);
  }

  services(): Iterable<Service> {
    return this.#services.values();
  }

  /** The IPv4 EndpointSlices of a Service. */
  slicesOf(namespace: string, service: string): EndpointSlice[] {
    const slices = this.#slices.get(`${namespace}/${service}`);
    return slices === undefined ? [] : [...slices.values()].filter((slice) => slice.addressType === 'IPv4');
  }

  hasNamespace(name: string): boolean {
    return this.#namespaces.has(name);
  }

  [Symbol.dispose](): void {
    for (const watch of this.#watches) watch[Symbol.dispose]();
  }

  #applySlice({ type, object }: WatchEvent<EndpointSlice>): void {
    const key = keyOf(object);
    const { labels, namespace = '' } = object.metadata;
    const service = type === 'DELETED' ? undefined : labels?.[SERVICE_NAME_LABEL];
    const owner = service === undefined ? undefined : `${namespace}/${service}`;
    const formerOwner = this.#owners.get(key);
    if (formerOwner !== undefined && formerOwner !== owner) {
      this.#slices.get(formerOwner)?.delete(key);
      if (this.#slices.get(formerOwner)?.size === 0) this.#slices.delete(formerOwner);
      this.#owners.delete(key);
      this.#onChange(formerOwner);
    }
    if (owner === undefined) return;
    const slices = this.#slices.get(owner) ?? new Map<string, EndpointSlice>();
    // The API takes slices without the list of endpoints.
    slices.set(key, Array.isArray(object.endpoints) ? object : { ...object, endpoints: [] });
    this.#slices.set(owner, slices);
    this.#owners.set(key, owner);
    this.#onChange(owner);
  }
}

function keyOf(object: KubeObject): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}
