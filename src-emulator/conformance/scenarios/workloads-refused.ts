import { refusal, type Scenario, type Step } from '../suite/scenario.ts';

const CONTAINERS = 'containers: [{name: a, image: nginx}]';
const TEMPLATE = `template: {metadata: {labels: {app: a}}, spec: {${CONTAINERS}}}`;
const SELECTOR = 'selector: {matchLabels: {app: a}}';

const workload =
  (apiVersion: string, kind: string) =>
  (about: string, spec: string): Step =>
    refusal(
      `${kind}: ${about}`,
      `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: w}\nspec: {${spec}}\n`,
    );
const deployment = workload('apps/v1', 'Deployment');
const replicaSet = workload('apps/v1', 'ReplicaSet');
const statefulSet = workload('apps/v1', 'StatefulSet');
const daemonSet = workload('apps/v1', 'DaemonSet');
const job = workload('batch/v1', 'Job');
const cronJob = workload('batch/v1', 'CronJob');
const controller = workload('v1', 'ReplicationController');

const JOB = `template: {spec: {restartPolicy: Never, ${CONTAINERS}}}`;

/** Deployments and what they are made of. */
export const deploymentsRefused: Scenario = {
  name: 'deployments-refused',
  title: 'What is said about Deployments and ReplicaSets that cannot be',
  steps: [
    deployment('no selector', TEMPLATE),
    deployment('an empty selector', `selector: {}, ${TEMPLATE}`),
    deployment('a selector that misses the template', `selector: {matchLabels: {app: b}}, ${TEMPLATE}`),
    deployment('a template without labels', `${SELECTOR}, template: {spec: {${CONTAINERS}}}`),
    deployment('no template', SELECTOR),
    deployment('a template without containers', `${SELECTOR}, template: {metadata: {labels: {app: a}}}`),
    deployment('negative replicas', `replicas: -1, ${SELECTOR}, ${TEMPLATE}`),
    deployment('replicas as a word', `replicas: three, ${SELECTOR}, ${TEMPLATE}`),
    deployment('replicas as a string', `replicas: '3', ${SELECTOR}, ${TEMPLATE}`),
    deployment('replicas as a fraction', `replicas: 1.5, ${SELECTOR}, ${TEMPLATE}`),
    deployment('an unknown strategy', `strategy: {type: Roll}, ${SELECTOR}, ${TEMPLATE}`),
    deployment(
      'Recreate with rollingUpdate',
      `strategy: {type: Recreate, rollingUpdate: {maxSurge: 1}}, ${SELECTOR}, ${TEMPLATE}`,
    ),
    deployment(
      'no surge and nothing unavailable',
      `strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 0}}, ${SELECTOR}, ${TEMPLATE}`,
    ),
    deployment(
      'a surge that is no number',
      `strategy: {rollingUpdate: {maxSurge: some}}, ${SELECTOR}, ${TEMPLATE}`,
    ),
    deployment(
      'more than all unavailable',
      `strategy: {rollingUpdate: {maxUnavailable: 150%}}, ${SELECTOR}, ${TEMPLATE}`,
    ),
    deployment('a negative surge', `strategy: {rollingUpdate: {maxSurge: -1}}, ${SELECTOR}, ${TEMPLATE}`),
    deployment(
      'restartPolicy Never',
      `${SELECTOR}, template: {metadata: {labels: {app: a}}, spec: {restartPolicy: Never, ${CONTAINERS}}}`,
    ),
    deployment(
      'a deadline below minReadySeconds',
      `minReadySeconds: 20, progressDeadlineSeconds: 10, ${SELECTOR}, ${TEMPLATE}`,
    ),
    deployment(
      'a negative history',
      `revisionHistoryLimit: -1, minReadySeconds: -1, ${SELECTOR}, ${TEMPLATE}`,
    ),
    deployment(
      'an unknown operator',
      `selector: {matchExpressions: [{key: app, operator: Is, values: [a]}]}, ${TEMPLATE}`,
    ),
    deployment('In without values', `selector: {matchExpressions: [{key: app, operator: In}]}, ${TEMPLATE}`),
    deployment(
      'Exists with values',
      `selector: {matchExpressions: [{key: app, operator: Exists, values: [a]}]}, ${TEMPLATE}`,
    ),
    deployment(
      'labels as a list',
      `${SELECTOR}, template: {metadata: {labels: [app]}, spec: {${CONTAINERS}}}`,
    ),
    deployment('containers at the wrong place', `${SELECTOR}, ${CONTAINERS}`),
    deployment(
      'a bad container',
      `${SELECTOR}, template: {metadata: {labels: {app: a}}, spec: {containers: [{name: a, image: nginx, ports: [{containerPort: 0}]}]}}`,
    ),
    replicaSet('no selector', TEMPLATE),
    replicaSet('a selector that misses the template', `selector: {matchLabels: {app: b}}, ${TEMPLATE}`),
    replicaSet('nothing', ''),
  ],
};

/** The other controllers of pods. */
export const workloadsRefused: Scenario = {
  name: 'workloads-refused',
  title:
    'What is said about StatefulSets, DaemonSets, Jobs, CronJobs and ReplicationControllers that cannot be',
  steps: [
    statefulSet('no selector', `serviceName: s, ${TEMPLATE}`),
    statefulSet('a selector that misses the template', `selector: {matchLabels: {app: b}}, ${TEMPLATE}`),
    statefulSet('an unknown pod management', `podManagementPolicy: Free, ${SELECTOR}, ${TEMPLATE}`),
    statefulSet('an unknown strategy', `updateStrategy: {type: Recreate}, ${SELECTOR}, ${TEMPLATE}`),
    statefulSet(
      'a negative partition',
      `updateStrategy: {rollingUpdate: {partition: -1}}, ${SELECTOR}, ${TEMPLATE}`,
    ),
    statefulSet('negative ordinals', `ordinals: {start: -1}, ${SELECTOR}, ${TEMPLATE}`),
    statefulSet(
      'a claim template',
      `volumeClaimTemplates: [{metadata: {name: data}, spec: {}}], ${SELECTOR}, ${TEMPLATE}`,
    ),
    statefulSet(
      'a retention policy',
      `persistentVolumeClaimRetentionPolicy: {whenDeleted: Never}, ${SELECTOR}, ${TEMPLATE}`,
    ),
    daemonSet('no selector', TEMPLATE),
    daemonSet('replicas', `replicas: 3, ${SELECTOR}, ${TEMPLATE}`),
    daemonSet('an unknown strategy', `updateStrategy: {type: Recreate}, ${SELECTOR}, ${TEMPLATE}`),
    daemonSet(
      'a strategy that can do nothing',
      `updateStrategy: {rollingUpdate: {maxUnavailable: 0}}, ${SELECTOR}, ${TEMPLATE}`,
    ),
    daemonSet(
      'restartPolicy Never',
      `${SELECTOR}, template: {metadata: {labels: {app: a}}, spec: {restartPolicy: Never, ${CONTAINERS}}}`,
    ),
    job('restartPolicy Always', `template: {spec: {${CONTAINERS}}}`),
    job('a selector', `${SELECTOR}, ${JOB}`),
    job(
      'negative numbers',
      `completions: -1, parallelism: -1, backoffLimit: -1, activeDeadlineSeconds: -1, ttlSecondsAfterFinished: -1, ${JOB}`,
    ),
    job('an unknown completion mode', `completionMode: Some, ${JOB}`),
    job('Indexed without completions', `completionMode: Indexed, ${JOB}`),
    job(
      'a failure policy',
      `podFailurePolicy: {rules: [{action: Give, onExitCodes: {operator: In, values: [0]}}]}, ${JOB}`,
    ),
    job('no template', 'completions: 1'),
    cronJob('no schedule', `jobTemplate: {spec: {${JOB}}}`),
    cronJob('a bad schedule', `schedule: every minute, jobTemplate: {spec: {${JOB}}}`),
    cronJob('too few fields', `schedule: '* * * *', jobTemplate: {spec: {${JOB}}}`),
    cronJob('a field out of range', `schedule: '61 * * * *', jobTemplate: {spec: {${JOB}}}`),
    cronJob('a time zone in the schedule', `schedule: 'TZ=UTC * * * * *', jobTemplate: {spec: {${JOB}}}`),
    cronJob(
      'an unknown time zone',
      `schedule: '* * * * *', timeZone: Middle/Earth, jobTemplate: {spec: {${JOB}}}`,
    ),
    cronJob(
      'an unknown concurrency',
      `schedule: '* * * * *', concurrencyPolicy: Some, jobTemplate: {spec: {${JOB}}}`,
    ),
    cronJob(
      'negative numbers',
      `schedule: '* * * * *', startingDeadlineSeconds: -1, successfulJobsHistoryLimit: -1, jobTemplate: {spec: {${JOB}}}`,
    ),
    cronJob(
      'restartPolicy Always',
      `schedule: '* * * * *', jobTemplate: {spec: {template: {spec: {${CONTAINERS}}}}}`,
    ),
    controller('no selector', 'template: {spec: {containers: []}}'),
    controller('a selector that misses the template', `selector: {app: b}, ${TEMPLATE}`),
    controller('matchLabels', `${SELECTOR}, ${TEMPLATE}`),
    controller('no template', 'selector: {app: a}'),
    controller('negative replicas', `replicas: -1, selector: {app: a}, ${TEMPLATE}`),
  ],
};
