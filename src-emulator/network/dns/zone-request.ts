/** The zone that the cluster's DNS answers for. */
export const CLUSTER_ZONE = 'cluster.local';

/** What a name inside the zone asks for (Kubernetes DNS-Based Service Discovery, schema 1.1.0). */
export type ZoneRequest =
  | { kind: 'apex' }
  | { kind: 'schema-version' }
  /** `ns.dns`, the name in the SOA record. */
  | { kind: 'name-server' }
  /** `svc`, `pod`, or a namespace below one of them: names that exist without records. */
  | { kind: 'container'; namespace: string | undefined }
  | { kind: 'pod'; namespace: string; dashedAddress: string }
  | {
      kind: 'service';
      namespace: string;
      service: string;
      /** A label before the Service's name: one endpoint's hostname or dashed address. */
      endpoint: string | undefined;
      /** Two labels before it: `_http._tcp`. */
      port: { name: string; protocol: string } | undefined;
    }
  /** In the zone, but not a name that it could have. */
  | { kind: 'invalid' };

/** Reads a lower-case name without its trailing dot. Undefined when it is not in the zone. */
export function parseZoneName(name: string): ZoneRequest | undefined {
  if (name === CLUSTER_ZONE) return { kind: 'apex' };
  if (!name.endsWith(`.${CLUSTER_ZONE}`)) return undefined;
  const relative = name.slice(0, -CLUSTER_ZONE.length - 1);
  if (relative === 'dns-version') return { kind: 'schema-version' };
  if (relative === 'ns.dns') return { kind: 'name-server' };
  const [branch, namespace, subject, ...prefix] = relative.split('.').reverse();
  if (branch !== 'svc' && branch !== 'pod') return { kind: 'invalid' };
  if (namespace === undefined || subject === undefined) return { kind: 'container', namespace };
  if (prefix.length > 2) return { kind: 'invalid' };
  // CoreDNS overlooks labels before a pod's address.
  if (branch === 'pod') return { kind: 'pod', namespace, dashedAddress: subject };
  const [first, second] = prefix;
  return {
    kind: 'service',
    namespace,
    service: subject,
    endpoint: second === undefined ? first : undefined,
    port:
      first === undefined || second === undefined
        ? undefined
        : { name: second.replace(/^_/, ''), protocol: first.replace(/^_/, '') },
  };
}

/** The address that a name under in-addr.arpa stands for; undefined for other names and incomplete ones. */
export function parseReverseName(name: string): string | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.in-addr\.arpa$/.exec(name);
  return match === null ? undefined : match.slice(1).reverse().join('.');
}
