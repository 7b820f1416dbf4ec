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
  sameValue: (declared: unknown, live: unknown, before: unknown) => boolean = covers,
): Json | undefined {
  const patch: Json = {};
  for (const [key, value] of Object.entries(declared)) {
    const current = live[key];
    if (isObject(value) && isObject(current)) {
      const inner = applyPatch(isObject(before) ? before[key] : undefined, value, current, sameValue);
      if (inner !== undefined) patch[key] = inner;
    } else if (!sameValue(value, current, isObject(before) ? before[key] : undefined)) patch[key] = value;
  }
  for (const key of Object.keys(isObject(before) ? before : {}))
    if (!(key in declared) && key in live) patch[key] = null;
  return Object.keys(patch).length > 0 ? patch : undefined;
}

/**
 * True when `live` already has all that is declared, and nothing of what was declared `before` and no longer is;
 * what defaulting added inside lists does not count.
 */
function covers(declared: unknown, live: unknown, before: unknown): boolean {
  if (declared === null || declared === undefined) return live === undefined || live === null;
  if (Array.isArray(declared)) {
    const items: unknown[] = Array.isArray(before) ? before : [];
    return (
      Array.isArray(live) &&
      live.length === declared.length &&
      declared.every((item, index) => covers(item, live[index], items[index]))
    );
  }
  if (isObject(declared)) {
    if (!isObject(live)) return false;
    const was = isObject(before) ? before : {};
    if (Object.keys(was).some((key) => !(key in declared) && key in live)) return false;
    return Object.entries(declared).every(([key, value]) => covers(value, live[key], was[key]));
  }
  return declared === live;
}
