import type { Scenario } from '../suite/scenario.ts';
import { access } from './access.ts';
import { badYaml } from './bad-yaml.ts';
import { changes } from './changes.ts';
import { clusterIp } from './cluster-ip.ts';
import { discovery } from './discovery.ts';
import { dns } from './dns.ts';
import { endpoints } from './endpoints.ts';
import { getFormats } from './get-formats.ts';
import { ingressesRefused } from './ingresses-refused.ts';
import { namesRefused } from './names-refused.ts';
import { nodePort } from './node-port.ts';
import { nodes } from './nodes.ts';
import { daemonSet, jobs, replicationController } from './other-workloads.ts';
import { podLife } from './pod-life.ts';
import { podsRefused } from './pods-refused.ts';
import { policies, networkingObjects } from './policies.ts';
import { rollouts } from './rollouts.ts';
import { serverSideApply } from './server-side-apply.ts';
import { servicesRefused } from './services-refused.ts';
import { sessionAffinity } from './session-affinity.ts';
import { statefulSet } from './stateful-set.ts';
import { streams } from './streams.ts';
import { trafficPolicy } from './traffic-policy.ts';
import { udpAndHostNetwork } from './udp-and-host-network.ts';
import { deploymentsRefused, workloadsRefused } from './workloads-refused.ts';

/** Every scenario of the suite, the longest first. */
export const SCENARIOS: readonly Scenario[] = [
  clusterIp,
  nodePort,
  trafficPolicy,
  sessionAffinity,
  endpoints,
  dns,
  udpAndHostNetwork,
  podLife,
  rollouts,
  statefulSet,
  daemonSet,
  jobs,
  replicationController,
  getFormats,
  changes,
  serverSideApply,
  access,
  badYaml,
  discovery,
  ingressesRefused,
  namesRefused,
  nodes,
  podsRefused,
  policies,
  networkingObjects,
  servicesRefused,
  streams,
  deploymentsRefused,
  workloadsRefused,
];

/** Those whose name or title matches a regular expression; without one, all. */
export function scenariosFor(pattern = ''): readonly Scenario[] {
  return SCENARIOS.filter(({ name, title }) => new RegExp(pattern, 'i').test(`${name}: ${title}`));
}
