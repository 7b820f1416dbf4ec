import { LABEL_KEYS, LABEL_VALUES } from './common.ts';

const FINALIZERS = ['example.com/keep', 'keep', 'orphan', 'foregroundDeletion', 'kubernetes', '', 'a b/c'];

/** Fields of metadata, and of selectors by labels. */
export const METADATA_VALUES: Record<string, readonly unknown[]> = {
  'LabelSelectorRequirement.key': LABEL_KEYS,
  'LabelSelectorRequirement.operator': ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Foo', '', 'Gt'],
  'LabelSelectorRequirement.values': [['web'], [], ['a b'], ['web', 'front'], ['']],
  'ObjectMeta.annotations': [{ note: 'one' }, { 'A b': 'x' }, { 'Example.com/A': '' }],
  'ObjectMeta.finalizers': [...FINALIZERS.map((name) => [name]), ['orphan', 'foregroundDeletion']],
  'ObjectMeta.generateName': ['$NAME-', 'A', 'a.', ''],
  'ObjectMeta.labels': [
    ...LABEL_KEYS.map((key) => ({ [key]: 'x' })),
    ...LABEL_VALUES.map((value) => ({ app: value })),
    {},
  ],
  'ObjectMeta.name': [
    '$NAME',
    '$NAME',
    '$NAME.b',
    'A$NAME',
    '1$NAME',
    '$NAME-',
    '',
    '$NAME_1',
    `$NAME${'x'.repeat(60)}`,
    `$NAME${'x'.repeat(250)}`,
  ],
  'ObjectMeta.namespace': ['fuzz', 'other', ''],
  'ObjectMeta.ownerReferences': [
    [{ apiVersion: 'v1', kind: 'Pod', name: 'a', uid: 'b' }],
    [{ apiVersion: '', kind: '', name: '', uid: '' }],
    [
      { apiVersion: 'v1', kind: 'Pod', name: 'a', uid: 'b', controller: true },
      { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'c', uid: 'd', controller: true },
    ],
    [{ apiVersion: 'v1', kind: 'Event', name: 'a', uid: 'b' }],
    [{ apiVersion: 'a/b/c', kind: 'Pod', name: 'a', uid: 'b' }],
  ],
  'ObjectMeta.resourceVersion': ['1', 'abc', ''],
  'ObjectMeta.uid': ['00000000-0000-4000-8000-000000000000'],
};
