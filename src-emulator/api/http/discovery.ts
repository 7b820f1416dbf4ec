import { GROUP_PRIORITIES } from '../group-priorities.ts';
import type { KindDefinition } from '../kind-definition.ts';
import { servedType, type KindRegistry } from '../machinery/registry.ts';
import { COMPONENT_STATUS } from './component-statuses.ts';
import { parseAccept } from './negotiation.ts';
import { REVIEWS } from './review-types.ts';

const READ_VERBS = ['get', 'list', 'watch'];
const FULL_VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** A resource as discovery tells of it. */
type Served = Pick<KindDefinition, 'type' | 'singular' | 'shortNames' | 'categories' | 'subresources'> & {
  verbs: string[];
};

/** What a scheduler posts; nothing of the kind is kept. */
const BINDING: Served = {
  type: { group: '', version: 'v1', kind: 'Binding', plural: 'bindings', namespaced: true },
  singular: 'binding',
  shortNames: [],
  categories: [],
  subresources: [],
  verbs: ['create'],
};

interface SubresourceInfo {
  verbs: string[];
  responseKind: { group: string; version: string; kind: string };
}

/** How the subresources are described in discovery. */
function subresourceInfo(kind: Served, subresource: string): SubresourceInfo {
  const own = { group: kind.type.group, version: kind.type.version, kind: kind.type.kind };
  const stream = { verbs: ['create', 'get'] };
  switch (subresource) {
    case 'status':
    case 'approval':
    case 'ephemeralcontainers':
      return { verbs: ['get', 'patch', 'update'], responseKind: own };
    case 'scale':
      return {
        verbs: ['get', 'patch', 'update'],
        responseKind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
      };
    case 'log':
      return { verbs: ['get'], responseKind: own };
    case 'exec':
      return { ...stream, responseKind: { group: '', version: 'v1', kind: 'PodExecOptions' } };
    case 'attach':
      return { ...stream, responseKind: { group: '', version: 'v1', kind: 'PodAttachOptions' } };
    case 'portforward':
      return { ...stream, responseKind: { group: '', version: 'v1', kind: 'PodPortForwardOptions' } };
    case 'proxy':
      return {
        verbs: ['create', 'delete', 'get', 'patch', 'update'],
        responseKind: { group: '', version: 'v1', kind: `${kind.type.kind}ProxyOptions` },
      };
    case 'eviction':
      return { verbs: ['create'], responseKind: { group: 'policy', version: 'v1', kind: 'Eviction' } };
    case 'token':
      return {
        verbs: ['create'],
        responseKind: { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' },
      };
    default:
      return { verbs: ['create'], responseKind: { group: '', version: 'v1', kind: 'Binding' } };
  }
}

/** Where a group, or one of its versions, comes among the others. That of the aggregator, which answers, is the first. */
function placeOf(group: string, version?: string): number {
  if (group === 'apiregistration.k8s.io') return -1;
  const place = GROUP_PRIORITIES.findIndex(
    ([ofGroup, ofVersion]) => ofGroup === group && (version === undefined || ofVersion === version),
  );
  return place < 0 ? GROUP_PRIORITIES.length : place;
}

function verbsOf({ isReadOnly }: KindDefinition): string[] {
  return isReadOnly === true ? READ_VERBS : FULL_VERBS;
}

/** Answers the discovery paths. Returns undefined for any other path. */
export class Discovery {
  readonly #kinds: readonly Served[];
  readonly #serverAddress: () => string;

  /** @param serverAddress where clients in the cluster's network find the server, as `172.18.0.2:6443`. */
  constructor(registry: KindRegistry, serverAddress: () => string) {
    this.#serverAddress = serverAddress;
    this.#kinds = [
      ...registry.served.map((kind) => ({ ...kind, type: servedType(kind), verbs: verbsOf(kind) })),
      COMPONENT_STATUS,
      BINDING,
      ...REVIEWS.map((type) => ({
        type,
        singular: type.singular,
        shortNames: [],
        categories: [],
        subresources: [],
        verbs: ['create'],
      })),
    ];
  }

  /** @param accept the Accept header: kubectl asks for the aggregated form first. */
  answer(path: string, accept: string | undefined): { body: unknown; type: string } | undefined {
    const trimmed = path.endsWith('/') && path.length > 1 ? path.slice(0, -1) : path;
    if (trimmed === '/api' || trimmed === '/apis') {
      const version = aggregatedVersion(accept);
      if (version !== undefined)
        return {
          body: this.#aggregated(trimmed === '/api', version),
          type: `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`,
        };
    }
    const body = this.#legacy(trimmed);
    return body === undefined ? undefined : { body, type: 'application/json' };
  }

  #groups(): Map<string, Map<string, Served[]>> {
    const groups = new Map<string, Map<string, Served[]>>();
    for (const kind of this.#kinds) {
      const versions = groups.get(kind.type.group) ?? new Map<string, Served[]>();
      groups.set(kind.type.group, versions);
      versions.set(kind.type.version, [...(versions.get(kind.type.version) ?? []), kind]);
    }
    // In each version the kinds stand in the order of their names, which is that of `kubectl get all`.
    for (const versions of groups.values())
      for (const kinds of versions.values()) kinds.sort((a, b) => (a.type.plural < b.type.plural ? -1 : 1));
    return new Map(
      [...groups]
        .sort(([a], [b]) => placeOf(a) - placeOf(b))
        .map(([group, versions]) => [
          group,
          new Map([...versions].sort(([a], [b]) => placeOf(group, a) - placeOf(group, b))),
        ]),
    );
  }

  #aggregated(core: boolean, apiVersion: string): unknown {
    const groups = [...this.#groups()].filter(([group]) => (group === '') === core);
    return {
      kind: 'APIGroupDiscoveryList',
      apiVersion: `apidiscovery.k8s.io/${apiVersion}`,
      metadata: {},
      items: groups.map(([group, versions]) => ({
        metadata: { name: group, creationTimestamp: null },
        versions: [...versions].map(([version, kinds]) => ({
          version,
          freshness: 'Current',
          resources: kinds.map(aggregatedResource),
        })),
      })),
    };
  }

  #legacy(path: string): unknown {
    if (path === '/api')
      return {
        kind: 'APIVersions',
        versions: ['v1'],
        serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: this.#serverAddress() }],
      };
    const groups = this.#groups();
    if (path === '/apis')
      return {
        kind: 'APIGroupList',
        apiVersion: 'v1',
        groups: [...groups]
          .filter(([group]) => group !== '')
          .map(([group, versions]) => legacyGroup(group, versions)),
      };
    const [, root, first = '', second = '', more] = path.split('/');
    if (more !== undefined) return undefined;
    if (root === 'api' && second === '') {
      const kinds = groups.get('')?.get(first);
      return kinds === undefined ? undefined : legacyResources(first, kinds);
    }
    if (root !== 'apis') return undefined;
    const versions = groups.get(first);
    if (versions === undefined || first === '') return undefined;
    if (second === '') return { kind: 'APIGroup', apiVersion: 'v1', ...legacyGroup(first, versions) };
    const kinds = versions.get(second);
    return kinds === undefined ? undefined : legacyResources(`${first}/${second}`, kinds);
  }
}

function aggregatedVersion(accept: string | undefined): 'v2' | 'v2beta1' | undefined {
  for (const { type, parameters } of parseAccept(accept)) {
    if (type !== 'application/json') continue;
    if (parameters['as'] === undefined) return undefined;
    if (parameters['as'] !== 'APIGroupDiscoveryList' || parameters['g'] !== 'apidiscovery.k8s.io') continue;
    if (parameters['v'] === 'v2' || parameters['v'] === 'v2beta1') return parameters['v'];
  }
  return undefined;
}

function aggregatedResource(kind: Served): unknown {
  const { type } = kind;
  return {
    resource: type.plural,
    responseKind: { group: type.group, version: type.version, kind: type.kind },
    scope: type.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: kind.singular,
    verbs: kind.verbs,
    ...(kind.shortNames.length > 0 ? { shortNames: kind.shortNames } : {}),
    ...(kind.categories.length > 0 ? { categories: kind.categories } : {}),
    ...(kind.subresources.length > 0
      ? {
          subresources: kind.subresources.map((subresource) => ({
            subresource,
            ...subresourceInfo(kind, subresource),
          })),
        }
      : {}),
  };
}

function legacyGroup(group: string, versions: Map<string, Served[]>): Record<string, unknown> {
  const named = [...versions.keys()].map((version) => ({ groupVersion: `${group}/${version}`, version }));
  return { name: group, versions: named, preferredVersion: named[0] };
}

function legacyResources(groupVersion: string, kinds: readonly Served[]): unknown {
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion,
    resources: kinds.flatMap((kind) => [
      {
        name: kind.type.plural,
        singularName: kind.singular,
        namespaced: kind.type.namespaced,
        kind: kind.type.kind,
        verbs: kind.verbs,
        ...(kind.shortNames.length > 0 ? { shortNames: kind.shortNames } : {}),
        ...(kind.categories.length > 0 ? { categories: kind.categories } : {}),
      },
      ...kind.subresources.map((subresource) => {
        const { verbs, responseKind } = subresourceInfo(kind, subresource);
        const foreign = responseKind.group !== kind.type.group;
        return {
          name: `${kind.type.plural}/${subresource}`,
          singularName: '',
          namespaced: kind.type.namespaced,
          ...(foreign ? { group: responseKind.group, version: responseKind.version } : {}),
          kind: responseKind.kind,
          verbs,
        };
      }),
    ]),
  };
}
