import { given, quiet, ready, until, type Scenario } from '../suite/scenario.ts';
import { AGNHOST } from '../manifests.ts';

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
      nodeSelector: {conf-here: 'yes'}
      containers: [{name: main, image: '${AGNHOST}', args: [pause]}]
---`;

export const nodes: Scenario = {
  name: 'nodes',
  title: 'Nodes: labels, taints, cordon, drain',
  alone: true,
  steps: [
    'get nodes',
    'get nodes -l node-role.kubernetes.io/control-plane',
    'get node <worker> -o jsonpath={.spec.podCIDR}',
    'get node <worker> -o jsonpath={.status.conditions[*].type}',
    'get node <worker> -o \'jsonpath={.status.conditions[?(@.type=="Ready")].reason}\'',
    'get node <control-plane> -o jsonpath={.spec.taints}',
    'get node <worker2> --show-labels',
    'label node <worker2> conf-here=yes',
    'get nodes -l conf-here -o name',
    given(DEPLOYMENT),
    quiet('rollout status deployment/web --timeout=90s'),
    'get pods -o custom-columns=NODE:.spec.nodeName',
    'cordon <worker2>',
    'cordon <worker2>',
    'get node <worker2>',
    'get node <worker2> -o jsonpath={.spec.unschedulable}/{.spec.taints}',
    'scale deployment web --replicas=3',
    until(/Pending/, 'get pods -o custom-columns=PHASE:.status.phase --sort-by=.status.phase'),
    'get events --field-selector=reason=FailedScheduling -o custom-columns=MESSAGE:.message --no-headers',
    'uncordon <worker2>',
    'uncordon <worker2>',
    quiet('rollout status deployment/web --timeout=90s'),
    'cordon nosuch',
    'drain <worker2> --ignore-daemonsets --dry-run=client --pod-selector=app=nosuch',
    {
      command: 'drain <worker2> --ignore-daemonsets --force --pod-selector=app=web --timeout=60s',
      sorted: true,
    },
    'get node <worker2>',
    until(
      /(Pending\s+){3}/,
      'get pods --field-selector=status.phase=Pending -o custom-columns=PHASE:.status.phase',
    ),
    'uncordon <worker2>',
    quiet('rollout status deployment/web --timeout=90s'),
    'taint node <worker2> conf-taint=yes:NoSchedule',
    'taint node <worker2> conf-taint=yes:NoSchedule',
    'taint node <worker2> conf-taint=other:NoSchedule --overwrite',
    'taint node <worker2> conf-taint=yes:Sometimes',
    'taint node <worker2> bad_taint',
    'describe node nosuch',
    `run tainted --image=${AGNHOST} --overrides='{"spec":{"nodeSelector":{"conf-here":"yes"},"terminationGracePeriodSeconds":1}}'`,
    until(
      /FailedScheduling/,
      'get events --field-selector=involvedObject.name=tainted -o custom-columns=REASON:.reason,MESSAGE:.message --no-headers',
    ),
    'taint node <worker2> conf-taint=yes:NoExecute',
    until(
      /(Pending\s+){4}/,
      'get pods --field-selector=status.phase=Pending -o custom-columns=PHASE:.status.phase',
    ),
    'taint node <worker2> conf-taint-',
    'taint node <worker2> conf-taint-',
    quiet('rollout status deployment/web --timeout=90s'),
    ready('tainted'),
    'label node <worker2> conf-here-',
    'get pods -o custom-columns=NODE:.spec.nodeName,PHASE:.status.phase',
    'top node',
    'top pod',
    'delete deployment web',
  ],
};
