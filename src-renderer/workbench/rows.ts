import type { ObjectView } from '#shared/live.ts';
import type { MessageKey } from '../locales/index.ts';
import { ofKind } from '../stores/live-state.ts';

/** The groups of the resources tab. `Config` holds ConfigMaps and Secrets. */
export const RESOURCE_GROUPS = ['Pod', 'Service', 'EndpointSlice', 'Deployment', 'Config', 'Node'] as const;
export type ResourceGroup = (typeof RESOURCE_GROUPS)[number];

export interface Column {
  readonly key: string;
  readonly title: MessageKey;
  /** A CSS grid track. */
  readonly width: string;
  readonly mono?: boolean;
}

/** Good, bad or on its way: colours a status, never alone. */
export type Tone = 'pass' | 'fail' | 'error' | 'idle';

export interface Row {
  readonly uid: string;
  readonly view: ObjectView;
  readonly createdAt: number;
  readonly cells: Readonly<Record<string, string>>;
  readonly tone?: Tone;
}

const name: Column = { key: 'name', title: 'resources.name', width: 'minmax(150px, 2.2fr)', mono: true };
const age: Column = { key: 'age', title: 'resources.age', width: '52px' };

export const COLUMNS: Record<ResourceGroup, readonly Column[]> = {
  Pod: [
    { ...name, width: 'minmax(138px, 1.7fr)' },
    { key: 'ready', title: 'resources.readyColumn', width: '44px' },
    { key: 'status', title: 'resources.status', width: 'minmax(78px, 0.8fr)' },
    { key: 'restarts', title: 'resources.restarts', width: '58px' },
    { key: 'ip', title: 'resources.ip', width: '88px', mono: true },
    { key: 'labels', title: 'resources.labels', width: 'minmax(110px, 1.5fr)', mono: true },
    { key: 'node', title: 'resources.node', width: 'minmax(74px, 0.9fr)', mono: true },
    age,
  ],
  Service: [
    name,
    { key: 'type', title: 'resources.type', width: '96px' },
    { key: 'clusterIp', title: 'resources.clusterIp', width: 'minmax(104px, 1fr)', mono: true },
    { key: 'ports', title: 'resources.ports', width: 'minmax(110px, 1.2fr)', mono: true },
    { key: 'selector', title: 'resources.selector', width: 'minmax(110px, 1.4fr)', mono: true },
    age,
  ],
  EndpointSlice: [
    name,
    { key: 'service', title: 'resources.service', width: 'minmax(80px, 1fr)', mono: true },
    { key: 'ports', title: 'resources.ports', width: '80px', mono: true },
    { key: 'endpoints', title: 'resources.endpoints', width: 'minmax(140px, 2fr)', mono: true },
    age,
  ],
  Deployment: [
    name,
    { key: 'ready', title: 'resources.readyColumn', width: '80px' },
    { key: 'upToDate', title: 'resources.upToDate', width: '96px' },
    { key: 'available', title: 'resources.available', width: '96px' },
    age,
  ],
  Config: [
    name,
    { key: 'kind', title: 'resources.kind', width: '110px' },
    { key: 'keys', title: 'resources.keys', width: 'minmax(140px, 2fr)', mono: true },
    age,
  ],
  Node: [
    name,
    { key: 'status', title: 'resources.status', width: 'minmax(110px, 1fr)' },
    { key: 'roles', title: 'resources.roles', width: 'minmax(100px, 1fr)' },
    { key: 'ip', title: 'resources.ip', width: 'minmax(100px, 1fr)', mono: true },
    { key: 'version', title: 'resources.version', width: '90px', mono: true },
    age,
  ],
};

/** The rows of a group, in namespace and name order; `filter` is a part of the name, of a label or of a selector. */
export function buildRows(
  objects: ReadonlyMap<string, ObjectView>,
  group: ResourceGroup,
  filter = '',
): Row[] {
  const needle = filter.trim().toLowerCase();
  const kinds = group === 'Config' ? (['ConfigMap', 'Secret'] as const) : ([group] as const);
  return kinds
    .flatMap((kind): readonly ObjectView[] => ofKind<ObjectView['kind']>(objects, kind))
    .filter((view) => needle === '' || searched(view).toLowerCase().includes(needle))
    .map(rowOf);
}

function searched(view: ObjectView): string {
  if (view.kind === 'Pod') return `${view.name} ${view.ip ?? ''} ${selectorText(view.labels)}`;
  if (view.kind === 'Service') return `${view.name} ${selectorText(view.selector)}`;
  return view.name;
}

/** Rows of views that didn't change are the same rows, so that a batch costs what changed in it. */
const rows = new WeakMap<ObjectView, Row>();

function rowOf(view: ObjectView): Row {
  const known = rows.get(view);
  if (known !== undefined) return known;
  const row = toRow(view);
  rows.set(view, row);
  return row;
}

function toRow(view: ObjectView): Row {
  const tone = toneOf(view);
  return {
    uid: view.uid,
    view,
    createdAt: view.createdAt,
    cells: { name: view.name, ...cellsOf(view) },
    ...(tone === undefined ? {} : { tone }),
  };
}

function cellsOf(view: ObjectView): Record<string, string> {
  switch (view.kind) {
    case 'Pod':
      return {
        status: view.status,
        ready: `${view.readyContainers}/${view.containers.length}`,
        restarts: String(view.restarts),
        ip: view.ip ?? '–',
        labels: labelsText(view.labels),
        node: view.node ?? '–',
      };
    case 'Service':
      return {
        type: view.type,
        clusterIp: view.clusterIP ?? view.externalName ?? '–',
        ports: view.ports.map(portText).join(', ') || '–',
        selector: selectorText(view.selector),
      };
    case 'EndpointSlice':
      return {
        service: view.service ?? '–',
        ports: view.ports.map((port) => port.port ?? '*').join(', ') || '–',
        endpoints:
          view.endpoints.map((endpoint) => `${endpoint.address}${endpoint.ready ? '' : ' (–)'}`).join(', ') ||
          '–',
      };
    case 'Deployment':
      return {
        ready: `${view.ready}/${view.replicas}`,
        upToDate: String(view.updated),
        available: String(view.available),
      };
    case 'ConfigMap':
    case 'Secret':
      return { kind: view.kind, keys: view.keys.join(', ') || '–' };
    case 'Node':
      return {
        status: `${view.ready ? 'Ready' : 'NotReady'}${view.schedulable ? '' : ',SchedulingDisabled'}`,
        roles: view.roles.join(', ') || '–',
        ip: view.address ?? '–',
        version: view.version,
      };
    case 'Event':
      return { type: view.type, reason: view.reason, object: view.object, message: view.message };
  }
}

function toneOf(view: ObjectView): Tone | undefined {
  switch (view.kind) {
    case 'Pod':
      return podTone(view.status, view.ready, view.terminating);
    case 'Deployment':
      return view.ready >= view.replicas ? 'pass' : 'error';
    case 'Node':
      return view.ready ? 'pass' : 'fail';
    case 'Event':
      return view.type === 'Warning' ? 'error' : 'idle';
    case 'Service':
    case 'EndpointSlice':
    case 'ConfigMap':
    case 'Secret':
      return undefined;
  }
}

function podTone(status: string, ready: boolean, terminating: boolean): Tone {
  if (terminating) return 'idle';
  if (/Err|BackOff|Failed|Unknown|OOM/.test(status)) return 'fail';
  if (status === 'Completed' || status === 'Succeeded') return 'idle';
  return ready ? 'pass' : 'error';
}

function portText(port: {
  port: number;
  targetPort: number | string;
  nodePort?: number | undefined;
}): string {
  const target = String(port.targetPort) === String(port.port) ? '' : `→${port.targetPort}`;
  return `${port.port}${target}${port.nodePort === undefined ? '' : `:${port.nodePort}`}`;
}

/** Labels that people set before the one that a Deployment adds: a narrow column shows the first. */
function labelsText(labels: Readonly<Record<string, string>>): string {
  const { 'pod-template-hash': hash, ...own } = labels;
  return selectorText(hash === undefined ? own : { ...own, 'pod-template-hash': hash });
}

/** `app=web,tier=front`, as kubectl writes it. */
export function selectorText(selector: Readonly<Record<string, string>> | undefined): string {
  const pairs = Object.entries(selector ?? {});
  return pairs.length === 0 ? '–' : pairs.map(([key, value]) => `${key}=${value}`).join(',');
}
