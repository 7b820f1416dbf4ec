import { LAST_APPLIED, type ObjectMeta, type Service, type ServicePort } from '../../kube/objects.ts';

/** A Service with what a load balancer reads and writes. */
export interface LoadBalancedService extends Service {
  metadata: ObjectMeta & { managedFields?: ManagedFields[] };
  spec: Service['spec'] & {
    allocateLoadBalancerNodePorts?: boolean;
    externalIPs?: string[];
    healthCheckNodePort?: number;
    loadBalancerClass?: string;
    loadBalancerIP?: string;
  };
  status?: { loadBalancer?: { ingress?: { ip?: string; hostname?: string }[] } };
}

/** https://kubernetes.io/docs/reference/using-api/server-side-apply/#managed-fields */
interface ManagedFields {
  manager?: string;
  fieldsV1?: Record<string, unknown>;
}

/** Who is noted as the owner of the fields that are set here. */
export const FIELD_MANAGER = 'switchyard-load-balancer';

/**
 * True for Services that the default load balancer of a cluster serves: those of another class are not its business
 * (https://kubernetes.io/docs/concepts/services-networking/service/#load-balancer-class).
 */
export function isOurs({ metadata, spec }: LoadBalancedService): boolean {
  return (
    spec.type === 'LoadBalancer' &&
    spec.loadBalancerClass === undefined &&
    metadata.deletionTimestamp === undefined
  );
}

/** The older first; the same order for everybody who looks. */
export function compareAge(a: LoadBalancedService, b: LoadBalancedService): number {
  return (
    compareText(a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? '') ||
    compareText(nameOf(a), nameOf(b))
  );
}

function nameOf({ metadata }: LoadBalancedService): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

export function addressesOf({ status }: LoadBalancedService): string[] {
  return (status?.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }) => ip ?? hostname ?? []);
}

/**
 * True when somebody asked for this number, instead of taking the one that the API server gave. Numbers that it
 * gives have no owner in `managedFields`; where those were left out, what was applied last tells.
 */
export function isPinned({ metadata }: LoadBalancedService, port: ServicePort): boolean {
  const protocol = port.protocol ?? 'TCP';
  if (metadata.managedFields !== undefined) {
    const path = ['f:spec', 'f:ports', `k:{"port":${port.port},"protocol":"${protocol}"}`, 'f:nodePort'];
    return metadata.managedFields.some(
      ({ manager, fieldsV1 }) => manager !== FIELD_MANAGER && has(fieldsV1, path),
    );
  }
  const declared = parse(metadata.annotations?.[LAST_APPLIED]);
  return (declared?.spec?.ports ?? []).some(
    (other) =>
      other.port === port.port && (other.protocol ?? 'TCP') === protocol && other.nodePort !== undefined,
  );
}

function has(fields: unknown, [step, ...rest]: readonly string[]): boolean {
  if (step === undefined) return true;
  if (typeof fields !== 'object' || fields === null || !(step in fields)) return false;
  return has((fields as Record<string, unknown>)[step], rest);
}

function parse(text: string | undefined): { spec?: { ports?: ServicePort[] } } | undefined {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as { spec?: { ports?: ServicePort[] } });
  } catch {
    return undefined; // not written by kubectl: nothing is known
  }
}
