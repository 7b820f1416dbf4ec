import { given, quiet, ready, type Scenario } from '../suite/scenario.ts';
import { client, service, workload } from './pods.ts';

const DEPLOYMENT = workload(
  'Deployment',
  'web',
  'args: [netexec], ports: [{name: http, containerPort: 8080}]',
  {
    metadata: 'labels: {app: web}',
  },
);
const DATA = `
apiVersion: v1
kind: ConfigMap
metadata: {name: colours, labels: {tier: front}, annotations: {note: hello}}
data: {sky: blue, grass: "green\\nyellow\\n"}
---
apiVersion: v1
kind: Secret
metadata: {name: key}
stringData: {word: sesame}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: robot}
---`;

export const getFormats: Scenario = {
  name: 'get-formats',
  title: 'Objects in every form that kubectl get and describe have',
  everyKubectl: true,
  steps: [
    given(
      DATA +
        service('web', 'selector: {app: web}, ports: [{name: http, port: 80, targetPort: http}]') +
        DEPLOYMENT +
        client('one', { node: '<worker>', labels: { tier: 'back' } }),
    ),
    quiet('rollout status deployment/web --timeout=90s'),
    ready('one'),
    'get all',
    'get pods',
    'get pods --show-labels',
    'get pods -L tier,app',
    'get pods -o name',
    'get pod one -o wide',
    'get pod one -o yaml',
    'get pod one -o json',
    'get pod one -o yaml --show-managed-fields',
    'get pod one -o jsonpath={.spec.containers[0].image}',
    'get pods -o \'jsonpath={range .items[*]}{.metadata.name}{"\\t"}{.status.phase}{"\\n"}{end}\'',
    'get pods -o jsonpath=\'{.items[?(@.metadata.name=="one")].spec.nodeName}\'',
    'get pods -o custom-columns=NAME:.metadata.name,IMAGE:.spec.containers[*].image,NONE:.spec.nothing',
    "get pods -o go-template='{{range .items}}{{.metadata.name}} {{end}}'",
    'get service web --no-headers -o custom-columns=NAME:.metadata.name',
    'get pods --sort-by=.metadata.name',
    'get pods -l app=web',
    "get pods -l 'app in (web, other), tier notin (back)'",
    "get pods -l '!app'",
    'get pods -l app!=web',
    'get pods --field-selector=metadata.name=one',
    'get pods --field-selector=status.phase!=Running',
    'get pods -l app=nosuch',
    'get deployment',
    'get deployment web -o wide',
    'get deployment web -o yaml',
    'get replicaset',
    'get replicaset -o wide',
    'get service -o wide',
    'get service web -o yaml',
    'get endpoints',
    'get endpointslices',
    'get configmap',
    'get configmap colours -o yaml',
    'get configmap colours -o jsonpath={.data.sky}',
    'get secret',
    'get secret key -o yaml',
    'get serviceaccount',
    'get serviceaccount robot -o yaml',
    'get namespace <namespace>',
    'get namespace <namespace> -o yaml',
    'get deploy,rs,po,svc,cm,secret,sa -o name',
    'get pod/one service/web configmap/colours',
    'get po one --output=jsonpath-as-json={.metadata.labels}',
    'get --raw /api/v1/namespaces/<namespace>/configmaps/colours',
    'get --raw /healthz',
    'get events --field-selector=involvedObject.name=one',
    'events --for pod/one',
    'describe pod one',
    'describe deployment web',
    'describe replicaset',
    'describe service web',
    // Older versions of kubectl print the keys of its data in any order.
    { command: 'describe configmap colours', sorted: true },
    'describe secret key',
    'describe serviceaccount robot',
    'describe namespace <namespace>',
    'describe endpoints web',
  ],
};
