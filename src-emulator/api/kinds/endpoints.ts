import { isIP } from 'node:net';

import type { FieldError, KindDefinition } from '../kind-definition.ts';
import type { EndpointAddress, EndpointPort, Endpoints, EndpointSubset } from '../objects.ts';
import { ENDPOINTS } from '../resources.ts';
import { invalid, invalidEach, notSupported, required } from '../validation/errors.ts';
import { dns1123Label, dns1123Subdomain, portNumber, qualifiedName } from '../validation/names.ts';
import { validateEndpointIP, validateIP } from '../validation/network.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, column, NAME_COLUMN } from './columns.ts';

const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
/** How many addresses the table shows. */
const SHOWN = 3;

function validateAddress({ ip, hostname, nodeName }: EndpointAddress, at: string): FieldError[] {
  const errors = validateIP(`${at}.ip`, ip);
  if (hostname !== undefined && hostname !== '')
    errors.push(...invalidEach(`${at}.hostname`, hostname, dns1123Label(hostname)));
  if (nodeName !== undefined)
    errors.push(...invalidEach(`${at}.nodeName`, nodeName, dns1123Subdomain(nodeName)));
  // The server looks twice at an address: what is none is refused twice.
  errors.push(
    ...(isIP(ip) === 0
      ? [invalid(`${at}.ip`, ip, 'must be a valid IP address')]
      : validateEndpointIP(`${at}.ip`, ip)),
  );
  return errors;
}

function validatePort(port: EndpointPort, named: boolean, at: string): FieldError[] {
  const { name = '', protocol = '', appProtocol } = port;
  const errors: FieldError[] = [];
  if (name === '' && named) errors.push(required(`${at}.name`));
  else if (name !== '') errors.push(...invalidEach(`${at}.name`, name, dns1123Label(name)));
  errors.push(...invalidEach(`${at}.port`, port.port, portNumber(port.port)));
  if (protocol === '') errors.push(required(`${at}.protocol`));
  else if (!PROTOCOLS.includes(protocol)) errors.push(notSupported(`${at}.protocol`, protocol, PROTOCOLS));
  if (appProtocol !== undefined)
    errors.push(...invalidEach(`${at}.appProtocol`, appProtocol, qualifiedName(appProtocol)));
  return errors;
}

function validateSubset(subset: EndpointSubset, at: string): FieldError[] {
  const { addresses = [], notReadyAddresses = [], ports = [] } = subset;
  const errors: FieldError[] = [];
  if (addresses.length === 0 && notReadyAddresses.length === 0)
    errors.push(required(at, 'must specify `addresses` or `notReadyAddresses`'));
  for (const [index, address] of addresses.entries())
    errors.push(...validateAddress(address, `${at}.addresses[${index}]`));
  for (const [index, address] of notReadyAddresses.entries())
    errors.push(...validateAddress(address, `${at}.notReadyAddresses[${index}]`));
  for (const [index, port] of ports.entries())
    errors.push(...validatePort(port, ports.length > 1, `${at}.ports[${index}]`));
  return errors;
}

/** `10.244.1.2:80,10.244.2.3:80`: ready addresses only, at most three of them. */
function formatEndpoints(subsets: readonly EndpointSubset[]): string {
  if (subsets.length === 0) return '<none>';
  const all = subsets.flatMap(({ addresses = [], ports = [] }) =>
    ports.length === 0
      ? addresses.map(({ ip }) => ip)
      : ports.flatMap(({ port }) =>
          addresses.map(({ ip }) => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`)),
        ),
  );
  const shown = all.slice(0, SHOWN).join(',');
  return all.length > SHOWN ? `${shown} + ${all.length - SHOWN} more...` : shown;
}

export const ENDPOINTS_KIND: KindDefinition<Endpoints> = {
  type: ENDPOINTS,
  singular: 'endpoints',
  shortNames: ['ep'],
  categories: [],
  subresources: [],
  schema: 'io.k8s.api.core.v1.Endpoints',
  nameFormat: 'dns1123Subdomain',
  hasGeneration: false,
  updateChecks: { newMetadata: 1 },
  isCreatedByUpdate: true,
  deprecation: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  applyDefaults(draft) {
    for (const port of (draft.subsets ?? []).flatMap(({ ports }) => ports ?? [])) port.protocol ??= 'TCP';
  },
  prepareForCreate: () => undefined,
  prepareForUpdate: () => undefined,
  validate: ({ subsets = [] }) =>
    subsets.flatMap((subset, index) => validateSubset(subset, `subsets[${index}]`)),
  validateUpdate: () => [],
  columns: [
    NAME_COLUMN,
    column('Endpoints', 'The set of all endpoints is the union of all subsets.'),
    AGE_COLUMN,
  ],
  cells: ({ metadata, subsets = [] }, now) => [
    metadata.name,
    formatEndpoints(subsets),
    ageOf(metadata.creationTimestamp, now),
  ],
  fieldSelectors: {},
};
