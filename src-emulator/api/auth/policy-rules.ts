/** What rules of Roles and ClusterRoles allow, and whether some cover others: pure functions on PolicyRules. */
import type { PolicyRule } from '../objects.ts';
import { isResourceRequest, type RequestAttributes } from './request-attributes.ts';

const ALL = '*';

/** Whether one rule allows a request. */
export function ruleAllows(rule: PolicyRule, attributes: RequestAttributes): boolean {
  if (!hasOrAll(rule.verbs, attributes.verb)) return false;
  if (!isResourceRequest(attributes))
    return (rule.nonResourceURLs ?? []).some((url) => urlCovers(url, attributes.path));
  const { group, resource, subresource, name } = attributes;
  return (
    hasOrAll(rule.apiGroups, group) &&
    (rule.resources ?? []).some((allowed) => resourceMatches(allowed, resource, subresource)) &&
    ((rule.resourceNames ?? []).length === 0 || rule.resourceNames?.includes(name) === true)
  );
}

function hasOrAll(list: readonly string[] | undefined, item: string): boolean {
  return list !== undefined && (list.includes(item) || list.includes(ALL));
}

/** `*` is everything, `pods/log` that subresource, and `*` + `/scale` the scale of every resource. */
function resourceMatches(allowed: string, resource: string, subresource: string): boolean {
  if (allowed === ALL) return true;
  if (subresource === '') return allowed === resource;
  return allowed === `${resource}/${subresource}` || allowed === `*/${subresource}`;
}

function urlCovers(url: string, path: string): boolean {
  return url === path || (url.endsWith(ALL) && path.startsWith(url.replace(/\*+$/, '')));
}

/**
 * The part of `wanted` that `held` does not cover, taken apart into rules of one verb, one group, one resource
 * and at most one name (k8s.io/component-helpers/auth/rbac/validation).
 */
export function uncoveredRules(held: readonly PolicyRule[], wanted: readonly PolicyRule[]): PolicyRule[] {
  return wanted
    .flatMap(breakDown)
    .filter((atom) => !held.some((rule) => covers(rule, atom)))
    .map(({ verb, ...rest }) =>
      'url' in rest
        ? { nonResourceURLs: [rest.url], verbs: [verb] }
        : {
            apiGroups: [rest.group],
            resources: [rest.resource],
            ...(rest.name === undefined ? {} : { resourceNames: [rest.name] }),
            verbs: [verb],
          },
    );
}

type Atom =
  { verb: string; url: string } | { verb: string; group: string; resource: string; name: string | undefined };

function breakDown(rule: PolicyRule): Atom[] {
  const { verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
  const names = resourceNames.length === 0 ? [undefined] : resourceNames;
  const objects = apiGroups.flatMap((group) =>
    resources.flatMap((resource) =>
      verbs.flatMap((verb) => names.map((name) => ({ verb, group, resource, name }))),
    ),
  );
  return [...objects, ...nonResourceURLs.flatMap((url) => verbs.map((verb) => ({ verb, url })))];
}

function covers(rule: PolicyRule, atom: Atom): boolean {
  if (!hasOrAll(rule.verbs, atom.verb)) return false;
  if ('url' in atom) return (rule.nonResourceURLs ?? []).some((url) => urlCovers(url, atom.url));
  const { group, resource, name } = atom;
  const names = rule.resourceNames ?? [];
  const slash = resource.indexOf('/');
  const everySubresource = slash < 0 ? undefined : `*${resource.slice(slash)}`;
  return (
    hasOrAll(rule.apiGroups, group) &&
    (rule.resources ?? []).some(
      (held) =>
        held === ALL || held === resource || (everySubresource !== undefined && held === everySubresource),
    ) &&
    (names.length === 0 || (name !== undefined && names.includes(name)))
  );
}

/** Rules as an escalation message lists them: those that differ by their verb alone in one line, sorted. */
export function describeRules(rules: readonly PolicyRule[]): string {
  const merged = new Map<string, PolicyRule>();
  for (const { verbs, ...what } of rules) {
    const isSimple = what.nonResourceURLs === undefined;
    const key = JSON.stringify(isSimple ? what : { ...what, verbs });
    const before = merged.get(key);
    merged.set(key, { ...what, verbs: [...(before?.verbs ?? []), ...verbs] });
  }
  return [...new Set([...merged.values()].map(compactString))].sort().join('\n');
}

function compactString(rule: PolicyRule): string {
  const parts = [
    ['APIGroups', rule.apiGroups],
    ['Resources', rule.resources],
    ['NonResourceURLs', rule.nonResourceURLs],
    ['ResourceNames', rule.resourceNames],
    ['Verbs', rule.verbs],
  ] as const;
  const shown = parts.flatMap(([name, list = []]) => (list.length === 0 ? [] : [`${name}:${goList(list)}`]));
  return `{${shown.join(', ')}}`;
}

/** A list of texts as Go's `%q` prints it. */
export function goList(list: readonly string[]): string {
  return `[${list.map((item) => JSON.stringify(item)).join(' ')}]`;
}
