import type { FieldError, KindDefinition } from '../kind-definition.ts';
import type { EndpointSlice } from '../objects.ts';
import { ENDPOINT_SLICES } from '../resources.ts';
import {
  duplicate,
  invalid,
  invalidEach,
  notSupported,
  oneOf,
  required,
  tooMany,
} from '../validation/errors.ts';
import { dns1123Label, dns1123Subdomain, qualifiedName } from '../validation/names.ts';
import { validateEndpointIP, validateIP } from '../validation/network.ts';
import { isIPv4, isIPv6 } from 'node:net';

import { ageOf } from './age.ts';
import { AGE_COLUMN, column, firstThree, NAME_COLUMN } from './columns.ts';

const ADDRESS_TYPES = ['FQDN', 'IPv4', 'IPv6'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const MAX_ADDRESSES = 100;
const MAX_PORTS = 20000;
const MAX_ENDPOINTS = 1000;

function validatePorts(ports: EndpointSlice['ports'] | null): FieldError[] {
  if ((ports ?? []).length > MAX_PORTS) return [tooMany('ports', (ports ?? []).length, MAX_PORTS)];
  const errors: FieldError[] = [];
  const names = new Set<string>();
  for (const [index, port] of (ports ?? []).entries()) {
    const at = `ports[${index}]`;
    const { name = '' } = port;
    if (name !== '') errors.push(...invalidEach(`${at}.name`, name, dns1123Label(name)));
    if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
    names.add(name);
    if (!PROTOCOLS.includes(port.protocol ?? ''))
      errors.push(notSupported(`${at}.protocol`, port.protocol, PROTOCOLS));
    if (port.appProtocol !== undefined)
      errors.push(...invalidEach(`${at}.appProtocol`, port.appProtocol, qualifiedName(port.appProtocol)));
  }
  return errors;
}

function validateAddress(type: string, address: string, list: string, at: string): FieldError[] {
  if (type !== 'IPv4' && type !== 'IPv6')
    return type === 'FQDN' ? invalidEach(at, address, dns1123Subdomain(address.replace(/\.$/, ''))) : [];
  const problems = validateIP(at, address);
  if (problems.length > 0) return problems;
  const fits = type === 'IPv4' ? isIPv4(address) : isIPv6(address);
  return [
    ...(fits ? [] : [invalid(list, address, `must be an ${type} address`)]),
    ...validateEndpointIP(at, address),
  ];
}

function validateEndpoints({ endpoints, addressType }: EndpointSlice): FieldError[] {
  if (endpoints.length > MAX_ENDPOINTS) return [tooMany('endpoints', endpoints.length, MAX_ENDPOINTS)];
  return endpoints.flatMap((endpoint, index) => {
    const at = `endpoints[${index}]`;
    const list = `${at}.addresses`;
    const errors: FieldError[] = [];
    if (endpoint.addresses.length === 0) errors.push(required(list, 'must contain at least 1 address'));
    else if (endpoint.addresses.length > MAX_ADDRESSES)
      errors.push(tooMany(list, endpoint.addresses.length, MAX_ADDRESSES));
    for (const [position, address] of endpoint.addresses.entries())
      errors.push(...validateAddress(addressType, address, list, `${list}[${position}]`));
    if (endpoint.nodeName !== undefined)
      errors.push(...invalidEach(`${at}.nodeName`, endpoint.nodeName, dns1123Subdomain(endpoint.nodeName)));
    if (endpoint.hostname !== undefined)
      errors.push(...invalidEach(`${at}.hostname`, endpoint.hostname, dns1123Label(endpoint.hostname)));
    return errors;
  });
}

export const ENDPOINT_SLICE_KIND: KindDefinition<EndpointSlice> = {
  type: ENDPOINT_SLICES,
  singular: 'endpointslice',
  shortNames: [],
  categories: [],
  subresources: [],
  schema: 'io.k8s.api.discovery.v1.EndpointSlice',
  nameFormat: 'dns1123Subdomain',
  hasGeneration: true,
  updateChecks: { newMetadata: 1, changedMetadata: 0 },
  countsLabels: true,
  applyDefaults(draft) {
    for (const port of draft.ports ?? []) {
      port.name ??= '';
      port.protocol ??= 'TCP';
    }
  },
  prepareForCreate: () => undefined,
  prepareForUpdate: () => undefined,
  validate: (slice) => [
    ...oneOf('addressType', slice.addressType, ADDRESS_TYPES),
    ...validatePorts(slice.ports),
    ...validateEndpoints(slice),
  ],
  validateUpdate: (slice, stored) =>
    slice.addressType === stored.addressType
      ? []
      : [invalid('addressType', slice.addressType, 'field is immutable')],
  columns: [
    NAME_COLUMN,
    column('AddressType', 'addressType specifies the type of address carried by this EndpointSlice.'),
    column('Ports', 'ports specifies the list of network ports exposed by each endpoint in this slice.'),
    column('Endpoints', 'endpoints is a list of unique endpoints in this slice.'),
    AGE_COLUMN,
  ],
  cells: (slice, now) => [
    slice.metadata.name,
    slice.addressType,
    firstThree(
      (slice.ports ?? []).map(({ port, name }) => (port === undefined ? (name ?? '*') : String(port))),
    ),
    firstThree(slice.endpoints.flatMap(({ addresses }) => addresses)),
    ageOf(slice.metadata.creationTimestamp, now),
  ],
  fieldSelectors: {},
};
