import { cloneJson } from '../../store/json.ts';
import { applyLimitRanges } from '../admission/limit-ranger.ts';
import type { KindDefinition, WriteContext } from '../kind-definition.ts';
import type { Pod } from '../objects.ts';
import { formatTime } from '../machinery/deletion.ts';
import { PODS, PRIORITY_CLASSES } from '../resources.ts';
import { forbidden } from '../status.ts';
import { forbidden as forbiddenField } from '../validation/errors.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, column, NAME_COLUMN, wideColumn } from './columns.ts';
import { validateImageSpaces } from './container-validation.ts';
import { defaultPod, defaultPodSpec } from './pod-defaults.ts';
import type { FullPodSpec } from './pod-spec-types.ts';
import { admitServiceAccount } from './pod-service-account.ts';
import { summarizePod } from './pod-status.ts';
import { validateEphemeralContainersUpdate, validatePodSpecUpdate } from './pod-update-validation.ts';
import { validatePodSpec } from './pod-validation.ts';
import { warningsForPodName, warningsForPodSpec } from './pod-warnings.ts';
import { applyRuntimeClass } from './runtime-class.ts';
import { defaultPriorityClass } from './priority-class.ts';
import { qosClassOf } from './qos.ts';

/** The taints that every pod tolerates for a while (the DefaultTolerationSeconds admission plugin). */
const DEFAULT_TOLERATIONS = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];
const DEFAULT_TOLERATION_SECONDS = 300;

/** What the built-in admission plugins set: requests and limits, service account, priority, tolerations. */
function admit(pod: Pod, context: WriteContext): void {
  const spec: FullPodSpec = pod.spec;
  applyLimitRanges(pod, context);
  admitServiceAccount(pod, context);
  resolvePriority(pod, context);
  applyRuntimeClass(pod, context);
  addTolerations(spec);
}

/** Looks the priority class up, or the one for pods without (the Priority admission plugin). @throws ApiError 403 */
function resolvePriority({ metadata, ...pod }: Pod, context: WriteContext): void {
  const spec: FullPodSpec = pod.spec;
  const className = spec.priorityClassName ?? '';
  const found =
    className === '' ? defaultPriorityClass(context) : context.get(PRIORITY_CLASSES, undefined, className);
  if (className !== '' && found === undefined)
    throw forbidden(PODS, metadata.name, `no PriorityClass with name ${className} was found`);
  const { value = 0, preemptionPolicy = 'PreemptLowerPriority' } = found ?? {};
  if (found !== undefined) spec.priorityClassName = found.metadata.name;
  if (spec.priority !== undefined && spec.priority !== value)
    throw forbidden(
      PODS,
      metadata.name,
      `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`,
    );
  if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== preemptionPolicy)
    throw forbidden(
      PODS,
      metadata.name,
      `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${preemptionPolicy} from the given PriorityClass name`,
    );
  spec.priority = value;
  spec.preemptionPolicy = preemptionPolicy;
}

function addTolerations(spec: FullPodSpec): void {
  for (const key of DEFAULT_TOLERATIONS) {
    const tolerated = spec.tolerations?.some(
      (toleration) =>
        (toleration.key === key || (toleration.key ?? '') === '') &&
        (toleration.effect === 'NoExecute' || (toleration.effect ?? '') === ''),
    );
    if (tolerated !== true)
      spec.tolerations = [
        ...(spec.tolerations ?? []),
        { key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: DEFAULT_TOLERATION_SECONDS },
      ];
  }
}

/** A pod with scheduling gates says from the start that it waits for them. */
function gatedCondition({ spec }: Pod, { now }: WriteContext): Pick<Pod['status'], 'conditions'> {
  if ((spec.schedulingGates ?? []).length === 0) return {};
  return {
    conditions: [
      {
        type: 'PodScheduled',
        status: 'False',
        lastProbeTime: null,
        lastTransitionTime: formatTime(now),
        reason: 'SchedulingGated',
        message: 'Scheduling is blocked due to non-empty scheduling gates',
      },
    ],
  };
}

/** A write of pods/<name>/ephemeralcontainers takes nothing else of what it is given. */
function keepOnlyEphemeralContainers(draft: Pod, stored: Pod): void {
  const { ephemeralContainers } = draft.spec;
  const { managedFields, resourceVersion } = draft.metadata;
  draft.metadata = { ...cloneJson(stored.metadata), resourceVersion };
  if (managedFields !== undefined) draft.metadata.managedFields = managedFields;
  draft.spec = cloneJson(stored.spec);
  if (ephemeralContainers === undefined) delete draft.spec.ephemeralContainers;
  else draft.spec.ephemeralContainers = ephemeralContainers;
}

export const POD_KIND: KindDefinition<Pod> = {
  type: PODS,
  singular: 'pod',
  shortNames: ['po'],
  categories: ['all'],
  subresources: [
    'status',
    'log',
    'exec',
    'attach',
    'portforward',
    'proxy',
    'eviction',
    'binding',
    'ephemeralcontainers',
  ],
  schema: 'io.k8s.api.core.v1.Pod',
  nameFormat: 'dns1123Subdomain',
  hasGeneration: true,
  updateChecks: { newMetadata: 1 },
  showsDeleted: true,
  applyDefaults(draft) {
    const spec: FullPodSpec = draft.spec;
    defaultPodSpec(spec);
    defaultPod(spec);
  },
  prepareForCreate(draft, context) {
    admit(draft, context);
    draft.status = { phase: 'Pending', ...gatedCondition(draft, context), qosClass: qosClassOf(draft.spec) };
  },
  prepareForUpdate(draft, stored, _context, subresource) {
    if (subresource === 'ephemeralcontainers') keepOnlyEphemeralContainers(draft, stored);
    draft.status = stored.status;
    addTolerations(draft.spec);
  },
  validate({ spec }) {
    return [
      ...validatePodSpec(spec, 'spec', true),
      ...(['containers', 'initContainers'] as const).flatMap((key) =>
        (spec[key] ?? []).flatMap((container, index) =>
          validateImageSpaces(container, `spec.${key}[${index}]`),
        ),
      ),
    ];
  },
  warnings: ({ metadata, spec }, stored) => [
    ...(stored === undefined ? warningsForPodName(metadata.name) : []),
    ...warningsForPodSpec(spec, 'spec'),
  ],
  validateUpdate(pod, stored, subresource) {
    return subresource === 'ephemeralcontainers'
      ? validateEphemeralContainersUpdate(pod.spec, stored.spec)
      : validatePodSpecUpdate(pod.spec, stored.spec);
  },
  validateCreate({ spec }) {
    return (spec.ephemeralContainers ?? []).length > 0
      ? [forbiddenField('spec.ephemeralContainers', 'cannot be set on create')]
      : [];
  },
  columns: [
    NAME_COLUMN,
    column('Ready', 'The aggregate readiness state of this pod for accepting traffic.'),
    column('Status', 'The aggregate status of the containers in this pod.'),
    column(
      'Restarts',
      'The number of times the containers in this pod have been restarted and when the last container in this pod has restarted.',
    ),
    AGE_COLUMN,
    wideColumn(
      'IP',
      'podIP address allocated to the pod. Routable at least within the cluster. Empty if not yet allocated.',
    ),
    wideColumn('Node', 'NodeName indicates in which node this pod is scheduled.'),
    wideColumn(
      'Nominated Node',
      'nominatedNodeName is set only when this pod preempts other pods on the node.',
    ),
    wideColumn('Readiness Gates', 'If specified, all readiness gates will be evaluated for pod readiness.'),
  ],
  cells(pod, now) {
    const { ready, status, restarts } = summarizePod(pod, now);
    const gates = pod.spec.readinessGates ?? [];
    const open = gates.filter((gate) =>
      pod.status.conditions?.some(
        ({ type, status: value }) => type === gate.conditionType && value === 'True',
      ),
    );
    return [
      pod.metadata.name,
      ready,
      status,
      restarts,
      ageOf(pod.metadata.creationTimestamp, now),
      pod.status.podIPs?.[0]?.ip ?? '<none>',
      pod.spec.nodeName ?? '<none>',
      '<none>',
      gates.length === 0 ? '<none>' : `${open.length}/${gates.length}`,
    ];
  },
  fieldSelectors: {
    'spec.nodeName': (pod) => pod.spec.nodeName ?? '',
    'spec.restartPolicy': (pod) => pod.spec.restartPolicy ?? '',
    'spec.schedulerName': (pod) => pod.spec.schedulerName ?? '',
    'spec.serviceAccountName': (pod) => pod.spec.serviceAccountName ?? '',
    'spec.hostNetwork': (pod) => String(pod.spec.hostNetwork === true),
    'status.phase': (pod) => pod.status.phase,
    'status.podIP': (pod) => pod.status.podIPs?.[0]?.ip ?? '',
    'status.nominatedNodeName': () => '',
  },
};
