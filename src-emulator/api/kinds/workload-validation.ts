/** What Deployments and ReplicaSets have in common: a selector and a pod template. */
import type { FieldError } from '../kind-definition.ts';
import type { LabelSelector, PodTemplateSpec } from '../objects.ts';
import { matchesLabels } from '../selectors.ts';
import { forbidden, invalid, nonNegative, notSupported, required } from '../validation/errors.ts';
import { validateLabels, validateLabelSelector } from '../validation/labels.ts';
import { validateAnnotations } from '../validation/metadata.ts';
import { defaultPodSpec } from './pod-defaults.ts';
import type { FullPodSpec } from './pod-spec-types.ts';
import { validatePodSpec } from './pod-validation.ts';

const SELECTOR_OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist'];

/** Gives a spec the template that every workload has, and the template its defaults. */
export function defaultTemplate(spec: { template?: PodTemplateSpec }): void {
  spec.template ??= { spec: { containers: [] } };
  defaultPodSpec(spec.template.spec);
}

export function validateSelectorAndTemplate(
  selector: LabelSelector | undefined,
  template: PodTemplateSpec,
): FieldError[] {
  const errors: FieldError[] = [];
  if (selector === undefined) errors.push(required('spec.selector'));
  else {
    errors.push(...validateLabelSelector(selector, 'spec.selector'));
    if (isEmpty(selector))
      errors.push(invalid('spec.selector', selector, 'empty selector is invalid for deployment'));
    if (!isUsable(selector)) return [...errors, invalid('spec.selector', selector, 'invalid label selector')];
  }
  return [...errors, ...validateTemplate(selector, template)];
}

function isEmpty({ matchLabels = {}, matchExpressions = [] }: LabelSelector): boolean {
  return Object.keys(matchLabels).length + matchExpressions.length === 0;
}

/** Whether a selector can be turned into a query at all. */
function isUsable(selector: LabelSelector): boolean {
  return (
    validateLabelSelector(selector, '').length === 0 &&
    (selector.matchExpressions ?? []).every(({ operator }) => SELECTOR_OPERATORS.includes(operator))
  );
}

function validateTemplate(selector: LabelSelector | undefined, template: PodTemplateSpec): FieldError[] {
  const errors: FieldError[] = [];
  const { metadata = {} } = template;
  const spec: FullPodSpec = template.spec;
  if (selector === undefined || (!isEmpty(selector) && !matchesLabels(selector, metadata.labels)))
    errors.push(
      invalid(
        'spec.template.metadata.labels',
        metadata.labels,
        '`selector` does not match template `labels`',
      ),
    );
  errors.push(
    ...validateLabels(metadata.labels, 'spec.template.labels'),
    ...validateAnnotations(metadata.annotations, 'spec.template.annotations'),
    ...validatePodSpec(spec, 'spec.template.spec', false),
  );
  if ((spec.ephemeralContainers ?? []).length > 0)
    errors.push(
      forbidden('spec.template.spec.ephemeralContainers', 'ephemeral containers not allowed in pod template'),
    );
  if (spec.restartPolicy !== 'Always')
    errors.push(notSupported('spec.template.spec.restartPolicy', spec.restartPolicy, ['Always']));
  if (spec.activeDeadlineSeconds !== undefined)
    errors.push(
      forbidden(
        'spec.template.spec.activeDeadlineSeconds',
        'activeDeadlineSeconds in ReplicaSet is not Supported',
      ),
    );
  return errors;
}

/** The selector of a workload never changes. */
export function validateSelectorUpdate(
  selector: LabelSelector | undefined,
  stored: LabelSelector | undefined,
): FieldError[] {
  return sortedJson(selector) === sortedJson(stored)
    ? []
    : [invalid('spec.selector', selector, 'field is immutable')];
}

function sortedJson(selector: LabelSelector | undefined): string {
  const labels = Object.entries(selector?.matchLabels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const expressions = (selector?.matchExpressions ?? []).map(({ key, operator, values = [] }) => [
    key,
    operator,
    values,
  ]);
  return JSON.stringify([labels, expressions]);
}

/** The counts in the status of a Deployment or a ReplicaSet. */
export function validateReplicaCounts(
  status: Record<string, unknown>,
  counted: readonly string[],
): FieldError[] {
  const value = (name: string): number => (status[name] as number | undefined) ?? 0;
  const errors = ['replicas', ...counted, 'observedGeneration'].flatMap((name) =>
    nonNegative(`status.${name}`, value(name)),
  );
  for (const name of counted)
    if (value(name) > value('replicas'))
      errors.push(invalid(`status.${name}`, value(name), 'cannot be greater than status.replicas'));
  if (value('availableReplicas') > value('readyReplicas'))
    errors.push(
      invalid('status.availableReplicas', value('availableReplicas'), 'cannot be greater than readyReplicas'),
    );
  return errors;
}
