import type { ClusterApi, WatchEvent } from '../api/cluster-api.ts';
import type { EndpointSlice, KubeObject, Service } from '../api/objects.ts';
import { ENDPOINT_SLICES, NAMESPACES, SERVICES } from '../api/resources.ts';

const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';

/** The Services of a cluster and the EndpointSlices that belong to each, kept up to date by watches. */
export class ServiceIndex implements Disposable {
  readonly #services = new Map<string, Service>();
  readonly #slices = new Map<string, Map<string, EndpointSlice>>();
  readonly #namespaces = new Set<string>();
  readonly #watches: Disposable[];

  /** @param onChange called after a Service or an EndpointSlice changed. */
  constructor(api: ClusterApi, onChange: () => void = () => {}) {
    this.#watches = [
      api.watch(SERVICES, (event) => {
        const key = keyOf(event.object);
        if (event.type === 'DELETED') this.#services.delete(key);
        else this.#services.set(key, event.object);
        onChange();
      }),
      api.watch(ENDPOINT_SLICES, (event) => {
        this.#applySlice(event);
        onChange();
      }),
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
    const name = object.metadata.name;
    const service = object.metadata.labels?.[SERVICE_NAME_LABEL];
    const owner = `${object.metadata.namespace ?? ''}/${service ?? ''}`;
    // A slice whose label was changed leaves its former Service.
    for (const [key, slices] of this.#slices) {
      if (key === owner && type !== 'DELETED') continue;
      const held = slices.get(name);
      if (held?.metadata.namespace === object.metadata.namespace) slices.delete(name);
      if (slices.size === 0) this.#slices.delete(key);
    }
    if (type === 'DELETED' || service === undefined) return;
    const slices = this.#slices.get(owner) ?? new Map<string, EndpointSlice>();
    // The API takes slices without the list of endpoints.
    slices.set(name, Array.isArray(object.endpoints) ? object : { ...object, endpoints: [] });
    this.#slices.set(owner, slices);
  }
}

function keyOf(object: KubeObject): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}
