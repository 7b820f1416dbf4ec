import type { ObjectView } from '#shared/live.ts';
import type { MessageKey } from '../locales/index.ts';
import { selectorText } from './rows.ts';

/** One line of the summary of an object. Several values stand below each other. */
export interface Fact {
  readonly title: MessageKey;
  readonly values: readonly string[];
}

type Say = (key: MessageKey) => string;

/** What a learner looks for first: addresses, labels, what it belongs to. Empty facts are left out. */
export function factsOf(view: ObjectView, say: Say): Fact[] {
  return facts(view, say).filter((fact) => fact.values.length > 0);
}

function facts(view: ObjectView, say: Say): Fact[] {
  const namespace: Fact = { title: 'resources.namespace', values: some(view.namespace) };
  switch (view.kind) {
    case 'Pod':
      return [
        namespace,
        { title: 'resources.status', values: [view.status] },
        { title: 'resources.readyColumn', values: [`${view.readyContainers}/${view.containers.length}`] },
        { title: 'resources.ip', values: some(view.ip) },
        { title: 'resources.node', values: some(view.node) },
        { title: 'resources.labels', values: pairs(view.labels) },
        { title: 'panels.owner', values: some(view.owner) },
        { title: 'panels.containers', values: view.containers.map((one) => `${one.name}: ${one.image}`) },
        {
          title: 'resources.ports',
          values: view.ports.map(
            ({ name, port, protocol }) => `${port}/${protocol}${name === undefined ? '' : ` (${name})`}`,
          ),
        },
      ];
    case 'Service':
      return [
        namespace,
        { title: 'resources.type', values: [view.type] },
        { title: 'resources.clusterIp', values: some(view.clusterIP ?? view.externalName) },
        { title: 'panels.externalAddresses', values: view.externalAddresses },
        { title: 'panels.externalTrafficPolicy', values: some(view.externalTrafficPolicy) },
        { title: 'resources.selector', values: [selectorText(view.selector)] },
        {
          title: 'resources.ports',
          values: view.ports.map(
            (one) =>
              `${one.name === undefined ? '' : `${one.name}: `}${one.port}/${one.protocol} → ${one.targetPort}${one.nodePort === undefined ? '' : `, nodePort ${one.nodePort}`}`,
          ),
        },
      ];
    case 'EndpointSlice':
      return [
        namespace,
        { title: 'resources.service', values: some(view.service) },
        {
          title: 'resources.ports',
          values: view.ports.map((one) => `${one.port ?? '*'}/${one.protocol}`),
        },
        {
          title: 'resources.endpoints',
          values: view.endpoints.map((one) => {
            const state = say(
              one.terminating
                ? 'panels.addressTerminating'
                : one.ready
                  ? 'panels.addressReady'
                  : 'panels.addressNotReady',
            );
            return `${one.address} ${state}${one.pod === undefined ? '' : ` · ${one.pod}`}`;
          }),
        },
      ];
    case 'Deployment':
      return [
        namespace,
        { title: 'panels.replicas', values: [String(view.replicas)] },
        { title: 'resources.readyColumn', values: [`${view.ready}/${view.replicas}`] },
        { title: 'resources.upToDate', values: [String(view.updated)] },
        { title: 'resources.available', values: [String(view.available)] },
      ];
    case 'ConfigMap':
    case 'Secret':
      return [namespace, { title: 'resources.keys', values: view.keys }];
    case 'Node':
      return [
        { title: 'resources.status', values: [view.ready ? 'Ready' : 'NotReady'] },
        { title: 'resources.ip', values: some(view.address) },
        { title: 'resources.roles', values: view.roles },
        { title: 'resources.version', values: [view.version] },
      ];
    case 'Event':
      return [{ title: 'events.message', values: [view.message] }];
  }
}

function some(value: string | undefined): string[] {
  return value === undefined || value === '' ? [] : [value];
}

function pairs(labels: Readonly<Record<string, string>>): string[] {
  return Object.entries(labels).map(([key, value]) => `${key}=${value}`);
}
