import type { Answer, Question } from 'dns-packet';
import type { Endpoint, EndpointSlice, Service } from '../../api/objects.ts';
import { parseIPv4 } from '../ipv4.ts';
import { answerOutside, type OutsideNames } from './outside-zone.ts';
import { CLUSTER_ZONE, parseReverseName, parseZoneName } from './zone-request.ts';
import type { ZoneRequest } from './zone-request.ts';

/** What the zone is made of. */
export interface ZoneData {
  hasNamespace(name: string): boolean;
  service(namespace: string, name: string): Service | undefined;
  services(): Iterable<Service>;
  slicesOf(namespace: string, service: string): EndpointSlice[];
}

export interface ZoneOptions {
  /** The SOA record's serial: when the data last changed, in seconds. */
  serial: number;
  /** The server's own address: Services that lead to it are the zone's name servers. */
  serverAddress: string;
  /** What the forwarder learns. Left out: it reaches no other server. */
  outside?: OutsideNames;
}

export interface ZoneAnswer {
  rcode: 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL';
  authoritative: boolean;
  /** The answer comes from a server that was asked on behalf of the client. */
  forwarded?: boolean;
  answers: Answer[];
  authorities: Answer[];
  additionals: Answer[];
}

/** Seconds that answers may be kept: what kubeadm's Corefile sets. */
const TTL = 30;
/** CNAMEs that are followed inside the zone. */
const MAX_CNAMES = 8;

/** One place that a name leads to. */
interface Target {
  name: string;
  address: string;
  port: number;
}

type Found = { targets: Target[] } | { canonicalName: string } | 'no data' | 'no such name';

/**
 * Answers one question as CoreDNS does with the Corefile of a kind cluster: the kubernetes plug-in for
 * `cluster.local` and reverse names, and for everything else a forwarder. Where that reaches no other server the
 * answer is SERVFAIL – but for bare names: no top-level domain has an address, any upstream says NXDOMAIN to them, and
 * so does this, because a learner who mistypes a Service's name should read that there is no such name and not that
 * DNS is broken.
 */
export function answerQuestion(question: Question, data: ZoneData, options: ZoneOptions): ZoneAnswer {
  const name = question.name.toLowerCase().replace(/\.$/, '');
  const reverse = parseReverseName(name);
  if (reverse !== undefined) {
    const names = question.type === 'PTR' ? namesOf(reverse, data) : [];
    if (names.length === 0) return forward(question, options);
    return reply(names.map((data) => ({ type: 'PTR', name: question.name, ttl: TTL, data })));
  }
  const request = parseZoneName(name);
  if (request === undefined) return forward(question, options);
  if (request.kind === 'apex') return answerApex(question, data, options);
  if (request.kind === 'schema-version' && question.type === 'TXT')
    return reply([{ type: 'TXT', name: question.name, ttl: TTL, data: '1.1.0' }]);
  if (question.type === 'SOA') return negative('NOERROR', options);
  const found = find(request, data, options);
  // A name that only has names below it exists for every type but TXT.
  if (found === 'no such name' || (found === 'no data' && question.type === 'TXT'))
    return negative('NXDOMAIN', options);
  const answer = found === 'no data' ? undefined : answerFound(question, found, data, options);
  return answer ?? negative('NOERROR', options);
}

function answerApex(question: Question, data: ZoneData, options: ZoneOptions): ZoneAnswer {
  if (question.type === 'SOA') return reply([soa(options)]);
  if (question.type === 'TXT') return negative('NXDOMAIN', options);
  if (question.type !== 'NS') return negative('NOERROR', options);
  const servers = nameServers(data, options);
  return reply(
    servers.map(({ name }) => ({ type: 'NS', name: CLUSTER_ZONE, ttl: TTL, data: name })),
    servers.map(({ name, address }) => ({ type: 'A', name, ttl: TTL, data: address })),
  );
}

/** The records of the asked type; undefined when the name has none. */
function answerFound(
  question: Question,
  found: Exclude<Found, string>,
  data: ZoneData,
  options: ZoneOptions,
): ZoneAnswer | undefined {
  if (question.type === 'SRV' && 'targets' in found) {
    const served = found.targets.filter(({ port }) => port !== NO_PORT.port);
    return served.length > 0 ? answerServices(question, served) : undefined;
  }
  const records = addressRecords(question, found, data, options, MAX_CNAMES);
  return records.length > 0 ? reply(records) : undefined;
}

function addressRecords(
  question: Question,
  found: Exclude<Found, string>,
  data: ZoneData,
  options: ZoneOptions,
  cnamesLeft: number,
): Answer[] {
  const { name, type } = question;
  if ('targets' in found) {
    if (type !== 'A') return [];
    const addresses = new Set(found.targets.map((target) => target.address));
    return [...addresses].map((address) => ({ type: 'A', name, ttl: TTL, data: address }));
  }
  if (type !== 'A' && type !== 'AAAA' && type !== 'CNAME') return [];
  const target = found.canonicalName.replace(/\.$/, '');
  const alias: Answer = { type: 'CNAME', name, ttl: TTL, data: target };
  const request = type === 'CNAME' ? undefined : parseZoneName(target.toLowerCase());
  // Outside the zone the alias may stand alone, when nothing is known of its target. Inside it must lead somewhere.
  if (request === undefined) {
    if (type === 'CNAME' || options.outside === undefined) return [alias];
    return [alias, ...answerOutside({ type, name: target }, options.outside).answers];
  }
  const next = find(request, data, options);
  if (typeof next === 'string' || cnamesLeft === 0) return [];
  const rest = addressRecords({ ...question, name: target }, next, data, options, cnamesLeft - 1);
  return rest.length > 0 ? [alias, ...rest] : [];
}

function answerServices(question: Question, targets: readonly Target[]): ZoneAnswer {
  const unique = [...new Map(targets.map((target) => [`${target.name}:${target.port}`, target])).values()];
  // Ports of several protocols count apart, though they make one record.
  const weight = Math.floor(100 / targets.length);
  const hosts = [...new Map(targets.map((target) => [`${target.name} ${target.address}`, target])).values()];
  return reply(
    unique.map(({ name, port }) => ({
      type: 'SRV',
      name: question.name,
      ttl: TTL,
      data: { priority: 0, weight, port, target: name },
    })),
    hosts.map(({ name, address }) => ({ type: 'A', name, ttl: TTL, data: address })),
  );
}

function find(request: ZoneRequest, data: ZoneData, options: ZoneOptions): Found {
  switch (request.kind) {
    case 'apex':
      return 'no data';
    case 'invalid':
    case 'schema-version':
      return 'no such name';
    case 'name-server': {
      const targets = nameServers(data, options);
      return targets.length > 0 ? { targets } : 'no such name';
    }
    case 'container':
      if (request.namespace === undefined || data.hasNamespace(request.namespace)) return 'no data';
      return 'no such name';
    case 'pod': {
      const address = request.dashedAddress.replaceAll('-', '.');
      const exists = data.hasNamespace(request.namespace) && parseIPv4(address) !== undefined;
      const name = `${request.dashedAddress}.${request.namespace}.pod.${CLUSTER_ZONE}`;
      return exists ? { targets: [{ name, address, port: 0 }] } : 'no such name';
    }
    case 'service':
      return findService(request, data);
  }
}

function findService(request: ZoneRequest & { kind: 'service' }, data: ZoneData): Found {
  const { namespace, service: name, endpoint, port: wanted } = request;
  const service = data.hasNamespace(namespace) ? data.service(namespace, name) : undefined;
  if (service === undefined) return 'no such name';
  const { type, externalName = '', clusterIP, ports = [] } = service.spec;
  if (type === 'ExternalName') {
    // An address is no name that one could be sent on to: CoreDNS then has none for the Service.
    const names = endpoint === undefined && wanted === undefined && parseIPv4(externalName) === undefined;
    return names ? { canonicalName: externalName } : 'no such name';
  }

  const isWanted = (port: { name?: string; protocol?: string }): boolean =>
    wanted === undefined ||
    // `_` alone stands for any port.
    (['', port.name].includes(wanted.name) && (port.protocol ?? 'TCP').toLowerCase() === wanted.protocol);
  const domain = domainOf(service);
  const isHeadless = clusterIP === undefined || clusterIP === 'None';
  const targets =
    isHeadless || endpoint !== undefined
      ? readyEndpoints(service, data)
          .filter(({ hostname }) => endpoint === undefined || hostname === endpoint)
          .flatMap(({ hostname, address, slice }) =>
            portsOf(slice)
              .filter(isWanted)
              .map((port) => ({ name: `${hostname}.${domain}`, address, port: port.port ?? 0 })),
          )
      : ports.filter(isWanted).map(({ port }) => ({ name: domain, address: clusterIP, port }));
  return targets.length > 0 ? { targets } : 'no such name';
}

/** A Service without ports still has addresses, but nothing for a SRV record. */
const NO_PORT = { name: '', protocol: '', port: -1 };

function portsOf({ ports = [] }: EndpointSlice): { name?: string; protocol?: string; port?: number }[] {
  return ports.length === 0 ? [NO_PORT] : ports;
}

interface NamedEndpoint {
  hostname: string;
  address: string;
  slice: EndpointSlice;
}

function readyEndpoints(service: Service, data: ZoneData): NamedEndpoint[] {
  return data.slicesOf(service.metadata.namespace ?? '', service.metadata.name).flatMap((slice) =>
    slice.endpoints
      .filter((endpoint: Endpoint) => endpoint.conditions?.ready !== false)
      .flatMap((endpoint) =>
        endpoint.addresses.map((address) => ({
          hostname: endpoint.hostname ?? address.replaceAll('.', '-'),
          address,
          slice,
        })),
      ),
  );
}

/** The names that an address has: of the Service with this ClusterIP, else one per Service that leads to it. */
function namesOf(address: string, data: ZoneData): string[] {
  const services = [...data.services()];
  const byClusterIP = services.find((service) => service.spec.clusterIP === address);
  if (byClusterIP !== undefined) return [domainOf(byClusterIP)];
  const names = services.flatMap((service) =>
    readyEndpoints(service, data)
      .filter((endpoint) => endpoint.address === address)
      .map((endpoint) => `${endpoint.hostname}.${domainOf(service)}`),
  );
  return [...new Set(names)];
}

function nameServers(data: ZoneData, { serverAddress }: ZoneOptions): Target[] {
  return [...data.services()].flatMap((service) => {
    const { clusterIP } = service.spec;
    if (clusterIP === undefined || clusterIP === 'None') return [];
    const leadsHere = readyEndpoints(service, data).some((endpoint) => endpoint.address === serverAddress);
    return leadsHere ? [{ name: domainOf(service), address: clusterIP, port: 53 }] : [];
  });
}

function domainOf(service: Service): string {
  return `${service.metadata.name}.${service.metadata.namespace ?? ''}.svc.${CLUSTER_ZONE}`;
}

function soa({ serial }: ZoneOptions): Answer {
  return {
    type: 'SOA',
    name: CLUSTER_ZONE,
    ttl: TTL,
    data: {
      mname: `ns.dns.${CLUSTER_ZONE}`,
      rname: `hostmaster.${CLUSTER_ZONE}`,
      serial,
      refresh: 7200,
      retry: 1800,
      expire: 86_400,
      minimum: TTL,
    },
  };
}

function reply(answers: Answer[], additionals: Answer[] = []): ZoneAnswer {
  return { rcode: 'NOERROR', authoritative: true, answers, authorities: [], additionals };
}

function negative(rcode: 'NOERROR' | 'NXDOMAIN', options: ZoneOptions): ZoneAnswer {
  return { rcode, authoritative: true, answers: [], authorities: [soa(options)], additionals: [] };
}

/** What another server says; the SOA record of its denials is left out. */
function forward(question: Question, { outside }: ZoneOptions): ZoneAnswer {
  const rest = { authoritative: false, authorities: [], additionals: [] };
  if (outside !== undefined) return { ...rest, forwarded: true, ...answerOutside(question, outside) };
  if (question.name.replace(/\.$/, '').includes('.')) return serverFailure();
  return { ...rest, rcode: 'NXDOMAIN', answers: [] };
}

function serverFailure(): ZoneAnswer {
  return { rcode: 'SERVFAIL', authoritative: false, answers: [], authorities: [], additionals: [] };
}
