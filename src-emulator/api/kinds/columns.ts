/** Table columns and cells that several kinds share. */
import type { TableColumn } from '../kind-definition.ts';
import type { Container, LabelSelector } from '../objects.ts';

export const NAME_COLUMN: TableColumn = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description:
    'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names',
  priority: 0,
};

/** A column of text, shown always. */
export function column(name: string, description: string, type: TableColumn['type'] = 'string'): TableColumn {
  return { name, type, description, priority: 0 };
}

/** A column that only `-o wide` shows. */
export function wideColumn(name: string, description: string): TableColumn {
  return { name, type: 'string', description, priority: 1 };
}

export const AGE_COLUMN = column(
  'Age',
  'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata',
);

/** The columns about a pod template; those of a StatefulSet and of a Job's template stand without a selector. */
export const CONTAINER_COLUMNS: TableColumn[] = [
  wideColumn('Containers', 'Names of each container in the template.'),
  wideColumn('Images', 'Images referenced by each container in the template.'),
];

/** The columns of a workload's template and selector. @param selector what the selector's column says of itself */
export function templateColumns(selector: string): TableColumn[] {
  return [...CONTAINER_COLUMNS, wideColumn('Selector', selector)];
}

/** The cells of {@link CONTAINER_COLUMNS}. */
export function containerCells(template: { spec: { containers: Container[] } } | undefined): string[] {
  const containers = template?.spec.containers ?? [];
  return [containers.map(({ name }) => name).join(','), containers.map(({ image }) => image).join(',')];
}

/** The cells of {@link templateColumns}. */
export function templateCells(
  template: { spec: { containers: Container[] } } | undefined,
  selector: LabelSelector | undefined,
): string[] {
  return [...containerCells(template), formatLabelSelector(selector)];
}

/** `app=web,tier=a`, sorted by key, or `<none>`. */
export function formatLabels(labels: Record<string, string> | undefined): string {
  const text = Object.entries(labels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(',');
  return text === '' ? '<none>' : text;
}

/** A label selector as kubectl prints it: `app=web,tier in (a,b),!old`. */
export function formatLabelSelector(selector: LabelSelector | undefined): string {
  const parts: [key: string, text: string][] = Object.entries(selector?.matchLabels ?? {}).map(
    ([key, value]) => [key, `${key}=${value}`],
  );
  for (const { key, operator, values = [] } of selector?.matchExpressions ?? []) {
    const list = [...values].sort().join(',');
    if (operator === 'In') parts.push([key, `${key} in (${list})`]);
    else if (operator === 'NotIn') parts.push([key, `${key} notin (${list})`]);
    else parts.push([key, operator === 'Exists' ? key : `!${key}`]);
  }
  if (parts.length === 0) return '<none>';
  return parts
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, text]) => text)
    .join(',');
}

/** Up to three items, and how many more there are. */
export function firstThree(items: string[]): string {
  const shown = items.slice(0, 3).join(',');
  if (items.length > 3) return `${shown} + ${items.length - 3} more...`;
  return shown === '' ? '<unset>' : shown;
}
