import { AGNHOST } from '../manifests.ts';
import {
  apply,
  given,
  quietUntil,
  ready,
  refusal,
  until,
  type Scenario,
  type Step,
} from '../suite/scenario.ts';
import { client, service } from './pods.ts';

const object = (apiVersion: string, kind: string, name: string, spec: string): string =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: ${name}}\nspec: {${spec}}\n---\n`;
/** An object in each form that people look at it in. */
const shown = (kind: string, name: string): string[] => [
  `get ${kind} ${name}`,
  `get ${kind} ${name} -o wide`,
  `get ${kind} ${name} -o yaml`,
  `describe ${kind} ${name}`,
];
const made = (about: string, apiVersion: string, kind: string, name: string, spec: string): Step =>
  apply(about, object(apiVersion, kind, name, spec));

export const policies: Scenario = {
  name: 'policies',
  title: 'Budgets and evictions, quotas, limits, autoscalers, claims',
  steps: [
    given(client('kept', { labels: { app: 'kept' } })),
    ready('kept'),
    made(
      'a budget',
      'policy/v1',
      'PodDisruptionBudget',
      'budget',
      'minAvailable: 1, selector: {matchLabels: {app: kept}}',
    ),
    quietUntil(/^1$/m, 'get pdb budget -o jsonpath={.status.currentHealthy}'),
    ...shown('pdb', 'budget'),
    {
      command: 'create --raw /api/v1/namespaces/<namespace>/pods/kept/eviction -f -',
      about: 'against the budget',
      stdin: '{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"kept"}}',
    },
    {
      command: 'create --raw /api/v1/namespaces/<namespace>/pods/nosuch/eviction -f -',
      about: 'of nobody',
      stdin: '{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"nosuch"}}',
    },
    refusal(
      'a budget of both',
      object('policy/v1', 'PodDisruptionBudget', 'b', 'minAvailable: 1, maxUnavailable: 1, selector: {}'),
    ),
    refusal(
      'a negative budget',
      object('policy/v1', 'PodDisruptionBudget', 'b', 'minAvailable: -1, selector: {}'),
    ),
    'delete pdb budget',
    {
      command: 'create --raw /api/v1/namespaces/<namespace>/pods/kept/eviction -f -',
      about: 'without a budget',
      stdin: '{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"kept"}}',
    },
    until(/NotFound/, 'get pod kept'),
    'create poddisruptionbudget made --selector=app=kept --max-unavailable=1',
    'get pdb made',
    made(
      'an autoscaler',
      'autoscaling/v2',
      'HorizontalPodAutoscaler',
      'hpa',
      'minReplicas: 1, maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: nosuch}, metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]',
    ),
    'get hpa',
    'get hpa hpa -o yaml',
    refusal(
      'an autoscaler the wrong way round',
      object(
        'autoscaling/v2',
        'HorizontalPodAutoscaler',
        'h',
        'minReplicas: 5, maxReplicas: 3, scaleTargetRef: {kind: Deployment, name: nosuch}',
      ),
    ),
    made(
      'a claim',
      'v1',
      'PersistentVolumeClaim',
      'data',
      'accessModes: [ReadWriteOnce], storageClassName: none, resources: {requests: {storage: 1Gi}}',
    ),
    ...shown('pvc', 'data'),
    refusal('a claim of nothing', object('v1', 'PersistentVolumeClaim', 'c', 'accessModes: []')),
    refusal(
      'an unknown mode',
      object(
        'v1',
        'PersistentVolumeClaim',
        'c',
        'accessModes: [Write], resources: {requests: {storage: 1Gi}}',
      ),
    ),
    `patch pvc data -p '{"spec":{"resources":{"requests":{"storage":"2Gi"}}}}'`,
    'delete pvc data --wait=false',
    made(
      'limits',
      'v1',
      'LimitRange',
      'limits',
      'limits: [{type: Container, default: {cpu: 200m}, defaultRequest: {cpu: 100m}, max: {cpu: 500m}, min: {cpu: 50m}}]',
    ),
    ...shown('limitrange', 'limits'),
    given(client('limited')),
    'get pod limited -o jsonpath={.spec.containers[0].resources}',
    'get pod limited -o jsonpath={.metadata.annotations.kubernetes\\.io/limit-ranger}',
    refusal('above the limit', client('big', { container: "resources: {limits: {cpu: '2'}}" })),
    refusal('below the limit', client('small', { container: 'resources: {requests: {cpu: 10m}}' })),
    'delete limitrange limits',
    made(
      'a quota',
      'v1',
      'ResourceQuota',
      'quota',
      "hard: {pods: '2', services: '1', requests.cpu: '1', count/configmaps: '3'}",
    ),
    quietUntil(/^1$/m, 'get quota quota -o jsonpath={.status.used.pods}'),
    ...shown('quota', 'quota'),
    given(service('first', 'ports: [{port: 80}]')),
    apply('one Service too many', service('second', 'ports: [{port: 80}]')),
    apply('a pod without requests', client('bare')),
    apply('a pod that asks for too much', client('rich', { container: "resources: {requests: {cpu: '3'}}" })),
    apply('a pod that fits', client('modest', { container: 'resources: {requests: {cpu: 100m}}' })),
    apply('a pod too many', client('third', { container: 'resources: {requests: {cpu: 100m}}' })),
    until(/2\/2/, 'get quota'),
    'describe namespace <namespace>',
    'create quota made --hard=pods=x',
    'create deployment crowd --image=nginx --replicas=1',
    'get deployment crowd -o \'jsonpath={.status.conditions[?(@.type=="ReplicaFailure")].reason}\'',
    'run later --image=nginx --dry-run=server',
    refusal(
      'an image that is fine',
      object('v1', 'Pod', 'fine', `containers: [{name: a, image: '${AGNHOST}'}]`),
    ),
  ],
};

export const networkingObjects: Scenario = {
  name: 'networking-objects',
  title: 'Ingresses, policies, classes, addresses, leases and certificates as objects',
  alone: true,
  leaves: ['ingressclass/conf-class', 'csr/conf-request', 'servicecidr/conf-range'],
  steps: [
    given(service('web', 'ports: [{name: http, port: 80}], selector: {app: web}')),
    apply(
      'an Ingress',
      'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web, annotations: {note: hello}}\nspec: {ingressClassName: conf-class, tls: [{hosts: [a.example.com], secretName: cert}], defaultBackend: {service: {name: web, port: {name: http}}}, rules: [{host: a.example.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}, {path: /exact, pathType: Exact, backend: {service: {name: missing, port: {number: 80}}}}]}}]}\n',
    ),
    ...shown('ingress', 'web'),
    'create ingress made --class=conf-class --rule=b.example.com/path*=web:80,tls=cert --default-backend=web:80',
    'get ingress',
    'create ingress bad --rule=nonsense',
    `patch ingress web --type=json -p '[{"op":"replace","path":"/spec/rules/0/http/paths/0/path","value":"nope"}]'`,
    apply(
      'a class',
      'apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: {name: conf-class}\nspec: {controller: example.com/none}\n',
    ),
    ...shown('ingressclass', 'conf-class'),
    'delete ingress web made',
    apply(
      'a policy',
      'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: some}\nspec: {podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress, Egress], ingress: [{from: [{podSelector: {matchLabels: {app: client}}}, {namespaceSelector: {matchLabels: {team: a}}}, {ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}], ports: [{port: 80}, {port: 8000, endPort: 8010}]}]}\n',
    ),
    ...shown('networkpolicy', 'some'),
    apply(
      'a policy that denies all',
      'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: none}\nspec: {podSelector: {}}\n',
    ),
    'describe networkpolicy none',
    'get netpol',
    'delete netpol --all',
    'get lease -n kube-node-lease',
    'get lease -n kube-node-lease <worker> -o jsonpath={.spec.holderIdentity}/{.spec.leaseDurationSeconds}',
    apply(
      'a lease',
      'apiVersion: coordination.k8s.io/v1\nkind: Lease\nmetadata: {name: mine}\nspec: {holderIdentity: me, leaseDurationSeconds: 15}\n',
    ),
    ...shown('lease', 'mine'),
    refusal(
      'a lease of no time',
      'apiVersion: coordination.k8s.io/v1\nkind: Lease\nmetadata: {name: l}\nspec: {leaseDurationSeconds: 0}\n',
    ),
    'get ipaddress 10.96.0.1',
    'get ipaddress 10.96.0.10 -o jsonpath={.spec.parentRef}',
    'describe ipaddress 10.96.0.1',
    'get servicecidr',
    'get servicecidr kubernetes -o jsonpath={.spec.cidrs}/{.status.conditions[*].type}',
    'describe servicecidr kubernetes',
    apply(
      'a range',
      'apiVersion: networking.k8s.io/v1\nkind: ServiceCIDR\nmetadata: {name: conf-range}\nspec: {cidrs: [10.97.0.0/24]}\n',
    ),
    until(
      /True/,
      'get servicecidr conf-range -o \'jsonpath={.status.conditions[?(@.type=="Ready")].status}\'',
    ),
    refusal(
      'a range that is none',
      'apiVersion: networking.k8s.io/v1\nkind: ServiceCIDR\nmetadata: {name: r}\nspec: {cidrs: [10.97.0.1/24]}\n',
    ),
    `patch servicecidr conf-range -p '{"spec":{"cidrs":["10.98.0.0/24"]}}'`,
    apply('a Service in the new range', service('there', 'clusterIP: 10.97.0.7, ports: [{port: 80}]')),
    'get service there -o jsonpath={.spec.clusterIP}',
    'delete service there',
    'delete servicecidr conf-range',
    refusal(
      'a request that is none',
      'apiVersion: certificates.k8s.io/v1\nkind: CertificateSigningRequest\nmetadata: {name: r}\nspec: {request: aGVsbG8=, signerName: kubernetes.io/kube-apiserver-client, usages: [client auth]}\n',
    ),
    'get csr nosuch',
    'certificate approve nosuch',
    'get runtimeclass',
    'get storageclass nosuch',
    'get priorityclass',
    'describe priorityclass system-node-critical',
    'get componentstatuses nosuch',
    'get podtemplates',
  ],
};
