import type { KindDefinition } from '../kind-definition.ts';
import type { Service } from '../objects.ts';
import { SERVICES } from '../resources.ts';
import { forbidden } from '../validation/errors.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, column, formatLabels, NAME_COLUMN, wideColumn } from './columns.ts';
import type { ServiceRanges } from './service-allocation.ts';
import { carryOver, dropForNewType, ServiceAllocator } from './service-allocation.ts';
import type { FullServiceSpec } from './service-types.ts';
import { isExternallyAccessible } from './service-types.ts';
import { validateService, validateServiceUpdate } from './service-validation.ts';
import { validateLoadBalancer } from './status-validation.ts';
import { warningsForService } from './service-warnings.ts';

const DEFAULT_AFFINITY_SECONDS = 10800;

function applyDefaults(draft: Service): void {
  const spec: FullServiceSpec = draft.spec;
  spec.sessionAffinity ??= 'None';
  if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig;
  if (
    spec.sessionAffinity === 'ClientIP' &&
    spec.sessionAffinityConfig?.clientIP?.timeoutSeconds === undefined
  )
    spec.sessionAffinityConfig = { clientIP: { timeoutSeconds: DEFAULT_AFFINITY_SECONDS } };
  spec.type ??= 'ClusterIP';
  for (const port of spec.ports ?? []) {
    port.protocol ??= 'TCP';
    if ((port.targetPort ?? 0) === 0 || port.targetPort === '') port.targetPort = port.port;
    if (port.nodePort === 0) delete port.nodePort;
  }
  if (isExternallyAccessible(spec)) spec.externalTrafficPolicy ??= 'Cluster';
  if (spec.type === 'ExternalName') delete spec.internalTrafficPolicy;
  else if (['ClusterIP', 'NodePort', 'LoadBalancer'].includes(spec.type))
    spec.internalTrafficPolicy ??= 'Cluster';
  if (spec.type === 'LoadBalancer') spec.allocateLoadBalancerNodePorts ??= true;
}

/** A client may write a status with nothing in it. */
function ingressOf({
  loadBalancer,
}: Partial<Service['status']>): NonNullable<Service['status']['loadBalancer']['ingress']> {
  return loadBalancer?.ingress ?? [];
}

function externalIp(service: Service): string {
  const spec: FullServiceSpec = service.spec;
  const external = spec.externalIPs ?? [];
  switch (spec.type) {
    case 'ExternalName':
      return spec.externalName ?? '';
    case 'LoadBalancer': {
      const given = ingressOf(service.status).map(({ ip, hostname }) => ip ?? hostname ?? '');
      const all = [...new Set(given.filter((address) => address !== ''))].sort().concat(external);
      return all.length === 0 ? '<pending>' : all.join(',');
    }
    default:
      return external.length === 0 ? '<none>' : external.join(',');
  }
}

function formatPorts(service: Service): string {
  const ports = (service.spec.ports ?? []).map(({ port, nodePort = 0, protocol = 'TCP' }) =>
    nodePort > 0 ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`,
  );
  return ports.length === 0 ? '<none>' : ports.join(',');
}

export function createServiceKind(ranges: ServiceRanges): KindDefinition<Service> {
  const allocator = new ServiceAllocator(ranges);
  return {
    type: SERVICES,
    singular: 'service',
    shortNames: ['svc'],
    categories: ['all'],
    subresources: ['proxy', 'status'],
    schema: 'io.k8s.api.core.v1.Service',
    nameFormat: 'dns1035Label',
    hasGeneration: false,
    showsDeleted: true,
    isCreatedByUpdate: true,
    checksChangesFirst: true,
    applyDefaults,
    prepareForCreate(draft) {
      draft.status = { loadBalancer: {} };
      carryOver(draft.spec, undefined);
    },
    prepareForUpdate(draft, stored) {
      draft.status =
        draft.spec.type === 'LoadBalancer' ? stored.status : { ...stored.status, loadBalancer: {} };
      carryOver(draft.spec, stored.spec);
      dropForNewType(draft.spec, stored.spec);
    },
    validate: validateService,
    statusUpdate: {
      prepare({ spec, status }) {
        if (spec.type !== 'LoadBalancer') return;
        for (const given of ingressOf(status)) if ((given.ip ?? '') !== '') given.ipMode ??= 'VIP';
      },
      validate: ({ spec, status }) =>
        spec.type !== 'LoadBalancer' && ingressOf(status).length > 0
          ? [forbidden('status.loadBalancer.ingress', "may only be used when `spec.type` is 'LoadBalancer'")]
          : validateLoadBalancer(ingressOf(status), { needsMode: true }),
    },
    validateUpdate: (service, stored) => validateServiceUpdate(service.spec, stored.spec),
    allocate: (draft, stored, context, options) => allocator.allocate(draft, stored, context, options),
    warnings: ({ spec, metadata }) => warningsForService(spec, metadata),
    columns: [
      NAME_COLUMN,
      column('Type', 'type determines how the Service is exposed. Defaults to ClusterIP.'),
      column('Cluster-IP', 'clusterIP is the IP address of the service and is usually assigned randomly.'),
      column(
        'External-IP',
        'externalIPs is a list of IP addresses for which nodes in the cluster will also accept traffic for this service.',
      ),
      column('Port(s)', 'The list of ports that are exposed by this service.'),
      AGE_COLUMN,
      wideColumn(
        'Selector',
        'Route service traffic to pods with label keys and values matching this selector.',
      ),
    ],
    cells: (service, now) => [
      service.metadata.name,
      service.spec.type ?? '',
      service.spec.clusterIPs?.[0] ?? '<none>',
      externalIp(service),
      formatPorts(service),
      ageOf(service.metadata.creationTimestamp, now),
      formatLabels(service.spec.selector),
    ],
    fieldSelectors: {
      'spec.clusterIP': (service) => service.spec.clusterIP ?? '',
      'spec.type': (service) => service.spec.type ?? '',
    },
  };
}
