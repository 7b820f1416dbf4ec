import { isNotFound } from './errors.ts';
import type { KindRef } from './objects.ts';
import type { Transport } from './transport.ts';

/** Where objects of one kind are served. */
export interface ResourceInfo extends KindRef {
  /** Plural name in paths: `services`. */
  plural: string;
  namespaced: boolean;
  /** `/api/v1` or `/apis/apps/v1`. */
  root: string;
}

interface ResourceList {
  resources?: { name: string; kind: string; namespaced: boolean }[];
}

/** Finds the resource of a kind by the API server's own discovery; what was found is kept. */
export class Discovery {
  readonly #transport: Transport;
  readonly #groups = new Map<string, Promise<ResourceInfo[]>>();

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Undefined when the server does not serve the kind. */
  async find({ apiVersion, kind }: KindRef): Promise<ResourceInfo | undefined> {
    const known = await this.#group(apiVersion);
    const found = known.find((resource) => resource.kind === kind);
    if (found === undefined) this.#groups.delete(apiVersion); // may be served later: a CRD just made
    return found;
  }

  #group(apiVersion: string): Promise<ResourceInfo[]> {
    let group = this.#groups.get(apiVersion);
    if (group === undefined) {
      group = this.#read(apiVersion);
      this.#groups.set(apiVersion, group);
      group.catch(() => this.#groups.delete(apiVersion));
    }
    return group;
  }

  async #read(apiVersion: string): Promise<ResourceInfo[]> {
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    try {
      const { body } = await this.#transport.request('GET', root);
      return ((body as ResourceList).resources ?? [])
        .filter((resource) => !resource.name.includes('/'))
        .map(({ name, kind, namespaced }) => ({ apiVersion, kind, plural: name, namespaced, root }));
    } catch (error) {
      if (isNotFound(error)) return [];
      throw error;
    }
  }
}

/** The path of a collection or, with a name, of an object. */
export function resourcePath(resource: ResourceInfo, namespace?: string, name?: string): string {
  const scope =
    resource.namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  const object = name === undefined ? '' : `/${encodeURIComponent(name)}`;
  return `${resource.root}${scope}/${resource.plural}${object}`;
}
