import { AGNHOST } from '../manifests.ts';
import { apply, quiet, quietUntil, until, type Scenario } from '../suite/scenario.ts';

const pod = (labels: string, more = ''): string =>
  `template: {metadata: {labels: ${labels}}, spec: {terminationGracePeriodSeconds: 1, ${more}containers: [{name: main, image: '${AGNHOST}', args: [pause]}]}}`;
const job = (command: string, more = ''): string =>
  `{${more}template: {spec: {restartPolicy: Never, terminationGracePeriodSeconds: 1, containers: [{name: main, image: 'busybox:1.36', command: [sh, -c, '${command}']}]}}}`;
const object = (apiVersion: string, kind: string, name: string, spec: string): string =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: ${name}}\nspec: ${spec}\n`;

export const daemonSet: Scenario = {
  name: 'daemon-set',
  title: 'A DaemonSet: one pod a node, rolling update',
  steps: [
    apply(
      'new',
      object(
        'apps/v1',
        'DaemonSet',
        'agent',
        `{selector: {matchLabels: {app: agent}}, ${pod('{app: agent}')}}`,
      ),
    ),
    quiet('rollout status daemonset/agent --timeout=90s'),
    'get daemonset',
    'get daemonset -o wide',
    'get daemonset agent -o yaml',
    'describe daemonset agent',
    'get pods -l app=agent -o custom-columns=NODE:.spec.nodeName --sort-by=.spec.nodeName',
    'set env daemonset/agent COLOUR=blue',
    quiet('rollout status daemonset/agent --timeout=90s'),
    'rollout status daemonset/agent',
    'rollout history daemonset/agent',
    'rollout undo daemonset/agent',
    quiet('rollout status daemonset/agent --timeout=90s'),
    'scale daemonset agent --replicas=1',
    'rollout pause daemonset/agent',
    `patch daemonset agent -p '{"spec":{"template":{"spec":{"nodeSelector":{"none":"here"}}}}}'`,
    until(/agent +0 +0 +0/, 'get daemonset'),
    'delete daemonset agent',
  ],
};

export const jobs: Scenario = {
  name: 'jobs',
  title: 'Jobs and CronJobs',
  steps: [
    apply('succeeds', object('batch/v1', 'Job', 'good', job('echo done'))),
    quiet('wait --for=condition=Complete job/good --timeout=90s'),
    'get job good',
    'get job good -o wide',
    'get job good -o yaml',
    'describe job good',
    'logs job/good',
    'get pods -l job-name=good',
    apply('fails', object('batch/v1', 'Job', 'bad', job('exit 3', 'backoffLimit: 0, '))),
    quiet('wait --for=condition=Failed job/bad --timeout=90s'),
    'get job bad',
    'describe job bad',
    'wait --for=condition=Complete job/bad --timeout=1s',
    apply(
      'several',
      object(
        'batch/v1',
        'Job',
        'many',
        job('echo $JOB_COMPLETION_INDEX', 'completions: 3, parallelism: 2, completionMode: Indexed, '),
      ),
    ),
    quiet('wait --for=condition=Complete job/many --timeout=90s'),
    'get job many',
    'get job many -o jsonpath={.status.completedIndexes}',
    'get pods -l job-name=many -o custom-columns=INDEX:.metadata.annotations.batch\\.kubernetes\\.io/job-completion-index --sort-by=.metadata.annotations.batch\\.kubernetes\\.io/job-completion-index',
    apply('suspended', object('batch/v1', 'Job', 'later', job('echo later', 'suspend: true, '))),
    until(/Suspended/, 'get job later'),
    'get pods -l job-name=later',
    `patch job later -p '{"spec":{"suspend":false}}'`,
    quiet('wait --for=condition=Complete job/later --timeout=90s'),
    `patch job later -p '{"spec":{"completions":5}}'`,
    `patch job later -p '{"spec":{"template":{"spec":{"containers":[{"name":"main","image":"nginx"}]}}}}'`,
    apply('too long', object('batch/v1', 'Job', 'slow', job('sleep 600', 'activeDeadlineSeconds: 1, '))),
    quiet('wait --for=condition=Failed job/slow --timeout=90s'),
    'get job slow -o \'jsonpath={.status.conditions[?(@.type=="Failed")].reason}\'',
    apply('cleaned up', object('batch/v1', 'Job', 'brief', job('true', 'ttlSecondsAfterFinished: 0, '))),
    until(/NotFound/, 'get job brief'),
    'create job made --image=busybox:1.36 -- echo made',
    quiet('wait --for=condition=Complete job/made --timeout=90s'),
    'logs job/made',
    apply(
      'scheduled',
      object(
        'batch/v1',
        'CronJob',
        'nightly',
        `{schedule: '0 3 * * *', jobTemplate: {spec: ${job('echo night')}}}`,
      ),
    ),
    'get cronjob',
    'get cronjob -o wide',
    'get cronjob nightly -o yaml',
    'describe cronjob nightly',
    'create job now --from=cronjob/nightly',
    quiet('wait --for=condition=Complete job/now --timeout=90s'),
    'get job now -o jsonpath={.metadata.ownerReferences[*].kind}/{.metadata.annotations}',
    `patch cronjob nightly -p '{"spec":{"suspend":true}}'`,
    'get cronjob nightly',
    "create cronjob made --image=busybox:1.36 --schedule='*/5 * * * *' -- date",
    "create cronjob bad --image=busybox:1.36 --schedule='often' -- date",
    'delete cronjob nightly made',
    'delete job good bad many later slow made now',
    quietUntil(/No resources/, 'get jobs'),
  ],
};

export const replicationController: Scenario = {
  name: 'replication-controller',
  title: 'A ReplicationController and a ReplicaSet of one’s own',
  steps: [
    apply(
      'controller',
      object('v1', 'ReplicationController', 'rc', `{replicas: 2, selector: {app: rc}, ${pod('{app: rc}')}}`),
    ),
    apply(
      'set',
      object(
        'apps/v1',
        'ReplicaSet',
        'rs',
        `{replicas: 1, selector: {matchLabels: {app: rs}}, ${pod('{app: rs}')}}`,
      ),
    ),
    quietUntil(
      /^2\/1$/m,
      "get rc/rc rs/rs -o 'jsonpath={.items[0].status.readyReplicas}/{.items[1].status.readyReplicas}'",
    ),
    'get rc',
    'get rc -o wide',
    'get rc rc -o yaml',
    'describe rc rc',
    'get rs',
    'describe rs rs',
    'get pods -l app=rc -o jsonpath={.items[0].metadata.ownerReferences[0].kind}/{.items[0].metadata.generateName}',
    'scale rc rc --replicas=1',
    quietUntil(/^1$/m, 'get rc rc -o jsonpath={.status.replicas}'),
    'get rc',
    'label pods -l app=rc app=other --overwrite',
    quietUntil(/^1$/m, 'get rc rc -o jsonpath={.status.readyReplicas}'),
    'get pods -l app=other -o jsonpath={.items[*].metadata.ownerReferences}',
    'get pods -l app=rc',
    'expose rc rc --port=80',
    'rollout status rc/rc',
    'delete rc rc',
    'delete rs rs --cascade=orphan',
    'get pods -l app=rs -o jsonpath={.items[*].metadata.ownerReferences}',
  ],
};
