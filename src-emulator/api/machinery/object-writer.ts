import { randomUUID } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import { jsonEqual, sharedWith } from '../../store/json.ts';
import type { ObjectStore } from '../../store/object-store.ts';
import { account, accountNew } from '../admission/accounting.ts';
import type { AdmissionPlugin } from '../admission/admission.ts';
import { admitToNamespace, checkMayBeDeleted } from '../admission/namespace-lifecycle.ts';
import type { DeleteOptions } from '../cluster-api.ts';
import type { FieldError, KindDefinition, WriteContext } from '../kind-definition.ts';
import type { KubeObject, Namespace, ResourceQuota } from '../objects.ts';
import { NAMESPACES, apiVersionOf, groupResource, RESOURCE_QUOTAS } from '../resources.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from '../validation/metadata.ts';
import type { Schemas } from '../schema/index.ts';
import { alreadyExists, conflict, invalid, modified, notFound, storageKey, unclassified } from '../status.ts';
import { checkPreconditions, formatTime, isReleasedFromDeletion, planDeletion } from './deletion.ts';
import type { FieldManagement, FieldWriter } from './apply/field-management.ts';
import { generateName } from './generated-name.ts';
import { countGeneration, draftOfUpdate, sameButForTimes } from './update-draft.ts';
import { writesStatus, type StatusSubresource, type WriteOptions } from './write-options.ts';

function missingVersion(): FieldError {
  return {
    type: 'FieldValueInvalid',
    field: 'metadata.resourceVersion',
    detail: 'Invalid value: 0: must be specified for an update',
  };
}

/**
 * The path that every write takes, whoever makes it: defaults, metadata, allocation, validation, versioning,
 * deletion. Objects handed in are drafts and may be changed.
 */
export class ObjectWriter {
  readonly #clock: Clock;
  readonly #store: ObjectStore;
  readonly #schemas: Schemas;
  readonly #fields: FieldManagement;
  readonly #random: () => number;
  readonly #admission: readonly AdmissionPlugin[];

  /** @param options.admission asked in this order about every write; the list may grow. */
  constructor(options: {
    clock: Clock;
    store: ObjectStore;
    schemas: Schemas;
    fields: FieldManagement;
    random?: () => number;
    admission: readonly AdmissionPlugin[];
  }) {
    this.#clock = options.clock;
    this.#store = options.store;
    this.#schemas = options.schemas;
    this.#fields = options.fields;
    this.#random = options.random ?? Math.random;
    this.#admission = options.admission;
  }

  /** @throws ApiError 400, 403, 404, 409, 422. */
  create(kind: KindDefinition, draft: KubeObject, options: WriteOptions = {}): KubeObject {
    const { type } = kind;
    const metadata = draft.metadata;
    draft.apiVersion = apiVersionOf(type);
    draft.kind = type.kind;
    // What only the server sets is not taken from a client.
    delete metadata.deletionTimestamp;
    delete metadata.deletionGracePeriodSeconds;
    if (kind.hasGeneration) delete metadata.generation;
    metadata.uid = randomUUID();
    metadata.creationTimestamp = formatTime(this.#clock.now());
    if (kind.hasGeneration) metadata.generation = 1;
    if (!metadata.name && metadata.generateName)
      metadata.name = generateName(metadata.generateName, this.#random);
    if (!metadata.name) metadata.name = '';

    if (type.namespaced) admitToNamespace(type, draft, this.#namespaceOf(draft));
    kind.applyDefaults(draft);
    this.#recordFields(kind, draft, undefined, options);
    const context = this.#context();
    this.#admit(kind, draft, undefined, options, context);
    kind.prepareForCreate(draft, context);
    kind.allocate?.(draft, undefined, context, { dryRun: options.dryRun === true });
    const checkMetadata = (): FieldError[] =>
      validateObjectMeta(metadata, { namespaced: type.namespaced, nameFormat: kind.nameFormat });
    const errors = [
      ...(kind.checksMetadataLast === true ? [] : checkMetadata()),
      ...kind.validate(draft, context),
      ...(kind.validateCreate?.(draft) ?? []),
    ];
    if (kind.checksMetadataLast === true && errors.length === 0) errors.push(...checkMetadata());
    if (errors.length > 0) throw invalid(type, metadata.name, errors);
    kind.warnings?.(draft, undefined).forEach((text) => options.warn?.(text));
    if (this.#store.get(groupResource(type), metadata.namespace, metadata.name) !== undefined)
      throw alreadyExists(type, metadata.name);
    const version: string | undefined = metadata.resourceVersion;
    Reflect.deleteProperty(metadata, 'resourceVersion');
    if (options.dryRun !== true && Number(version) > 0)
      throw unclassified('resourceVersion should not be set on objects to be created');
    const charged = accountNew(kind, draft, context);
    if (options.dryRun === true) {
      kind.released?.(draft);
      return this.#schemas.inOrder(kind.schema, draft);
    }
    this.#charge(charged);
    return this.put(kind, draft);
  }

  /**
   * Writes a changed copy of `stored`. A resourceVersion in the draft that is not the stored one is a conflict.
   * @throws ApiError 409, 422.
   */
  update(
    kind: KindDefinition,
    stored: KubeObject,
    changed: KubeObject,
    options: WriteOptions = {},
  ): KubeObject {
    const { type } = kind;
    const { name } = stored.metadata;
    if (
      changed.metadata.resourceVersion &&
      changed.metadata.resourceVersion !== stored.metadata.resourceVersion
    )
      throw modified(type, name);
    const otherUid: string | undefined = changed.metadata.uid;
    if (options.isPatch !== true && otherUid && otherUid !== stored.metadata.uid)
      throw conflict(
        type,
        name,
        `StorageError: invalid object, Code: 4, Key: ${options.dryRun === true ? '' : '/registry'}${storageKey(type, stored.metadata)}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${changed.metadata.uid}, UID in object meta: ${stored.metadata.uid}`,
      );

    if (kind.needsVersion === true && options.isPatch !== true && !changed.metadata.resourceVersion)
      throw invalid({ ...type, kind: type.plural }, name, [missingVersion()]);
    const draft = draftOfUpdate(kind, stored, changed, options);
    const context = this.#context();
    let charged: ResourceQuota[] = [];
    if (!writesStatus(options)) {
      kind.applyDefaults(draft);
      this.#recordFields(kind, draft, stored, options);
      this.#admit(kind, draft, stored, options, context);
      kind.prepareForUpdate(draft, stored, context, options.subresource);
      kind.allocate?.(draft, stored, context, { dryRun: options.dryRun === true });
      countGeneration(kind, draft, stored);
      const errors = validateObjectMetaUpdate(draft.metadata, stored.metadata, {
        namespaced: type.namespaced,
        nameFormat: kind.nameFormat,
        checks: kind.updateChecks ?? {},
      });
      const rules = [
        () =>
          Array.from({ length: kind.updateChecks?.rules ?? 1 }, () => kind.validate(draft, context)).flat(),
        () => kind.validateUpdate(draft, stored, options.subresource),
      ];
      if (kind.checksChangesFirst === true) rules.reverse();
      errors.push(...rules.flatMap((check) => check()));
      if (errors.length > 0) throw invalid(type, name, errors);
      kind.warnings?.(draft, stored).forEach((text) => options.warn?.(text));
      charged = account(kind, draft, stored, context);
    } else this.#finishStatus(kind, draft, stored, options);
    if (sameButForTimes(draft, stored)) return stored;
    if (options.dryRun === true) return this.#schemas.inOrder(kind.schema, draft);
    this.#charge(charged);
    const written = this.put(kind, sharedWith(draft, stored));
    if (isReleasedFromDeletion(written)) return this.#remove(kind, written);
    return written;
  }

  /**
   * Starts or ends a deletion. `removed` says whether the object is gone.
   * @throws ApiError 403 for a namespace that may not be deleted, 409 when a precondition does not hold.
   */
  delete(
    kind: KindDefinition,
    stored: KubeObject,
    options: DeleteOptions = {},
    write: WriteOptions = {},
  ): { object: KubeObject; removed: boolean } {
    const { type } = kind;
    const { name } = stored.metadata;
    checkMayBeDeleted(type, name);
    checkPreconditions(type, stored, options);
    const plan = planDeletion(type, stored, options, this.#clock.now());
    if (plan.remove) {
      const last = write.dryRun === true ? stored : this.#remove(kind, stored);
      return {
        object: plan.metadata === undefined ? last : { ...last, metadata: plan.metadata },
        removed: true,
      };
    }
    const draft = { ...stored, metadata: plan.metadata };
    if (plan.phase !== undefined) {
      const namespace = draft as Namespace;
      namespace.status = { ...namespace.status, phase: plan.phase };
    }
    if (write.dryRun === true || jsonEqual(draft, stored)) return { object: draft, removed: false };
    return { object: this.put(kind, draft), removed: false };
  }

  /** The finalize subresource of a namespace: writes spec.finalizers, and lets the namespace go without any. */
  finalize(kind: KindDefinition, stored: Namespace, finalizers: readonly string[]): KubeObject {
    const draft: Namespace = { ...stored, spec: { ...stored.spec, finalizers: [...finalizers] } };
    const written = this.put(kind, draft);
    return isReleasedFromDeletion(written) ? this.#remove(kind, written) : written;
  }

  /** Straight to the store, past all rules: for what an ordinary update may not change. */
  put<T extends KubeObject>(kind: KindDefinition, draft: T): T {
    // Where the version will stand is settled together with all other fields.
    const versioned = { ...draft, metadata: { ...draft.metadata, resourceVersion: '' } };
    return this.#store.put(groupResource(kind.type), this.#schemas.inOrder(kind.schema, versioned));
  }

  /** @throws ApiError 404. */
  read(kind: KindDefinition, namespace: string | undefined, name: string): KubeObject {
    const object = this.#store.get(groupResource(kind.type), namespace, name);
    if (object === undefined) throw notFound(kind.type, name);
    return object;
  }

  #remove(kind: KindDefinition, object: KubeObject): KubeObject {
    const last = this.#store.remove(
      groupResource(kind.type),
      object.metadata.namespace,
      object.metadata.name,
    );
    kind.released?.(object);
    return last ?? object;
  }

  /** What comes after the status that a request wrote is in the draft. @throws ApiError 403, 422 */
  #finishStatus(
    kind: KindDefinition,
    draft: KubeObject,
    stored: KubeObject,
    options: WriteOptions & { subresource: StatusSubresource },
  ): void {
    const context = this.#context();
    this.#recordFields(kind, draft, stored, options);
    kind.statusUpdate?.prepare?.(draft, stored, context, options.subresource);
    this.#admit(kind, draft, stored, options, context);
    const errors = kind.statusUpdate?.validate(draft, stored, options.subresource) ?? [];
    if (errors.length > 0) throw invalid(kind.type, stored.metadata.name, errors);
  }

  #recordFields(
    kind: KindDefinition,
    draft: KubeObject,
    stored: KubeObject | undefined,
    { manager, subresource, applied }: WriteOptions,
  ): void {
    if (applied === true) return;
    const { metadata } = draft;
    if (manager === undefined) {
      if (stored?.metadata.managedFields === undefined) delete metadata.managedFields;
      else metadata.managedFields = stored.metadata.managedFields;
      return;
    }
    const writer: FieldWriter = { manager, ...(subresource === undefined ? {} : { subresource }) };
    const time = formatTime(this.#clock.now());
    const managedFields = this.#fields.afterUpdate(kind, stored, draft, writer, time);
    if (managedFields === undefined) delete metadata.managedFields;
    else metadata.managedFields = managedFields;
  }

  #charge(quotas: readonly ResourceQuota[]): void {
    for (const quota of quotas) this.#store.put(groupResource(RESOURCE_QUOTAS), quota);
  }

  #admit(
    kind: KindDefinition,
    object: KubeObject,
    stored: KubeObject | undefined,
    { subresource, user, applied }: WriteOptions,
    context: WriteContext,
  ): void {
    for (const plugin of this.#admission)
      plugin.admit({
        operation: stored === undefined ? 'CREATE' : 'UPDATE',
        type: kind.type,
        object,
        ...(stored === undefined ? {} : { stored }),
        ...(subresource === undefined ? {} : { subresource }),
        ...(applied === true && stored === undefined ? { implicit: true } : {}),
        ...(user === undefined ? {} : { user }),
        context,
      });
  }

  #namespaceOf({ metadata }: KubeObject): Namespace | undefined {
    const stored = this.#store.get(groupResource(NAMESPACES), undefined, metadata.namespace ?? '');
    return stored as Namespace | undefined;
  }

  #context(): WriteContext {
    return {
      now: this.#clock.now(),
      get: (type, namespace, name) => this.#store.get(groupResource(type), namespace, name) as never,
      list: (type, namespace) => this.#store.list(groupResource(type), namespace) as never[],
      generateName: (prefix) => generateName(prefix, this.#random),
    };
  }
}
