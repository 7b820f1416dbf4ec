/** JSON merge patches (RFC 7386) as a client-side apply makes them. */

type Json = Record<string, unknown>;

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The patch that brings `live` to what is declared: fields that `declared` has and `live` has otherwise, and
 * `null` for fields that were declared `before` and no longer are. Lists are replaced as a whole. Fields that
 * nobody declared (defaults, status, what controllers add) are left alone. Undefined when there is nothing to do.
 * `sameValue` tells whether a list or a plain value is right already: with defaults filled in, as a rule.
 */
export function applyPatch(
  before: unknown,
  declared: Json,
  live: Json,
  sameValue: (declared: unknown, live: unknown) => boolean = covers,
): Json | undefined {
  const patch: Json = {};
  for (const [key, value] of Object.entries(declared)) {
    const current = live[key];
    if (isObject(value) && isObject(current)) {
      const inner = applyPatch(isObject(before) ? before[key] : undefined, value, current, sameValue);
      if (inner !== undefined) patch[key] = inner;
    } else if (!sameValue(value, current)) patch[key] = value;
  }
  for (const key of Object.keys(isObject(before) ? before : {}))
    if (!(key in declared) && key in live) patch[key] = null;
  return Object.keys(patch).length > 0 ? patch : undefined;
}

/** True when `live` already has all that is declared; what defaulting added inside lists does not count. */
function covers(declared: unknown, live: unknown): boolean {
  if (declared === null || declared === undefined) return live === undefined || live === null;
  if (Array.isArray(declared)) {
    return (
      Array.isArray(live) &&
      live.length === declared.length &&
      declared.every((item, index) => covers(item, live[index]))
    );
  }
  if (isObject(declared))
    return isObject(live) && Object.entries(declared).every(([key, value]) => covers(value, live[key]));
  return declared === live;
}
