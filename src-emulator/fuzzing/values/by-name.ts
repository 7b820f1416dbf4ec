import {
  ADDRESSES,
  CIDRS,
  COUNTS,
  HOSTS,
  NAMES,
  PATHS,
  PORTS,
  PORT_OR_NAME,
  SECONDS,
  VERSIONS,
} from './common.ts';

const PROTOCOLS = ['TCP', 'UDP', 'SCTP', 'tcp', 'FOO', ''];
const AMOUNTS = [0, 1, -1, '25%', '0%', '100%', '101%', 'abc', '-5%', '5', ''];
const KINDS = ['Pod', 'Deployment', '', 'Foo', 'a/b'];

/** Fields of any type, by their name alone. */
export const VALUES_BY_NAME: Record<string, readonly unknown[]> = {
  apiVersion: VERSIONS,
  cidr: CIDRS,
  clusterIP: ADDRESSES,
  containerPort: PORTS,
  defaultMode: [0, 420, 511, 512, -1],
  except: CIDRS.map((cidr) => [cidr]),
  host: HOSTS,
  hostIP: ADDRESSES,
  hostPort: PORTS,
  ip: ADDRESSES,
  kind: KINDS,
  matchLabels: [{ app: 'web' }, {}, { 'a b': 'x' }, { app: 'a b' }, { app: 'other' }],
  maxSurge: AMOUNTS,
  maxUnavailable: AMOUNTS,
  minAvailable: AMOUNTS,
  minReadySeconds: SECONDS,
  name: NAMES,
  namespace: ['fuzz', '', 'A'],
  namespaces: [['fuzz'], ['A'], []],
  operator: ['In', 'Exists', 'Foo', ''],
  path: PATHS,
  port: PORTS,
  progressDeadlineSeconds: SECONDS,
  protocol: PROTOCOLS,
  replicas: [0, 1, -1, 2],
  revisionHistoryLimit: COUNTS,
  secretName: ['keys', '', 'A b'],
  seconds: SECONDS,
  storageClassName: ['none', '', 'A b'],
  targetPort: PORT_OR_NAME,
};
