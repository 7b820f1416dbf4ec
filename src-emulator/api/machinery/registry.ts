import type { KindDefinition } from '../kind-definition.ts';
import { groupResource, type ResourceType } from '../resources.ts';

/** The kinds that a server serves, in the order in which they were registered. */
export class KindRegistry {
  readonly all: readonly KindDefinition[];
  readonly #byResource = new Map<string, KindDefinition>();
  readonly #byUrl = new Map<string, KindDefinition>();

  constructor(kinds: readonly KindDefinition[]) {
    this.all = kinds;
    for (const kind of kinds) {
      this.#byResource.set(groupResource(kind.type), kind);
      this.#byUrl.set(`${kind.type.group}/${kind.type.version}/${kind.type.plural}`, kind);
    }
  }

  /** @throws Error when the kind is not served: a fault in the composition, not in a request. */
  of(type: ResourceType): KindDefinition {
    const kind = this.#byResource.get(groupResource(type));
    if (kind === undefined) throw new Error(`kind ${type.kind} is not registered`);
    return kind;
  }

  find(group: string, version: string, plural: string): KindDefinition | undefined {
    return this.#byUrl.get(`${group}/${version}/${plural}`);
  }
}
