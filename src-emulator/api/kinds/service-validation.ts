/** Validation of Services (pkg/apis/core/validation/validation.go). */
import { isIPv6 } from 'node:net';

import type { FieldError } from '../kind-definition.ts';
import type { Service, ServicePort } from '../objects.ts';
import {
  duplicate,
  forbidden,
  invalid,
  invalidEach,
  notSupported,
  oneOf,
  required,
} from '../validation/errors.ts';
import { validateLabels } from '../validation/labels.ts';
import { dns1123Label, dns1123Subdomain, portNumber, qualifiedName } from '../validation/names.ts';
import { validateEndpointIP, validateIP, validatePortNumberOrName } from '../validation/network.ts';
import type { FullServiceSpec } from './service-types.ts';
import { isExternallyAccessible, isHeadless, needsHealthCheckPort } from './service-types.ts';

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const AFFINITIES = ['ClientIP', 'None'];
const TRAFFIC_POLICIES = ['Cluster', 'Local'];
const TRAFFIC_DISTRIBUTIONS = ['PreferClose', 'PreferSameZone', 'PreferSameNode'];
const IP_FAMILY_POLICIES = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];
const MAX_AFFINITY_SECONDS = 86400;

export function validateService(service: Service): FieldError[] {
  const spec: FullServiceSpec = service.spec;
  const ports = spec.ports ?? [];
  const errors: FieldError[] = [];
  if (ports.length === 0 && !isHeadless(spec) && spec.type !== 'ExternalName')
    errors.push(required('spec.ports'));
  errors.push(...validateForType(spec));
  const names = new Set<string>();
  for (const [index, port] of ports.entries())
    errors.push(...validatePort(port, ports.length > 1, names, `spec.ports[${index}]`));
  errors.push(
    ...validateLabels(spec.selector, 'spec.selector'),
    ...validateAffinity(spec),
    ...(spec.type === 'ExternalName' ? [] : validateClusterIpFields(spec)),
    ...validateExternalIps(spec),
    ...oneOf('spec.type', spec.type, TYPES),
    ...validatePortsTogether(spec),
    ...validateLoadBalancer(spec),
    ...validateTraffic(spec),
  );
  return errors;
}

function validateForType(spec: FullServiceSpec): FieldError[] {
  switch (spec.type) {
    case 'LoadBalancer':
    case 'NodePort':
      return isHeadless(spec)
        ? [invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${spec.type} services`)]
        : [];
    case 'ExternalName': {
      const why = 'may not be set for ExternalName services';
      const errors: FieldError[] = [];
      if ((spec.clusterIPs ?? []).length > 0) errors.push(forbidden('spec.clusterIPs', why));
      if ((spec.ipFamilies ?? []).length > 0) errors.push(forbidden('spec.ipFamilies', why));
      if (spec.ipFamilyPolicy !== undefined) errors.push(forbidden('spec.ipFamilyPolicy', why));
      const name = (spec.externalName ?? '').replace(/\.$/, '');
      if (name === '') errors.push(required('spec.externalName'));
      else errors.push(...invalidEach('spec.externalName', name, dns1123Subdomain(name)));
      return errors;
    }
    default:
      return [];
  }
}

function validatePort(
  port: ServicePort,
  nameRequired: boolean,
  names: Set<string>,
  at: string,
): FieldError[] {
  const errors: FieldError[] = [];
  const { name = '' } = port;
  if (name !== '') {
    errors.push(...invalidEach(`${at}.name`, name, dns1123Label(name)));
    if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
    names.add(name);
  } else if (nameRequired) errors.push(required(`${at}.name`));
  errors.push(
    ...invalidEach(`${at}.port`, port.port, portNumber(port.port)),
    ...oneOf(`${at}.protocol`, port.protocol, PROTOCOLS),
    ...validatePortNumberOrName(`${at}.targetPort`, port.targetPort ?? 0),
  );
  if (port.appProtocol !== undefined)
    errors.push(...invalidEach(`${at}.appProtocol`, port.appProtocol, qualifiedName(port.appProtocol)));
  return errors;
}

function validateAffinity(spec: FullServiceSpec): FieldError[] {
  const errors = oneOf('spec.sessionAffinity', spec.sessionAffinity, AFFINITIES);
  const seconds = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds;
  if (spec.sessionAffinity === 'ClientIP' && seconds !== undefined) {
    if (seconds <= 0 || seconds > MAX_AFFINITY_SECONDS)
      errors.push(
        invalid(
          'spec.sessionAffinityConfig.clientIP.timeoutSeconds',
          seconds,
          `must be greater than 0 and less than ${MAX_AFFINITY_SECONDS}`,
        ),
      );
  }
  return errors;
}

/** The rules among clusterIP, clusterIPs, ipFamilies and ipFamilyPolicy. */
export function validateClusterIpFields(spec: FullServiceSpec): FieldError[] {
  const errors: FieldError[] = [];
  const { clusterIP = '', clusterIPs = [], ipFamilies = [], ipFamilyPolicy } = spec;
  if (clusterIP !== '') {
    if (clusterIPs.length === 0) errors.push(required('spec.clusterIPs'));
    else if (clusterIPs[0] !== clusterIP)
      errors.push(invalid('spec.clusterIPs', clusterIPs, 'first value must match `clusterIP`'));
  } else if (clusterIPs.length > 0)
    errors.push(invalid('spec.clusterIPs', clusterIPs, 'must be empty when `clusterIP` is not specified'));
  for (const [index, family] of ipFamilies.entries()) {
    if (!['IPv4', 'IPv6'].includes(family))
      errors.push(notSupported(`spec.ipFamilies[${index}]`, family, ['IPv4', 'IPv6']));
    if (ipFamilies.indexOf(family) < index) errors.push(duplicate(`spec.ipFamilies[${index}]`, family));
  }
  if (ipFamilyPolicy !== undefined && !IP_FAMILY_POLICIES.includes(ipFamilyPolicy))
    errors.push(notSupported('spec.ipFamilyPolicy', ipFamilyPolicy, IP_FAMILY_POLICIES));
  let malformed = false;
  for (const [index, ip] of clusterIPs.entries()) {
    if (index === 0 && ip === 'None') {
      if (clusterIPs.length === 1) continue;
      malformed = true;
      errors.push(invalid('spec.clusterIPs', clusterIPs, "'None' must be the first and only value"));
      continue;
    }
    const problems = validateIP(`spec.clusterIPs[${index}]`, ip);
    malformed ||= problems.length > 0;
    errors.push(...problems);
  }
  if (clusterIPs.length > 2)
    errors.push(invalid('spec.clusterIPs', clusterIPs, 'may only hold up to 2 values'));
  if (malformed) return errors;
  if (clusterIPs.length > 1 && new Set(clusterIPs.map(isIPv6)).size === 1)
    errors.push(invalid('spec.clusterIPs', clusterIPs, 'may specify no more than one IP for each IP family'));
  if (!isHeadless(spec))
    for (const [index, ip] of clusterIPs.entries()) {
      const family = ipFamilies[index];
      if (family !== undefined && (family === 'IPv6') !== isIPv6(ip))
        errors.push(
          invalid(
            `spec.clusterIPs[${index}]`,
            ip,
            `expected an ${family} value as indicated by \`ipFamilies[${index}]\``,
          ),
        );
    }
  return errors;
}

function validateExternalIps(spec: FullServiceSpec): FieldError[] {
  return (spec.externalIPs ?? []).flatMap((ip, index) => {
    const field = `spec.externalIPs[${index}]`;
    const problems = validateIP(field, ip);
    return problems.length > 0 ? problems : validateEndpointIP(field, ip);
  });
}

function validatePortsTogether(spec: FullServiceSpec): FieldError[] {
  const errors: FieldError[] = [];
  const ports = spec.ports ?? [];
  if (spec.type === 'ClusterIP')
    for (const [index, { nodePort = 0 }] of ports.entries())
      if (nodePort !== 0)
        errors.push(forbidden(`spec.ports[${index}].nodePort`, "may not be used when `type` is 'ClusterIP'"));
  const nodePorts = new Set<string>();
  for (const [index, { nodePort = 0, protocol }] of ports.entries()) {
    if (nodePort === 0) continue;
    const key = `${protocol}/${nodePort}`;
    if (nodePorts.has(key)) errors.push(duplicate(`spec.ports[${index}].nodePort`, nodePort));
    nodePorts.add(key);
  }
  const numbers = new Set<string>();
  for (const [index, { port, protocol }] of ports.entries()) {
    const key = `${protocol}/${port}`;
    if (numbers.has(key))
      errors.push(
        duplicate(`spec.ports[${index}]`, {
          Name: '',
          Protocol: protocol,
          AppProtocol: null,
          Port: port,
          TargetPort: 0,
          NodePort: 0,
        }),
      );
    numbers.add(key);
  }
  return errors;
}

function validateLoadBalancer(spec: FullServiceSpec): FieldError[] {
  const why = "may only be used when `type` is 'LoadBalancer'";
  const errors: FieldError[] = [];
  const isLoadBalancer = spec.type === 'LoadBalancer';
  if ((spec.loadBalancerSourceRanges ?? []).length > 0) {
    if (!isLoadBalancer) errors.push(forbidden('spec.LoadBalancerSourceRanges', why));
    for (const [index, range] of (spec.loadBalancerSourceRanges ?? []).entries())
      if (!isCidr(range.trim()))
        errors.push(
          invalid(
            `spec.LoadBalancerSourceRanges[${index}]`,
            range.trim(),
            'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
          ),
        );
  }
  if (spec.allocateLoadBalancerNodePorts !== undefined && !isLoadBalancer)
    errors.push(forbidden('spec.allocateLoadBalancerNodePorts', why));
  if (spec.loadBalancerClass !== undefined)
    errors.push(
      ...(isLoadBalancer
        ? invalidEach('spec.loadBalancerClass', spec.loadBalancerClass, qualifiedName(spec.loadBalancerClass))
        : [forbidden('spec.loadBalancerClass', why)]),
    );
  return errors;
}

function isCidr(text: string): boolean {
  const [address = '', length = ''] = text.split('/');
  return (
    /^\d{1,3}$/.test(length) &&
    Number(length) <= (isIPv6(address) ? 128 : 32) &&
    validateIP('', address).length === 0
  );
}

function validateTraffic(spec: FullServiceSpec): FieldError[] {
  const errors: FieldError[] = [];
  const { externalTrafficPolicy, healthCheckNodePort = 0, internalTrafficPolicy, trafficDistribution } = spec;
  if (isExternallyAccessible(spec))
    errors.push(...oneOf('spec.externalTrafficPolicy', externalTrafficPolicy, TRAFFIC_POLICIES));
  else if (externalTrafficPolicy !== undefined)
    errors.push(
      invalid(
        'spec.externalTrafficPolicy',
        externalTrafficPolicy,
        'may only be set for externally-accessible services',
      ),
    );
  if (!needsHealthCheckPort(spec)) {
    if (healthCheckNodePort !== 0)
      errors.push(
        invalid(
          'spec.healthCheckNodePort',
          healthCheckNodePort,
          "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
        ),
      );
  } else if (healthCheckNodePort === 0) errors.push(required('spec.healthCheckNodePort'));
  else
    errors.push(
      ...invalidEach('spec.healthCheckNodePort', healthCheckNodePort, portNumber(healthCheckNodePort)),
    );
  if (internalTrafficPolicy !== undefined && !TRAFFIC_POLICIES.includes(internalTrafficPolicy))
    errors.push(notSupported('spec.internalTrafficPolicy', internalTrafficPolicy, TRAFFIC_POLICIES));
  if (trafficDistribution !== undefined && !TRAFFIC_DISTRIBUTIONS.includes(trafficDistribution))
    errors.push(notSupported('spec.trafficDistribution', trafficDistribution, TRAFFIC_DISTRIBUTIONS));
  return errors;
}

export function validateServiceUpdate(spec: FullServiceSpec, stored: FullServiceSpec): FieldError[] {
  const errors: FieldError[] = [];
  if (spec.type !== 'ExternalName' && stored.type !== 'ExternalName')
    errors.push(...validateFixedAddresses(spec, stored));
  if (
    spec.type === 'LoadBalancer' &&
    stored.type === 'LoadBalancer' &&
    spec.loadBalancerClass !== stored.loadBalancerClass
  )
    errors.push(invalid('spec.loadBalancerClass', spec.loadBalancerClass, 'may not change once set'));
  if (
    needsHealthCheckPort(stored) &&
    needsHealthCheckPort(spec) &&
    spec.healthCheckNodePort !== stored.healthCheckNodePort
  )
    errors.push(forbidden('spec.healthCheckNodePort', 'field is immutable'));
  return errors;
}

function validateFixedAddresses(spec: FullServiceSpec, stored: FullServiceSpec): FieldError[] {
  if (isHeadless(spec) && isHeadless(stored)) return [];
  const errors: FieldError[] = [];
  const now = spec.clusterIPs ?? [];
  const before = stored.clusterIPs ?? [];
  if (now.length === 0 && before.length > 0)
    errors.push(invalid('spec.clusterIPs[0]', spec.clusterIPs, 'primary clusterIP can not be unset'));
  else
    for (const [index, ip] of before.entries())
      if (now[index] !== ip && (index === 0 || now.length === before.length))
        errors.push(invalid(`spec.clusterIPs[${index}]`, now, 'may not change once set'));
  if (isHeadless(spec) === isHeadless(stored)) {
    const families = spec.ipFamilies ?? [];
    if (
      stored.ipFamilies?.[0] !== undefined &&
      families[0] !== undefined &&
      families[0] !== stored.ipFamilies[0]
    )
      errors.push(invalid('spec.ipFamilies[0]', families, 'may not change once set'));
  }
  return errors;
}
