import type { ClusterApi } from '../api/cluster-api.ts';
import type { Ingress, Service } from '../api/objects.ts';
import { INGRESSES, SERVICES } from '../api/resources.ts';
import { jsonEqual } from '../store/json.ts';

/** The Service in front of the controller. */
export interface PublishedService {
  namespace: string;
  name: string;
}

/** Lets the Ingresses that are served report the address of the Service in front of the controller. */
export function reportAddress(
  api: ClusterApi,
  published: PublishedService,
  served: readonly Ingress[],
): void {
  const service = api.get(SERVICES, published.namespace, published.name);
  if (service === undefined) return;
  const addresses = addressesOf(service);
  for (const { metadata, status } of served) {
    if (jsonEqual(status.loadBalancer.ingress ?? [], addresses)) continue;
    api.mutate(
      INGRESSES,
      metadata.namespace,
      metadata.name,
      (draft) => {
        draft.status.loadBalancer = addresses.length === 0 ? {} : { ingress: addresses };
      },
      { subresource: 'status' },
    );
  }
}

function addressesOf({ status }: Service): { ip?: string; hostname?: string }[] {
  return (status.loadBalancer.ingress ?? []).map(({ ip, hostname }) => ({
    ...(ip === undefined ? {} : { ip }),
    ...(hostname === undefined ? {} : { hostname }),
  }));
}
