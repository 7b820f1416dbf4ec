import type { KindDefinition } from '../kind-definition.ts';
import type { Event } from '../objects.ts';
import { EVENTS } from '../resources.ts';
import { invalid } from '../validation/errors.ts';
import { ageOf } from './age.ts';
import { column, NAME_COLUMN, wideColumn } from './columns.ts';
import { EVENTS_V1 } from './event-v1.ts';

/** Fields that only the newer events API fills. */
type FullEvent = Event & { eventTime?: string | null; series?: { count: number; lastObservedTime?: string } };

function firstSeen(event: FullEvent): string | null | undefined {
  return event.firstTimestamp ?? event.eventTime;
}

function lastSeen(event: FullEvent): string | null | undefined {
  return event.series?.lastObservedTime ?? event.lastTimestamp ?? firstSeen(event);
}

function sourceOf({ source, reportingComponent = '', reportingInstance = '' }: Event): string {
  const component = source?.component ?? reportingComponent;
  const instance = source?.host ?? reportingInstance;
  return instance === '' ? component : `${component}, ${instance}`;
}

function targetOf({ involvedObject }: Event): string {
  const kind = (involvedObject.kind ?? '').toLowerCase();
  return (involvedObject.name ?? '') === '' ? kind : `${kind}/${involvedObject.name ?? ''}`;
}

export const EVENT_KIND: KindDefinition<Event> = {
  type: EVENTS,
  versions: [EVENTS_V1],
  singular: 'event',
  shortNames: ['ev'],
  categories: [],
  subresources: [],
  schema: 'io.k8s.api.core.v1.Event',
  nameFormat: 'path',
  hasGeneration: false,
  isCreatedByUpdate: true,
  checksMetadataLast: true,
  updateChecks: { changedMetadata: 0 },
  applyDefaults: () => undefined,
  prepareForCreate: () => undefined,
  prepareForUpdate: () => undefined,
  validate({ metadata, involvedObject }) {
    // Events about objects without a namespace live in `default`.
    const about = involvedObject.namespace ?? '';
    const fits =
      about === ''
        ? isClusterScoped(involvedObject.kind) && metadata.namespace === 'default'
        : about === metadata.namespace;
    return fits ? [] : [invalid('involvedObject.namespace', about, 'does not match event.namespace')];
  },
  validateUpdate: () => [],
  columns: [
    column('Last Seen', 'The time at which the most recent occurrence of this event was recorded.'),
    column('Type', 'Type of this event (Normal, Warning), new types could be added in the future'),
    column(
      'Reason',
      "This should be a short, machine understandable string that gives the reason for the transition into the object's current status.",
    ),
    column('Object', 'The object that this event is about.'),
    wideColumn(
      'Subobject',
      'If referring to a piece of an object instead of an entire object, this string should contain a valid JSON/Go field access statement, such as desiredState.manifest.containers[2].',
    ),
    wideColumn(
      'Source',
      'The component reporting this event. Should be a short machine understandable string.',
    ),
    column('Message', 'A human-readable description of the status of this operation.'),
    wideColumn(
      'First Seen',
      'The time at which the event was first recorded. (Time of server receipt is in TypeMeta.)',
    ),
    wideColumn('Count', 'The number of times this event has occurred.'),
    { ...NAME_COLUMN, priority: 1 },
  ],
  cells(event: FullEvent, now) {
    const count = event.series?.count ?? event.count ?? 0;
    return [
      ageOf(lastSeen(event), now),
      event.type ?? '',
      event.reason ?? '',
      targetOf(event),
      event.involvedObject.fieldPath ?? '',
      sourceOf(event),
      (event.message ?? '').trim(),
      ageOf(firstSeen(event), now),
      count === 0 ? 1 : count,
      event.metadata.name,
    ];
  },
  fieldSelectors: {
    'involvedObject.kind': ({ involvedObject }) => involvedObject.kind ?? '',
    'involvedObject.namespace': ({ involvedObject }) => involvedObject.namespace ?? '',
    'involvedObject.name': ({ involvedObject }) => involvedObject.name ?? '',
    'involvedObject.uid': ({ involvedObject }) => involvedObject.uid ?? '',
    'involvedObject.apiVersion': ({ involvedObject }) => involvedObject.apiVersion ?? '',
    'involvedObject.resourceVersion': ({ involvedObject }) => involvedObject.resourceVersion ?? '',
    'involvedObject.fieldPath': ({ involvedObject }) => involvedObject.fieldPath ?? '',
    reason: ({ reason = '' }) => reason,
    reportingComponent: ({ reportingComponent = '' }) => reportingComponent,
    source: ({ source, reportingComponent = '' }) => source?.component ?? reportingComponent,
    type: ({ type = 'Normal' }) => type,
  },
};

/** Kinds whose events live in the namespace `default`. Unknown kinds get the benefit of the doubt. */
function isClusterScoped(kind = ''): boolean {
  return ![
    'Pod',
    'Service',
    'Deployment',
    'ReplicaSet',
    'ConfigMap',
    'Secret',
    'EndpointSlice',
    'Endpoints',
  ].includes(kind);
}
