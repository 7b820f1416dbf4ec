import type { KindDefinition } from '../kind-definition.ts';
import { parseIpv4Range } from '../validation/network.ts';
import { CONFIG_MAP_KIND } from './config-map.ts';
import { DEPLOYMENT_KIND } from './deployment.ts';
import { ENDPOINT_SLICE_KIND } from './endpoint-slice.ts';
import { ENDPOINTS_KIND } from './endpoints.ts';
import { EVENT_KIND } from './event.ts';
import { NAMESPACE_KIND } from './namespace.ts';
import { NODE_KIND } from './node.ts';
import { POD_KIND } from './pod.ts';
import { REPLICA_SET_KIND } from './replica-set.ts';
import { SECRET_KIND } from './secret.ts';
import { SERVICE_ACCOUNT_KIND } from './service-account.ts';
import { REPLICATION_CONTROLLER_KIND } from './replication-controller.ts';
import { RESOURCE_QUOTA_KIND } from './resource-quota.ts';
import { LIMIT_RANGE_KIND } from './limit-range.ts';
import { PERSISTENT_VOLUME_CLAIM_KIND } from './persistent-volume-claim.ts';
import { PERSISTENT_VOLUME_KIND } from './persistent-volume.ts';
import { POD_TEMPLATE_KIND } from './pod-template.ts';
import { STATEFUL_SET_KIND } from './stateful-set.ts';
import { DAEMON_SET_KIND } from './daemon-set.ts';
import { CONTROLLER_REVISION_KIND } from './controller-revision.ts';
import { HORIZONTAL_POD_AUTOSCALER_KIND } from './horizontal-pod-autoscaler.ts';
import { JOB_KIND } from './job.ts';
import { CRON_JOB_KIND } from './cron-job.ts';
import { CERTIFICATE_SIGNING_REQUEST_KIND } from './certificate-signing-request.ts';
import { LEASE_KIND } from './lease.ts';
import { INGRESS_KIND } from './ingress.ts';
import { INGRESS_CLASS_KIND } from './ingress-class.ts';
import { NETWORK_POLICY_KIND } from './network-policy.ts';
import { IP_ADDRESS_KIND } from './ip-address.ts';
import { SERVICE_CIDR_KIND } from './service-cidr.ts';
import { POD_DISRUPTION_BUDGET_KIND } from './pod-disruption-budget.ts';
import { ROLE_KIND } from './role.ts';
import { ROLE_BINDING_KIND } from './role-binding.ts';
import { CLUSTER_ROLE_KIND } from './cluster-role.ts';
import { CLUSTER_ROLE_BINDING_KIND } from './cluster-role-binding.ts';
import { PRIORITY_CLASS_KIND } from './priority-class.ts';
import { STORAGE_CLASS_KIND } from './storage-class.ts';
import { API_SERVICE_KIND, CSI_NODE_KIND, EMPTY_KINDS } from './read-only-kinds.ts';
import { RUNTIME_CLASS_KIND } from './runtime-class.ts';
import { createServiceKind } from './service.ts';

export interface KindOptions {
  /** The IPv4 range that cluster addresses come from, for example `10.96.0.0/16`. */
  serviceCidr: string;
  /** The first and the last port that node ports come from. */
  nodePortRange: [number, number];
  /** What picks addresses and ports, between 0 and 1; by default the same sequence in every cluster. */
  random?: () => number;
}

/** A small generator (mulberry32): addresses look random and yet are the same on every run. */
function seededRandom(): () => number {
  let state = 0x5eed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The kinds that the emulated cluster serves. @throws Error for a range that is none */
export function createKinds(options: KindOptions): KindDefinition[] {
  const kinds = [
    NAMESPACE_KIND,
    NODE_KIND,
    POD_KIND,
    createServiceKind({
      clusterIps: parseIpv4Range(options.serviceCidr),
      nodePorts: options.nodePortRange,
      random: options.random ?? seededRandom(),
    }),
    ENDPOINTS_KIND,
    CONFIG_MAP_KIND,
    SECRET_KIND,
    SERVICE_ACCOUNT_KIND,
    EVENT_KIND,
    DEPLOYMENT_KIND,
    REPLICA_SET_KIND,
    ENDPOINT_SLICE_KIND,
    REPLICATION_CONTROLLER_KIND,
    RESOURCE_QUOTA_KIND,
    LIMIT_RANGE_KIND,
    PERSISTENT_VOLUME_CLAIM_KIND,
    PERSISTENT_VOLUME_KIND,
    POD_TEMPLATE_KIND,
    STATEFUL_SET_KIND,
    DAEMON_SET_KIND,
    CONTROLLER_REVISION_KIND,
    HORIZONTAL_POD_AUTOSCALER_KIND,
    JOB_KIND,
    CRON_JOB_KIND,
    CERTIFICATE_SIGNING_REQUEST_KIND,
    LEASE_KIND,
    INGRESS_KIND,
    INGRESS_CLASS_KIND,
    NETWORK_POLICY_KIND,
    IP_ADDRESS_KIND,
    SERVICE_CIDR_KIND,
    POD_DISRUPTION_BUDGET_KIND,
    ROLE_KIND,
    ROLE_BINDING_KIND,
    CLUSTER_ROLE_KIND,
    CLUSTER_ROLE_BINDING_KIND,
    PRIORITY_CLASS_KIND,
    STORAGE_CLASS_KIND,
    RUNTIME_CLASS_KIND,
    API_SERVICE_KIND,
    CSI_NODE_KIND,
    ...EMPTY_KINDS,
  ];
  return kinds as unknown as KindDefinition[];
}
