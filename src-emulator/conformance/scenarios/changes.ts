import { apply, given, type Scenario, type Step } from '../suite/scenario.ts';
import { service } from './pods.ts';

const map = (name: string, data: string, metadata = ''): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}${metadata}}\ndata: ${data}\n`;
const data = (name: string): string => `get configmap ${name} -o jsonpath={.data}`;
const diff = (about: string, stdin: string): Step => ({
  command: 'diff -f -',
  about,
  stdin,
  // Names of its temporary files differ from run to run.
  environment: { KUBECTL_EXTERNAL_DIFF: 'diff -r -U 1 --label=live --label=merged' },
});
const DEPLOYMENT = (replicas: number, containers: string): string => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: idle}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: idle}}
  template:
    metadata: {labels: {app: idle}}
    spec: {containers: [${containers}]}
`;
const CONTAINERS = 'jsonpath={.spec.template.spec.containers[*].name}';

export const changes: Scenario = {
  name: 'changes',
  title: 'Apply, patches of each kind, labels, replace, edit, dry runs, conflicts',
  steps: [
    apply('new', map('a', '{x: "1", w: "2"}')),
    apply('the same', map('a', '{x: "1", w: "2"}')),
    apply('one field less', map('a', '{x: "3"}')),
    data('a'),
    apply('dry run, client', map('b', '{x: "1"}'), '--dry-run=client'),
    apply('dry run, server', map('b', '{x: "1"}'), '--dry-run=server'),
    apply('output', map('b', '{x: "1"}'), '--dry-run=server -o yaml'),
    { command: 'create -f -', about: 'it is there', stdin: map('a', '{}') },
    { command: 'create --save-config -f -', about: 'with configuration', stdin: map('c', '{x: "1"}') },
    {
      command: 'create -f -',
      about: 'a generated name',
      stdin: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: made-}\n',
    },
    { command: 'replace -f -', about: 'it is there', stdin: map('a', '{z: "9"}') },
    data('a'),
    { command: 'replace -f -', about: 'it is not there', stdin: map('nosuch', '{}') },
    { command: 'replace --force -f -', about: 'by force', stdin: map('a', '{x: "1"}') },
    { command: 'replace -f -', about: 'an old version', stdin: map('a', '{}', ', resourceVersion: "1"') },
    {
      command: 'replace -f -',
      about: 'another uid',
      stdin: map('a', '{}', ', uid: 11111111-2222-3333-4444-555555555555'),
    },
    diff('a change', map('a', '{x: "2"}')),
    diff('no change', map('c', '{x: "1"}')),
    `patch configmap a -p '{"data":{"x":null,"n":"1"}}'`,
    `patch configmap a --type=merge -p '{"data":{"m":"2"}}'`,
    'patch configmap a --type=json -p \'[{"op":"add","path":"/data/j","value":"3"},{"op":"remove","path":"/data/n"}]\'',
    data('a'),
    `patch configmap a -p '{"data":{"m":"2"}}'`,
    'patch configmap a --type=json -p \'[{"op":"remove","path":"/data/nosuch"}]\'',
    'patch configmap a --type=json -p \'[{"op":"test","path":"/data/m","value":"3"}]\'',
    'patch configmap a --type=json -p \'[{"op":"move","from":"/data/m","path":"/data/moved"}]\'',
    'patch configmap a --type=json -p \'[{"op":"shake","path":"/data/m"}]\'',
    `patch configmap a --type=json -p '{"data":{}}'`,
    'patch configmap a -p \'{"metadata":{"name":"other"}}\'',
    'patch configmap a -p \'{"metadata":{"resourceVersion":"1"}}\'',
    `patch configmap a -p '{"dat":{"x":"1"}}'`,
    `patch configmap nosuch -p '{}'`,
    `patch configmap a --type=strange -p '{}'`,
    data('a'),
    'label configmap a tier=front',
    'label configmap a tier=back',
    'label configmap a tier=back --overwrite',
    'label configmap a tier=back',
    'label configmap a tier-',
    'label configmap a tier-',
    'label configmap a b tier=front',
    'annotate configmap a note=hello',
    'annotate configmap a note-',
    'get configmap a --show-labels',
    {
      command: 'edit configmap a',
      about: 'changes',
      environment: { KUBE_EDITOR: "sed -i 's/moved/edited/'" },
    },
    { command: 'edit configmap a', about: 'nothing', environment: { KUBE_EDITOR: 'true' } },
    data('a'),
    'set env deployment/nosuch A=b',
    given(DEPLOYMENT(0, '{name: a, image: nginx}, {name: b, image: busybox}')),
    `patch deployment idle -p '{"spec":{"template":{"spec":{"containers":[{"name":"c","image":"redis"}]}}}}'`,
    `get deployment idle -o ${CONTAINERS}`,
    `patch deployment idle -p '{"spec":{"template":{"spec":{"containers":[{"name":"a","$patch":"delete"}]}}}}'`,
    `get deployment idle -o ${CONTAINERS}`,
    `patch deployment idle -p '{"spec":{"template":{"spec":{"$setElementOrder/containers":[{"name":"c"},{"name":"b"}],"containers":[{"name":"b","image":"b:2"},{"name":"c","image":"c:2"}]}}}}'`,
    'get deployment idle -o jsonpath={.spec.template.spec.containers[*].image}',
    `patch deployment idle --type=merge -p '{"spec":{"template":{"spec":{"containers":[{"name":"only","image":"nginx"}]}}}}'`,
    `get deployment idle -o ${CONTAINERS}`,
    `patch deployment idle -p '{"spec":{"template":{"spec":{"containers":[{"image":"nameless"}]}}}}'`,
    `patch deployment idle -p '{"spec":{"selector":{"matchLabels":{"app":"other"}}}}'`,
    `patch deployment idle -p '{"spec":{"strategy":{"$patch":"replace","type":"Recreate"}}}'`,
    'get deployment idle -o jsonpath={.spec.strategy}',
    `patch deployment idle -p '{"spec":{"replicas":"many"}}'`,
    'set image deployment/idle only=nginx:1.27',
    'set image deployment/idle nosuch=nginx',
    'set env deployment/idle COLOUR=blue',
    'set env deployment/idle --list',
    'set resources deployment/idle --limits=cpu=100m',
    'set serviceaccount deployment/idle robot',
    'set selector service/nosuch a=b',
    'get deployment idle -o jsonpath={.metadata.generation}',
    given(service('web', 'selector: {app: web}, ports: [{name: http, port: 80}]')),
    'set selector service/web app=other',
    `patch service web -p '{"spec":{"ports":[{"port":81,"name":"more"}]}}'`,
    'get service web -o jsonpath={.spec.ports[*].name}',
    `patch service web -p '{"spec":{"ports":[{"port":80,"$patch":"delete"}]}}'`,
    'get service web -o jsonpath={.spec.ports[*].name}',
    `patch service web -p '{"spec":{"clusterIP":"10.96.200.200"}}'`,
    `patch service web -p '{"spec":{"clusterIP":"None"}}'`,
    `patch service web -p '{"spec":{"type":"ExternalName"}}'`,
    `patch service web -p '{"spec":{"type":"NodePort"}}'`,
    `patch service web -p '{"spec":{"type":"ClusterIP"}}'`,
    'get service web -o jsonpath={.spec.type}/{.spec.ports[0].nodePort}',
    'delete configmap a b',
    'delete configmap c --wait=false --grace-period=0',
    'delete configmap -l nosuch=x',
    'delete deployment,service --all --dry-run=server',
    'delete configmap c --cascade=strange',
    'apply view-last-applied service/web -o json',
    'apply set-last-applied -f nowhere.yaml',
  ],
};
