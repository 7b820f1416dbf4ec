/** What a container may or may not ask for. */
const REQUESTED = [
  'cpu',
  'memory',
  'ephemeral-storage',
  'hugepages-2Mi',
  'example.com/gpu',
  'foo',
  'a b',
  'storage',
];

/** Keys and values of maps that have no values of their own in the table of fields. */
export const MAP_KEYS: Record<string, readonly string[]> = {
  limits: [...REQUESTED, 'pods'],
  requests: REQUESTED,
  hard: [
    'pods',
    'cpu',
    'requests.memory',
    'services',
    'foo',
    'a b',
    'count/pods',
    'count/a.b/c',
    'requests.foo',
    'limits.cpu',
    'example.com/x',
    'requests.example.com/gpu',
  ],
  data: ['a', 'app.conf', 'a b', '', '..', '..a', 'a/b', 'x'.repeat(254)],
};
