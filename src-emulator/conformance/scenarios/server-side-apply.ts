import { given, type Scenario, type Step } from '../suite/scenario.ts';
import { service } from './pods.ts';

const map = (data: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: ${data}\n`;
const serverSide = (about: string, stdin: string, options = ''): Step => ({
  command: `apply --server-side ${options}${options === '' ? '' : ' '}-f -`,
  about,
  stdin,
});
/** Managers that wrote in the same second have no order. */
const MANAGERS: Step = {
  command:
    'get configmap a --show-managed-fields -o \'jsonpath={range .metadata.managedFields[*]}{.manager} {.operation}{"\\n"}{end}\'',
  sorted: true,
};
const FIELDS = 'get configmap a --show-managed-fields -o jsonpath={.metadata.managedFields[*].fieldsV1}';

export const serverSideApply: Scenario = {
  name: 'server-side-apply',
  title: 'Server-side apply: who owns what, and whom a conflict names',
  everyKubectl: true,
  steps: [
    serverSide('new', map('{x: "1", w: "2"}')),
    serverSide('the same', map('{x: "1", w: "2"}')),
    MANAGERS,
    FIELDS,
    serverSide('another manager, another field', map('{z: "3"}'), '--field-manager=other'),
    MANAGERS,
    FIELDS,
    serverSide('a conflict', map('{x: "9"}'), '--field-manager=other'),
    serverSide('the same value, shared', map('{x: "1", z: "3"}'), '--field-manager=other'),
    FIELDS,
    serverSide('a conflict in two fields', map('{x: "8", w: "8"}'), '--field-manager=third'),
    serverSide('by force', map('{x: "9", z: "3"}'), '--field-manager=other --force-conflicts'),
    'get configmap a -o jsonpath={.data}',
    serverSide('a field given up', map('{w: "2"}')),
    'get configmap a -o jsonpath={.data}',
    serverSide(
      'nothing left',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n',
      '--field-manager=other',
    ),
    'get configmap a -o jsonpath={.data}',
    `patch configmap a --type=merge -p '{"data":{"w":"7"}}'`,
    serverSide('a conflict with a patch', map('{w: "2"}')),
    'label configmap a tier=front',
    MANAGERS,
    serverSide('dry run', map('{w: "6"}'), '--force-conflicts --dry-run=server'),
    'get configmap a -o jsonpath={.data}',
    serverSide('an unknown field', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndatas: {a: b}\n'),
    serverSide('a number', map('{w: 6}')),
    serverSide('a bad name', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: My_Map}\n'),
    given('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\ndata: {x: "1"}\n'),
    serverSide(
      'what was applied by the client',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\ndata: {x: "2"}\n',
    ),
    'get configmap b --show-managed-fields -o jsonpath={.metadata.managedFields[*].manager}',
    serverSide('ports', service('web', 'ports: [{name: a, port: 80}, {name: b, port: 81}]')),
    serverSide(
      'one port more, another manager',
      service('web', 'ports: [{name: c, port: 82}]'),
      '--field-manager=other',
    ),
    'get service web -o jsonpath={.spec.ports[*].name}',
    serverSide(
      'a port changed by another manager',
      service('web', 'ports: [{name: z, port: 80}]'),
      '--field-manager=other',
    ),
    serverSide('a port fewer', service('web', 'ports: [{name: a, port: 80}]')),
    'get service web -o jsonpath={.spec.ports[*].name}',
    serverSide('the same key twice', service('web', 'ports: [{name: a, port: 80}, {name: b, port: 80}]')),
  ],
};
