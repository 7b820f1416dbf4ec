import type { EndpointSlice, Service } from '../../kube/objects.ts';
import { CONNECTION_EACH, type FileService } from './file-configuration.ts';
import type { IngressBackend } from '../../kube/ingress-objects.ts';
import { portOf } from './traefik-model.ts';

const SERVICE_OF_SLICE = 'kubernetes.io/service-name';

/**
 * A service of our own for a backend that Traefik's provider makes none for. It leads to the Service's address
 * and not to its pods, so that it stays right when pods come and go while the app is closed.
 *
 * @returns undefined when the backend is no port of a Service
 */
export function ownService(
  backend: IngressBackend,
  service: Service | undefined,
  slices: readonly EndpointSlice[],
): FileService | undefined {
  const port = portOf(backend, service);
  if (service === undefined || port === undefined) return undefined;
  const scheme = port.port === 443 || port.name?.startsWith('https') === true ? 'https' : 'http';
  const urls = serversOf(service, port, slices).map((server) => ({ url: `${scheme}://${server}` }));
  return {
    loadBalancer: {
      passHostHeader: true,
      serversTransport: CONNECTION_EACH,
      // None is said by leaving them out: Traefik takes no empty list. It then answers 503.
      ...(urls.length === 0 ? {} : { servers: urls }),
    },
  };
}

function serversOf(
  { metadata, spec }: Service,
  { name = '', port }: { name?: string; port: number },
  slices: readonly EndpointSlice[],
): string[] {
  if (spec.type === 'ExternalName') return [`${spec.externalName ?? ''}:${port}`];
  const endpoints = slices
    .filter((slice) => slice.metadata.namespace === metadata.namespace)
    .filter((slice) => slice.metadata.labels?.[SERVICE_OF_SLICE] === metadata.name)
    .flatMap((slice) => endpointsOf(slice, name));
  if (spec.clusterIP === 'None') return endpoints;
  return endpoints.length === 0 ? [] : [`${bracketed(spec.clusterIP ?? '')}:${port}`];
}

function endpointsOf({ endpoints, ports }: EndpointSlice, portName: string): string[] {
  const port = ports?.find(({ name = '' }) => name === portName)?.port;
  if (port === undefined) return [];
  return (endpoints ?? [])
    .filter(({ conditions }) => conditions?.serving ?? conditions?.ready ?? true)
    .flatMap(({ addresses }) => addresses.map((address) => `${bracketed(address)}:${port}`));
}

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
