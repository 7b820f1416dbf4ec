import type { EventView, ObjectView } from '#shared/live.ts';
import type { Selection } from '../stores/workbench.ts';
import type { Column, Row } from './rows.ts';

export const EVENT_COLUMNS: readonly Column[] = [
  { key: 'age', title: 'events.lastSeen', width: '76px' },
  { key: 'type', title: 'events.type', width: '70px' },
  { key: 'reason', title: 'events.reason', width: 'minmax(110px, 0.8fr)' },
  { key: 'object', title: 'events.object', width: 'minmax(130px, 1.2fr)', mono: true },
  { key: 'count', title: 'panels.eventsCount', width: '52px' },
  { key: 'message', title: 'events.message', width: 'minmax(200px, 3fr)' },
];

export function eventRow(event: EventView): Row {
  return {
    uid: event.uid,
    view: event,
    createdAt: event.lastSeenAt,
    tone: event.type === 'Warning' ? 'error' : 'idle',
    cells: {
      type: event.type,
      reason: event.reason,
      object: event.object,
      count: String(event.count),
      message: event.message,
    },
  };
}

const SHOWN: ReadonlySet<string> = new Set<ObjectView['kind']>([
  'Pod',
  'Service',
  'EndpointSlice',
  'Deployment',
  'ConfigMap',
  'Secret',
  'Node',
]);

/** The object that an event is about, where the page can show it: ReplicaSets, for one, it cannot. */
export function subjectOf(event: EventView): Selection | undefined {
  const [kind = '', name = ''] = event.object.split('/');
  if (!isShown(kind) || name === '') return undefined;
  return { kind, name, namespace: kind === 'Node' ? '' : event.namespace };
}

function isShown(kind: string): kind is ObjectView['kind'] {
  return SHOWN.has(kind);
}
