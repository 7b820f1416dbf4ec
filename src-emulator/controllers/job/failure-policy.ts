/** What a Job's rules say of a pod that has failed (pkg/controller/job/pod_failure_policy.go). */
import type { ContainerStatus, Job, JobSpec, Pod } from '../../api/objects.ts';

type Rule = NonNullable<JobSpec['podFailurePolicy']>['rules'][number];

interface Verdict {
  /** Counts towards the limit of failures. */
  counts: boolean;
  /** Why the whole Job fails, when it does. */
  failsJob?: string;
  failsIndex: boolean;
}

/** The first rule that matches decides; without one the failure counts. */
export function judgeFailure({ spec }: Job, pod: Pod): Verdict {
  for (const [index, rule] of (spec.podFailurePolicy?.rules ?? []).entries()) {
    const why = matchRule(rule, pod);
    if (why === undefined) continue;
    switch (rule.action) {
      case 'Ignore':
        return { counts: false, failsIndex: false };
      case 'FailIndex':
        return { counts: true, failsIndex: true };
      case 'FailJob':
        return {
          counts: true,
          failsIndex: false,
          failsJob: `${why} matching ${rule.action} rule at index ${index}`,
        };
      default:
        return { counts: true, failsIndex: false };
    }
  }
  return { counts: true, failsIndex: false };
}

function matchRule(
  { onExitCodes, onPodConditions = [] }: Rule,
  { metadata, status }: Pod,
): string | undefined {
  const name = `${metadata.namespace ?? ''}/${metadata.name}`;
  if (onExitCodes !== undefined) {
    const statuses = [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])];
    const container = statuses.find((each) => matchExitCode(each, onExitCodes));
    return container === undefined
      ? undefined
      : `Container ${container.name} for pod ${name} failed with exit code ${container.state.terminated?.exitCode ?? 0}`;
  }
  const condition = (status.conditions ?? []).find((each) =>
    onPodConditions.some((pattern) => pattern.type === each.type && pattern.status === each.status),
  );
  return condition === undefined ? undefined : `Pod ${name} has condition ${condition.type}`;
}

function matchExitCode(
  { name, state }: ContainerStatus,
  { containerName, operator, values }: NonNullable<Rule['onExitCodes']>,
): boolean {
  if (state.terminated === undefined || state.terminated.exitCode === 0) return false;
  if (containerName !== undefined && containerName !== name) return false;
  return values.includes(state.terminated.exitCode) === (operator === 'In');
}
