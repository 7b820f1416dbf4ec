import { AGNHOST } from '../manifests.ts';
import { apply, given, quiet, quietUntil, until, type Scenario } from '../suite/scenario.ts';

const DEPLOYMENT = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: main
        image: ${AGNHOST}
        args: [pause]
---`;
const rolledOut = quiet('rollout status deployment/web --timeout=90s');
/** Replica sets by revision, so that their names do not decide. */
const sets =
  'get replicaset -o custom-columns=REVISION:.metadata.annotations.deployment\\.kubernetes\\.io/revision,DESIRED:.spec.replicas,READY:.status.readyReplicas --sort-by=.metadata.creationTimestamp';

export const rollouts: Scenario = {
  name: 'rollouts',
  title: 'A Deployment: scale, roll out, pause, resume, undo, history, and what stops it',
  steps: [
    apply('new', DEPLOYMENT),
    rolledOut,
    'rollout status deployment/web',
    'get deployment web',
    sets,
    'rollout history deployment/web',
    'scale deployment web --replicas=3',
    rolledOut,
    'get deployment web',
    'scale deployment web --replicas=1 --current-replicas=7',
    'scale deployment/web --replicas=1 --resource-version=1',
    'scale deployment web --replicas=2 --current-replicas=3',
    'scale deployment web --replicas=-1',
    'scale pod nosuch --replicas=2',
    'scale configmap kube-root-ca.crt --replicas=2',
    quietUntil(/^2$/m, 'get deployment web -o jsonpath={.status.replicas}'),
    'get deployment web -o jsonpath={.metadata.generation}/{.status.observedGeneration}',
    'get --raw /apis/apps/v1/namespaces/<namespace>/deployments/web/scale',
    'set env deployment/web COLOUR=blue',
    'annotate deployment/web kubernetes.io/change-cause=blue',
    rolledOut,
    'rollout history deployment/web',
    'rollout history deployment/web --revision=2',
    'rollout history deployment/web --revision=9',
    sets,
    'rollout undo deployment/web',
    rolledOut,
    'get deployment web -o jsonpath={.spec.template.spec.containers[0].env}',
    'rollout history deployment/web',
    'rollout undo deployment/web --to-revision=2',
    rolledOut,
    'get deployment web -o jsonpath={.spec.template.spec.containers[0].env}',
    'rollout undo deployment/web --to-revision=9',
    'rollout pause deployment/web',
    'rollout pause deployment/web',
    'set env deployment/web COLOUR=red',
    until(
      /DeploymentPaused/,
      `get deployment web -o 'jsonpath={range .status.conditions[*]}{.type}={.status}/{.reason} {end}'`,
    ),
    'rollout undo deployment/web',
    'rollout restart deployment/web',
    'get deployment web -o jsonpath={.spec.paused}',
    'rollout resume deployment/web',
    'rollout resume deployment/web',
    rolledOut,
    sets,
    'rollout restart deployment/web',
    rolledOut,
    'set image deployment/web main=example.com/not/there:1',
    quietUntil(/ImagePullBackOff|ErrImagePull/, 'get pods'),
    'rollout status deployment/web --timeout=2s',
    'get deployment web',
    sets,
    'rollout undo deployment/web',
    rolledOut,
    `patch deployment web -p '{"spec":{"progressDeadlineSeconds":2,"template":{"spec":{"nodeSelector":{"disk":"none"}}}}}'`,
    quietUntil(/ProgressDeadlineExceeded/, 'get deployment web -o jsonpath={.status.conditions[*].reason}'),
    'rollout status deployment/web',
    'get deployment web -o \'jsonpath={.status.conditions[?(@.type=="Progressing")].reason}\'',
    'rollout undo deployment/web',
    rolledOut,
    given(DEPLOYMENT.replace('replicas: 2', 'replicas: 2\n  strategy: {type: Recreate}')),
    'rollout restart deployment/web',
    rolledOut,
    'get deployment web -o jsonpath={.spec.strategy}',
    'autoscale deployment web --min=1 --max=3 --cpu-percent=50 --dry-run=client -o jsonpath={.spec}',
    'expose deployment web --port=80 --target-port=8080 --name=web-svc',
    'expose deployment web --name=web-none',
    'delete deployment web',
    until(/No resources found/, 'get replicaset'),
  ],
};
