import type { KindDefinition } from '../kind-definition.ts';
import { groupResource, type ResourceType } from '../resources.ts';

/** The kinds that a server serves, in the order in which they were registered. */
export class KindRegistry {
  readonly all: readonly KindDefinition[];
  /** Every kind once for each version in which it is served. */
  readonly served: KindDefinition[] = [];
  readonly #byResource = new Map<string, KindDefinition>();
  readonly #byUrl = new Map<string, KindDefinition>();

  constructor(kinds: readonly KindDefinition[]) {
    this.all = kinds;
    for (const kind of kinds) {
      this.#byResource.set(groupResource(kind.type), kind);
      for (const each of [kind, ...servedVersionsOf(kind)]) {
        const { group, version, plural } = servedType(each);
        this.served.push(each);
        this.#byUrl.set(`${group}/${version}/${plural}`, each);
      }
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

/** The group, version and kind that a request names, and its answer. */
export function servedType(kind: KindDefinition): ResourceType {
  return kind.served?.type ?? kind.type;
}

function servedVersionsOf(kind: KindDefinition): KindDefinition[] {
  return (kind.versions ?? []).map((served) => ({
    ...kind,
    served,
    fieldSelectors: served.fieldSelectors ?? kind.fieldSelectors,
    columns: served.columns ?? kind.columns,
  }));
}
