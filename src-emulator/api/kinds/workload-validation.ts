/** What workloads have in common: a selector and a pod template. */
import type { FieldError } from '../kind-definition.ts';
import type { LabelSelector, PodTemplateSpec } from '../objects.ts';
import { matchesLabels } from '../selectors.ts';
import { forbidden, invalid, notSupported, required } from '../validation/errors.ts';
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

export function isEmpty({ matchLabels = {}, matchExpressions = [] }: LabelSelector): boolean {
  return Object.keys(matchLabels).length + matchExpressions.length === 0;
}

/** Whether a selector can be turned into a query at all. */
export function isUsable(selector: LabelSelector): boolean {
  return (
    validateLabelSelector(selector, '').length === 0 &&
    (selector.matchExpressions ?? []).every(({ operator }) => SELECTOR_OPERATORS.includes(operator))
  );
}

function validateTemplate(selector: LabelSelector | undefined, template: PodTemplateSpec): FieldError[] {
  return [
    ...(selector === undefined || !isEmpty(selector) ? selectedLabels(selector, template) : []),
    ...validatePodTemplate(template, 'spec.template'),
    ...validateRunsForever(template, 'ReplicaSet'),
  ];
}

/** A workload's selector has to match the labels of its template. */
export function selectedLabels(selector: LabelSelector | undefined, template: PodTemplateSpec): FieldError[] {
  const labels = template.metadata?.labels;
  return selector !== undefined && matchesLabels(selector, labels)
    ? []
    : [invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`')];
}

/** A pod template, wherever it stands. @param at for example `spec.template` */
export function validatePodTemplate({ metadata = {}, spec }: PodTemplateSpec, at: string): FieldError[] {
  const full: FullPodSpec = spec;
  return [
    ...validateLabels(metadata.labels, `${at}.labels`),
    ...validateAnnotations(metadata.annotations, `${at}.annotations`),
    ...validatePodSpec(full, `${at}.spec`, false),
    ...((full.ephemeralContainers ?? []).length > 0
      ? [forbidden(`${at}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template')]
      : []),
  ];
}

/** The pods of every workload but a Job are to run for ever. */
export function validateRunsForever({ spec }: PodTemplateSpec, kind: string): FieldError[] {
  const { restartPolicy, activeDeadlineSeconds }: FullPodSpec = spec;
  return [
    ...(restartPolicy === 'Always'
      ? []
      : [notSupported('spec.template.spec.restartPolicy', restartPolicy, ['Always'])]),
    ...(activeDeadlineSeconds === undefined
      ? []
      : [
          forbidden(
            'spec.template.spec.activeDeadlineSeconds',
            `activeDeadlineSeconds in ${kind} is not Supported`,
          ),
        ]),
  ];
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
