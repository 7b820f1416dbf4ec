import type { ClusterApi } from '../api/cluster-api.ts';
import type { IngressBackend, Service } from '../api/objects.ts';
import { ENDPOINT_SLICES, SERVICES } from '../api/resources.ts';

const SERVICE_OF_SLICE = 'kubernetes.io/service-name';
const SCHEME_ANNOTATION = 'traefik.ingress.kubernetes.io/service.serversscheme';

/** A server that answers for a backend: an address, or a name outside the cluster. */
export interface Server {
  host: string;
  port: number;
  tls: boolean;
}

/** Finds the servers behind backends, each in its turn (Traefik goes round robin, straight to the pods). */
export class Backends {
  readonly #api: ClusterApi;
  readonly #turns = new Map<string, number>();

  constructor(api: ClusterApi) {
    this.#api = api;
  }

  /** @returns undefined when there is no such Service or port, or nobody to answer for it. */
  next(namespace: string, backend: IngressBackend): Server | undefined {
    const servers = this.#serversOf(namespace, backend);
    if (servers.length === 0) return undefined;
    const key = `${namespace}/${backend.service?.name ?? ''}/${JSON.stringify(backend.service?.port ?? {})}`;
    const turn = this.#turns.get(key) ?? 0;
    this.#turns.set(key, turn + 1);
    return servers[turn % servers.length];
  }

  #serversOf(namespace: string, backend: IngressBackend): Server[] {
    const service = this.#api.get(SERVICES, namespace, backend.service?.name ?? '');
    const port = service === undefined ? undefined : portOf(service, backend);
    if (service === undefined || port === undefined) return [];
    const scheme = service.metadata.annotations?.[SCHEME_ANNOTATION];
    const tls =
      scheme === undefined
        ? port.port === 443 || port.name?.startsWith('https') === true
        : scheme === 'https';
    if (service.spec.type === 'ExternalName')
      return [{ host: service.spec.externalName ?? '', port: port.port, tls }];
    return this.#api
      .list(ENDPOINT_SLICES, {
        namespace,
        labelSelector: { matchLabels: { [SERVICE_OF_SLICE]: service.metadata.name } },
      })
      .flatMap(({ endpoints, ports = [] }) => {
        const target = ports.find(({ name = '' }) => name === (port.name ?? ''))?.port;
        if (target === undefined) return [];
        return endpoints
          .filter(({ conditions }) => conditions?.ready ?? true)
          .flatMap(({ addresses }) => addresses.map((host) => ({ host, port: target, tls })));
      });
  }
}

function portOf(
  { spec }: Service,
  { service }: IngressBackend,
): NonNullable<Service['spec']['ports']>[number] | undefined {
  const { name, number } = service?.port ?? {};
  return spec.ports?.find((port) => port.port === number || (name !== undefined && port.name === name));
}
