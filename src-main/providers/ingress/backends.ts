import type { EndpointSlice, Service } from '../../kube/objects.ts';
import { ownService } from './default-backends.ts';
import { UNAVAILABLE, type FileService } from './file-configuration.ts';
import { keyOf, type Ingress, type IngressBackend } from '../../kube/ingress-objects.ts';
import { portOf, serviceName } from './traefik-model.ts';

/** Where requests for a backend go. */
export interface Target {
  /** A service of Traefik, with the provider that makes it where that is not the file. */
  service: string;
  /** False while the backend's Service, or its port, does not exist. */
  available: boolean;
  /** True when Traefik's provider of Ingresses makes the service, once the backend is available. */
  native: boolean;
}

/** Finds the services of backends, and makes those that Traefik's own provider does not make. */
export class Backends {
  /** The services that were made. */
  readonly own: Record<string, FileService> = {};
  readonly #services: ReadonlyMap<string, Service>;
  readonly #slices: readonly EndpointSlice[];
  /** By the names that Traefik gives: the backends of rules that ask for it. */
  readonly #named: ReadonlyMap<string, ReadonlySet<string>>;

  constructor(services: readonly Service[], slices: readonly EndpointSlice[], ingresses: readonly Ingress[]) {
    this.#services = new Map(services.map((service) => [keyOf(service), service]));
    this.#slices = slices;
    this.#named = namesOfBackends(ingresses);
  }

  ofRule(ingress: Ingress, backend: IngressBackend): Target {
    if (backend.service === undefined) return { service: UNAVAILABLE, available: false, native: false };
    const name = serviceName(ingress.metadata.namespace ?? '', backend.service);
    // shop/web-v2 and shop-web/v2 are one to Traefik, which keeps any of them.
    if ((this.#named.get(name)?.size ?? 0) > 1) return this.#made(ingress, backend);
    return { service: `${name}@kubernetes`, available: this.exists(ingress, backend), native: true };
  }

  exists(ingress: Ingress, backend: IngressBackend): boolean {
    return portOf(backend, this.#serviceOf(ingress, backend)) !== undefined;
  }

  /** Traefik's provider makes no service for a default backend beside rules, unless a rule has the same backend. */
  ofDefault(ingress: Ingress, backend: IngressBackend): Target {
    const name =
      backend.service === undefined ? '' : serviceName(ingress.metadata.namespace ?? '', backend.service);
    const inUse = this.#named.get(name)?.has(backendKey(ingress, backend)) === true;
    return inUse ? this.ofRule(ingress, backend) : this.#made(ingress, backend);
  }

  #made(ingress: Ingress, backend: IngressBackend): Target {
    const service = ownService(backend, this.#serviceOf(ingress, backend), this.#slices);
    if (service === undefined) return { service: UNAVAILABLE, available: false, native: false };
    const name = backendKey(ingress, backend);
    this.own[name] = service;
    return { service: name, available: true, native: false };
  }

  #serviceOf(ingress: Ingress, backend: IngressBackend): Service | undefined {
    return this.#services.get(`${ingress.metadata.namespace ?? ''}/${backend.service?.name ?? ''}`);
  }
}

function namesOfBackends(ingresses: readonly Ingress[]): Map<string, Set<string>> {
  const names = new Map<string, Set<string>>();
  for (const ingress of ingresses)
    for (const { backend } of (ingress.spec.rules ?? []).flatMap(({ http }) => http?.paths ?? [])) {
      if (backend.service === undefined) continue;
      const name = serviceName(ingress.metadata.namespace ?? '', backend.service);
      const keys = names.get(name) ?? new Set();
      names.set(name, keys.add(backendKey(ingress, backend)));
    }
  return names;
}

/** `shop/web/80` or `shop/web/http`. */
function backendKey(ingress: Ingress, { service }: IngressBackend): string {
  const port = service?.port?.name ?? service?.port?.number ?? '';
  return `${ingress.metadata.namespace ?? ''}/${service?.name ?? ''}/${port}`;
}
