import type { FieldError, KindDefinition } from '../kind-definition.ts';
import type { NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from '../objects.ts';
import { NETWORK_POLICIES } from '../resources.ts';
import { forbidden, invalid, invalidEach, notSupported, required } from '../validation/errors.ts';
import { validateLabelSelector } from '../validation/labels.ts';
import { portName, portNumber } from '../validation/names.ts';
import { isStrictSubset, validateCidr } from '../validation/network.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, column, formatLabelSelector, NAME_COLUMN } from './columns.ts';

const PROTOCOLS = ['TCP', 'UDP', 'SCTP'];
const POLICY_TYPES = ['Ingress', 'Egress'];

/** The rules of both directions, with what each calls its peers. */
function rulesOf({ spec }: NetworkPolicy): {
  at: string;
  ports: NetworkPolicyPort[];
  peersAt: string;
  peers: NetworkPolicyPeer[];
}[] {
  return [
    ...(spec.ingress ?? []).map(({ ports = [], from = [] }, index) => {
      const at = `spec.ingress[${index}]`;
      return { at, ports, peersAt: `${at}.from`, peers: from };
    }),
    ...(spec.egress ?? []).map(({ ports = [], to = [] }, index) => {
      const at = `spec.egress[${index}]`;
      return { at, ports, peersAt: `${at}.to`, peers: to };
    }),
  ];
}

function validatePort({ protocol, port, endPort }: NetworkPolicyPort, at: string): FieldError[] {
  const errors: FieldError[] = [];
  if (protocol !== undefined && !PROTOCOLS.includes(protocol))
    errors.push(notSupported(`${at}.protocol`, protocol, PROTOCOLS));
  if (port === undefined) {
    if (endPort !== undefined)
      errors.push(invalid(`${at}.endPort`, endPort, 'may not be specified when `port` is not specified'));
  } else if (typeof port === 'number') {
    errors.push(...invalidEach(`${at}.port`, port, portNumber(port)));
    if (endPort !== undefined) {
      // The server shows the other field's value here.
      if (endPort < port)
        errors.push(invalid(`${at}.endPort`, port, 'must be greater than or equal to `port`'));
      errors.push(...invalidEach(`${at}.endPort`, endPort, portNumber(endPort)));
    }
  } else {
    if (endPort !== undefined)
      errors.push(invalid(`${at}.endPort`, endPort, 'may not be specified when `port` is non-numeric'));
    errors.push(...invalidEach(`${at}.port`, port, portName(port)));
  }
  return errors;
}

function validatePeer(
  { podSelector, namespaceSelector, ipBlock }: NetworkPolicyPeer,
  at: string,
): FieldError[] {
  const errors: FieldError[] = [];
  if (podSelector !== undefined) errors.push(...validateLabelSelector(podSelector, `${at}.podSelector`));
  if (namespaceSelector !== undefined)
    errors.push(...validateLabelSelector(namespaceSelector, `${at}.namespaceSelector`));
  if (ipBlock !== undefined) errors.push(...validateIpBlock(ipBlock, `${at}.ipBlock`));
  const peers = [podSelector, namespaceSelector, ipBlock].filter((peer) => peer !== undefined);
  if (peers.length === 0) errors.push(required(at, 'must specify a peer'));
  else if (peers.length > 1 && ipBlock !== undefined)
    errors.push(forbidden(at, 'may not specify both ipBlock and another peer'));
  return errors;
}

function validateIpBlock(
  { cidr, except = [] }: NonNullable<NetworkPolicyPeer['ipBlock']>,
  at: string,
): FieldError[] {
  if (cidr === '') return [required(`${at}.cidr`)];
  const errors = validateCidr(`${at}.cidr`, cidr);
  if (errors.length > 0) return errors;
  for (const [index, excepted] of except.entries()) {
    const field = `${at}.except[${index}]`;
    const wrong = validateCidr(field, excepted);
    errors.push(...wrong);
    if (wrong.length === 0 && !isStrictSubset(excepted, cidr))
      errors.push(invalid(field, excepted, 'must be a strict subset of `cidr`'));
  }
  return errors;
}

function validate(policy: NetworkPolicy): FieldError[] {
  const { podSelector = {}, policyTypes = [] } = policy.spec;
  const errors = validateLabelSelector(podSelector, 'spec.podSelector');
  for (const { at, ports, peersAt, peers } of rulesOf(policy)) {
    for (const [index, port] of ports.entries()) errors.push(...validatePort(port, `${at}.ports[${index}]`));
    for (const [index, peer] of peers.entries()) errors.push(...validatePeer(peer, `${peersAt}[${index}]`));
  }
  if (policyTypes.length > POLICY_TYPES.length)
    return [...errors, invalid('spec.policyTypes', policyTypes, 'may not specify more than two policyTypes')];
  for (const [index, type] of policyTypes.entries())
    if (!POLICY_TYPES.includes(type))
      errors.push(notSupported(`spec.policyTypes[${index}]`, type, POLICY_TYPES));
  return errors;
}

export const NETWORK_POLICY_KIND: KindDefinition<NetworkPolicy> = {
  type: NETWORK_POLICIES,
  singular: 'networkpolicy',
  shortNames: ['netpol'],
  categories: [],
  subresources: [],
  schema: 'io.k8s.api.networking.v1.NetworkPolicy',
  nameFormat: 'dns1123Subdomain',
  hasGeneration: true,
  updateChecks: { newMetadata: 1, rules: 2 },
  applyDefaults(policy) {
    const { spec } = policy;
    for (const { ports } of rulesOf(policy)) for (const port of ports) port.protocol ??= 'TCP';
    if ((spec.policyTypes ?? []).length === 0)
      spec.policyTypes = (spec.egress ?? []).length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
  },
  prepareForCreate: () => undefined,
  prepareForUpdate: () => undefined,
  validate,
  validateUpdate: () => [],
  columns: [
    NAME_COLUMN,
    column(
      'Pod-Selector',
      'Selects the pods to which this NetworkPolicy object applies.  The array of ingress rules is applied to any pods selected by this field. Multiple network policies can select the same set of pods.  In this case, the ingress rules for each are combined additively. This field is NOT optional and follows standard label selector semantics. An empty podSelector matches all pods in this namespace.',
    ),
    AGE_COLUMN,
  ],
  cells: ({ metadata, spec }, now) => [
    metadata.name,
    formatLabelSelector(spec.podSelector),
    ageOf(metadata.creationTimestamp, now),
  ],
  fieldSelectors: {},
};
