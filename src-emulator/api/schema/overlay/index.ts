/**
 * What the client library's models do not say about the Kubernetes 1.34 API, and its OpenAPI documents and Go
 * types do: which groups and kinds are served, how lists merge, which fields keep a zero value. Hand-written
 * input of `scripts/generate-openapi.ts`; nothing reads it at run time.
 *
 * Sources: the `x-kubernetes-*` extensions of a 1.34 server's OpenAPI v3 documents, and `types.go` of
 * k8s.io/api and k8s.io/apimachinery v0.34.
 */

import { CORE_FACTS } from './facts-core.ts';
import { GROUP_FACTS } from './facts-groups.ts';

export { FIELD_ORDER } from './field-order.ts';
export { META_MODELS, META_PACKAGE, MODEL_PACKAGES } from './models.ts';
export { GROUP_VERSIONS, type ServedGroupVersion, type ServedKind } from './served-kinds.ts';

/**
 * Facts about fields, by type (`core.v1.Pod` is short for `io.k8s.api.core.v1.Pod`). Each is
 * `field:fact,fact`; the field `*` is the type itself. The facts:
 *
 * - `keys=a+b`: a list that is a map, keyed by these fields (list-type map)
 * - `set`, `atomic`: the other list types; `atomic` on an object or a map is its map-type
 * - `merge=k`, `merge`: strategic merge patch merges this list by key `k`, or as a set
 * - `retainKeys`: strategic merge patch drops the keys that the patch does not name
 * - `pointer`: zero and absent differ, so `""`, `0` and `false` are kept
 * - `always`: written even when nothing set it
 * - `quantity`: a resource.Quantity, or a map of them
 * - `go=T`: the named Go type of a string, as decoding errors say it
 * - `newer`: came after 1.34, so it is left out
 */
export const FIELD_FACTS: Record<string, string> = { ...CORE_FACTS, ...GROUP_FACTS };
