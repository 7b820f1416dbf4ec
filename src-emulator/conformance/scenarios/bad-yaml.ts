import { apply, refusal, type Scenario } from '../suite/scenario.ts';

const head = (kind: string, name = 'x'): string =>
  `apiVersion: v1\nkind: ${kind}\nmetadata: {name: ${name}}\n`;

export const badYaml: Scenario = {
  name: 'bad-yaml',
  title: 'What a learner is told about a manifest that is not one',
  steps: [
    apply('a tab', 'apiVersion: v1\nkind: Service\nmetadata:\n\tname: web\n'),
    apply('kind:Service', 'apiVersion: v1\nkind:Service\nmetadata:\n  name: web\n'),
    apply('kind:Service alone', 'kind:Service\n'),
    apply('no kind', 'apiVersion: v1\nmetadata: {name: x}\n'),
    apply('no apiVersion', 'kind: Service\nmetadata: {name: x}\n'),
    apply('no name', 'apiVersion: v1\nkind: ConfigMap\n'),
    apply('unknown kind', head('Servise')),
    apply('kind in lower case', head('service')),
    apply('wrong group', 'apiVersion: v1\nkind: Deployment\nmetadata: {name: x}\n'),
    apply('version that is gone', 'apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: {name: x}\n'),
    apply('unknown version', 'apiVersion: apps/v2\nkind: Deployment\nmetadata: {name: x}\n'),
    apply('a bracket left open', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x\n'),
    apply('a quote left open', 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: "x\n'),
    apply('bad indentation', 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n labels: {a: b}\n'),
    apply('a key twice', 'apiVersion: v1\nkind: ConfigMap\nkind: ConfigMap\nmetadata: {name: x}\n'),
    apply('nothing', ''),
    apply('a list', '- a\n- b\n'),
    apply('a sentence', 'hello\n'),
    apply('JSON with a comma too many', '{"apiVersion": "v1", "kind": "ConfigMap",}'),
    apply('a number for a string', `${head('ConfigMap')}data: {a: 1}\n`),
    apply('a boolean for a string', `${head('ConfigMap')}data: {a: yes, b: true}\n`),
    apply('a string for a map', `${head('ConfigMap')}data: hello\n`),
    apply('a map for a list', `${head('Service')}spec:\n  ports: {port: 80}\n`),
    apply('a list for a map', `${head('Service')}spec:\n- ports: []\n`),
    apply(
      'a number for a label',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, labels: {version: 1}}\n',
    ),
    apply('unknown field', `${head('Service')}spec: {ports: [{port: 80}], selectors: {a: b}}\n`),
    apply('unknown field, warned about', `${head('ConfigMap', 'warned')}datas: {a: b}\n`, '--validate=warn'),
    apply('unknown field, ignored', `${head('ConfigMap', 'ignored')}datas: {a: b}\n`, '--validate=ignore'),
    apply(
      'unknown fields at several places',
      `${head('Service')}specs: 1\nspec: {port: 1, ports: [{ports: 80}]}\n`,
    ),
    refusal(
      'unknown field, strict',
      `${head('Pod')}spec: {containers: [{name: a, image: b, port: 80}]}\n`,
      '--validate=strict',
    ),
    refusal('field in the wrong case', `${head('Pod')}spec: {Containers: [{name: a, image: b}]}\n`),
    apply('an unknown value of --validate', head('ConfigMap'), '--validate=perhaps'),
    apply(
      'another namespace',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: nowhere-to-be-found}\n',
      '--namespace=nowhere-to-be-found',
    ),
    apply(
      'a namespace that is not the one asked for',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: other}\n',
    ),
    'apply -f nowhere.yaml',
    'create -f nowhere.yaml',
    'apply',
  ],
};
