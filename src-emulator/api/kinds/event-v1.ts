/** events.k8s.io/v1: the same events as core/v1's, under other names (pkg/apis/events/v1/conversion.go). */
import type { ServedVersion } from '../kind-definition.ts';
import type { Event, KubeObject } from '../objects.ts';
import { EVENTS } from '../resources.ts';

/** How fields of core/v1 are called in events.k8s.io/v1. */
const NAMES: [core: string, events: string][] = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
  ['reportingComponent', 'reportingController'],
];
const TO_EVENTS = new Map(NAMES);
const TO_CORE = new Map(NAMES.map(([core, events]) => [events, core]));

function renamed(object: object, names: ReadonlyMap<string, string>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [names.get(key) ?? key, value]));
}

export const EVENTS_V1: ServedVersion<Event> = {
  type: { ...EVENTS, group: 'events.k8s.io', version: 'v1' },
  schema: 'io.k8s.api.events.v1.Event',
  fromStored: (event) => ({ ...renamed(event, TO_EVENTS), apiVersion: 'events.k8s.io/v1' }) as KubeObject,
  toStored: (object) => ({ ...renamed(object, TO_CORE), apiVersion: 'v1' }) as Event,
  fieldSelectors: {
    'regarding.kind': ({ involvedObject }) => involvedObject.kind ?? '',
    'regarding.namespace': ({ involvedObject }) => involvedObject.namespace ?? '',
    'regarding.name': ({ involvedObject }) => involvedObject.name ?? '',
    'regarding.uid': ({ involvedObject }) => involvedObject.uid ?? '',
    'regarding.apiVersion': ({ involvedObject }) => involvedObject.apiVersion ?? '',
    'regarding.resourceVersion': ({ involvedObject }) => involvedObject.resourceVersion ?? '',
    'regarding.fieldPath': ({ involvedObject }) => involvedObject.fieldPath ?? '',
    reason: ({ reason = '' }) => reason,
    reportingController: ({ reportingComponent = '' }) => reportingComponent,
    type: ({ type = 'Normal' }) => type,
  },
};
