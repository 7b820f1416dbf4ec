import { isJsonObject } from '../../../store/json.ts';
import type { KindDefinition } from '../../kind-definition.ts';
import type { KubeObject } from '../../objects.ts';
import { apiVersionOf } from '../../resources.ts';
import type { Schemas } from '../../schema/index.ts';
import { FieldSet } from './field-set.ts';
import { ignoredFields } from './ignored-fields.ts';
import { fieldsFromLastApplied, withLastApplied } from './last-applied.ts';
import { limitUpdaters, readManagers, writeManagers, type Managers } from './managers.ts';
import { MergeFault } from './path-elements.ts';
import { MergeTypes } from './typed-schema.ts';
import { apply, ConflictingFields, update, type UpdateContext } from './updater.ts';
import { validateConfiguration } from './validate.ts';

type JsonObject = Record<string, unknown>;

/** Who writes and through what. */
export interface FieldWriter {
  manager: string;
  subresource?: string;
}

/** What the server fills in and nobody manages. */
const UNMANAGED = FieldSet.fromFieldsV1({
  'f:apiVersion': {},
  'f:kind': {},
  'f:metadata': {
    '.': {},
    'f:name': {},
    'f:namespace': {},
    'f:creationTimestamp': {},
    'f:selfLink': {},
    'f:uid': {},
    'f:clusterName': {},
    'f:generation': {},
    'f:managedFields': {},
    'f:resourceVersion': {},
  },
});
/** Only this applier takes over what client-side apply wrote. */
const KUBECTL = 'kubectl';
const BEFORE_FIRST_APPLY = 'before-first-apply';

/** Keeps metadata.managedFields, and applies configurations (server-side apply). */
export class FieldManagement {
  readonly #schemas: Schemas;
  readonly #types: MergeTypes;
  readonly #empty = new Map<string, JsonObject>();

  constructor(schemas: Schemas) {
    this.#schemas = schemas;
    this.#types = new MergeTypes(schemas);
  }

  /**
   * The managedFields of an object after a write that is not an apply.
   *
   * @param live what is stored; undefined for a creation
   * @param written what was asked for, with its defaults, before the server fills in the rest. Its own
   * managedFields count where they are given: an empty list makes the object one without managers for good.
   * @param time RFC 3339
   */
  afterUpdate(
    kind: KindDefinition,
    live: KubeObject | undefined,
    written: KubeObject,
    writer: FieldWriter,
    time: string,
  ): unknown[] | undefined {
    const managers = managersToKeep(live, written, writer.subresource !== undefined);
    if (managers.size === 0 && live !== undefined) return undefined;
    const before = live ?? this.#emptyObject(kind);
    try {
      const context = this.#context(kind, writer.subresource);
      const updater = { ...writer, operation: 'Update' as const, apiVersion: apiVersionOf(kind.type) };
      return writeManagers(
        limitUpdaters(
          stripped(
            update(withoutManagers(before), withoutManagers(written), managers, updater, time, context),
          ),
        ),
      );
    } catch (error) {
      // An object with items that cannot be told apart is kept all the same, without managers.
      if (error instanceof MergeFault) return undefined;
      throw error;
    }
  }

  /**
   * Applies a configuration to an object.
   *
   * @param live what is stored; undefined when the configuration creates the object
   * @returns the merged object, not yet decoded and defaulted, and its managedFields
   * @throws ConflictingFields without force, MergeFault when the configuration does not fit the schema
   */
  applyConfiguration(
    kind: KindDefinition,
    live: KubeObject | undefined,
    config: JsonObject,
    writer: FieldWriter,
    options: { force: boolean; time: string },
  ): { object: JsonObject; managedFields: unknown[] | undefined } {
    const { time } = options;
    const context = this.#context(kind, writer.subresource);
    validateConfiguration(config, context.type);
    const applier = { ...writer, operation: 'Apply' as const, apiVersion: apiVersionOf(kind.type) };
    const base = live === undefined ? this.#emptyObject(kind) : withoutManagers(live);
    const managers = this.#managersBeforeApply(kind, live, context, time);
    const attempt = (force: boolean): ReturnType<typeof apply> =>
      apply(base, config, managers, applier, force, context);
    let result: ReturnType<typeof apply>;
    try {
      result = attempt(options.force);
    } catch (error) {
      if (!(error instanceof ConflictingFields) || writer.manager !== KUBECTL) throw error;
      const own = fieldsFromLastApplied(base, applier.apiVersion, context.type);
      const foreign = error.conflicts.filter(({ path }) => own?.has(path) !== true);
      if (foreign.length > 0) throw new ConflictingFields(foreign);
      result = attempt(true);
    }
    const merged = result.object ?? base;
    const managed = stripped(result.managers);
    if (result.object !== undefined)
      for (const [key, entry] of managed)
        if (
          entry.operation === 'Apply' &&
          entry.manager === applier.manager &&
          entry.subresource === applier.subresource
        )
          managed.set(key, { ...entry, time });
    return {
      object: writer.manager === KUBECTL ? withLastApplied(merged, config) : merged,
      managedFields: writeManagers(managed),
    };
  }

  /** An object that nobody is recorded for belongs to a manager of its own before the first apply. */
  #managersBeforeApply(
    kind: KindDefinition,
    live: KubeObject | undefined,
    context: UpdateContext,
    time: string,
  ): Managers {
    const managers = readManagers(live?.metadata.managedFields) ?? noManagers();
    if (managers.size > 0 || live === undefined) return managers;
    const first = {
      manager: BEFORE_FIRST_APPLY,
      operation: 'Update' as const,
      apiVersion: apiVersionOf(kind.type),
    };
    return stripped(update(this.#emptyObject(kind), withoutManagers(live), managers, first, time, context));
  }

  #context(kind: KindDefinition, subresource: string | undefined): UpdateContext {
    return { type: this.#types.struct(kind.schema), ignored: ignoredFields(kind, subresource) };
  }

  /** An object of the kind in which nothing was set: a Go struct's zero value. */
  #emptyObject(kind: KindDefinition): JsonObject {
    let empty = this.#empty.get(kind.schema);
    if (empty === undefined) {
      empty = this.#schemas.decode(kind.schema, {}, { fieldValidation: 'Ignore' }).object;
      this.#empty.set(kind.schema, empty);
    }
    return empty;
  }
}

function noManagers(): Managers {
  return new Map();
}

function withoutManagers(object: object): JsonObject {
  const { metadata, ...rest } = object as JsonObject;
  if (!isJsonObject(metadata)) return { ...rest };
  const { managedFields: _managedFields, ...kept } = metadata;
  return { ...rest, metadata: kept };
}

/** Whose fields are looked at: those that the request brings, when it brings any, or those that are stored. */
function managersToKeep(live: KubeObject | undefined, written: KubeObject, isSubresource: boolean): Managers {
  const stored = (): Managers => readManagers(live?.metadata.managedFields) ?? noManagers();
  const given = written.metadata.managedFields;
  if (isSubresource || given === undefined) return stored();
  const [first, ...more] = given;
  const isReset =
    first === undefined || (more.length === 0 && isJsonObject(first) && Object.keys(first).length === 0);
  if (isReset) return new Map();
  const managers = readManagers(given);
  return managers === undefined || managers.size === 0 ? stored() : managers;
}

function stripped(managers: Managers): Managers {
  const left: Managers = new Map();
  for (const [key, managed] of managers) {
    const fields = managed.fields.difference(UNMANAGED);
    if (!fields.isEmpty) left.set(key, { ...managed, fields });
  }
  return left;
}
