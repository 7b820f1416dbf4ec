import type { PolicyRule } from '../../objects.ts';

/**
 * Reads rules, one a line: `get,list core,apps pods,deployments` (verbs, API groups, resources), with names of
 * objects as a fourth word, or `get /healthz,/version` for paths. `core` is the group without a name.
 */
export function parseRules(lines: string): PolicyRule[] {
  return lines
    .split('\n')
    .map((line) => line.trim().split(' '))
    .filter(([verbs]) => verbs !== '')
    .map(([verbs = '', groupsOrUrls = '', resources, names]) => {
      const list = groupsOrUrls.split(',');
      if (resources === undefined) return { nonResourceURLs: list, verbs: verbs.split(',') };
      return {
        apiGroups: list.map((group) => (group === 'core' ? '' : group)),
        ...(names === undefined ? {} : { resourceNames: names.split(',') }),
        resources: resources.split(','),
        verbs: verbs.split(','),
      };
    });
}
