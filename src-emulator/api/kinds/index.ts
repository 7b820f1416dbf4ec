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
  ];
  return kinds as unknown as KindDefinition[];
}
