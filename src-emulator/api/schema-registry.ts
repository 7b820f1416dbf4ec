/** What came out of checking a request body against the schema of its kind. */
export interface DecodeResult {
  /** A private copy that holds only fields the schema knows, at any depth. */
  object: Record<string, unknown>;
  /** Paths of fields that were dropped, as strict decoding names them: `spec.containers[0].imgae`. */
  unknownFields: string[];
  /**
   * Set when a value has the wrong type, in the words of Go's JSON decoder:
   * `json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32`.
   */
  typeError?: string;
}

/** How strategic merge patch treats one value (x-kubernetes-patch-strategy, x-kubernetes-patch-merge-key). */
export interface PatchSchema {
  /** The schema of a field of an object, or of every value of a map. Undefined when it is not known. */
  field(name: string): PatchSchema | undefined;
  /** The schema of an array's elements. */
  readonly items: PatchSchema | undefined;
  /** `x-kubernetes-patch-strategy`, split at the commas: `merge`, `replace`, `retainKeys`. Empty when not given. */
  readonly strategies: readonly string[];
  /** `x-kubernetes-patch-merge-key` of an array of objects. */
  readonly mergeKey: string | undefined;
}

/**
 * The schemas of the served kinds. Names are those of OpenAPI (`io.k8s.api.core.v1.Pod`), as in
 * KindDefinition.schema. Building one must be cheap: documents are made when they are first asked for.
 */
export interface SchemaRegistry {
  decode(schema: string, value: unknown): DecodeResult;
  patchSchema(schema: string): PatchSchema | undefined;
  /** Body of GET /openapi/v3: `{"paths": {"api/v1": {"serverRelativeURL": "/openapi/v3/api/v1?hash=…"}}}`. */
  openApiIndex(): { paths: Record<string, { serverRelativeURL: string }> };
  /** Body of GET /openapi/v3/<path> as JSON text, for example for `apis/apps/v1`. Undefined: no such document. */
  openApiDocument(path: string): string | undefined;
}
